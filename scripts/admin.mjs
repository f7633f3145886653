// npm run admin -- <command> [options]: users, API keys, apps of others, failed jobs and signing keys,
// local or of a deployment. With --json exactly one JSON object goes to standard output.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createKey, createUser, listKeys, revokeKey, setActive, setRole } from './lib/accounts.mjs';
import { createAppKey, listAppKeys, revokeAppKey } from './lib/app-keys.mjs';
import { openDatabase } from './lib/database.mjs';
import { runCron } from './lib/dev-server.mjs';
import { Failure } from './lib/failure.mjs';
import { listFailedJobs, retryJob } from './lib/jobs.mjs';
import { prepareNode } from './lib/node.mjs';
import { createClient, disableClient, listClients } from './lib/oauth-clients.mjs';
import { defaultPersistDir } from './lib/paths.mjs';
import { paint, say } from './lib/say.mjs';
import { devVarsFile } from './lib/secrets.mjs';
import { findServer } from './lib/server-record.mjs';
import { rotateKeys } from './lib/signing-keys.mjs';
import { asTable } from './lib/table.mjs';
import { runWrangler } from './lib/wrangler.mjs';

const USAGE = `npm run admin -- <command> [options]

  create-user      --email E --password P [--name N] [--tier free|basic|professional|enterprise] [--quota N]
                   [--role user|admin]
  set-role         --user <email or id> --role user|admin
  disable-user     --user <email or id>     refused at once, everywhere; the sessions stay
  enable-user      --user <email or id>
  create-key       --user <email or id> --name N [--environment live|test]
  revoke-key       --id I | --prefix P
  list-keys        [--user <email or id>]
  create-client    --name N --redirect-uri URI [--redirect-uri URI ...] [--scopes "read upload admin"]
  list-clients
  disable-client   --id I
  create-app-key   --name N                 what an app sends as X-API-Key; with the first one, the
                   routes of moods, journals, goals and outboxes want it
  list-app-keys
  revoke-app-key   --id I
  list-failed-jobs [--limit N]
  retry-job        --id I
  rotate-keys      [--from FILE] [--env staging|production]
                   puts a new signing key in front of the set in FILE (.dev.vars unless given); with
                   --env stores the set as the secret too. Nobody is signed out.

Everywhere: --json (one JSON object on standard output), --persist-to DIR (local data folder,
.wrangler/state unless given), --remote --env staging|production (the deployed database).`;

const text = { type: /** @type {const} */ ('string') };
const texts = { type: /** @type {const} */ ('string'), multiple: true };
const flag = { type: /** @type {const} */ ('boolean') };
const OPTIONS = {
  email: text, password: text, name: text, tier: text, quota: text, user: text, environment: text,
  'redirect-uri': texts, scopes: text, id: text, prefix: text, limit: text, role: text, from: text, 'persist-to': text, env: text, remote: flag, json: flag, help: flag,
};

/** @typedef {import('./lib/database.mjs').Database} Database */
/** @type {Record<string, (db: Database, options: any) => Promise<object>>} */
const COMMANDS = {
  'create-user': (db, o) => createUser(db, { ...o, email: need(o, 'email'), password: need(o, 'password'), quota: number(o.quota) }),
  'set-role': (db, o) => setRole(db, { user: need(o, 'user'), role: need(o, 'role') }),
  'disable-user': (db, o) => setActive(db, { user: need(o, 'user'), isActive: false }),
  'enable-user': (db, o) => setActive(db, { user: need(o, 'user'), isActive: true }),
  'create-key': (db, o) => createKey(db, { ...o, user: need(o, 'user'), name: need(o, 'name') }),
  'revoke-key': revokeKey,
  'list-keys': listKeys,
  'create-client': (db, o) => createClient(db, { ...o, name: need(o, 'name'), redirectUris: need(o, 'redirect-uri') }),
  'list-clients': listClients,
  'disable-client': (db, o) => disableClient(db, { id: need(o, 'id') }),
  'create-app-key': (db, o) => createAppKey(db, { name: need(o, 'name') }),
  'list-app-keys': listAppKeys,
  'revoke-app-key': (db, o) => revokeAppKey(db, { id: need(o, 'id') }),
  'list-failed-jobs': (db, o) => listFailedJobs(db, { limit: number(o.limit) }),
  'retry-job': retryJob,
};

/** @param {Record<string, any>} options @param {string} name */
function need(options, name) {
  if (options[name]) return options[name];
  throw new Failure(`--${name} is missing`, 'VALIDATION_ERROR');
}

/** @param {string} [value] */
const number = (value) => (value === undefined ? undefined : Number(value));

/** Secrets cannot be read back, so a deployment's set must be in a file. @param {{ from?: string, env?: string }} options */
async function rotate({ from, env }) {
  if (!env) return rotateKeys(from ?? devVarsFile);
  if (!from) throw new Failure('say with --from FILE where the set of this environment is kept: secrets cannot be read back', 'VALIDATION_ERROR');
  return rotateKeys(from, { env, put: (json) => putSecret(env, json) });
}

/** @param {string} env @param {string} json */
async function putSecret(env, json) {
  // What wrangler prints is not shown: it was given private keys.
  const { code } = await runWrangler(['secret', 'put', 'SIGNING_KEYS', '--env', env], { input: json });
  if (code !== 0) throw new Failure(`wrangler could not store the secret of ${env} (exit code ${code}). Signed in (wrangler login)?`);
}

async function main() {
  const { values, positionals } = parse();
  const command = COMMANDS[positionals[0] ?? ''];
  // The one command without a database.
  const isRotation = positionals[0] === 'rotate-keys';
  if (values.help || positionals.length === 0) return say(USAGE);
  if ((!command && !isRotation) || positionals.length > 1) throw new Failure(`unknown command: ${positionals.join(' ')}\n\n${USAGE}`, 'VALIDATION_ERROR');
  await prepareNode();
  if (isRotation) return print(await rotate(values), values.json);
  const persistTo = resolve(values['persist-to'] ?? defaultPersistDir);
  const db = await openDatabase({ persistTo, remote: values.remote, env: values.env });
  const result = await command(db, values);
  // Here no cron fires, so the sweep that finds the job is asked for.
  const server = positionals[0] === 'retry-job' && !values.remote ? await findServer(persistTo) : null;
  if (server) await runCron(server.url);
  print(result, values.json);
}

function parse() {
  try {
    return parseArgs({ options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new Failure(/** @type {Error} */ (error).message, 'VALIDATION_ERROR');
  }
}

/** @param {object} result @param {boolean} [json] */
function print(result, json) {
  if (json) return console.log(JSON.stringify(result));
  for (const [name, value] of Object.entries(result)) {
    const isTable = Array.isArray(value) && typeof value[0] !== 'string';
    if (isTable) console.log(value.length ? asTable(value) : `no ${name}`);
    else console.log(`${name}: ${Array.isArray(value) ? value.join(' ') : value}`);
  }
}

try {
  await main();
} catch (error) {
  const { message, stack } = /** @type {Error} */ (error);
  const code = error instanceof Failure ? error.code : 'SYSTEM_INTERNAL_ERROR';
  if (process.argv.includes('--json')) console.log(JSON.stringify({ error: { code, message } }));
  else say(`${paint('red', 'failed')} ${error instanceof Failure ? message : stack}`);
  process.exitCode = 1;
}
