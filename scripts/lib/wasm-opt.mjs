#!/usr/bin/env node
// What worker-build calls in place of wasm-opt, with `... -o OUT IN`: the same program with options
// of our own. Inlining makes the compressed module larger, and V8 inlines by itself. Functions in the
// order of their names make it smaller: instances of one generic function compress well side by side.
// A quick build only copies.
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { binDir } from './paths.mjs';

const NO_INLINING = ['always', 'flexible', 'one-caller'].flatMap((kind) => [`--${kind}-inline-max-function-size`, '0']);
const SMALL = ['--all-features', ...NO_INLINING, '-Oz', '--reorder-functions-by-name'];

const args = process.argv.slice(2);
const output = args[args.indexOf('-o') + 1] ?? '';
const input = args.find((argument) => argument.endsWith('.wasm') && argument !== output);
if (!input || !output) throw new Error(`unexpected arguments: ${args.join(' ')}`);
if (process.env.OUTPOST_BUILD === 'quick') copyFileSync(input, output);
else process.exitCode = spawnSync(join(binDir, 'wasm-opt'), [...SMALL, input, '-o', output], { stdio: 'inherit' }).status ?? 1;
