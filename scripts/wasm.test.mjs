import { expect, test } from 'vitest';
import { functionNames, withNames, withoutNames } from './lib/wasm-names.mjs';
import { namedInOrder } from './lib/wasm-order.mjs';
import { functionsOf, importedFunctions, nameSection } from './lib/wasm-sections.mjs';

/** A section. @param {number} kind @param {number[]} content */
const section = (kind, content) => [kind, content.length, ...content];
/** A function that adds so many ones. @param {number} ones */
const adds = (ones) => [0, 0x41, 0, ...Array.from({ length: ones }, () => [0x41, 1, 0x6a]).flat(), 0x1a, 0x0b];

/** One imported function and four own ones: two of a kind, apart. */
const MODULE = Buffer.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...section(1, [1, 0x60, 0, 0]),
  ...section(2, [2, 1, 0x61, 1, 0x62, 0x00, 0, 1, 0x61, 1, 0x63, 0x03, 0x7f, 0x00]),
  ...section(3, [4, 0, 0, 0, 0]),
  ...section(10, [4, ...[adds(3), [0, 0x0b], adds(3), [0, 0x0b]].flatMap((body) => [body.length, ...body])]),
]);

const NAMES = new Map([
  [0, 'imported'],
  [1, '_RNvNtCs2mKUPWZ6rQn_7outpost4auth5login'],
  [2, 'two'],
  [3, 'three'],
  [4, 'four'],
]);

const named = Buffer.concat([MODULE, nameSection(NAMES)]);

test('a module is taken apart: functions, imports, names', () => {
  expect(WebAssembly.validate(named)).toBe(true);
  expect(functionsOf(named).length).toBe(4);
  expect(importedFunctions(named)).toBe(1);
  expect(functionNames(named)).toEqual(['imported', 'outpost::auth::login', 'two', 'three', 'four']);
  expect(withoutNames(named)).toEqual(MODULE);
});

test('imports that share their module are counted too', () => {
  const grouped = section(2, [1, 1, 0x61, 0, 0x7f, 3, 1, 0x62, 0x00, 0, 1, 0x63, 0x00, 0, 1, 0x64, 0x03, 0x7f, 0x00]);
  expect(importedFunctions(Buffer.from([...MODULE.subarray(0, 8), ...grouped]))).toBe(2);
});

test('every function gets a place of its own, its name stays, and the module is valid', () => {
  const ordered = namedInOrder(named);
  expect(WebAssembly.validate(ordered)).toBe(true);
  expect(withoutNames(ordered)).toEqual(MODULE);
  expect(functionNames(ordered)).toEqual(['', 'outpost::auth::login', 'two', 'three', 'four']);
});

test('a stack is read with names', () => {
  const names = functionNames(named);
  expect(withNames('at wasm-function[1]:0x10', names)).toBe('at wasm-function[1] outpost::auth::login:0x10');
  expect(withNames('at wasm-function[99]:0x10', names)).toBe('at wasm-function[99]:0x10');
});
