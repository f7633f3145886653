// The process that workerd-server.mjs starts: the Worker of a snapshot in miniflare, with the bindings
// of its configuration, behind a socket of its own. Its argument is JSON, see `Wanted`.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { unstable_getMiniflareWorkerOptions as workerOptionsOf } from 'wrangler';

/** wrangler's own miniflare. */
const { Miniflare, Log, LogLevel, convertV4MiniflareOptions } = createRequire(createRequire(import.meta.url).resolve('wrangler'))('miniflare');

/** @typedef {{ port: number, persistTo: string, config: string, envFile: string, vars: Record<string, string> }} Wanted */

/** @type {Wanted} */
const wanted = JSON.parse(process.argv[2]);
const { assets, modulesRules, ...options } = workerOptionsOf(wanted.config).workerOptions;
const folder = dirname(wanted.config);
const worker = {
  ...options,
  name: 'outpost',
  modulesRoot: folder,
  modules: [
    { type: 'ESModule', path: join(folder, 'index.js') },
    { type: 'CompiledWasm', path: join(folder, 'index_bg.wasm') },
  ],
  bindings: { .../** @type {Record<string, string>} */ (options.bindings), ...parseEnv(readFileSync(wanted.envFile, 'utf8')), ...wanted.vars },
  unsafeDirectSockets: [{ host: '127.0.0.1', port: wanted.port }],
};
const miniflare = new Miniflare({
  ...convertV4MiniflareOptions({ workers: [worker], log: new Log(LogLevel.ERROR), cf: false, telemetry: { enabled: false } }),
  resourcePersistencePath: join(wanted.persistTo, 'v3'),
});
await miniflare.ready;
process.stdout.write(`ready ${await miniflare.unsafeGetDirectURL('outpost')}\n`);
