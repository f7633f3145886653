// The demo account: the same at every start, and what is kept of it opens the door.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, inject, test } from 'vitest';
import { ensurePassword, listKeys, revokeKey } from './lib/accounts.mjs';
import { Api } from './lib/api.mjs';
import { openDatabase, query } from './lib/database.mjs';
import { demoFile, ensureDemoAccount, runningDemos } from './lib/demo-account.mjs';
import { runFreely } from './lib/exec.mjs';
import { migrateFile } from './lib/migrations.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'outpost-demo-'));
const served = inject('sharedServer');
migrateFile(scratch);
afterAll(() => {
  for (const folder of [scratch, served.persistTo]) rmSync(demoFile(folder), { force: true });
  rmSync(scratch, { recursive: true, force: true });
});

test('is made once, and kept where git does not look', async () => {
  const first = await ensureDemoAccount(scratch);
  expect(first).toEqual({ email: 'demo@example.org', password: expect.stringMatching(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/), key: expect.stringMatching(/^romo_live_/), wasReset: false });
  expect(await ensureDemoAccount(scratch)).toEqual(first);
  expect(statSync(demoFile(scratch)).mode & 0o777).toBe(0o600);
  expect((await runFreely('git', ['check-ignore', demoFile(scratch)])).code).toBe(0);

  const db = await openDatabase({ persistTo: scratch });
  const [user] = await query(db, 'select password_hash from users where email = ?', [first.email]);
  expect(user.password_hash).toMatch(/^\$argon2id\$/);
  expect((await listKeys(db, { user: first.email })).keys).toHaveLength(1);
});

test('gets back what was changed or lost', async () => {
  const db = await openDatabase({ persistTo: scratch });
  const before = await ensureDemoAccount(scratch);
  expect(await ensurePassword(db, before.email, 'chosen in the console')).toBe(true);
  await revokeKey(db, { prefix: before.key.slice(0, 14) });
  const after = await ensureDemoAccount(scratch);
  expect(after).toEqual({ ...before, key: expect.stringMatching(/^romo_live_/), wasReset: true });
  expect(after.key).not.toBe(before.key);
  expect(await ensurePassword(db, before.email, before.password)).toBe(false);
});

test('gets a password where only a key was kept', async () => {
  const { key, password } = await ensureDemoAccount(scratch);
  writeFileSync(demoFile(scratch), JSON.stringify({ key, persist_to: scratch }));
  const upgraded = await ensureDemoAccount(scratch);
  expect(upgraded).toMatchObject({ key, wasReset: false });
  expect(upgraded.password).not.toBe(password);
  expect(JSON.parse(readFileSync(demoFile(scratch), 'utf8'))).toEqual({ email: upgraded.email, password: upgraded.password, key, persist_to: scratch });
  expect(existsSync(`${demoFile(scratch)}.new`)).toBe(false);
});

test('signs in to the running server by password and by key', async () => {
  const { email, password, key } = await ensureDemoAccount(served.persistTo);
  expect(await runningDemos(served.url)).toEqual([{ url: served.url, email, password }]);
  for (const credentials of [{ email, password }, key]) {
    const api = await Api.signIn(served.url, credentials);
    expect((await api.json('GET', '/api/v1/auth/me')).email).toBe(email);
  }
  await expect(Api.signIn(served.url, { email, password: `${password}x` })).rejects.toThrow('401');
});
