// An export holds every record and file of a person and nothing of another (CONTRACT A37, 10.9).
import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Vault, noise, sha256 } from './support/backups.ts';
import { expectError } from './support/envelope.ts';
import { PASSWORD, PICTURES, Person, USERS, bytes } from './support/people.ts';
import { timing } from './support/requests.ts';
import { Phone, boxRoom, packed, ply, roomScan } from './support/rooms.ts';
import { startTestServer, type OwnServer } from './support/server.ts';

const DAY_MS = 24 * 3600 * 1000;
let server: OwnServer;
let folder: string;

beforeAll(async () => {
  server = await startTestServer({ vars: { JOB_LEASE_SECONDS: '3' } });
  folder = mkdtempSync(join(tmpdir(), 'outpost-export-'));
});

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Unpacks an archive with the system's own tar, and gives its files by name. */
async function unpack(who: Person): Promise<Map<string, Buffer>> {
  const answer = await who.fetch('/export/archive');
  expect(answer.status).toBe(200);
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(bytes.length % 512).toBe(0);
  const into = mkdtempSync(join(folder, 'archive-'));
  execFileSync('tar', ['-x', '-f', '-', '-C', into], { input: bytes });
  expect(readdirSync(into)).toEqual(['export']);
  const root = join(into, 'export');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(root, name)).isFile());
  return new Map(files.map((name) => [relative(root, join(root, name)), readFileSync(join(root, name))]));
}

const read = (files: Map<string, Buffer>, name: string): any => {
  expect([...files.keys()]).toContain(name);
  return JSON.parse(files.get(name)!.toString());
};

async function keyOf(anna: Person, name = 'phone'): Promise<Phone> {
  const { key, id } = (await (await anna.send('POST', '/api/v1/user/api-keys', { name })).json()) as any;
  return Phone.of(server, { user_id: anna.user.uuid, email: anna.email, key, key_id: id });
}

describe('an export', () => {
  test('has every record and file of the person, and nothing of another', async () => {
    const anna = await Person.create(server, { name: 'Anna', bio: 'Hi' });
    const phone = await keyOf(anna);
    await anna.change({ preferences: { darkMode: true } });
    await anna.fetch('/avatar', { method: 'POST', body: bytes(PICTURES.png), headers: { 'content-type': 'image/png' } });
    const vault = Vault.of(server, phone);
    const [small, large] = [noise(1000), noise(700_001)];
    const saved = [(await vault.saved(small)).id, (await vault.uploaded(large, 300_000)).split('/').at(-1)!];
    const plain = roomScan(boxRoom(4, 3, 2.5, 1000));
    const newer = roomScan(boxRoom(4, 3.2, 2.5, 1000), { id: plain.room_scan.id });
    const zipped = roomScan(boxRoom(5, 3, 2.5, 1000));
    const deleted = roomScan(boxRoom(5, 3, 2.5, 900));
    const jobs = [await phone.process(plain), await phone.process(newer)];
    expect((await phone.send(packed(JSON.stringify(zipped)), { 'content-type': 'application/gzip' })).status).toBe(202);
    const cloud = ply(boxRoom(3, 3, 2.5, 3000), 'binary_little_endian');
    const { processing_id } = (await (await phone.send(cloud, { 'content-type': 'application/ply' }, '?id=../../etc%2Fpasswd')).json()) as any;
    for (const job of [...jobs, processing_id]) expect(await phone.finished(job)).toMatchObject({ status: 'completed', error_message: null });
    await phone.finished(await phone.process(deleted));
    await phone.fetch(`/api/v1/rooms/${deleted.room_scan.id}`, { method: 'DELETE' });

    const bob = await Person.create(server);
    const bobs = roomScan(boxRoom(4, 3, 2.5, 800));
    await (await keyOf(bob)).process(bobs);

    const shown = await anna.exported();
    expect(shown).toMatchObject({ status: 'completed', download_url: `${server.url}${USERS}/${anna.user.id}/export/archive` });
    const files = await unpack(anna);

    expect(read(files, 'profile.json')).toMatchObject({
      id: anna.user.id, uuid: anna.user.uuid, email: anna.email, username: anna.user.username, name: 'Anna', bio: 'Hi', preferences: { darkMode: true },
      role: 'user', subscription_tier: 'free', created_at: anna.user.created_at, email_verified_at: null,
    });
    expect(files.get('avatar.png')!.equals(PICTURES.png)).toBe(true);
    const sessions = read(files, 'sessions.json');
    expect(sessions.map(({ id }: any) => id).sort()).toEqual(server.data.rows('select id from sessions where user_id = ? order by id', anna.user.uuid).map(({ id }) => id));
    expect(sessions.map(({ kind }: any) => kind).sort()).toEqual(['key', 'password']);
    expect(read(files, 'api_keys.json')).toMatchObject([{ id: phone.user.key_id, name: 'phone', prefix: phone.user.key.slice(0, 14), revoked_at: null }]);
    const exportedJobs = read(files, 'jobs.json');
    expect(exportedJobs.map(({ id }: any) => id).sort()).toEqual(server.data.rows('select id from jobs where user_id = ? order by id', anna.user.uuid).map(({ id }) => id));

    const scans = read(files, 'rooms/scans.json');
    expect(scans).toHaveLength(5);
    const byState = (of: any) => scans.filter(({ id }: any) => id === of.room_scan.id);
    const [current] = byState(plain).filter((scan: any) => scan.superseded_at === null);
    const [old] = byState(plain).filter((scan: any) => scan.superseded_at !== null);
    expect(current.files).toEqual([`rooms/${plain.room_scan.id}/document.json`, `rooms/${plain.room_scan.id}/result.json`]);
    expect(read(files, current.files[0])).toEqual(JSON.parse(JSON.stringify(newer)));
    expect(read(files, old.files[0])).toEqual(JSON.parse(JSON.stringify(plain)));
    expect(read(files, current.files[1])).toEqual(await phone.result(jobs[1]!));
    expect(JSON.parse(gunzipSync(files.get(`rooms/${zipped.room_scan.id}/document.json.gz`)!).toString())).toEqual(JSON.parse(JSON.stringify(zipped)));
    expect(byState(deleted)).toMatchObject([{ files: [], deleted_at: expect.any(String) }]);
    const [strange] = scans.filter(({ id }: any) => id === '../../etc/passwd');
    expect(strange.files).toEqual(['rooms/_.._etc_passwd/document.json', 'rooms/_.._etc_passwd/cloud.ply', 'rooms/_.._etc_passwd/result.json']);
    expect(files.get('rooms/_.._etc_passwd/cloud.ply')!.equals(Buffer.from(cloud))).toBe(true);
    const backups = read(files, 'backups.json');
    expect(new Map(backups.map(({ id, sha256 }: any) => [id, sha256]))).toEqual(new Map([small, large].map((content, index) => [saved[index], sha256(content)])));
    for (const [index, content] of [small, large].entries()) expect(files.get(`backups/${saved[index]}`)!.equals(content)).toBe(true);
    expect(read(files, 'push_devices.json')).toEqual([]);
    const listed = scans.flatMap((scan: any) => scan.files).concat([...saved.map((id) => `backups/${id}`), 'backups.json', 'push_devices.json', 'notifications.json', 'mails.json', 'organizations.json', 'profile.json', 'avatar.png', 'sessions.json', 'api_keys.json', 'jobs.json', 'rooms/scans.json']);
    expect([...files.keys()].sort()).toEqual(listed.sort());

    const text = [...files].filter(([name]) => name.endsWith('.json')).map(([, content]) => content.toString()).join();
    const secrets = [
      ...server.data.rows('select refresh_jti, address_hash from sessions').flatMap((row) => Object.values(row)),
      ...server.data.rows('select key_hash from api_keys').map((row) => row.key_hash),
      ...server.data.rows('select password_hash from users').map((row) => row.password_hash),
      PASSWORD, phone.user.key, anna.token, anna.refreshToken, bob.email, bob.user.uuid, bobs.room_scan.id,
    ].filter((secret) => secret !== null);
    expect(secrets.length).toBeGreaterThan(10);
    for (const secret of secrets) expect(text.includes(secret), secret).toBe(false);
    expect(text.match(/"(\w*jti|\w*_hash|password)":/g)).toBeNull();
  }, 60_000);

  test('of somebody who has nothing is complete too', async () => {
    const anna = await Person.create(server);
    expect(await anna.exported()).toMatchObject({ status: 'completed' });
    const files = await unpack(anna);
    expect([...files.keys()].sort()).toEqual(['api_keys.json', 'backups.json', 'jobs.json', 'mails.json', 'notifications.json', 'organizations.json', 'profile.json', 'push_devices.json', 'rooms/scans.json', 'sessions.json']);
    expect(read(files, 'rooms/scans.json')).toEqual([]);
    expect(read(files, 'api_keys.json')).toEqual([]);
  });

  test('has a large file, chunk by chunk', async () => {
    const anna = await Person.create(server);
    const phone = await keyOf(anna);
    const cloud = ply(boxRoom(6, 4, 2.6, 1_500_000), 'binary_little_endian');
    expect(cloud.length).toBeGreaterThan(16 << 20);
    const { processing_id } = (await (await phone.send(cloud, { 'content-type': 'application/ply' }, '?id=large')).json()) as any;
    await phone.finished(processing_id, 60_000);
    const shown = await anna.exported(60_000);
    expect(shown.size_bytes).toBeGreaterThan(cloud.length);
    const hash = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
    expect(hash((await unpack(anna)).get('rooms/large/cloud.ply')!)).toBe(hash(cloud));
  }, 120_000);

  test('has more records than one page holds, each once', async () => {
    const anna = await Person.create(server);
    const user = anna.user.uuid;
    const numbers = 'with recursive number (n) as (select 1 union all select n + 1 from number where n < 1203)';
    await server.data.write(
      `${numbers} insert into jobs (id, kind, user_id, subject_id, state, due_at, deadline_at, estimated_completion, created_at)
       select '${user}' || n, 'room_scan.analyze', '${user}', '${user}' || n, 'completed', 0, 0, 0, n / 7 from number`);
    await server.data.write(
      `${numbers} insert into room_scans (id, user_id, scan_id, content_hash, size_bytes, object_key, job_id, uploaded_at)
       select '${user}' || n, '${user}', 'SCAN' || (n % 601), 'hash' || n, 1, 'scans/none/' || '${user}' || n, '${user}' || n, n from number`);
    await server.data.write(
      `${numbers} insert into sessions (id, user_id, device_id, refresh_jti, refreshed_at, refreshed_by, created_at, expires_at)
       select '${user}' || n, '${user}', 'device' || (n % 3), 'jti', 0, 'test', 0, 0 from number`);
    await anna.exported();
    const files = await unpack(anna);
    const all = (name: string): any[] => [...files].filter(([path]) => path.match(new RegExp(`^${name}(-\\d+)?\\.json$`))).flatMap(([, content]) => JSON.parse(content.toString()));
    expect(new Set(all('jobs').map(({ id }) => id)).size).toBe(1205);
    expect(all('jobs')).toHaveLength(1205);
    expect(new Set(all('rooms/scans').map(({ content_sha256 }) => content_sha256)).size).toBe(1203);
    expect(all('rooms/scans')).toHaveLength(1203);
    expect(new Set(all('sessions').map(({ id }) => id)).size).toBe(1204);
    expect(all('sessions')).toHaveLength(1204);
  }, 60_000);
});

describe('asking for an export', () => {
  test('while one runs gives that one', async () => {
    const anna = await Person.create(server);
    const ask = async () => (await anna.fetch('/export', { method: 'POST', headers: { 'x-fault': 'lose-message' } })).json() as any;
    const first = await anna.fetch('/export', { method: 'POST', headers: { 'x-fault': 'lose-message' } });
    expect(first.status).toBe(202);
    expect(timing(first)['d1.trips']).toBeLessThanOrEqual(2);
    const started = (await first.json()) as any;
    expect(started).toEqual({ job_id: expect.any(String), status: 'queued' });
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([started, started, started]);
    const shown = await anna.fetch('/export');
    expect(timing(shown)['d1.trips']).toBe(1);
    expect(await shown.json()).toEqual({ job_id: started.job_id, status: 'queued', created_at: expect.any(String), size_bytes: null, download_url: null, expires_at: null });
    await expectError(await anna.fetch('/export/archive'), 404);
    await vi.waitFor(async () => expect((await (await anna.fetch('/export')).json()) as any).toMatchObject({ job_id: started.job_id, status: 'completed' }), { timeout: 30_000, interval: 300 });
  }, 60_000);

  test('four times at once starts one', async () => {
    const anna = await Person.create(server);
    const jobs = await Promise.all(Array.from({ length: 4 }, async () => ((await (await anna.fetch('/export', { method: 'POST', headers: { 'x-fault': 'lose-message' } })).json()) as any).job_id));
    expect(new Set(jobs).size).toBe(1);
  });

  test('once more replaces the archive', async () => {
    const anna = await Person.create(server);
    const first = await anna.exported();
    const { result_key } = server.data.row('select result_key from jobs where id = ?', first.job_id)!;
    await anna.change({ bio: 'new' });
    const second = await anna.exported();
    expect(second.job_id).not.toBe(first.job_id);
    expect(read(await unpack(anna), 'profile.json').bio).toBe('new');
    expect(await server.data.objects()).not.toContain(result_key);
    expect(server.data.row('select result_key from jobs where id = ?', first.job_id)).toEqual({ result_key: null });
  });

  test('too often is refused', async () => {
    const anna = await Person.create(server);
    const statuses: number[] = [];
    for (let time = 0; time < 7; time += 1) statuses.push((await anna.fetch('/export', { method: 'POST', headers: { 'x-fault': 'lose-message' } })).status);
    expect(statuses).toEqual([202, 202, 202, 202, 202, 429, 429]);
  });

  test('of somebody else reads as nothing there', async () => {
    const [anna, bob] = [await Person.create(server), await Person.create(server)];
    await anna.exported();
    for (const id of [anna.user.id, anna.user.uuid, randomUUID(), '0', 'nobody']) {
      await expectError(await bob.fetch(`${USERS}/${id}/export`, { method: 'POST' }), 404);
      for (const path of ['/export', '/export/archive']) await expectError(await bob.fetch(`${USERS}/${id}${path}`), 404);
    }
    for (const path of ['/export', '/export/archive']) {
      await expectError(await bob.fetch(path), 404);
      await expectError(await server.fetch(`${USERS}/${anna.user.id}${path}`), 401);
    }
  });
});

describe('an archive', () => {
  test('is no result of a scan, and not for sessions that may only read', async () => {
    const anna = await Person.create(server);
    const { key, id } = (await (await anna.send('POST', '/api/v1/user/api-keys', { name: 'r', scopes: ['read'] })).json()) as any;
    const reader = await Phone.of(server, { user_id: anna.user.uuid, email: anna.email, key, key_id: id });
    const { job_id } = await anna.exported();
    expect((await reader.json(`${USERS}/me/export`)).job_id).toBe(job_id);
    await expectError(await reader.fetch(`${USERS}/me/export/archive`), 403, 'AUTH_PERMISSION_DENIED');
    for (const what of ['result', 'status', 'events']) await expectError(await anna.fetch(`/api/v1/processing/${job_id}/${what}`), 404);
  });

  test('is handed out with care', async () => {
    const anna = await Person.create(server);
    const { size_bytes, expires_at, job_id } = await anna.exported();
    const answer = await anna.fetch(`${USERS}/${anna.user.uuid}/export/archive`);
    expect(timing(answer)['d1.trips']).toBe(1);
    expect(answer.headers.get('content-type')).toBe('application/x-tar');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="outpost-export.tar"');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect((await answer.arrayBuffer()).byteLength).toBe(size_bytes);
    const { finished_at } = server.data.row('select finished_at from jobs where id = ?', job_id)!;
    expect(Date.parse(expires_at)).toBe(Math.floor((finished_at + 7 * DAY_MS) / 1000) * 1000);
  });

  test('is gone after a week', async () => {
    const anna = await Person.create(server);
    const { job_id } = await anna.exported();
    const { result_key } = server.data.row('select result_key from jobs where id = ?', job_id)!;
    expect(await server.data.objects()).toContain(result_key);
    await server.runCron('17 3 * * *');
    expect(await server.data.objects()).toContain(result_key);
    await server.data.write('update jobs set finished_at = ? where id = ?', Date.now() - 7 * DAY_MS, job_id);
    await expectError(await anna.fetch('/export/archive'), 404);
    expect(await (await anna.fetch('/export')).json()).toMatchObject({ status: 'completed', download_url: null, size_bytes: null });
    await server.runCron('17 3 * * *');
    await vi.waitFor(async () => expect(await server.data.objects()).not.toContain(result_key));
    expect(server.data.row('select result_key from jobs where id = ?', job_id)).toEqual({ result_key: null });
  });

  test('survives a power cut: one archive, and no piece of another', async () => {
    const anna = await Person.create(server);
    const phone = await keyOf(anna);
    const scan = ply(boxRoom(6, 4, 2.6, 800_000), 'binary_little_endian');
    const { processing_id } = (await (await phone.send(scan, { 'content-type': 'application/ply' }, '?id=large')).json()) as any;
    await phone.finished(processing_id, 60_000);
    const { job_id } = (await (await anna.fetch('/export', { method: 'POST' })).json()) as any;
    await vi.waitFor(() => expect(server.data.row('select state from jobs where id = ?', job_id)!.state).not.toBe('queued'), { timeout: 10_000, interval: 5 });
    await server.restart();
    const shown = await anna.exported(60_000);
    expect(shown.status).toBe('completed');
    expect((await unpack(anna)).get('rooms/large/cloud.ply')!.length).toBe(scan.length);
    const { result_key } = server.data.row('select result_key from jobs where id = ?', shown.job_id)!;
    await vi.waitFor(async () => expect(await server.data.objects(`results/${shown.job_id}/`)).toEqual([result_key]));
  }, 120_000);
});
