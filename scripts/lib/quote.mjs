// SQL text with its parameters written into it, for the roads that do not take every parameter:
// `wrangler d1 execute` and a running server's explorer. The file itself binds.
import { Failure } from './failure.mjs';

/** A value as an SQL literal. @param {string | number | null} value */
export function quote(value) {
  if (value === null) return 'null';
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Failure(`not a number that SQL knows: ${value}`);
    return String(value);
  }
  if (typeof value !== 'string') throw new Failure(`not a value that SQL knows: ${typeof value}`);
  if (value.includes('\0')) throw new Failure('a text may not hold a NUL character', 'VALIDATION_ERROR');
  return `'${value.replaceAll("'", "''")}'`;
}

/**
 * Puts the parameters in the places of the question marks outside string literals.
 * @param {string} sql @param {(string | number | null)[]} params
 */
export function fill(sql, params) {
  let next = 0;
  const text = sql.replace(/'(?:[^']|'')*'|\?/g, (found) => {
    if (found !== '?') return found;
    if (next >= params.length) throw new Failure('a statement has more places than parameters');
    return quote(params[next++]);
  });
  if (next !== params.length) throw new Failure('a statement has more parameters than places');
  return text;
}
