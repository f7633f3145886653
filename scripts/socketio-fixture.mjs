// npm run socketio-fixture -- --port N: the Worker for the official suites of Engine.IO and Socket.IO.
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { newLog } from './lib/exec.mjs';
import { Failure, runMain } from './lib/failure.mjs';
import { prepareNode } from './lib/node.mjs';
import { endWithNpm } from './lib/npm.mjs';
import { say } from './lib/say.mjs';
import { isPortFree } from './lib/server-record.mjs';
import { buildFixture, fixtureData, startFixture } from './lib/socketio-fixture.mjs';

await runMain(async () => {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '3000' } } });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Failure(`--port is a number from 1 to 65535, not ${values.port}`);
  await prepareNode();
  if (!(await isPortFree(port))) throw new Failure(`port ${port} is taken by another program`);
  await buildFixture();
  return serve(port);
});

/** @param {number} port */
async function serve(port) {
  const persistTo = fixtureData(port);
  rmSync(persistTo, { recursive: true, force: true });
  const logFile = newLog(`socketio-fixture-${port}`);
  const server = startFixture({ port, persistTo, logFile });
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
  if (!isEnding) say(`Socket.IO fixture: http://localhost:${port}/socket.io/ and /engine.io/, log ${logFile}\nCtrl-C ends it.`);
  const code = await server.ended;
  if (isEnding) return 0;
  throw new Failure(`wrangler dev ended by itself (exit code ${code}); its log: ${logFile}`);
}
