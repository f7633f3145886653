// The demo account: made once per data folder; its password and key are kept here, outside git, so
// that they can be shown again.
import { createHash, randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createKey, createUser, ensurePassword, hashKey } from './accounts.mjs';
import { openDatabase, query } from './database.mjs';
import { Failure } from './failure.mjs';
import { stateDir } from './paths.mjs';
import { findServer } from './server-record.mjs';
import { readOr } from './stamp.mjs';

const DEMO = { email: 'demo@example.org', name: 'Demo', tier: 'professional' };

/** For people who type it on a phone: no letters that look alike; 78 bits. */
const PASSWORD_LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const PASSWORD_GROUPS = 4;
const GROUP_LENGTH = 4;

/** @typedef {{ email: string, password: string, key: string }} DemoAccount */

/** @param {string} persistTo */
export function demoFile(persistTo) {
  const hash = createHash('sha256').update(resolve(persistTo)).digest('hex').slice(0, 12);
  return join(stateDir, `demo-${hash}.json`);
}

/** What this clone knows of the demo account of a data folder. @param {string} file @returns {Partial<DemoAccount> & { persist_to?: string }} */
function readSaved(file) {
  try {
    return JSON.parse(readOr(file, '{}')) ?? {};
  } catch {
    return {};
  }
}

/**
 * The demo account; whatever of it is missing is made. A password that was changed meanwhile is
 * set back: what is shown has to work.
 * @param {string} persistTo @returns {Promise<DemoAccount & { wasReset: boolean }>}
 */
export async function ensureDemoAccount(persistTo) {
  const db = await openDatabase({ persistTo });
  const saved = readSaved(demoFile(persistTo));
  const password = saved.password ?? newPassword();
  // Before the account has it: else an end in between would leave a password that nobody knows.
  save(persistTo, { ...saved, password });
  const wasReset = !(await createDemoUser(db, password)) && (await ensurePassword(db, DEMO.email, password));
  const key = saved.key && (await isGood(db, saved.key)) ? saved.key : (await createKey(db, { user: DEMO.email, name: 'demo' })).key;
  save(persistTo, { password, key });
  return { email: DEMO.email, password, key, wasReset: wasReset && saved.password !== undefined };
}

/** Whether the user had to be made. @param {import('./database.mjs').Database} db @param {string} password */
async function createDemoUser(db, password) {
  try {
    await createUser(db, { ...DEMO, password });
    return true;
  } catch (error) {
    if (error instanceof Failure && error.code === 'CONFLICT') return false;
    throw error;
  }
}

/** Whole or not at all. @param {string} persistTo @param {Partial<DemoAccount>} account */
function save(persistTo, { password, key }) {
  const file = demoFile(persistTo);
  mkdirSync(dirname(file), { recursive: true });
  const text = JSON.stringify({ email: DEMO.email, password, key, persist_to: resolve(persistTo) });
  writeFileSync(`${file}.new`, `${text}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Four letters, four times: `k3ab-x9fm-...` */
function newPassword() {
  const group = () => Array.from({ length: GROUP_LENGTH }, () => PASSWORD_LETTERS[randomInt(PASSWORD_LETTERS.length)]).join('');
  return Array.from({ length: PASSWORD_GROUPS }, group).join('-');
}

/** @param {import('./database.mjs').Database} db @param {string} key */
async function isGood(db, key) {
  const rows = await query(db, 'select 1 as ok from api_keys where key_hash = ? and revoked_at is null', [hashKey(key)]);
  return rows.length > 0;
}

/**
 * The demo accounts whose servers run now; only the one at `url`, if it is given.
 * @param {string} [url]
 * @returns {Promise<{ url: string, email: string, password: string }[]>}
 */
export async function runningDemos(url) {
  if (!existsSync(stateDir)) return [];
  const files = readdirSync(stateDir).filter((name) => /^demo-\w+\.json$/.test(name));
  const found = await Promise.all(
    files.map(async (name) => {
      const { email, password, persist_to } = readSaved(join(stateDir, name));
      const server = email && password && persist_to ? await findServer(persist_to) : null;
      return server ? [{ url: server.url, email: email ?? '', password: password ?? '' }] : [];
    }),
  );
  return found.flat().filter((demo) => !url || demo.url === url);
}
