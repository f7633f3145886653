// Backups (CONTRACT F12): versions of opaque bytes, in one piece or by tus 1.0.0.
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { BACKUPS, MIB, UPLOADS, Vault, noise, reprDigest, sha256, type Backup } from './support/backups.ts';
import { expectError } from './support/envelope.ts';
import { KEY, isReplay, newKey, shown } from './support/keyed.ts';
import { timing } from './support/requests.ts';
import { sharedServer } from './support/server.ts';

const server = sharedServer();
const trips = (answer: Response) => timing(answer)['d1.trips'];
const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 10_000, interval: 50 });

describe.concurrent('in one piece', () => {
  test('a backup is a version that can be listed, shown and downloaded', async () => {
    const vault = await Vault.open(server);
    const bytes = noise(300_000);
    const answer = await vault.put(bytes, { 'repr-digest': reprDigest(bytes) });
    expect(answer.status).toBe(201);
    expect(trips(answer)).toBe(2);
    const backup = (await answer.json()) as Backup;
    expect(backup).toEqual({ id: expect.any(String), device_id: vault.deviceId, size_bytes: bytes.length, sha256: sha256(bytes), created_at: expect.stringMatching(/Z$/), url: `${server.url}${BACKUPS}/${backup.id}/content` });
    expect(await vault.list()).toEqual([backup]);
    expect(await (await vault.fetch(`${BACKUPS}/${backup.id}`)).json()).toEqual(backup);
    const content = await vault.fetch(new URL(backup.url).pathname);
    expect(content.status).toBe(200);
    expect(trips(content)).toBe(1);
    expect(content.headers.get('etag')).toBe(`"${sha256(bytes)}"`);
    expect(content.headers.get('content-type')).toBe('application/octet-stream');
    expect(content.headers.get('content-length')).toBe(String(bytes.length));
    expect(Buffer.from(await content.arrayBuffer()).equals(bytes)).toBe(true);
  });

  test('the same again is the same version, and costs one trip and no file', async () => {
    const vault = await Vault.open(server);
    const bytes = noise(1000);
    const first = await vault.saved(bytes);
    const again = await vault.put(bytes);
    expect(again.status).toBe(200);
    expect(trips(again)).toBe(1);
    expect(await again.json()).toEqual(first);
    expect(await vault.files()).toHaveLength(1);
    const second = await vault.saved(noise(1000));
    const back = await vault.saved(bytes);
    expect((await vault.list()).map(({ id }) => id)).toEqual([back.id, second.id, first.id]);
  });

  test('many at once of the same content are one version', async () => {
    const vault = await Vault.open(server);
    const bytes = noise(1000);
    const upload = await vault.begun(MIB);
    const answers = await Promise.all(Array.from({ length: 8 }, () => vault.put(bytes)));
    const ids = await Promise.all(answers.map(async (answer) => ((await answer.json()) as Backup).id));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 201]));
    expect(new Set(ids).size).toBe(1);
    expect(await vault.list()).toHaveLength(1);
    expect((await vault.fetch(upload)).status).toBe(200);
    await eventually(async () => expect(await vault.files()).toEqual(vault.named()));
  });

  test('devices keep versions of their own', async () => {
    const vault = await Vault.open(server);
    const other = await vault.other();
    const bytes = noise(1000);
    const [one, two] = [await vault.saved(bytes), await other.saved(bytes)];
    expect(two.id).not.toBe(one.id);
    expect((await vault.list()).map(({ id }) => id)).toEqual([two.id, one.id]);
    expect(await other.list(`?device_id=${vault.deviceId}`)).toEqual([one]);
    const page = (await (await vault.fetch(`${BACKUPS}?page=2&per_page=1`)).json()) as any;
    expect(page).toEqual({ backups: [one], pagination: { page: 2, per_page: 1, total: 2 } });
    expect(await (await vault.fetch('/v1/backups')).json()).toEqual([two, one].map((backup) => expect.objectContaining({ id: backup.id })));
  });

  test('without X-Device-ID it is that of the session', async () => {
    const vault = await Vault.open(server);
    const answer = await vault.phone.fetch(BACKUPS, { method: 'PUT', body: noise(10) });
    const [session] = server.data.rows('select device_id from sessions where user_id = ?', vault.phone.user.user_id);
    expect(await answer.json()).toMatchObject({ device_id: session!.device_id });
  });

  test('what is not what it says to be, empty, too large or compressed is refused', async () => {
    const vault = await Vault.open(server);
    const bytes = noise(1000);
    const { error } = await expectError(await vault.put(bytes, { 'repr-digest': reprDigest(noise(3)) }), 400, 'VALIDATION_ERROR');
    expect(error.details![0]!.field).toBe('sha256');
    await expectError(await vault.put(bytes, { 'repr-digest': 'sha-256=nonsense' }), 400, 'VALIDATION_ERROR');
    await expectError(await vault.put(noise(0)), 400, 'VALIDATION_ERROR');
    await expectError(await vault.put(noise(5 * MIB + 1)), 413, 'VALIDATION_TOO_LARGE');
    await expectError(await vault.put(bytes, { 'content-encoding': 'gzip' }), 415);
    expect(await vault.list()).toEqual([]);
    expect(await vault.files()).toEqual([]);
  });
});

describe.concurrent('in parts', () => {
  test('a backup comes whole', async () => {
    const vault = await Vault.open(server);
    const bytes = noise(12 * MIB + 17);
    const metadata = `name ${btoa('x')},sha256 ${btoa(sha256(bytes))}`;
    const created = await vault.create(bytes.length, { 'upload-metadata': metadata });
    expect(created.status).toBe(201);
    expect(created.headers.get('tus-resumable')).toBe('1.0.0');
    expect(new Date(created.headers.get('upload-expires')!).getTime()).toBeGreaterThan(Date.now() + 23 * 3600_000);
    expect(await created.json()).toMatchObject({ offset: 0, size_bytes: bytes.length, max_part_bytes: 5 * MIB, backup_id: null });
    const path = new URL(created.headers.get('location')!).pathname;
    let offset = 0;
    for (const size of [5 * MIB, 3 * MIB + 1, 300_001, 5 * MIB]) {
      const head = await vault.fetch(path, { method: 'HEAD' });
      expect([head.status, head.headers.get('upload-offset'), head.headers.get('upload-length')]).toEqual([200, String(offset), String(bytes.length)]);
      expect(head.headers.get('cache-control')).toBe('no-store');
      expect(await vault.list()).toEqual([]);
      const part = bytes.slice(offset, offset + size);
      const answer = await vault.append(path, offset, part);
      expect(answer.status).toBe(204);
      expect(trips(answer)).toBe(2);
      offset += part.length;
      expect(answer.headers.get('upload-offset')).toBe(String(offset));
      expect(answer.headers.get('content-location')).toBe(offset === bytes.length ? path.replace('/uploads', '') : null);
    }
    const [backup] = await vault.list();
    expect(backup).toMatchObject({ size_bytes: bytes.length, sha256: sha256(bytes), device_id: vault.deviceId });
    expect((await vault.bytes(backup!.id)).equals(bytes)).toBe(true);
    expect(await (await vault.fetch(path)).json()).toMatchObject({ offset: bytes.length, expires_at: null, backup_id: backup!.id });
    // The last answer may have been lost.
    await expectError(await vault.append(path, offset - 5, bytes.slice(-5)), 409, 'CONFLICT');
    expect((await vault.append(path, offset, noise(0))).status).toBe(204);
  });

  test('ranges are those of the whole, across parts', async () => {
    const vault = await Vault.open(server);
    const bytes = noise(3 * MIB);
    const id = (await vault.uploaded(bytes, MIB)).split('/').at(-1)!;
    const etag = `"${sha256(bytes)}"`;
    for (const [range, from, to] of [['0-0', 0, 1], [`${MIB - 5}-${MIB + 4}`, MIB - 5, MIB + 5], [`${MIB}-${2 * MIB - 1}`, MIB, 2 * MIB], [`${2 * MIB + 1}-`, 2 * MIB + 1, 3 * MIB], ['-7', 3 * MIB - 7, 3 * MIB], [`5-${9 * MIB}`, 5, 3 * MIB]] as const) {
      const answer = await vault.content(id, { range: `bytes=${range}` });
      expect(answer.status, range).toBe(206);
      expect(answer.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/${bytes.length}`);
      expect(answer.headers.get('content-length')).toBe(String(to - from));
      expect(Buffer.from(await answer.arrayBuffer()).equals(bytes.subarray(from, to)), range).toBe(true);
    }
    const behind = await vault.content(id, { range: `bytes=${bytes.length}-` });
    expect(behind.headers.get('content-range')).toBe(`bytes */${bytes.length}`);
    await expectError(behind, 416, 'RANGE_NOT_SATISFIABLE');
    for (const headers of [{ range: 'bytes=0-1', 'if-range': '"other"' }, { range: 'bytes=0-1,5-6' }, { range: 'bytes=+1-+5' }] as Record<string, string>[]) {
      const answer = await vault.content(id, headers);
      expect(answer.status).toBe(200);
      expect((await answer.arrayBuffer()).byteLength).toBe(bytes.length);
    }
    expect((await vault.content(id, { range: 'bytes=0-1', 'if-range': etag })).status).toBe(206);
    const known = await vault.content(id, { 'if-none-match': etag });
    expect([known.status, timing(known)['r2.b']]).toEqual([304, 0]);
    expect((await vault.content(id, { 'if-none-match': etag, range: 'bytes=0-1' })).status).toBe(304);
    const head = await vault.fetch(`${BACKUPS}/${id}/content`, { method: 'HEAD' });
    expect([head.status, head.headers.get('etag'), head.headers.get('accept-ranges')]).toEqual([200, etag, 'bytes']);
  });

  test('the content of the newest version is no new one, and leaves no files', async () => {
    const vault = await Vault.open(server);
    const bytes = noise(MIB);
    const first = await vault.saved(bytes);
    const path = await vault.uploaded(bytes, 400_000);
    expect(await (await vault.fetch(path)).json()).toMatchObject({ offset: bytes.length, backup_id: first.id });
    expect((await vault.fetch(path, { method: 'HEAD' })).headers.get('content-location')).toBe(`${BACKUPS}/${first.id}`);
    expect(await vault.list()).toEqual([first]);
    await eventually(async () => expect(await vault.files()).toEqual(vault.named()));
    expect(vault.named()).toHaveLength(1);
  });

  test('a part that comes twice, early or late changes nothing', async () => {
    const vault = await Vault.open(server);
    const bytes = noise(3 * MIB);
    const path = await vault.begun(bytes.length);
    const part = (number: number) => bytes.slice(number * MIB, (number + 1) * MIB);
    await expectError(await vault.append(path, MIB, part(1)), 409, 'CONFLICT');
    expect((await vault.append(path, 0, part(0))).status).toBe(204);
    await expectError(await vault.append(path, 0, part(0)), 409, 'CONFLICT');
    await expectError(await vault.append(path, 2 * MIB, part(2)), 409, 'CONFLICT');
    expect((await vault.append(path, MIB, part(1))).status).toBe(204);
    expect((await vault.append(path, 2 * MIB, part(2))).status).toBe(204);
    const [backup] = await vault.list();
    expect((await vault.bytes(backup!.id)).equals(bytes)).toBe(true);
  });

  test('of parts that come at once, one counts', async () => {
    const vault = await Vault.open(server);
    const path = await vault.begun(3 * MIB);
    let whole: Uint8Array = new Uint8Array();
    for (let offset = 0; offset < 3 * MIB; offset += MIB) {
      const rivals = Array.from({ length: 6 }, () => noise(MIB));
      const answers = await Promise.all(rivals.map((part) => vault.append(path, offset, part)));
      const winners = rivals.filter((_, index) => answers[index]!.status === 204);
      expect(winners).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(5);
      whole = Buffer.concat([whole, winners[0]!]);
    }
    const [backup] = await vault.list();
    expect(backup!.sha256).toBe(sha256(whole));
    expect((await vault.bytes(backup!.id)).equals(whole)).toBe(true);
    await eventually(async () => expect(await vault.files()).toEqual(vault.named()));
  });

  test('what was promised and did not come is given up', async () => {
    const vault = await Vault.open(server);
    const bytes = noise(MIB);
    const path = await vault.begun(bytes.length, { 'repr-digest': reprDigest(noise(5)) });
    expect((await vault.append(path, 0, bytes.slice(0, 500_000))).status).toBe(204);
    const { error } = await expectError(await vault.append(path, 500_000, bytes.slice(500_000)), 400, 'VALIDATION_ERROR');
    expect(error.details![0]!.field).toBe('sha256');
    await expectError(await vault.fetch(path), 404);
    expect(await vault.list()).toEqual([]);
    await eventually(async () => expect(await vault.files()).toEqual([]));
  });

  test('bad requests are told what is wrong, and change nothing', async () => {
    const vault = await Vault.open(server, 'free');
    const path = await vault.begun(MIB);
    const part = noise(300_000);
    await expectError(await vault.append(path, 0, noise(1000)), 400, 'VALIDATION_ERROR');
    await expectError(await vault.append(path, 0, noise(MIB + 1)), 413, 'VALIDATION_TOO_LARGE');
    await expectError(await vault.append(path, 0, part, { 'content-type': 'application/json' }), 415);
    for (const offset of ['-1', '+0', '0x0', '']) await expectError(await vault.append(path, 0, part, { 'upload-offset': offset }), 400, 'VALIDATION_ERROR');
    await expectError(await vault.append(path, 0, part, { 'tus-resumable': '0.2.2' }), 412, 'PRECONDITION_FAILED');
    expect(await (await vault.fetch(path)).json()).toMatchObject({ offset: 0 });
    for (const length of ['', '0', '-1', '+1', '1.5', 'x']) {
      const { error } = await expectError(await vault.create(0, { 'upload-length': length }), 400, 'VALIDATION_ERROR');
      expect(error.details![0]!.field).toBe('upload_length');
    }
    for (const metadata of ['sha256 nonsense', 'name YQ==,sha256']) await expectError(await vault.create(1, { 'upload-metadata': metadata }), 400, 'VALIDATION_ERROR');
    await expectError(await vault.create(64 * MIB + 1), 413, 'VALIDATION_TOO_LARGE');
    expect((await vault.create(64 * MIB)).status).toBe(201);
    const large = await vault.begun(20 * MIB);
    await expectError(await vault.append(large, 0, noise(5 * MIB + 1)), 413, 'VALIDATION_TOO_LARGE');
    expect(await vault.files()).toEqual([]);
  });

  test('what can be done is told to whoever asks', async () => {
    const answer = await server.fetch(UPLOADS, { method: 'OPTIONS' });
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(['tus-resumable', 'tus-version', 'tus-extension'].map((name) => [name, answer.headers.get(name)]))).toEqual({
      'tus-resumable': '1.0.0',
      'tus-version': '1.0.0',
      'tus-extension': 'creation,expiration,termination',
    });
    const preflight = await server.fetch(UPLOADS, { method: 'OPTIONS', headers: { origin: 'https://app.example.org', 'access-control-request-method': 'POST' } });
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Upload-Length');
    expect(preflight.headers.get('access-control-expose-headers')).toContain('Upload-Offset');
  });
});

describe.concurrent('room', () => {
  test('the last ten of each device are kept', async () => {
    const vault = await Vault.open(server);
    const other = await vault.other();
    const kept = await other.saved(noise(10));
    const made: string[] = [];
    for (let version = 0; version < 13; version += 1) made.push((await vault.saved(noise(20))).id);
    const ids = (await vault.list('?per_page=100')).map(({ id }) => id);
    expect(ids).toEqual([...made.slice(3).reverse(), kept.id]);
    await expectError(await vault.content(made[0]!), 404);
    await eventually(async () => expect(await vault.files()).toEqual(vault.named()));
    expect(vault.named()).toHaveLength(11);
  });

  test('old versions give way to new ones, and the newest of a device to nothing', async () => {
    const vault = await Vault.open(server, 'free');
    const other = await vault.other();
    const grow = (id: string) => server.data.write('update backups set size_bytes = ?, received_bytes = ? where id = ?', 60 * MIB, 60 * MIB, id);
    const theirs: string[] = [];
    const ours: string[] = [];
    for (const [owner, list] of [[other, theirs], [other, theirs], [vault, ours], [vault, ours]] as const) {
      const { id } = await owner.saved(noise(30));
      await grow(id);
      list.push(id);
    }
    // 240 of 256 MiB are used; with 20 more the oldest that may go goes.
    const bytes = noise(20 * MIB);
    const newest = (await vault.uploaded(bytes)).split('/').at(-1)!;
    expect((await vault.list()).map(({ id }) => id)).toEqual([newest, ...ours.slice().reverse(), theirs[1]]);
    // Newest versions of four other devices leave no room for much.
    for (let device = 0; device < 3; device += 1) await grow((await (await vault.other()).saved(noise(40))).id);
    await expectError(await vault.create(17 * MIB), 413, 'VALIDATION_TOO_LARGE');
    const small = await vault.create(16 * MIB);
    expect(small.status).toBe(201);
    await expectError(await vault.content(ours[0]!), 404);
    expect((await vault.list()).map(({ id }) => id)).toContain(theirs[1]);
  });

  test('the sixth upload under way ends the first', async () => {
    const vault = await Vault.open(server);
    const paths: string[] = [];
    for (let number = 0; number < 6; number += 1) {
      paths.push(await vault.begun(MIB));
      await vault.append(paths.at(-1)!, 0, noise(300_000));
    }
    const statuses = await Promise.all(paths.map(async (path) => (await vault.fetch(path)).status));
    expect(statuses).toEqual([404, 200, 200, 200, 200, 200]);
    await eventually(async () => expect(await vault.files()).toHaveLength(5));
  });
});

describe.concurrent('the end', () => {
  test('of a version: gone with its files, and again 404', async () => {
    const vault = await Vault.open(server);
    const [one, two] = [await vault.saved(noise(10)), await vault.saved(noise(10))];
    expect((await vault.fetch(`${BACKUPS}/${one.id}`, { method: 'DELETE' })).status).toBe(204);
    await expectError(await vault.fetch(`${BACKUPS}/${one.id}`, { method: 'DELETE' }), 404);
    await expectError(await vault.content(one.id), 404);
    expect(await vault.list()).toEqual([two]);
    await eventually(async () => expect(await vault.files()).toEqual(vault.named()));
  });

  test('of an upload: given up by its owner', async () => {
    const vault = await Vault.open(server);
    const path = await vault.begun(MIB);
    await vault.append(path, 0, noise(300_000));
    await expectError(await vault.fetch(path.replace('/uploads', ''), { method: 'DELETE' }), 404);
    await expectError(await vault.fetch(path, { method: 'DELETE', headers: { 'tus-resumable': '0.2.2' } }), 412, 'PRECONDITION_FAILED');
    const ended = await vault.fetch(path, { method: 'DELETE', headers: { 'tus-resumable': '1.0.0' } });
    expect([ended.status, ended.headers.get('tus-resumable')]).toEqual([204, '1.0.0']);
    await expectError(await vault.append(path, 300_000, noise(300_000)), 404);
    await eventually(async () => expect(await vault.files()).toEqual([]));
  });

  test('what expired is not there, and the clean-up deletes it', async () => {
    const vault = await Vault.open(server);
    const kept = await vault.saved(noise(10));
    const [old, recent] = [await vault.begun(MIB), await vault.begun(MIB)];
    for (const path of [old, recent]) await vault.append(path, 0, noise(300_000));
    const id = old.split('/').at(-1)!;
    const expired = (ms: number) => server.data.write('update backups set purge_at = ? where id = ?', Date.now() - ms, id);
    await expired(1);
    await expectError(await vault.fetch(old), 404);
    await expectError(await vault.append(old, 300_000, noise(300_000)), 404);
    // A part that was on its way when it expired is not deleted under the row that names it.
    await server.runCron('17 3 * * *');
    expect(server.data.rows('select id from backups where id = ?', id)).toHaveLength(1);
    expect((await vault.files()).filter((key) => key.includes(id))).toHaveLength(1);
    await expired(2 * 3_600_000);
    await server.runCron('17 3 * * *');
    await eventually(() => expect(server.data.rows('select id from backups where id = ?', id)).toEqual([]));
    expect((await vault.files()).filter((key) => key.includes(id))).toEqual([]);
    expect((await vault.fetch(recent)).status).toBe(200);
    expect(await vault.list()).toEqual([kept]);
  });
});

describe.concurrent('under an Idempotency-Key', () => {
  test('a backup in one piece is one, whatever came after it', async () => {
    const vault = await Vault.open(server);
    const [key, bytes] = [newKey(), noise(5 * MIB)];
    const first = await shown(await vault.put(bytes, { [KEY]: key }));
    expect(first.status).toBe(201);
    await vault.saved(noise(1000));
    const again = await vault.put(bytes, { [KEY]: key });
    expect(isReplay(again)).toBe(true);
    expect(await shown(again)).toEqual(first);
    await expectError(await vault.put(noise(5 * MIB), { [KEY]: key }), 409, 'IDEMPOTENCY_CONFLICT');
    expect(await vault.list()).toHaveLength(2);
  });

  test('an upload begins once, and is known by what its headers say', async () => {
    const vault = await Vault.open(server);
    const key = newKey();
    const begin = (length: number, headers = {}) => vault.create(length, { [KEY]: key, ...headers });
    const first = await begin(MIB);
    const again = await begin(MIB);
    expect([first.status, again.status, isReplay(again)]).toEqual([201, 201, true]);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(again.headers.get('upload-length')).toBe(String(MIB));
    await expectError(await begin(2 * MIB), 409, 'IDEMPOTENCY_CONFLICT');
    await expectError(await begin(MIB, { 'repr-digest': reprDigest(noise(5)) }), 409, 'IDEMPOTENCY_CONFLICT');
    const metadata = `sha256 ${Buffer.from(sha256(noise(5))).toString('base64')}`;
    await expectError(await begin(MIB, { 'upload-metadata': metadata }), 409, 'IDEMPOTENCY_CONFLICT');
    expect(server.data.row('select count(*) as count from backups where user_id = ?', vault.phone.user.user_id)!.count).toBe(1);
  });

  test('a part comes once, and the same bytes elsewhere are another part', async () => {
    const vault = await Vault.open(server);
    const [key, zeros] = [newKey(), new Uint8Array(MIB)];
    const path = await vault.begun(2 * MIB);
    const append = (offset: number, under: string) => vault.append(path, offset, zeros, { [KEY]: under });
    const first = await append(0, key);
    const again = await append(0, key);
    expect([first.status, again.status, isReplay(again)]).toEqual([204, 204, true]);
    expect(again.headers.get('upload-offset')).toBe(String(MIB));
    await expectError(await append(MIB, key), 409, 'IDEMPOTENCY_CONFLICT');
    expect((await append(MIB, newKey())).headers.get('upload-offset')).toBe(String(2 * MIB));
    expect((await vault.list())[0]).toMatchObject({ size_bytes: 2 * MIB, sha256: sha256(new Uint8Array(2 * MIB)) });
  });
});

describe('another user', () => {
  let victim: Vault;
  let stranger: Vault;
  let paths: string[];

  beforeAll(async () => {
    [victim, stranger] = [await Vault.open(server), await Vault.open(server)];
    const { id } = await victim.saved(noise(100));
    paths = [`${BACKUPS}/${id}`, `${BACKUPS}/${id}/content`, await victim.begun(MIB)];
  });

  test('reads and changes nothing', async () => {
    for (const path of paths) await expectError(await stranger.fetch(path), 404, 'NOT_FOUND');
    for (const path of [paths[0]!, paths[2]!]) await expectError(await stranger.fetch(path, { method: 'DELETE' }), 404, 'NOT_FOUND');
    await expectError(await stranger.append(paths[2]!, 0, noise(300_000)), 404, 'NOT_FOUND');
    expect(await stranger.list()).toEqual([]);
    expect(await stranger.list(`?device_id=${victim.deviceId}`)).toEqual([]);
    expect(await (await victim.fetch(paths[2]!)).json()).toMatchObject({ offset: 0 });
    await expectError(await stranger.content(randomUUID()), 404);
  });
});
