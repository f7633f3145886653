// The local D1 database through a running `wrangler dev`: its local explorer runs SQL inside the
// process that owns the file. It takes parameters as texts only, so they are written into the SQL.
import { LOCAL_DATABASE_ID } from './database-file.mjs';
import { Failure } from './failure.mjs';
import { fill } from './quote.mjs';

/** @typedef {import('./database.mjs').Database} Database */

/** The explorer's interface of a local server. @param {string} url */
export const explorerUrl = (url) => `${url}/cdn-cgi/local/explorer/api`;

/** @param {string} url the server's address @returns {Database} */
export function serverDatabase(url) {
  return {
    async batch(statements) {
      const answer = await fetch(`${explorerUrl(url)}/d1/database/${LOCAL_DATABASE_ID}/raw`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ batch: statements.map(({ sql, params = [] }) => ({ sql: fill(sql, params) })) }),
      });
      const body = await answer.json();
      if (!body.success) throw new Failure(`the database refused: ${body.errors?.[0]?.message}`, 'SYSTEM_DATABASE_ERROR');
      return body.result.map(toRows);
    },
  };
}

/** @param {{ results: { columns: string[], rows: unknown[][] } }} result */
function toRows({ results: { columns, rows } }) {
  return rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]])));
}
