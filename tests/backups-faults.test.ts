// Backups over a network that breaks and on a server that dies: what arrives is what was sent.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { BACKUPS, BadNetwork, MIB, UPLOADS, Vault, ask, noise, sha256, type Bytes, type Cut } from './support/backups.ts';
import { random } from './support/rooms.ts';
import { startTestServer, type OwnServer } from './support/server.ts';

let server: OwnServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server?.stop());

/** An app that never gives up: it asks for the offset and goes on. Counts the bytes that it sent. */
async function persist(vault: Vault, url: () => string, bytes: Bytes, partBytes: number): Promise<{ path: string; sent: number; breaks: number }> {
  const base = { authorization: `Bearer ${vault.phone.token}`, 'x-device-id': vault.deviceId, 'tus-resumable': '1.0.0' };
  let [path, sent, breaks] = ['', 0, 0];
  const end = Date.now() + 120_000;
  while (Date.now() < end) {
    if (!path) {
      const created = await ask(url() + UPLOADS, 'POST', { ...base, 'upload-length': String(bytes.length) });
      if (created?.status === 201) path = new URL(created.headers.location).pathname;
      else await sleep(100);
      continue;
    }
    const head = await ask(url() + path, 'HEAD', base);
    if (head?.status !== 200) {
      breaks += 1;
      await sleep(100);
      continue;
    }
    let offset = Number(head.headers['upload-offset']);
    if (offset === bytes.length) return { path, sent, breaks };
    while (offset < bytes.length) {
      const part = bytes.slice(offset, offset + partBytes);
      sent += part.length;
      const answer = await ask(url() + path, 'PATCH', { ...base, 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) }, part);
      if (answer?.status !== 204) {
        breaks += 1;
        break;
      }
      offset = Number(answer.headers['upload-offset']);
    }
  }
  throw new Error('the upload did not end');
}

/** One version with these bytes, and no file that it does not name. */
async function expectWhole(vault: Vault, bytes: Bytes): Promise<void> {
  const backups = await vault.list();
  expect(backups.map(({ sha256 }) => sha256)).toEqual([sha256(bytes)]);
  expect((await vault.bytes(backups[0]!.id)).equals(bytes)).toBe(true);
}

describe('a network that cuts', () => {
  test.each([1, 2, 3])('delivers all of it, with seed %i', async (seed) => {
    const next = random(seed);
    const cut = (): Cut => (next() < 0.4 ? { afterBytesUp: Math.floor(next() * MIB) } : next() < 0.3 ? 'before the answer' : 'never');
    const network = await BadNetwork.start(() => server.url, cut);
    try {
      const vault = await Vault.open(server);
      const bytes = noise(4 * MIB + seed);
      const { sent, breaks } = await persist(vault, () => network.url, bytes, 512 * 1024);
      expect(breaks).toBeGreaterThan(2);
      // Each break costs one part and no more.
      expect(sent).toBeLessThanOrEqual(bytes.length + breaks * 512 * 1024);
      await expectWhole(vault, bytes);
      await vi.waitFor(async () => expect(await vault.files()).toEqual(vault.named()), { timeout: 10_000 });
    } finally {
      await network.stop();
    }
  }, 150_000);

  test('a backup in one piece that is resent until it is answered is one version', async () => {
    const cuts: Cut[] = [{ afterBytesUp: 50_000 }, 'before the answer', 'before the answer'];
    const network = await BadNetwork.start(() => server.url, () => cuts.shift() ?? 'never');
    try {
      const vault = await Vault.open(server);
      const bytes = noise(200_000);
      const headers = { authorization: `Bearer ${vault.phone.token}`, 'x-device-id': vault.deviceId };
      const statuses = [];
      while (statuses.at(-1) === undefined) statuses.push((await ask(network.url + BACKUPS, 'PUT', headers, bytes))?.status);
      expect(statuses).toEqual([undefined, undefined, undefined, 200]);
      await expectWhole(vault, bytes);
    } finally {
      await network.stop();
    }
  }, 60_000);
});

test('a server that is killed again and again loses nothing that it has confirmed', async () => {
  const vault = await Vault.open(server);
  const bytes = noise(16 * MIB + 5);
  let uploading = true;
  const killing = (async () => {
    for (let kill = 0; kill < 3 && uploading; kill += 1) {
      await sleep(700 + 400 * kill);
      await server.kill();
      await server.restart();
    }
  })();
  const { path } = await persist(vault, () => server.url, bytes, 300_000);
  uploading = false;
  await killing;
  await expectWhole(vault, bytes);
  expect(await (await vault.fetch(path)).json()).toMatchObject({ offset: bytes.length });
  // Parts whose requests died are deleted with the version at the latest.
  const { id } = (await vault.list())[0]!;
  expect((await vault.fetch(`${BACKUPS}/${id}`, { method: 'DELETE' })).status).toBe(204);
  await vi.waitFor(async () => expect(await vault.files()).toEqual([]), { timeout: 10_000 });
}, 240_000);

test('a server that is killed while it stores leaves an upload that goes on, or expires', async () => {
  const vault = await Vault.open(server);
  const path = await vault.begun(10 * MIB);
  const bytes = noise(10 * MIB);
  // The kill meets the part at any await: before, while and after it is stored.
  for (const delay of [2, 8, 20, 40, 80]) {
    const { offset } = (await (await vault.fetch(path)).json()) as { offset: number };
    if (offset === bytes.length) break;
    const asking = vault.append(path, offset, bytes.slice(offset, offset + 2 * MIB)).catch(() => undefined);
    await sleep(delay);
    await server.restart();
    await asking;
  }
  let { offset } = (await (await vault.fetch(path)).json()) as { offset: number };
  for (; offset < bytes.length; offset += 2 * MIB) expect((await vault.append(path, offset, bytes.slice(offset, offset + 2 * MIB))).status).toBe(204);
  await expectWhole(vault, bytes);
  // Requests for whole backups that died on the way have left rows that expire.
  for (const delay of [5, 15, 30]) {
    const asking = vault.put(noise(3 * MIB)).catch(() => undefined);
    await sleep(delay);
    await server.restart();
    await asking;
  }
  await server.data.write('update backups set purge_at = 1 where user_id = ? and purge_at is not null', vault.phone.user.user_id);
  await server.runCron('17 3 * * *');
  await vi.waitFor(async () => expect((await vault.files()).filter((key) => !vault.named().includes(key) && !key.includes(path.split('/').at(-1)!))).toEqual([]), { timeout: 10_000 });
  expect(server.data.rows('select id from backups where user_id = ? and completed_at is null', vault.phone.user.user_id)).toEqual([]);
}, 240_000);
