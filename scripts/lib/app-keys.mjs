// Keys that name apps, sent as X-API-Key, as rows. As soon as there is one, the routes of moods,
// journals, goals and outboxes want it.
import { randomBytes, randomUUID } from 'node:crypto';
import { asTime, hashKey } from './accounts.mjs';
import { query } from './database.mjs';
import { Failure } from './failure.mjs';

/** @typedef {import('./database.mjs').Database} Database */

const PREFIX_LENGTH = 10;

/**
 * @param {Database} db @param {{ name: string }} wanted
 * @returns {Promise<{ id: string, name: string, key: string, prefix: string }>} the key is shown once
 */
export async function createAppKey(db, { name }) {
  if (!name.trim() || name.length > 100) throw new Failure('a key needs a name of 1 to 100 characters', 'VALIDATION_ERROR');
  const key = `app_${randomBytes(24).toString('hex')}`;
  const made = { id: randomUUID(), name: name.trim(), prefix: key.slice(0, PREFIX_LENGTH) };
  await query(db, 'insert into app_keys (id, name, prefix, key_hash, created_at) values (?, ?, ?, ?, ?)', [made.id, made.name, made.prefix, hashKey(key), Date.now()]);
  return { ...made, key };
}

/** All of them. @param {Database} db */
export async function listAppKeys(db) {
  const rows = await query(db, 'select id, name, prefix, created_at, revoked_at from app_keys order by created_at, id');
  return { app_keys: rows.map((row) => ({ ...row, created_at: asTime(row.created_at), revoked_at: asTime(row.revoked_at) })) };
}

/** Revokes a key at once. Doing it twice is fine. @param {Database} db @param {{ id: string }} which */
export async function revokeAppKey(db, { id }) {
  const [, [row]] = await db.batch([
    { sql: 'update app_keys set revoked_at = ? where id = ? and revoked_at is null', params: [Date.now(), id] },
    { sql: 'select revoked_at from app_keys where id = ?', params: [id] },
  ]);
  if (!row) throw new Failure(`there is no key with the id ${id}`, 'NOT_FOUND');
  return { id, revoked_at: asTime(row.revoked_at) };
}
