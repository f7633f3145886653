// The local D1 database as the SQLite file it is. Needs node:sqlite, so the pinned Node.
import { createHash, createHmac } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {import('./database.mjs').Database} Database */

/** The local database's id: `database_id` at the top level of wrangler.toml. */
export const LOCAL_DATABASE_ID = 'outpost-local';

const OBJECT_CLASS = 'miniflare-D1DatabaseObject';
const BUSY_TIMEOUT_MS = 5_000;

/** The file that `wrangler dev --persist-to` keeps the database in. @param {string} persistTo */
export function databaseFile(persistTo) {
  return join(persistTo, 'v3', 'd1', OBJECT_CLASS, `${objectId(OBJECT_CLASS, LOCAL_DATABASE_ID)}.sqlite`);
}

/** workerd's id of a named object: two halves, the second a check of the first. @param {string} className @param {string} name */
function objectId(className, name) {
  const key = createHash('sha256').update(className).digest();
  const half = (/** @type {string | Buffer} */ data) => createHmac('sha256', key).update(data).digest().subarray(0, 16);
  const first = half(name);
  return Buffer.concat([first, half(first)]).toString('hex');
}

/** Opens the file for one use, creating it when it is not there. @template T @param {string} persistTo @param {(db: import('node:sqlite').DatabaseSync) => T} use */
export function withFile(persistTo, use) {
  const file = databaseFile(persistTo);
  mkdirSync(join(file, '..'), { recursive: true });
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    db.exec('pragma journal_mode = wal');
    return use(db);
  } finally {
    db.close();
  }
}

/** Runs `work` in one transaction. @template T @param {import('node:sqlite').DatabaseSync} db @param {() => T} work */
export function inTransaction(db, work) {
  db.exec('begin immediate');
  try {
    const result = work();
    db.exec('commit');
    return result;
  } catch (error) {
    db.exec('rollback');
    throw error;
  }
}

/** The database in the file; each batch opens and closes it. @param {string} persistTo @returns {Database} */
export function fileDatabase(persistTo) {
  return {
    batch: async (statements) =>
      withFile(persistTo, (db) =>
        inTransaction(db, () =>
          statements.map(({ sql, params = [] }) => db.prepare(sql).all(...params).map((row) => ({ ...row }))),
        ),
      ),
  };
}
