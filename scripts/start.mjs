// npm start [-- --port N --persist-to DIR --verbose]: from a fresh clone to a running server.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildWorker } from './lib/build.mjs';
import { ensureDemoAccount } from './lib/demo-account.mjs';
import { runCron, startServer } from './lib/dev-server.mjs';
import { newLog } from './lib/exec.mjs';
import { Failure, runMain } from './lib/failure.mjs';
import { prepareNode } from './lib/node.mjs';
import { migrateFile } from './lib/migrations.mjs';
import { endWithNpm } from './lib/npm.mjs';
import { defaultPersistDir } from './lib/paths.mjs';
import { duration, paint, say } from './lib/say.mjs';
import { ensureDevVars } from './lib/secrets.mjs';
import { findServer, isPortFree } from './lib/server-record.mjs';

/** @typedef {import('./lib/demo-account.mjs').DemoAccount} DemoAccount */

const DEFAULT_PORT = '8787';

await runMain(async () => {
  const options = readOptions();
  const started = Date.now();
  await prepareNode();
  await refuseCollisions(options);
  await buildWorker();
  if (ensureDevVars()) say('     made a signing key in .dev.vars (local, ignored by git)');
  const applied = migrateFile(options.persistTo);
  if (applied.length) say(`     applied ${applied.join(', ')}`);
  const account = await ensureDemoAccount(options.persistTo);
  if (account.wasReset) say("     the demo account's password had been changed; it is the one below again");
  return serve(options, account, started);
});

function readOptions() {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, 'persist-to': { type: 'string' }, verbose: { type: 'boolean' } },
  });
  const port = Number(values.port ?? process.env.PORT ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Failure(`--port is a number from 1 to 65535, not ${values.port}`);
  return { port, persistTo: resolve(values['persist-to'] ?? defaultPersistDir), verbose: values.verbose ?? false };
}

/** @param {ReturnType<typeof readOptions>} options */
async function refuseCollisions({ port, persistTo }) {
  const other = await findServer(persistTo);
  if (other) throw new Failure(`${other.url} runs on ${persistTo} already; give this copy a folder of its own: --persist-to DIR`);
  if (await isPortFree(port)) return;
  throw new Failure(`port ${port} is taken by another program. Another copy beside it:\n  npm start -- --port ${port + 1} --persist-to .wrangler/state-${port + 1}`);
}

/** @param {ReturnType<typeof readOptions>} options @param {DemoAccount} account @param {number} started */
async function serve({ port, persistTo, verbose }, account, started) {
  const logFile = newLog(`server-${port}`);
  // In this process group, so that whoever ends the group ends all of it.
  const server = startServer({ port, persistTo, logFile, onLine: (line) => show(line, verbose) });
  let isEnding = false;
  const end = () => {
    if (isEnding) return;
    isEnding = true;
    server.stop().then(() => process.exit(0));
  };
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, end);
  endWithNpm(end);

  await Promise.race([server.ready(), server.ended]).catch(async (error) => {
    await server.stop();
    throw error;
  });
  // Picks up what an earlier run left unfinished.
  runCron(server.url).catch((error) => say(error.message));
  if (!isEnding) printWelcome(server.url, account, logFile, started);
  const code = await server.ended;
  if (isEnding) return 0;
  throw new Failure(`wrangler dev ended by itself (exit code ${code}); its log: ${logFile}`);
}

/** Errors always, the Worker's log lines when asked for; the log file has everything. @param {string} line @param {boolean} verbose */
function show(line, verbose) {
  const isJson = line.startsWith('{');
  const isError = isJson ? /"level":\s*"ERROR"/.test(line) : /\[ERROR\]|✘|wrangler:error|Uncaught/.test(line);
  if (isError || (verbose && isJson)) say(line);
}

/** @param {string} url @param {DemoAccount} account @param {string} logFile @param {number} started */
function printWelcome(url, { email, password, key }, logFile, started) {
  console.log(`
${paint('bold', 'Outpost is ready')} after ${duration(Date.now() - started)}

  Console    ${paint('cyan', url)}
  Reference  ${url}/docs
  Mailbox    ${url}/mailbox/
  Log        ${logFile}

  Demo account (1000 scans a month):

  Email      ${email}
  Password   ${password}
  API key    ${key}

Try it, in another terminal:

  ${paint('dim', '# a sample room: upload, progress, dimensions, floor plan and 3D scene')}
  npm run demo -- --url ${url}

  ${paint('dim', '# sign in')}
  TOKEN=$(curl -s ${url}/api/v1/auth/login -H 'content-type: application/json' \\
    -d '{"email":"${email}","password":"${password}"}' \\
    | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')

  ${paint('dim', '# who am I')}
  curl -s ${url}/api/v1/auth/me -H "authorization: Bearer $TOKEN"

  ${paint('dim', '# upload a scan')}
  curl -s ${url}/api/v1/rooms/upload -H "authorization: Bearer $TOKEN" \\
    -H 'content-type: application/json' -H 'content-encoding: gzip' \\
    --data-binary @tests/fixtures/demo-room.json.gz

  ${paint('dim', '# an account of your own')}
  curl -s ${url}/api/v1/auth/register -H 'content-type: application/json' \\
    -d '{"email":"you@example.org","password":"at least 8 characters"}'

Ctrl-C ends it.`);
}
