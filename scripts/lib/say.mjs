// What people see: one line per step, with the time it took. Everything goes to standard error, so
// that standard output stays free for answers (`--json`).

const colour = process.stderr.isTTY && !process.env.NO_COLOR;

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };

/** @typedef {keyof typeof CODES} Style */

/** Styles text where colours are wanted. @param {Style} style @param {string} text */
export const paint = (style, text) => (colour ? `\x1b[${CODES[style]}m${text}\x1b[0m` : text);

/** Prints a line for people. @param {string} [text] */
export const say = (text = '') => process.stderr.write(`${text}\n`);

/** Prints a heading. @param {string} text */
export const heading = (text) => say(`\n${paint('bold', text)}`);

/** Prints a warning. @param {string} text */
export const warn = (text) => say(`${paint('yellow', 'note')} ${text}`);

/** Seconds in words: `0.4 s`, `12 s`, `3 min 05 s`. @param {number} ms */
export function duration(ms) {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 100) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** Bytes in words: `812 B`, `1.3 kB`, `4.2 MB`. @param {number} bytes */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(2)} MB`;
}

const TICK_MS = 15_000;

/**
 * Runs one step of a longer job: says that it starts, repeats every 15 s that it is still at work,
 * and says how long it took.
 * @template T
 * @param {string} name what is being done, for people
 * @param {(note: (text: string) => void) => Promise<T>} work `note` adds a word to the last line
 * @returns {Promise<T>}
 */
export async function step(name, work) {
  const started = Date.now();
  let remark = '';
  say(`${paint('cyan', '  ..')} ${name}`);
  const timer = setInterval(() => say(paint('dim', `     ${name}: ${duration(Date.now() - started)} so far`)), TICK_MS);
  try {
    const result = await work((text) => (remark = text));
    say(`${paint('green', '  ok')} ${name} (${duration(Date.now() - started)})${remark && `: ${remark}`}`);
    return result;
  } catch (error) {
    say(`${paint('red', '  no')} ${name} (${duration(Date.now() - started)})`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}
