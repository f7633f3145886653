// npm run chaos -- [--only realtime|sync] [--seed N]: everything goes wrong, and at the end nothing is
// lost and nothing doubled. The same seed makes the same choices.
//   realtime: [--events 100000] [--cuts 1000] [--kills N] [--pauses N] [--batch N]
//             [--readers events,io-polling], see tests/realtime-chaos.test.ts
//   sync:     [--operations 20000] [--users 4] [--devices 3] [--faults N] [--kills N] [--crashes N],
//             see tests/sync-chaos.test.ts
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runFreely } from './lib/exec.mjs';
import { Failure, runMain } from './lib/failure.mjs';
import { prepareNode } from './lib/node.mjs';
import { binDir } from './lib/paths.mjs';
import { pinnedNode } from './lib/wrangler.mjs';

/** @typedef {{ test: string, prefix: string, wanted: Record<string, string>, options: string[] }} Part */

/** @type {Record<string, Part>} */
const PARTS = {
  realtime: { test: 'tests/realtime-chaos.test.ts', prefix: 'OUTPOST_CHAOS_', wanted: { events: '100000', cuts: '1000', batch: '40' }, options: ['kills', 'pauses', 'readers'] },
  sync: { test: 'tests/sync-chaos.test.ts', prefix: 'OUTPOST_SYNC_CHAOS_', wanted: { operations: '20000', users: '4', devices: '3' }, options: ['faults', 'kills', 'crashes'] },
};

await runMain(async () => {
  const names = new Set(Object.values(PARTS).flatMap(({ wanted, options }) => [...Object.keys(wanted), ...options]));
  const options = Object.fromEntries([...names, 'only', 'seed'].map((name) => [name, { type: /** @type {const} */ ('string') }]));
  const { only, ...values } = /** @type {Record<string, string>} */ (parseArgs({ options }).values);
  if (only && !PARTS[only]) throw new Failure(`--only is one of ${Object.keys(PARTS).join(', ')}`);
  await prepareNode();
  for (const [name, part] of Object.entries(PARTS)) {
    if (only && only !== name) continue;
    const code = await unleash(part, values);
    if (code !== 0) return code;
  }
  return 0;
});

/** @param {Part} part @param {Record<string, string>} values what the command line says */
async function unleash({ test, prefix, wanted, options }, values) {
  const known = [...Object.keys(wanted), ...options];
  const own = Object.entries(values).filter(([name]) => known.includes(name));
  const all = { seed: values.seed ?? '1', ...wanted, ...Object.fromEntries(own) };
  const env = Object.fromEntries(Object.entries(all).map(([name, value]) => [prefix + name.toUpperCase(), value]));
  const { code } = await runFreely(pinnedNode, [join(binDir, 'vitest'), 'run', test, '--no-color'], { env, show: true, log: 'chaos' });
  return code;
}
