// Apps of others that people can give access to (OAuth 2.1), as rows. How the Worker compares a
// redirect URI with these stands in functions/oauth/redirect_uri.rs.
import { randomUUID } from 'node:crypto';
import { asTime } from './accounts.mjs';
import { query } from './database.mjs';
import { Failure } from './failure.mjs';

/** @typedef {import('./database.mjs').Database} Database */

const SCOPES = ['read', 'upload', 'admin'];
const MAX_NAME = 100;
const MAX_URIS = 20;
const MAX_URI = 1000;

/**
 * @param {Database} db
 * @param {{ name: string, redirectUris: string[], scopes?: string }} wanted `scopes` are words with
 *   blanks between: the most that people can be asked for
 * @returns {Promise<{ client_id: string, name: string, redirect_uris: string[], scopes: string }>}
 */
export async function createClient(db, { name, redirectUris, scopes = 'read' }) {
  const client = { client_id: randomUUID(), name: checkName(name), redirect_uris: checkUris(redirectUris), scopes: checkScopes(scopes) };
  await query(db, 'insert into oauth_clients (id, name, redirect_uris, scopes, created_at) values (?, ?, ?, ?, ?)', [
    client.client_id,
    client.name,
    JSON.stringify(client.redirect_uris),
    client.scopes,
    Date.now(),
  ]);
  return client;
}

/** All apps. @param {Database} db */
export async function listClients(db) {
  const rows = await query(
    db,
    `select id as client_id, name, redirect_uris, scopes, created_at, disabled_at
     from oauth_clients order by created_at, id`,
  );
  const clients = rows.map((row) => ({
    ...row,
    redirect_uris: JSON.parse(row.redirect_uris),
    created_at: asTime(row.created_at),
    disabled_at: asTime(row.disabled_at),
  }));
  return { clients };
}

/**
 * Disables an app and ends the sessions that it was given. Doing it twice is fine.
 * @param {Database} db @param {{ id: string }} which
 */
export async function disableClient(db, { id }) {
  const now = Date.now();
  const [, ended, [row]] = await db.batch([
    { sql: 'update oauth_clients set disabled_at = ? where id = ? and disabled_at is null', params: [now, id] },
    {
      sql: `update sessions set revoked_at = ?, revoked_reason = 'app was disabled'
            where client_id = ? and revoked_at is null returning id`,
      params: [now, id],
    },
    { sql: 'select disabled_at from oauth_clients where id = ?', params: [id] },
  ]);
  if (!row) throw new Failure(`there is no app with the id ${id}`, 'NOT_FOUND');
  return { client_id: id, disabled_at: asTime(row.disabled_at), sessions_ended: ended.length };
}

/** @param {string} name */
function checkName(name) {
  const text = name.trim();
  const { length } = [...text];
  if (length >= 1 && length <= MAX_NAME && !/\p{C}/u.test(text)) return text;
  throw new Failure(`an app needs a name of 1 to ${MAX_NAME} visible characters`, 'VALIDATION_ERROR');
}

/** @param {string} scopes */
function checkScopes(scopes) {
  const words = scopes.split(/\s+/).filter(Boolean);
  if (words.length && words.every((word) => SCOPES.includes(word))) return SCOPES.filter((scope) => words.includes(scope)).join(' ');
  throw new Failure(`--scopes are one or more of ${SCOPES.join(', ')}, with blanks between`, 'VALIDATION_ERROR');
}

/** @param {string[]} uris */
function checkUris(uris) {
  const unique = [...new Set(uris)];
  if (unique.length > MAX_URIS) throw new Failure(`an app has at most ${MAX_URIS} redirect URIs`, 'VALIDATION_ERROR');
  for (const uri of unique) {
    const problem = problemOf(uri);
    if (problem) throw new Failure(`--redirect-uri ${uri}: ${problem}`, 'VALIDATION_ERROR');
  }
  return unique;
}

/** Why nobody can be redirected there, if so. @param {string} uri */
function problemOf(uri) {
  if (uri.length > MAX_URI) return `longer than ${MAX_URI} characters`;
  // What browsers and URL parsers read in different ways, or not at all.
  if (!/^[\x21-\x7e]+$/.test(uri) || /["'<>\\^`{|}]/.test(uri)) return 'only plain characters of a URI, the others as %XX';
  if (uri.includes('#')) return 'a redirect URI has no fragment';
  if (!URL.canParse(uri)) return 'not a URI';
  const [, scheme] = uri.match(/^([a-z][a-z0-9+.-]*):/) ?? [];
  if (scheme === 'https') return problemOfHttps(uri);
  if (scheme === 'http') return /^http:\/\/(127\.0\.0\.1|\[::1\])(:\d{1,5})?([/?]|$)/.test(uri) ? null : 'http only goes to 127.0.0.1 or [::1]';
  // RFC 8252, section 7.1: a scheme without a dot may belong to anybody.
  return scheme?.includes('.') ? null : "an app's own scheme is a domain name of its maker backwards: com.example.app";
}

/** @param {string} uri */
function problemOfHttps(uri) {
  const { host, username, password } = new URL(uri);
  if (username || password || uri.includes('@')) return 'no user in a redirect URI';
  return uri.startsWith(`https://${host}`) && /^[a-z0-9.-]+(:\d+)?$/.test(host) ? null : 'write the host as it is, in lower case';
}
