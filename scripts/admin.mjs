// npm run admin -- <command> [options]: users, API keys, apps of others and failed jobs, on the local
// database or a deployed one. With --json exactly one JSON object goes to standard output.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createKey, createUser, listKeys, revokeKey } from './lib/accounts.mjs';
import { openDatabase } from './lib/database.mjs';
import { runCron } from './lib/dev-server.mjs';
import { Failure } from './lib/failure.mjs';
import { listFailedJobs, retryJob } from './lib/jobs.mjs';
import { prepareNode } from './lib/node.mjs';
import { createClient, disableClient, listClients } from './lib/oauth-clients.mjs';
import { defaultPersistDir } from './lib/paths.mjs';
import { paint, say } from './lib/say.mjs';
import { findServer } from './lib/server-record.mjs';
import { asTable } from './lib/table.mjs';

const USAGE = `npm run admin -- <command> [options]

  create-user      --email E --password P [--name N] [--tier free|basic|professional|enterprise] [--quota N]
  create-key       --user <email or id> --name N [--environment live|test]
  revoke-key       --id I | --prefix P
  list-keys        [--user <email or id>]
  create-client    --name N --redirect-uri URI [--redirect-uri URI ...] [--scopes "read upload admin"]
  list-clients
  disable-client   --id I
  list-failed-jobs [--limit N]
  retry-job        --id I

Everywhere: --json (one JSON object on standard output), --persist-to DIR (local data folder,
.wrangler/state unless given), --remote --env staging|production (the deployed database).`;

const text = { type: /** @type {const} */ ('string') };
const texts = { type: /** @type {const} */ ('string'), multiple: true };
const flag = { type: /** @type {const} */ ('boolean') };
const OPTIONS = {
  email: text, password: text, name: text, tier: text, quota: text, user: text, environment: text,
  'redirect-uri': texts, scopes: text, id: text, prefix: text, limit: text, 'persist-to': text, env: text, remote: flag, json: flag, help: flag,
};

/** @typedef {import('./lib/database.mjs').Database} Database */
/** @type {Record<string, (db: Database, options: any) => Promise<object>>} */
const COMMANDS = {
  'create-user': (db, o) => createUser(db, { ...o, email: need(o, 'email'), password: need(o, 'password'), quota: number(o.quota) }),
  'create-key': (db, o) => createKey(db, { ...o, user: need(o, 'user'), name: need(o, 'name') }),
  'revoke-key': revokeKey,
  'list-keys': listKeys,
  'create-client': (db, o) => createClient(db, { ...o, name: need(o, 'name'), redirectUris: need(o, 'redirect-uri') }),
  'list-clients': listClients,
  'disable-client': (db, o) => disableClient(db, { id: need(o, 'id') }),
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

async function main() {
  const { values, positionals } = parse();
  const command = COMMANDS[positionals[0] ?? ''];
  if (values.help || (!command && positionals.length === 0)) return say(USAGE);
  if (!command || positionals.length > 1) throw new Failure(`unknown command: ${positionals.join(' ')}\n\n${USAGE}`, 'VALIDATION_ERROR');
  await prepareNode();
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
