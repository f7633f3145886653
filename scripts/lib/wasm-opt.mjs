#!/usr/bin/env node
// What worker-build calls in place of wasm-opt, with `... -o OUT IN`: the same program with options
// of our own. Inlining makes the compressed module larger, and V8 inlines by itself. Then functions
// are put into an order that compresses well. A quick build only copies.
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binDir } from './paths.mjs';
import { namedInOrder } from './wasm-order.mjs';

const NO_INLINING = ['always', 'flexible', 'one-caller'].flatMap((kind) => [`--${kind}-inline-max-function-size`, '0']);

const args = process.argv.slice(2);
const output = args[args.indexOf('-o') + 1] ?? '';
const input = args.find((argument) => argument.endsWith('.wasm') && argument !== output);
if (!input || !output) throw new Error(`unexpected arguments: ${args.join(' ')}`);
if (process.env.OUTPOST_BUILD === 'quick') copyFileSync(input, output);
else {
  optimize([...NO_INLINING, '-Oz', '--debuginfo', input]);
  writeFileSync(output, namedInOrder(readFileSync(output)));
  optimize(['--reorder-functions-by-name', output]);
}

/** @param {string[]} options */
function optimize(options) {
  const { status } = spawnSync(join(binDir, 'wasm-opt'), ['--all-features', ...options, '-o', output], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
