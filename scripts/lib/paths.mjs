// Where things are. Every other script takes its paths from here.
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's top folder. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Joins path segments below the repository. */
export const inRepo = (/** @type {string[]} */ ...parts) => join(root, ...parts);

/** Local, git-ignored state of these scripts: logs, stamps, locks, the demo account. */
export const stateDir = inRepo('.outpost');
export const logDir = join(stateDir, 'logs');

export const binDir = inRepo('node_modules', '.bin');
export const migrationsDir = inRepo('migrations');
export const wasmFile = inRepo('build', 'index_bg.wasm');
/** The names of the module's functions, a line for each number. */
export const functionNamesFile = inRepo('build/function-names.txt');
export const workerFile = inRepo('build', 'index.js');

/** Where `wrangler dev` keeps D1, R2, KV and Durable Objects unless told otherwise. */
export const defaultPersistDir = inRepo('.wrangler', 'state');

/** Cargo's home: tools installed there by version are shared by every clone. */
export const cargoHome = process.env.CARGO_HOME || join(homedir(), '.cargo');
