// The keys that sign tokens: a JSON Web Key Set, newest first. The first signs; the others only
// verify what they signed, and are kept without their private members.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, renameSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from './failure.mjs';
import { readOr } from './stamp.mjs';

/** @typedef {Record<string, any> & { kid: string }} SigningKey */
/** @typedef {{ keys: SigningKey[] }} KeySet */

const DAY_MS = 24 * 3600 * 1000;

/** Tokens of a key that signs no more are good for 30 days; one more for clocks. */
const KEPT_MS = 31 * DAY_MS;

/** Every request's token names its key, so each key that is kept is one more that counts. */
const MAX_KEYS = 3;

const LINE = /^[ \t]*SIGNING_KEYS[ \t]*=.*$/m;

/** A fresh RSA-2048 key as a private JWK; its id tells the day it was made: `key-2026-11-20-9f3c`. @param {number} [now] @returns {SigningKey} */
export function newSigningKey(now = Date.now()) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = `key-${asDay(now)}-${randomBytes(4).toString('hex')}`;
  return { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
}

/**
 * The set with a new key in front. A key goes when the one that replaced it is older than 31 days:
 * until then a token of it may still come.
 * @param {KeySet} set @param {number} [now] @returns {{ set: KeySet, added: string, dropped: string[] }}
 */
export function rotate({ keys }, now = Date.now()) {
  // The day is all that a key id tells, so a key counts from the day's end.
  const isDone = (/** @type {number} */ index) => index > 0 && createdAt(keys[index - 1]) + DAY_MS + KEPT_MS < now;
  const first = keys.findIndex((_, index) => isDone(index));
  const kept = first < 0 ? keys : keys.slice(0, first);
  if (kept.length >= MAX_KEYS) {
    const due = asDay(createdAt(kept[MAX_KEYS - 2]) + DAY_MS + KEPT_MS);
    throw new Failure(`there are ${kept.length} keys whose tokens may still be good; rotate again on ${due}, or sign everybody out with a fresh set (scripts/make-signing-keys.mjs)`, 'CONFLICT');
  }
  const added = newSigningKey(now);
  const dropped = keys.slice(kept.length).map(({ kid }) => kid);
  return { set: { keys: [added, ...kept.map(withoutPrivate)] }, added: added.kid, dropped };
}

/** @param {SigningKey} key @returns {SigningKey} */
const withoutPrivate = ({ kty, n, e, kid, alg, use }) => ({ kty, n, e, kid, alg, use });

/** When a key was made, as its id says; a key whose id does not say counts as new. @param {SigningKey} key */
function createdAt({ kid }) {
  const day = kid.match(/^key-(\d{4}-\d\d-\d\d)-/)?.[1];
  const time = day ? Date.parse(`${day}T00:00:00Z`) : NaN;
  return Number.isNaN(time) ? Infinity : time;
}

/** @param {number} ms */
const asDay = (ms) => (Number.isFinite(ms) ? new Date(ms).toISOString().slice(0, 10) : 'a later day');

/**
 * Reads the set out of a file: .dev.vars, or the bare JSON.
 * @param {string} file @returns {KeySet}
 */
export function readKeys(file) {
  const text = readOr(file, '');
  if (!text) throw new Failure(`${file} is not there; make the first set with: node scripts/make-signing-keys.mjs > ${file}`, 'NOT_FOUND');
  const value = text.match(LINE)?.[0].replace(/^[^=]*=\s*/, '').replace(/^'(.*)'\s*$/, '$1') ?? text;
  try {
    const { keys } = JSON.parse(value);
    if (Array.isArray(keys) && keys.length > 0 && keys.every(({ kid, n, e }) => kid && n && e)) return { keys };
  } catch {
    // The parser's message could quote a key.
  }
  throw new Failure(`${file} holds no JSON Web Key Set`, 'VALIDATION_ERROR');
}

/** Writes the set where it was read from, all of it or nothing. @param {string} file @param {KeySet} set */
export function writeKeys(file, set) {
  const text = readOr(file, '');
  const json = JSON.stringify(set);
  // As a function: a replacement text would give `$` a meaning.
  const next = LINE.test(text) ? text.replace(LINE, () => `SIGNING_KEYS='${json}'`) : `${json}\n`;
  const draft = `${file}.new`;
  writeFileSync(draft, next, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, file);
}

/**
 * Rotates the keys of a file, and of a deployed environment if `put` stores them there. The file is
 * written first: a set that was deployed and not kept could never be rotated again.
 * @param {string} file @param {{ env?: string, put?: (json: string) => Promise<void>, now?: number }} [options]
 */
export async function rotateKeys(file, { env, put, now } = {}) {
  const path = resolve(file);
  const { set, added, dropped } = rotate(readKeys(path), now);
  writeKeys(path, set);
  const result = { file: path, added, keys: set.keys.map(({ kid }) => kid), dropped };
  if (!put) return { ...result, next: 'restart the server: npm start' };
  try {
    await put(JSON.stringify(set));
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    throw new Failure(`${why}\n${path} holds the new set. Store it yourself; do not rotate again:\n  npx wrangler secret put SIGNING_KEYS --env ${env} < ${path}`);
  }
  return { ...result, env, next: `keep ${path}: secrets cannot be read back` };
}
