import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { fill, quote } from './quote.mjs';

const db = new DatabaseSync(':memory:');
const readBack = (/** @type {string} */ literal) => db.prepare(`select ${literal} as value`).get()?.value;

describe('quote', () => {
  const values = ['', 'plain', "O'Brien", "''", "'; drop table users; --", 'a\\', "\\'", '?', 'tab\tline\nend', 'ü 日本 🏠', 0, -1, 1.5, 1795251915161, 1e300, null];
  test.each(values)('%j is read back by SQLite as it was', (value) => {
    expect(readBack(quote(value))).toBe(value);
  });
  test.each(['a\0b', Number.NaN, Number.POSITIVE_INFINITY, undefined, {}])('%j is refused', (value) => {
    expect(() => quote(/** @type {any} */ (value))).toThrow();
  });
});

describe('fill', () => {
  test('leaves question marks in literals and in values alone', () => {
    expect(fill("select '?', 'it''s ?', ?, ?", ["a'?", 2])).toBe("select '?', 'it''s ?', 'a''?', 2");
  });
  test('wants as many parameters as places', () => {
    expect(() => fill('select ?', [])).toThrow();
    expect(() => fill('select 1', [1])).toThrow();
  });
});
