// Users and API keys, as rows. The same rules as in the Worker (src/auth); tests/ hold both to them.
import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { query } from './database.mjs';
import { Failure } from './failure.mjs';

/** @typedef {import('./database.mjs').Database} Database */

/** Room uploads per month, by tier. */
export const TIER_QUOTAS = { free: 50, basic: 200, professional: 1000, enterprise: 10000 };

const ALPHANUMERICS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const KEY_LENGTH = 32;
const PREFIX_LENGTH = 14;

/** The first moment of the next month, UTC, in milliseconds. @param {number} now */
export function nextMonth(now) {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

/**
 * @param {Database} db
 * @param {{ email: string, password?: string, name?: string, tier?: string, quota?: number, role?: string }} wanted
 * @returns {Promise<{ user_id: string, email: string }>}
 */
export async function createUser(db, wanted) {
  const email = checkEmail(wanted.email);
  const tier = checkTier(wanted.tier ?? 'free');
  const role = checkRole(wanted.role ?? 'user');
  const quota = checkQuota(wanted.quota ?? TIER_QUOTAS[tier]);
  const hash = wanted.password === undefined ? null : await hashPassword(checkPassword(wanted.password));
  const now = Date.now();
  const id = randomUUID();
  const [[user]] = await db.batch([
    {
      sql: `insert into users (id, num_id, email, name, password_hash, tier, is_active, quota_limit, quota_used, quota_resets_at, created_at, updated_at, role)
            select ?, coalesce(max(num_id), 0) + 1, ?, ?, ?, ?, 1, ?, 0, ?, ?, ?, ? from users where true
            on conflict (email) do nothing
            returning id, email`,
      params: [id, email, wanted.name ?? null, hash, tier, quota, nextMonth(now), now, now, role],
    },
    ...(role === 'admin' ? [audit('create_user', id, { role }, now)] : []),
  ]);
  if (!user) throw new Failure(`a user with the email ${email} exists already`, 'CONFLICT');
  return { user_id: user.id, email: user.email };
}

/** What an administrator of the Worker leaves behind too; without an actor, since this is the operator. @param {string} action @param {string} id @param {object} detail @param {number} now */
const audit = (action, id, detail, now) => ({
  sql: `insert into admin_actions (id, action, subject_id, detail, at)
        select ?, ?, id, ?, ? from users where id = ?`,
  params: [randomUUID(), action, JSON.stringify(detail), now, id],
});

/** Makes an administrator or takes the role away. @param {Database} db @param {{ user: string, role: string }} wanted */
export async function setRole(db, { user, role }) {
  return updateUser(db, user, 'role', checkRole(role));
}

/** Gives access back, or ends it at once. @param {Database} db @param {{ user: string, isActive: boolean }} wanted */
export async function setActive(db, { user, isActive }) {
  return updateUser(db, user, 'is_active', isActive);
}

/** @param {Database} db @param {string} user id or email @param {'role' | 'is_active'} column @param {string | boolean} value */
async function updateUser(db, user, column, value) {
  const [found] = await query(db, 'select id from users where (id = ? or email = ?) and erased_at is null', [user, user.toLowerCase()]);
  if (!found) throw new Failure(`no user has the id or email ${user}`, 'NOT_FOUND');
  const now = Date.now();
  const [[row]] = await db.batch([
    {
      sql: `update users set ${column} = ?, updated_at = ? where id = ? returning id, email, role, is_active`,
      params: [typeof value === 'boolean' ? Number(value) : value, now, found.id],
    },
    audit('update_user', found.id, { [column]: value }, now),
  ]);
  return { user_id: row.id, email: row.email, role: row.role, is_active: row.is_active === 1 };
}

/**
 * Gives an account a password, unless it has this one. Its sessions go on.
 * @param {Database} db @param {string} email @param {string} password
 * @returns {Promise<boolean>} whether the account had another one, or none
 */
export async function ensurePassword(db, email, password) {
  const [user] = await query(db, 'select password_hash from users where email = ?', [email]);
  if (!user) throw new Failure(`no user has the email ${email}`, 'NOT_FOUND');
  if (user.password_hash && (await isPassword(password, user.password_hash))) return false;
  const hash = await hashPassword(checkPassword(password));
  const now = Date.now();
  await query(db, 'update users set password_hash = ?, password_changed_at = ?, updated_at = ? where email = ? returning id', [hash, now, now, email]);
  return true;
}

/**
 * @param {Database} db
 * @param {{ user: string, name: string, environment?: string }} wanted `user` is an id or an email
 * @returns {Promise<{ id: string, key: string, prefix: string }>} the key is shown here and kept nowhere
 */
export async function createKey(db, { user, name, environment = 'live' }) {
  if (!['live', 'test'].includes(environment)) throw new Failure('--environment is live or test', 'VALIDATION_ERROR');
  if (!name || name.length > 100) throw new Failure('a key needs a name of 1 to 100 characters', 'VALIDATION_ERROR');
  const key = newKey(environment);
  const prefix = key.slice(0, PREFIX_LENGTH);
  const [row] = await query(
    db,
    `insert into api_keys (id, user_id, name, prefix, key_hash, environment, created_at)
     select ?, id, ?, ?, ?, ?, ? from users where id = ? or email = ?
     returning id`,
    [randomUUID(), name, prefix, hashKey(key), environment, Date.now(), user, user.toLowerCase()],
  );
  if (!row) throw new Failure(`no user has the id or email ${user}`, 'NOT_FOUND');
  return { id: row.id, key, prefix };
}

/**
 * Revokes a key and ends the sessions opened with it. Revoking twice is fine.
 * @param {Database} db @param {{ id?: string, prefix?: string }} which
 */
export async function revokeKey(db, { id, prefix }) {
  if (!id && !prefix) throw new Failure('say which key: --id or --prefix', 'VALIDATION_ERROR');
  const found = await query(db, `select id, prefix from api_keys where ${id ? 'id' : 'prefix'} = ?`, [id || prefix || '']);
  if (found.length === 0) throw new Failure('there is no such key', 'NOT_FOUND');
  if (found.length > 1) throw new Failure(`${found.length} keys begin with ${prefix}; use --id`, 'CONFLICT');
  const key = found[0];
  const now = Date.now();
  const [, ended, [row]] = await db.batch([
    { sql: 'update api_keys set revoked_at = ? where id = ? and revoked_at is null', params: [now, key.id] },
    {
      sql: `update sessions set revoked_at = ?, revoked_reason = 'API key was revoked'
            where api_key_id = ? and revoked_at is null returning id`,
      params: [now, key.id],
    },
    { sql: 'select revoked_at from api_keys where id = ?', params: [key.id] },
  ]);
  return { id: key.id, prefix: key.prefix, revoked_at: asTime(row.revoked_at), sessions_ended: ended.length };
}

/** All keys, or those of one user. @param {Database} db @param {{ user?: string }} which */
export async function listKeys(db, { user }) {
  const rows = await query(
    db,
    `select k.id, u.email, k.name, k.prefix, k.environment, k.created_at, k.last_used_at, k.revoked_at
     from api_keys k join users u on u.id = k.user_id
     ${user ? 'where u.id = ? or u.email = ?' : ''}
     order by k.created_at`,
    user ? [user, user.toLowerCase()] : [],
  );
  const times = (/** @type {any} */ row) => ({ created_at: asTime(row.created_at), last_used: asTime(row.last_used_at), revoked_at: asTime(row.revoked_at) });
  return { keys: rows.map(({ last_used_at, ...row }) => ({ ...row, ...times({ last_used_at, ...row }) })) };
}

/** A time as the wire shows it. @param {number | null} ms */
export const asTime = (ms) => (ms === null ? null : new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z'));

/** @param {string} environment */
function newKey(environment) {
  const letters = Array.from({ length: KEY_LENGTH }, () => ALPHANUMERICS[randomInt(ALPHANUMERICS.length)]);
  return `romo_${environment}_${letters.join('')}`;
}

/** What the table keeps of a key. @param {string} key */
export const hashKey = (key) => createHash('sha256').update(key).digest('hex');

/** Argon2id as a PHC string, with the parameters the Worker uses. @param {string} password */
async function hashPassword(password) {
  const { argon2id } = await import('hash-wasm');
  return argon2id({ password, salt: randomBytes(16), memorySize: 19_456, iterations: 2, parallelism: 1, hashLength: 32, outputType: 'encoded' });
}

/** @param {string} password @param {string} hash a PHC string */
async function isPassword(password, hash) {
  const { argon2Verify } = await import('hash-wasm');
  // Hashes of another kind are not ours to read.
  return argon2Verify({ password, hash }).catch(() => false);
}

/** @param {string} email */
function checkEmail(email) {
  const text = (email ?? '').trim().toLowerCase();
  if (text.length <= 254 && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)) return text;
  throw new Failure(`not an email address: ${email}`, 'VALIDATION_ERROR');
}

/** @param {string} password */
function checkPassword(password) {
  const { length } = [...password];
  if (length >= 8 && length <= 128) return password;
  throw new Failure('a password has 8 to 128 characters', 'VALIDATION_ERROR');
}

/** @param {string} tier @returns {keyof typeof TIER_QUOTAS} */
function checkTier(tier) {
  if (Object.hasOwn(TIER_QUOTAS, tier)) return /** @type {keyof typeof TIER_QUOTAS} */ (tier);
  throw new Failure(`--tier is one of ${Object.keys(TIER_QUOTAS).join(', ')}`, 'VALIDATION_ERROR');
}

/** @param {string} role */
function checkRole(role) {
  if (['user', 'admin'].includes(role)) return role;
  throw new Failure('--role is user or admin', 'VALIDATION_ERROR');
}

/** @param {number} quota */
function checkQuota(quota) {
  if (Number.isSafeInteger(quota) && quota >= 0) return quota;
  throw new Failure('--quota is a whole number, 0 or more', 'VALIDATION_ERROR');
}
