// D1 migrations of the local database, applied to its SQLite file directly (milliseconds, where
// starting wrangler takes seconds). The bookkeeping is wrangler's own table, so that
// `wrangler d1 migrations list DB --local` agrees.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inTransaction, withFile } from './database-file.mjs';
import { Failure } from './failure.mjs';
import { migrationsDir } from './paths.mjs';

const BOOKS = `create table if not exists d1_migrations(
  id integer primary key autoincrement,
  name text unique,
  applied_at timestamp default current_timestamp not null
)`;

/** File names of all migrations, in order. */
export function allMigrations() {
  return readdirSync(migrationsDir).filter((name) => name.endsWith('.sql')).sort();
}

/**
 * Applies what is missing, each migration in a transaction of its own.
 * @param {string} persistTo @returns {string[]} the names of those applied now
 */
export function migrateFile(persistTo) {
  return withFile(persistTo, (db) => {
    db.exec(BOOKS);
    return allMigrations().filter((name) => applyOnce(db, name));
  });
}

/** @param {import('node:sqlite').DatabaseSync} db @param {string} name @returns {boolean} whether it was applied now */
function applyOnce(db, name) {
  const isApplied = () => db.prepare('select 1 from d1_migrations where name = ?').get(name) !== undefined;
  if (isApplied()) return false;
  try {
    return inTransaction(db, () => {
      // Another process may have been quicker.
      if (isApplied()) return false;
      db.exec(readFileSync(join(migrationsDir, name), 'utf8'));
      db.prepare('insert into d1_migrations (name) values (?)').run(name);
      return true;
    });
  } catch (error) {
    throw new Failure(`migration ${name} failed: ${error instanceof Error ? error.message : error}`);
  }
}
