#!/usr/bin/env node
// Stands in for wasm-opt in quick builds: takes the same arguments and only copies the module.
import { copyFileSync } from 'node:fs';

const args = process.argv.slice(2);
const output = args[args.indexOf('-o') + 1] ?? '';
const input = args.find((argument) => argument.endsWith('.wasm') && argument !== output);
if (input) copyFileSync(input, output);
