// npm run chaos -- [--events 100000] [--cuts 1000] [--kills N] [--pauses N] [--seed N]
// [--batch N] [--readers events,io-polling]: the realtime rooms under cuts and kills, see
// tests/realtime-chaos.test.ts. The same seed makes the same choices.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runFreely } from './lib/exec.mjs';
import { runMain } from './lib/failure.mjs';
import { prepareNode } from './lib/node.mjs';
import { binDir } from './lib/paths.mjs';
import { pinnedNode } from './lib/wrangler.mjs';

const OPTIONS = /** @type {const} */ ({ events: { type: 'string' }, cuts: { type: 'string' }, kills: { type: 'string' }, pauses: { type: 'string' }, seed: { type: 'string' }, readers: { type: 'string' }, batch: { type: 'string' } });

await runMain(async () => {
  const { values } = parseArgs({ options: OPTIONS });
  await prepareNode();
  const wanted = { events: '100000', cuts: '1000', seed: '1', batch: '40', ...values };
  const env = Object.fromEntries(Object.entries(wanted).map(([name, value]) => [`OUTPOST_CHAOS_${name.toUpperCase()}`, value]));
  const { code } = await runFreely(pinnedNode, [join(binDir, 'vitest'), 'run', 'tests/realtime-chaos.test.ts', '--no-color'], { env, show: true, log: 'chaos' });
  return code;
});
