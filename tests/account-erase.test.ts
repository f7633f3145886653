// Deleting an account: gone at once, erased soon, also through a power cut (CONTRACT A37, 10.9).
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Vault, noise } from './support/backups.ts';
import { expectError } from './support/envelope.ts';
import { PASSWORD, PICTURES, Person, USERS, bytes } from './support/people.ts';
import { DEVICES, googleToken } from './support/push.ts';
import { LOGIN, PROFILE, logIn, post, refresh, timing } from './support/requests.ts';
import { Phone, boxRoom, ply, roomScan } from './support/rooms.ts';
import { startTestServer, type OwnServer } from './support/server.ts';
import { decode, sign } from './support/tokens.ts';

const DAY_MS = 24 * 3600 * 1000;
let server: OwnServer;

beforeAll(async () => {
  server = await startTestServer({ vars: { JOB_LEASE_SECONDS: '3' } });
});

afterAll(() => server?.stop());

const erase = (who: Person, body: unknown = { password: PASSWORD }, id: string | number = 'me') => who.send('DELETE', `${USERS}/${id}`, body);

/** Every table that names a user, but for the user's own row. */
const rowsOf = (user: string) =>
  Object.fromEntries(
    ['room_scans', 'jobs', 'api_keys', 'sessions', 'mails', 'one_time_tokens', 'backups', 'push_devices', 'push_messages'].map((table) => [table, server.data.rows(`select id from ${table} where user_id = ?`, user).map(({ id }) => id)]),
  );

/** Nothing is left but the pseudonym and the job that erased the rest. */
async function expectErased(user: string, keys: string[] = []): Promise<void> {
  await vi.waitFor(() => {
    const jobs = server.data.rows('select kind, state, result_key, error from jobs where user_id = ?', user);
    expect(jobs).toEqual([{ kind: 'account.erase', state: 'completed', result_key: null, error: null }]);
  }, { timeout: 60_000, interval: 200 });
  expect(rowsOf(user)).toMatchObject({ room_scans: [], api_keys: [], sessions: [], mails: [], one_time_tokens: [], backups: [], push_devices: [], push_messages: [] });
  expect(server.data.rows('select organization_id from organization_members where user_id = ?', user)).toEqual([]);
  const row = server.data.row('select * from users where id = ?', user)!;
  for (const column of ['email', 'username', 'name', 'bio', 'avatar_url', 'avatar_key', 'password_hash', 'email_verified_at', 'password_changed_at']) expect(row[column], column).toBeNull();
  expect(row).toMatchObject({ is_active: 0, preferences: '{}' });
  const objects = await server.data.objects();
  expect(objects.filter((key) => keys.includes(key) || key.includes(user))).toEqual([]);
}

/** A person with something in every place. */
async function resident(): Promise<{ anna: Person; phone: Phone; keys: string[]; job: string; scanId: string }> {
  const anna = await Person.create(server, { name: 'Anna', bio: 'Hi' });
  const key = (await (await anna.send('POST', '/api/v1/user/api-keys', { name: 'phone' })).json()) as any;
  const user = { user_id: anna.user.uuid, email: anna.email, key: key.key, key_id: key.id };
  const phone = await Phone.of(server, user);
  const scan = roomScan(boxRoom(4, 3, 2.5, 2000));
  const job = await phone.process(scan);
  expect((await phone.finished(job)).status).toBe('completed');
  expect((await phone.send(ply(boxRoom(3, 3, 2.5, 500), 'ascii'), { 'content-type': 'application/ply' })).status).toBe(202);
  expect((await anna.fetch('/avatar', { method: 'POST', body: bytes(PICTURES.png), headers: { 'content-type': 'image/png' } })).status).toBe(200);
  const vault = Vault.of(server, phone);
  await vault.saved(noise(1000));
  await vault.append(await vault.begun(1_000_000), 0, noise(300_000));
  expect((await anna.send('POST', DEVICES, { platform: 'android', token: googleToken() })).status).toBe(200);
  expect((await anna.exported()).status).toBe('completed');
  const keys = server.data
    .rows('select object_key, cloud_key, j.result_key from room_scans s join jobs j on j.id = s.job_id where s.user_id = ?', anna.user.uuid)
    .flatMap((row) => Object.values(row))
    .concat(server.data.rows('select result_key from jobs where user_id = ?', anna.user.uuid).map((row) => row.result_key))
    .concat(server.data.row('select avatar_key from users where id = ?', anna.user.uuid)!.avatar_key)
    .filter((each) => each !== null);
  return { anna, phone, keys, job, scanId: scan.room_scan.id };
}

describe('deleting an account', () => {
  test('ends everything at once and leaves nothing', async () => {
    const [{ anna, phone, keys, job, scanId }, bob] = [await resident(), await resident()];
    expect(keys.length).toBeGreaterThan(4);
    const answer = await erase(anna);
    expect(timing(answer)['d1.trips']).toBeLessThanOrEqual(2);
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({ status: 'erasing', job_id: expect.any(String) });

    await expectError(await anna.fetch(''), 401);
    for (const path of [PROFILE, `/api/v1/processing/${job}/status`, `/api/v1/rooms/${scanId}`, `${USERS}/me/export`]) await expectError(await phone.fetch(path), 401);
    await expectError(await phone.upload(roomScan([])), 401);
    await expectError(await refresh(server, anna.refreshToken), 401, 'AUTH_TOKEN_INVALID');
    await expectError(await post(server, LOGIN, { email: anna.email, password: PASSWORD }), 401, 'AUTH_INVALID_CREDENTIALS');
    await expectError(await post(server, LOGIN, { api_key: phone.user.key, device_id: 'x' }), 401, 'AUTH_API_KEY_INVALID');
    await expectError(await server.fetch(`${USERS}/${anna.user.id}`), 404);
    await expectError(await server.fetch(`${USERS}/${anna.user.uuid}/avatar`), 404);

    await expectErased(anna.user.uuid, keys);
    expect(server.data.row('select num_id, created_at, tier, purged_at from users where id = ?', anna.user.uuid)).toMatchObject({ num_id: anna.user.id, tier: 'free', purged_at: null });

    const objects = await server.data.objects();
    for (const key of bob.keys) expect(objects).toContain(key);
    expect((await bob.phone.result(bob.job)).status).toBe('completed');
    expect(await bob.anna.show()).toMatchObject({ name: 'Anna' });
  }, 60_000);

  test('frees email and username', async () => {
    const anna = await Person.create(server);
    expect((await erase(anna, { password: PASSWORD }, anna.user.id)).status).toBe(202);
    const again = await Person.create(server, { email: anna.email, username: anna.user.username });
    expect(again.user.uuid).not.toBe(anna.user.uuid);
    expect(again.user.id).toBeGreaterThan(anna.user.id);
  });

  test('needs the password', async () => {
    const anna = await Person.create(server);
    for (const body of [{}, { password: null }]) {
      const { error } = await expectError(await erase(anna, body), 400, 'VALIDATION_ERROR');
      expect(error.details).toMatchObject([{ field: 'password', type: 'missing_field' }]);
    }
    const { error } = await expectError(await erase(anna, { password: 'wrong' }), 400, 'VALIDATION_ERROR');
    expect(error.details).toMatchObject([{ field: 'password', type: 'invalid_value' }]);
    await expectError(await anna.fetch('', { method: 'DELETE' }), 400, 'VALIDATION_ERROR');
    expect((await anna.show()).email).toBe(anna.email);
  });

  test('without a password needs a session of the last ten minutes', async () => {
    const phone = await Phone.signIn(server);
    const { claims } = decode(phone.token);
    const with_ = (token: string) => server.fetch(`${USERS}/me`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
    const seconds = Math.floor(Date.now() / 1000);
    const { error } = await expectError(await with_(sign({ ...claims, auth_time: seconds - 601 })), 403, 'AUTH_PERMISSION_DENIED');
    expect(error.message).toMatch(/Sign in again/);
    await server.data.write("update sessions set kind = 'oauth' where user_id = ?", phone.user.user_id);
    await expectError(await with_(phone.token), 403, 'AUTH_PERMISSION_DENIED');
    await server.data.write("update sessions set kind = 'key' where user_id = ?", phone.user.user_id);
    expect((await with_(sign({ ...claims, auth_time: seconds - 590 }))).status).toBe(202);
    await expectErased(phone.user.user_id);
  });

  test('of somebody else is refused', async () => {
    const [anna, bob] = [await Person.create(server), await Person.create(server)];
    for (const id of [anna.user.id, anna.user.uuid, randomUUID(), 'nobody']) await expectError(await erase(bob, { password: PASSWORD }, id), 403, 'AUTH_PERMISSION_DENIED');
    expect((await anna.show()).email).toBe(anna.email);
    expect((await bob.show()).email).toBe(bob.email);
  });

  test('five times at once is done once', async () => {
    const anna = await Person.create(server);
    const statuses = await Promise.all(Array.from({ length: 5 }, async () => (await erase(anna)).status));
    expect(statuses.filter((status) => status === 202)).toHaveLength(1);
    expect(statuses.filter((status) => status === 401 || status === 409)).toHaveLength(4);
    await expectErased(anna.user.uuid);
  });

  test('whose message is lost or comes twice is done all the same', async () => {
    for (const fault of ['lose-message', 'double-message', 'refuse-message']) {
      const anna = await Person.create(server);
      const answer = await anna.fetch('', { method: 'DELETE', headers: { 'content-type': 'application/json', 'x-fault': fault }, body: JSON.stringify({ password: PASSWORD }) });
      expect(answer.status).toBe(202);
      await expectErased(anna.user.uuid);
    }
  }, 120_000);

  test('while a scan is analyzed leaves no result', async () => {
    const phone = await Phone.signIn(server);
    const before = new Set(await server.data.objects());
    await phone.send(ply(boxRoom(6, 4, 2.6, 600_000), 'binary_little_endian'), { 'content-type': 'application/ply' });
    const { token } = await Phone.of(server, phone.user);
    expect((await server.fetch(`${USERS}/me`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } })).status).toBe(202);
    await vi.waitFor(() => expect(server.data.row("select state from jobs where user_id = ? and kind = 'account.erase'", phone.user.user_id)).toEqual({ state: 'completed' }), { timeout: 30_000 });
    await sleep(4_000);
    await server.data.write('update users set erased_at = ? where id = ?', Date.now() - DAY_MS, phone.user.user_id);
    await server.runCron('17 3 * * *');
    await vi.waitFor(() => expect(server.data.row('select purged_at from users where id = ?', phone.user.user_id)!.purged_at).not.toBeNull(), { timeout: 30_000 });
    await expectErased(phone.user.user_id);
    expect((await server.data.objects()).filter((key) => !before.has(key))).toEqual([]);
  }, 120_000);

  test("empties the user's room", async () => {
    const phone = await Phone.signIn(server);
    const job = await phone.process(roomScan(boxRoom(4, 3, 2.5, 1000)));
    await phone.finished(job);
    expect((await server.fetch(`${USERS}/me`, { method: 'DELETE', headers: { authorization: `Bearer ${phone.token}` } })).status).toBe(202);
    await expectErased(phone.user.user_id);
    // The same person again: an operator undoes the deletion, and the log has nothing to replay.
    await server.data.write("update users set is_active = 1, email = 'again@example.org' where id = ?", phone.user.user_id);
    const key = await server.accounts.key(phone.user);
    const again = await Phone.of(server, phone.user, key.key);
    const next = await again.process(roomScan(boxRoom(4, 3, 2.5, 1000)), { 'x-fault': 'lose-message' });
    await server.data.write("insert into jobs (id, kind, user_id, subject_id, due_at, deadline_at, estimated_completion, created_at) values (?, 'room_scan.analyze', ?, 'x', ?, ?, 0, 0)", job, phone.user.user_id, Date.now() + DAY_MS, Date.now() + DAY_MS);
    const stream = await again.fetch(`/api/v1/processing/${job}/events`);
    const reader = stream.body!.getReader();
    const first = await Promise.race([reader.read(), sleep(2_000)]);
    expect(first).toBeUndefined();
    await reader.cancel();
    expect(next).not.toBe(job);
  }, 60_000);
});

describe('the second erasure', () => {
  test('a day later deletes what the first one could not know, once', async () => {
    const anna = await Person.create(server);
    await erase(anna);
    await expectErased(anna.user.uuid);
    // A request that was under way stored a picture and died.
    await server.data.putObject(`avatars/${anna.user.uuid}/1-late.png`, 'x');
    await server.runCron('17 3 * * *');
    expect(server.data.row('select purged_at from users where id = ?', anna.user.uuid)).toEqual({ purged_at: null });
    await server.data.write('update users set erased_at = ? where id = ?', Date.now() - DAY_MS, anna.user.uuid);
    await server.runCron('17 3 * * *');
    await vi.waitFor(() => expect(server.data.row('select purged_at from users where id = ?', anna.user.uuid)!.purged_at).not.toBeNull(), { timeout: 20_000 });
    await expectErased(anna.user.uuid);
    const [job] = rowsOf(anna.user.uuid).jobs!;
    await server.runCron('17 3 * * *');
    expect(rowsOf(anna.user.uuid).jobs).toEqual([job]);
  }, 60_000);

  test('makes good an erasure that failed', async () => {
    const anna = await Person.create(server);
    const answer = await anna.fetch('', { method: 'DELETE', headers: { 'content-type': 'application/json', 'x-fault': 'lose-message' }, body: JSON.stringify({ password: PASSWORD }) });
    const { job_id } = (await answer.json()) as any;
    await server.data.write("update jobs set state = 'failed', error = 'x', finished_at = 1 where id = ?", job_id);
    expect(rowsOf(anna.user.uuid).sessions).toHaveLength(1);
    await server.data.write('update users set erased_at = ? where id = ?', Date.now() - DAY_MS, anna.user.uuid);
    await server.runCron('17 3 * * *');
    await expectErased(anna.user.uuid);
  }, 60_000);
});

describe('a power cut', () => {
  const phases: number[] = [];

  test.each([29_000, 15_000, 3_000])('with %i of 30,000 scans left to erase only delays it', async (left) => {
    const phone = await Phone.signIn(server);
    const user = phone.user.user_id;
    const { token } = await logIn(server, phone.user.key).then(({ access_token }) => ({ token: access_token }));
    const count = 30_000;
    const numbers = `with recursive number (n) as (select 1 union all select n + 1 from number where n < ${count})`;
    await server.data.write(
      `${numbers} insert into jobs (id, kind, user_id, subject_id, state, attempts, result_key, due_at, deadline_at, estimated_completion, created_at, finished_at)
       select '${user}' || n, 'room_scan.analyze', '${user}', '${user}' || n, 'completed', 1, 'results/' || '${user}' || n || '/x', 0, 0, 0, n, n from number`,
    );
    await server.data.write(
      `${numbers} insert into room_scans (id, user_id, scan_id, content_hash, size_bytes, object_key, job_id, uploaded_at)
       select '${user}' || n, '${user}', 'scan' || n, 'hash', 1, 'scans/test/' || '${user}' || n, '${user}' || n, n from number`,
    );
    for (const number of [1, 12_700, count]) {
      await server.data.putObject(`scans/test/${user}${number}`, 'x');
      await server.data.putObject(`results/${user}${number}/x`, 'x');
    }
    // On a laptop the erasure is faster than its answer, which so gets lost as well.
    const answer = server.fetch(`${USERS}/me`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } }).catch(() => null);
    const scansLeft = (): number => server.data.row('select count(*) as n from room_scans where user_id = ?', user)!.n;
    while (scansLeft() > left) await sleep(1);
    await server.kill();
    await answer;
    phases.push(scansLeft());
    await server.restart();
    await server.fetch('/health');
    await expectErased(user);
  }, 120_000);

  test('did hit erasures in the middle', () => {
    expect(phases.filter((left) => left > 0 && left < 30_000).length, String(phases)).toBeGreaterThan(0);
  });
});
