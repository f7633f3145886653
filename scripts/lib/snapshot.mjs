// A copy of the built Worker with a configuration of its own. A server on a snapshot is not
// disturbed when sources change or another terminal builds: for tests and measurements.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { engineFile, inRepo, wasmFile, workerFile } from './paths.mjs';

/**
 * Copies the Worker into a folder and returns the path of the wrangler configuration for it.
 * @param {string} folder
 */
export function takeSnapshot(folder) {
  mkdirSync(folder, { recursive: true });
  copyFileSync(workerFile, join(folder, 'index.js'));
  for (const file of [wasmFile, engineFile]) copyFileSync(file, join(folder, basename(file)));
  const config = join(folder, 'wrangler.toml');
  writeFileSync(config, relocate(readFileSync(inRepo('wrangler.toml'), 'utf8')));
  return config;
}

/** Development's part of wrangler.toml, with paths that hold in another folder and no build command. @param {string} toml */
export function relocate(toml) {
  const [development] = toml.split(/^\[+env\./m);
  return development
    .replace(/^\[build\]\n(?:(?!\[).*\n)*/m, '')
    .replace(/^main = .*$/m, 'main = "index.js"')
    .replace(/^directory = .*$/m, `directory = ${JSON.stringify(inRepo('public'))}`)
    .replace(/^migrations_dir = .*$/gm, `migrations_dir = ${JSON.stringify(inRepo('migrations'))}`);
}
