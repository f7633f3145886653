// npm run build: compiles the Worker when its sources changed. wrangler calls it too (see [build]
// in wrangler.toml), so it must be quick and quiet when there is nothing to do.
import { parseArgs } from 'node:util';
import { buildWorker, wasmSize } from './lib/build.mjs';
import { runMain } from './lib/failure.mjs';
import { say, size } from './lib/say.mjs';

await runMain(async () => {
  const { values } = parseArgs({ options: { force: { type: 'boolean' }, quiet: { type: 'boolean' } } });
  const { built } = await buildWorker({ force: values.force });
  if (values.quiet) return;
  const { raw, gzip } = wasmSize();
  say(`${built ? 'Built' : 'Up to date'}: build/index_bg.wasm, ${size(raw)}, ${size(gzip)} gzipped`);
});
