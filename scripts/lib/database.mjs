// The database behind one interface, whichever way leads to it:
//   a server started by these scripts runs on the data folder: through that server, so that nobody
//   waits for a lock (workerd answers "database is locked" with a failed request);
//   none runs: the SQLite file itself;
//   --remote: `wrangler d1 execute`.
import { fileDatabase } from './database-file.mjs';
import { remoteDatabase } from './database-remote.mjs';
import { serverDatabase } from './database-server.mjs';
import { migrateFile } from './migrations.mjs';
import { findServer } from './server-record.mjs';

/**
 * @typedef {string | number | null} Value
 * @typedef {{ sql: string, params?: Value[] }} Statement
 * @typedef {Record<string, any>} Row
 * @typedef {object} Database
 * @property {(statements: Statement[]) => Promise<Row[][]>} batch runs all in one transaction;
 *   rows per statement, so that a write says what it did by `returning`
 */

/**
 * Opens the database; a local one gets its tables first.
 * @param {{ persistTo: string, remote?: boolean, env?: string }} where
 * @returns {Promise<Database>}
 */
export async function openDatabase(where) {
  if (where.remote) return remoteDatabase(where.env);
  const server = await findServer(where.persistTo);
  if (server) return serverDatabase(server.url);
  migrateFile(where.persistTo);
  return fileDatabase(where.persistTo);
}

/** Runs one statement. @param {Database} db @param {string} sql @param {Value[]} [params] */
export async function query(db, sql, params) {
  const [rows] = await db.batch([{ sql, params }]);
  return rows;
}
