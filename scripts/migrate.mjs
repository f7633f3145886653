// npm run migrate [-- --persist-to DIR | --remote --env staging|production]: applies the D1
// migrations that are missing. npm start and npm run deploy do it by themselves.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure, runMain } from './lib/failure.mjs';
import { migrateFile } from './lib/migrations.mjs';
import { prepareNode } from './lib/node.mjs';
import { defaultPersistDir } from './lib/paths.mjs';
import { say } from './lib/say.mjs';
import { runWrangler } from './lib/wrangler.mjs';

await runMain(async () => {
  const { values } = parseArgs({
    options: { 'persist-to': { type: 'string' }, remote: { type: 'boolean' }, env: { type: 'string' } },
  });
  await prepareNode();
  if (values.remote) {
    if (!values.env) throw new Failure('--remote needs --env staging or --env production');
    return (await runWrangler(['d1', 'migrations', 'apply', 'DB', '--remote', '--env', values.env], { show: true })).code;
  }
  const applied = migrateFile(resolve(values['persist-to'] ?? defaultPersistDir));
  say(applied.length ? `Applied ${applied.join(', ')}` : 'Every migration is applied already');
});
