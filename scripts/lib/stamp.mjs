// Stamps: small files that say for which inputs a piece of work was done last.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root, stateDir } from './paths.mjs';

/** Lower-case hex SHA-256. @param {string | Buffer} data */
export const sha256 = (data) => createHash('sha256').update(data).digest('hex');

/** @param {string} name */
const stampFile = (name) => join(stateDir, 'stamps', name);

/** Whether the work `name` was done last for exactly `value`. @param {string} name @param {string} value */
export function isStamped(name, value) {
  return readOr(stampFile(name), '') === value;
}

/** Records that the work `name` was done for `value`. @param {string} name @param {string} value */
export function writeStamp(name, value) {
  mkdirSync(dirname(stampFile(name)), { recursive: true });
  writeFileSync(stampFile(name), value);
}

/** A file's text, or `fallback` when there is none. @param {string} file @param {string} fallback */
export function readOr(file, fallback) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return fallback;
  }
}

/** One hash over names and contents of files and folders in the repository. @param {string[]} paths */
export function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of filesUnder(join(root, path))) {
      hash.update(`${relative(root, file)}\0`).update(readFileSync(file)).update('\0');
    }
  }
  return hash.digest('hex');
}

/** All files under a path, in a fixed order; none when there is no such path. @param {string} path @returns {string[]} */
export function filesUnder(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return [];
  if (!found.isDirectory()) return [path];
  const entries = readdirSync(path).filter((name) => name !== 'target' && name !== 'node_modules');
  return entries.sort().flatMap((name) => filesUnder(join(path, name)));
}
