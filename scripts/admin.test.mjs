// npm run admin, on a data folder that no server uses and on the one of a running server.
import { mkdtempSync, rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { hashKey, nextMonth } from './lib/accounts.mjs';
import { openDatabase, query } from './lib/database.mjs';
import { runFreely } from './lib/exec.mjs';
import { inRepo } from './lib/paths.mjs';
import { pinnedNode } from './lib/wrangler.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'outpost-admin-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const folders = { 'no server runs': () => scratch, 'a server runs': () => inject('sharedServer').persistTo };

describe.each(Object.entries(folders))('when %s', (state, folder) => {
  const isServed = state === 'a server runs';
  const email = `admin-${randomUUID().slice(0, 8)}@example.org`;

  /** Runs a command with --json and returns its one JSON object. @param {string[]} args */
  async function admin(...args) {
    const { code, stdout } = await runFreely(pinnedNode, [inRepo('scripts', 'admin.mjs'), ...args, '--json', '--persist-to', folder()]);
    return { code, ...JSON.parse(stdout) };
  }

  const rows = async (/** @type {string} */ sql, /** @type {string[]} */ ...params) => query(await openDatabase({ persistTo: folder() }), sql, params);

  test('creates a user once', async () => {
    const user = await admin('create-user', '--email', email.toUpperCase(), '--password', "Secret'Pass?1", '--name', "D'Arcy", '--tier', 'basic');
    expect(user).toEqual({ code: 0, user_id: expect.stringMatching(/^[0-9a-f-]{36}$/), email });
    const [row] = await rows('select * from users where id = ?', user.user_id);
    expect(row).toMatchObject({ name: "D'Arcy", tier: 'basic', quota_limit: 200, quota_used: 0, is_active: 1, quota_resets_at: nextMonth(Date.now()) });
    expect(row.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);

    const again = await admin('create-user', '--email', email, '--password', 'another one');
    expect(again).toMatchObject({ code: 1, error: { code: 'CONFLICT' } });
  });

  test('makes administrators, disables and enables, and notes it', async () => {
    const { user_id } = await admin('create-user', '--email', `chief-${email}`, '--password', 'long enough', '--role', 'admin');
    const { user_id: other } = await admin('create-user', '--email', `other-${email}`, '--password', 'long enough');
    expect(await admin('set-role', '--user', `OTHER-${email}`, '--role', 'admin')).toEqual({ code: 0, user_id: other, email: `other-${email}`, role: 'admin', is_active: true });
    expect(await admin('disable-user', '--user', other)).toMatchObject({ code: 0, is_active: false });
    expect(await admin('enable-user', '--user', other)).toMatchObject({ code: 0, is_active: true });
    expect(await admin('set-role', '--user', other, '--role', 'user')).toMatchObject({ role: 'user' });
    expect(await rows('select role, is_active from users where id in (?, ?) order by role', user_id, other)).toEqual([
      { role: 'admin', is_active: 1 },
      { role: 'user', is_active: 1 },
    ]);
    const audit = await rows('select actor_id, action, detail from admin_actions where subject_id in (?, ?) order by rowid', user_id, other);
    expect(audit.map(({ actor_id, action, detail }) => [actor_id, action, JSON.parse(detail)])).toEqual([
      [null, 'create_user', { role: 'admin' }],
      [null, 'update_user', { role: 'admin' }],
      [null, 'update_user', { is_active: false }],
      [null, 'update_user', { is_active: true }],
      [null, 'update_user', { role: 'user' }],
    ]);
    expect(await admin('disable-user', '--user', 'nobody@example.org')).toMatchObject({ code: 1, error: { code: 'NOT_FOUND' } });
  });

  test.each([
    ['no email', ['create-user', '--password', 'long enough']],
    ['a bad email', ['create-user', '--email', 'nobody', '--password', 'long enough']],
    ['a short password', ['create-user', '--email', 'x@example.org', '--password', 'short']],
    ['an unknown role', ['create-user', '--email', 'y@example.org', '--password', 'long enough', '--role', 'root']],
    ['a role for nobody', ['set-role', '--role', 'admin']],
    ['an unknown option', ['create-user', '--nonsense']],
    ['an unknown command', ['nonsense']],
  ])('refuses %s', async (_name, args) => {
    expect(await admin(...args)).toMatchObject({ code: 1, error: { code: 'VALIDATION_ERROR' } });
  });

  test('creates, lists and revokes a key', async () => {
    const { code, id, key, prefix } = await admin('create-key', '--user', email, '--name', 'phone');
    expect(code).toBe(0);
    expect(key).toMatch(/^romo_live_[A-Za-z0-9]{32}$/);
    expect(prefix).toBe(key.slice(0, 14));
    const [row] = await rows('select key_hash from api_keys where id = ?', id);
    expect(row.key_hash).toBe(hashKey(key));

    const { keys } = await admin('list-keys', '--user', email);
    expect(keys).toMatchObject([{ id, prefix, name: 'phone', environment: 'live', revoked_at: null }]);
    const first = await admin('revoke-key', '--id', id);
    expect(first).toMatchObject({ code: 0, id, revoked_at: expect.any(String) });
    expect((await admin('revoke-key', '--prefix', prefix)).revoked_at).toBe(first.revoked_at);
    expect(await admin('revoke-key', '--id', 'nothing')).toMatchObject({ code: 1, error: { code: 'NOT_FOUND' } });
  });

  const uris = ['https://app.example/cb?tenant=1', 'com.example.app:/cb', 'http://127.0.0.1/cb', 'http://[::1]:8000'];

  test('creates, lists and disables an app of others', async () => {
    const redirects = uris.flatMap((uri) => ['--redirect-uri', uri]);
    const created = await admin('create-client', '--name', " Bob's app ", ...redirects, '--scopes', 'upload read');
    const app = { client_id: expect.stringMatching(/^[0-9a-f-]{36}$/), name: "Bob's app", redirect_uris: uris, scopes: 'read upload' };
    expect(created).toEqual({ code: 0, ...app });
    const { client_id } = created;
    const find = async () => (await admin('list-clients')).clients.find((/** @type {any} */ client) => client.client_id === client_id);
    expect(await find()).toEqual({ ...app, client_id, created_at: expect.any(String), disabled_at: null });

    await rows(
      `insert into sessions (id, user_id, device_id, refresh_jti, refreshed_at, refreshed_by, created_at, expires_at, kind, client_id)
       select ?, id, 'phone', 'jti', 0, 'test', 0, 8e15, 'oauth', ? from users where email = ?`,
      client_id, client_id, email,
    );
    const first = await admin('disable-client', '--id', client_id);
    expect(first).toEqual({ code: 0, client_id, disabled_at: expect.any(String), sessions_ended: 1 });
    const again = await admin('disable-client', '--id', client_id);
    expect(again).toEqual({ ...first, sessions_ended: 0 });
    expect((await find()).disabled_at).toBe(first.disabled_at);
    const [session] = await rows('select revoked_reason from sessions where id = ?', client_id);
    expect(session.revoked_reason).toBe('app was disabled');
    expect(await admin('disable-client', '--id', 'nothing')).toMatchObject({ code: 1, error: { code: 'NOT_FOUND' } });
  });

  test('an app may read and no more unless said', async () => {
    expect(await admin('create-client', '--name', 'reader', '--redirect-uri', uris[0])).toMatchObject({ code: 0, scopes: 'read' });
  });

  test('puts a failed job back into the queue, once', async () => {
    const id = randomUUID();
    await rows(
      `insert into jobs (id, kind, user_id, subject_id, state, error, attempts, due_at, deadline_at, estimated_completion, created_at, finished_at)
       select ?, 'test.nothing', id, 'x', 'failed', 'broke', 5, 0, 0, 0, 0, 8e15 from users where email = ?`,
      id,
      email,
    );
    expect((await admin('list-failed-jobs')).jobs[0]).toMatchObject({ id, error: 'broke', attempts: 5, email });

    expect(await admin('retry-job', '--id', id)).toEqual({ code: 0, id, status: 'queued' });
    // A running Worker takes it up at once, finds a kind that it does not know, and refunds it.
    const expected = isServed ? { state: 'failed', quota_consumed: 0, attempts: 1 } : { state: 'queued', quota_consumed: 1, attempts: 0 };
    const jobNow = async () => (await rows('select * from jobs where id = ?', id))[0];
    await expect.poll(jobNow, { timeout: 10_000 }).toMatchObject(expected);
    const job = await jobNow();
    expect(job.quota_period).toBe(nextMonth(Date.now()));
    expect(job.deadline_at).toBeGreaterThan(Date.now() + 3_500_000);
    const [user] = await rows('select quota_used from users where email = ?', email);
    expect(user.quota_used).toBe(expected.quota_consumed);
    expect(await admin('retry-job', '--id', randomUUID())).toMatchObject({ code: 1, error: { code: 'NOT_FOUND' } });
  });
});
