// The deployed D1 database, through `wrangler d1 execute --remote`.
import { Failure } from './failure.mjs';
import { fill } from './quote.mjs';
import { runWrangler } from './wrangler.mjs';

/** @typedef {import('./database.mjs').Database} Database */

/** @param {string} [env] staging or production @returns {Database} */
export function remoteDatabase(env) {
  if (!env) throw new Failure('--remote needs --env staging or --env production', 'VALIDATION_ERROR');
  return wranglerDatabase(['--remote', '--env', env]);
}

/**
 * D1 runs the statements of one command as one transaction.
 * @param {string[]} target the arguments that choose the database
 * @returns {Database}
 */
export function wranglerDatabase(target) {
  return {
    async batch(statements) {
      const command = statements.map(({ sql, params = [] }) => fill(sql, params)).join(';\n');
      const { code, stdout, all } = await runWrangler(['d1', 'execute', 'DB', ...target, '--json', '--yes', '--command', command]);
      const answer = parse(stdout);
      if (code !== 0 || !Array.isArray(answer)) {
        throw new Failure(`wrangler could not reach the database: ${answer?.error?.text ?? all.trim()}`, 'SYSTEM_DATABASE_ERROR');
      }
      return answer.map(({ results }) => results);
    },
  };
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
