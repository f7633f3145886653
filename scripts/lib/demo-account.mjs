// The demo account: made once per data folder; its key is kept here so that it can be shown again.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createKey, createUser, hashKey } from './accounts.mjs';
import { openDatabase, query } from './database.mjs';
import { Failure } from './failure.mjs';
import { stateDir } from './paths.mjs';
import { findServer } from './server-record.mjs';
import { readOr } from './stamp.mjs';

const DEMO = { email: 'demo@example.org', name: 'Demo', tier: 'professional' };

/** @param {string} persistTo */
function demoFile(persistTo) {
  const hash = createHash('sha256').update(resolve(persistTo)).digest('hex').slice(0, 12);
  return join(stateDir, `demo-${hash}.json`);
}

/** The demo account's key, if this clone knows one for the data folder. @param {string} persistTo @returns {string | null} */
export function savedDemoKey(persistTo) {
  try {
    return JSON.parse(readOr(demoFile(persistTo), 'null'))?.key ?? null;
  } catch {
    return null;
  }
}

/** The demo account's key; the account and the key are made when they are missing. @param {string} persistTo @returns {Promise<string>} */
export async function ensureDemoKey(persistTo) {
  const db = await openDatabase({ persistTo });
  const saved = savedDemoKey(persistTo);
  if (saved && (await isGood(db, saved))) return saved;
  try {
    await createUser(db, DEMO);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'CONFLICT') throw error;
  }
  const { key } = await createKey(db, { user: DEMO.email, name: 'demo' });
  mkdirSync(dirname(demoFile(persistTo)), { recursive: true });
  writeFileSync(demoFile(persistTo), `${JSON.stringify({ key, persist_to: resolve(persistTo) })}\n`, { mode: 0o600 });
  return key;
}

/** @param {import('./database.mjs').Database} db @param {string} key */
async function isGood(db, key) {
  const rows = await query(db, 'select 1 as ok from api_keys where key_hash = ? and revoked_at is null', [hashKey(key)]);
  return rows.length > 0;
}

/**
 * The demo accounts whose servers run now; only the one at `url`, if it is given.
 * @param {string} [url]
 * @returns {Promise<{ url: string, key: string }[]>}
 */
export async function runningDemos(url) {
  if (!existsSync(stateDir)) return [];
  const files = readdirSync(stateDir).filter((name) => /^demo-\w+\.json$/.test(name));
  const saved = files.map((name) => JSON.parse(readOr(join(stateDir, name), '{}')));
  const found = await Promise.all(
    saved.map(async ({ key, persist_to }) => {
      const server = await findServer(persist_to);
      return server ? [{ url: server.url, key }] : [];
    }),
  );
  return found.flat().filter((demo) => !url || demo.url === url);
}
