// Errors meant for people: a message, and for `--json` a code.
import { paint, say } from './say.mjs';

/** An expected failure: shown as its message, without a stack. */
export class Failure extends Error {
  /** @param {string} message @param {string} [code] as in the wire contract's error codes */
  constructor(message, code = 'FAILED') {
    super(message);
    this.code = code;
  }
}

/**
 * Runs a script's main function and turns what it throws into a message and exit code 1.
 * @param {() => Promise<void | number>} main returns the exit code, 0 when it returns nothing
 */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) || 0;
  } catch (error) {
    const text = error instanceof Failure ? error.message : (error instanceof Error && error.stack) || String(error);
    say(`\n${paint('red', 'failed')} ${text}`);
    process.exitCode = 1;
  }
}
