// npm run deploy -- [--env staging|production] [--dry-run] [--create]: builds, checks, migrates,
// deploys. --dry-run needs no account and no network: it shows what would be deployed and its size.
// --create makes the database, the bucket and the queues first; for an environment's first time.
import { parseArgs } from 'node:util';
import { WASM_LIMIT_BYTES, buildWorker, wasmSize } from './lib/build.mjs';
import { Failure, runMain } from './lib/failure.mjs';
import { prepareNode } from './lib/node.mjs';
import { stateDir } from './lib/paths.mjs';
import { createResources } from './lib/resources.mjs';
import { say, size, step } from './lib/say.mjs';
import { runWrangler } from './lib/wrangler.mjs';

const ENVIRONMENTS = ['staging', 'production'];
const SECRETS = ['SIGNING_KEYS'];

await runMain(async () => {
  const { values } = parseArgs({ options: { env: { type: 'string', default: 'staging' }, 'dry-run': { type: 'boolean' }, create: { type: 'boolean' } } });
  const env = values.env ?? '';
  if (!ENVIRONMENTS.includes(env)) throw new Failure(`--env is one of ${ENVIRONMENTS.join(', ')}`);
  await prepareNode();
  await buildWorker();
  checkSize();
  if (values['dry-run']) {
    await wrangler(['deploy', '--dry-run', '--env', env, '--outdir', `${stateDir}/dry-run`], 'nothing was deployed');
    return;
  }
  if (values.create) await createResources(env);
  await step(`secrets of ${env}`, () => checkSecrets(env));
  // Migrations only add (expand, then contract), so the running version keeps working meanwhile.
  await wrangler(['d1', 'migrations', 'apply', 'DB', '--remote', '--env', env], 'the migrations failed; nothing was deployed');
  await wrangler(['deploy', '--env', env], 'the deployment failed');
});

function checkSize() {
  const { raw, gzip, engine } = wasmSize();
  say(`Worker: ${size(raw)}, ${size(gzip)} gzipped; room engine: ${size(engine)} gzipped`);
  if (Math.max(gzip, engine) >= WASM_LIMIT_BYTES) throw new Failure(`the module is too large; ${size(WASM_LIMIT_BYTES)} gzipped are allowed`);
}

/** @param {string} env */
async function checkSecrets(env) {
  const { code, stdout, all } = await runWrangler(['secret', 'list', '--env', env, '--format', 'json']);
  if (code !== 0) throw new Failure(`cannot list the secrets of ${env}. Signed in (wrangler login)? Deployed before?\n${all.trim()}`);
  const names = JSON.parse(stdout).map((/** @type {{ name: string }} */ secret) => secret.name);
  const missing = SECRETS.filter((name) => !names.includes(name));
  if (missing.length === 0) return;
  throw new Failure(`${env} lacks ${missing.join(', ')}. Make it, store it, and keep the file (rotate-keys needs it: secrets cannot be read back):
  (umask 077; node scripts/make-signing-keys.mjs > FILE)
  npx wrangler secret put SIGNING_KEYS --env ${env} < FILE`);
}

/** @param {string[]} args @param {string} failure */
async function wrangler(args, failure) {
  const { code } = await runWrangler(args, { show: true });
  if (code !== 0) throw new Failure(failure);
}
