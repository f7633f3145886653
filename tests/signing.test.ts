// Signed requests (CONTRACT 10.8) and the app's own key in X-API-Key (3.2).
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectError } from './support/envelope.ts';
import { API_KEYS, CONNECTION, LOGIN, PROFILE, get, logIn, post, timing } from './support/requests.ts';
import { boxRoom, packed, roomScan } from './support/rooms.ts';
import { sharedServer } from './support/server.ts';
import type { User } from './support/accounts.ts';

const server = sharedServer();
let user: User;
let token: string;

beforeAll(async () => {
  user = await server.accounts.user();
  token = (await logIn(server, user.key)).access_token;
});

interface Signing {
  key?: string;
  method?: string;
  target: string;
  body?: string | Uint8Array;
  timestamp?: number | string;
  nonce?: string;
  /** Uses the hex text of the key's digest instead of its bytes. */
  hexKey?: boolean;
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data);

/** The three headers, as a client computes them. */
function signature({ key = user.key, method = 'GET', target, body = '', timestamp = Math.floor(Date.now() / 1000), nonce = randomUUID(), hexKey }: Signing) {
  const text = [method, target, timestamp, nonce, sha256(body).digest('hex')].join('\n');
  const secret = hexKey ? sha256(key).digest('hex') : sha256(key).digest();
  const mac = createHmac('sha256', secret).update(text).digest('hex');
  return { 'x-timestamp': String(timestamp), 'x-nonce': nonce, 'x-signature': `v1=${mac}` };
}

const signedGet = (signing: Partial<Signing> = {}, path = PROFILE) => get(server, path, token, signature({ target: path, ...signing }));

describe('a signature', () => {
  test('over method, address, time, nonce and body is accepted', async () => {
    expect((await signedGet()).status).toBe(200);
    expect((await signedGet({ hexKey: true })).status).toBe(200);
    expect((await signedGet({ target: '/api/v1/user/scans?page=1&per_page=2' }, '/api/v1/user/scans?page=1&per_page=2')).status).toBe(200);
    const body = JSON.stringify({ name: 'signed' });
    const answer = await server.fetch(API_KEYS, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...signature({ method: 'POST', target: API_KEYS, body }) },
    });
    expect(answer.status).toBe(201);
    expect(timing(answer)['d1.trips']).toBe(2);
  });

  test('covers the address as the client wrote it', async () => {
    expect((await signedGet({ target: '/v1/user/profile' }, '/v1/user/profile')).status).toBe(200);
    await expectError(await signedGet({ target: PROFILE }, '/v1/user/profile'), 401, 'AUTH_SIGNATURE_INVALID');
  });

  test('counts once', async () => {
    const headers = signature({ target: PROFILE });
    expect((await get(server, PROFILE, token, headers)).status).toBe(200);
    await expectError(await get(server, PROFILE, token, headers), 401, 'AUTH_SIGNATURE_INVALID');
  });

  test('counts once, also when it comes twenty times at once', async () => {
    const headers = signature({ target: PROFILE });
    const answers = await Promise.all(Array.from({ length: 20 }, () => get(server, PROFILE, token, headers)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  const now = () => Math.floor(Date.now() / 1000);
  test.each<[string, () => Partial<Signing>]>([
    ['another method', () => ({ method: 'POST' })],
    ['another address', () => ({ target: `${PROFILE}?x=1` })],
    ['another body', () => ({ body: 'x' })],
    ['another key', () => ({ key: 'romo_live_another' })],
    ['a time long past', () => ({ timestamp: now() - 301 })],
    ['a time to come', () => ({ timestamp: now() + 302 })],
    ['no time', () => ({ timestamp: 'now' })],
    ['an empty nonce', () => ({ nonce: '' })],
    ['a nonce with odd characters', () => ({ nonce: 'a b' })],
    ['a nonce that is too long', () => ({ nonce: 'x'.repeat(129) })],
  ])('with %s is refused', async (_, signing) => {
    await expectError(await signedGet(signing()), 401, 'AUTH_SIGNATURE_INVALID');
  });

  test.each([{ 'x-signature': 'v1=00' }, { 'x-signature': 'v2=00' }, { 'x-signature': '' }, { 'x-timestamp': '' }, { 'x-nonce': '' }])('with the header %j is refused', async (broken) => {
    await expectError(await get(server, PROFILE, token, { ...signature({ target: PROFILE }), ...broken }), 401, 'AUTH_SIGNATURE_INVALID');
  });

  test('that lacks a header is refused', async () => {
    for (const missing of ['x-timestamp', 'x-nonce'] as const) {
      const { [missing]: _, ...headers } = signature({ target: PROFILE });
      await expectError(await get(server, PROFILE, token, headers), 401, 'AUTH_SIGNATURE_INVALID');
    }
  });

  test('of a login is checked with the key that signs in', async () => {
    const body = JSON.stringify({ api_key: user.key, device_id: 'device' });
    const signed = (signing: Partial<Signing>) =>
      server.fetch(LOGIN, { method: 'POST', body, headers: { 'content-type': 'application/json', ...signature({ method: 'POST', target: LOGIN, body, ...signing }) } });
    expect((await signed({})).status).toBe(200);
    await expectError(await signed({ key: 'romo_live_another' }), 401, 'AUTH_SIGNATURE_INVALID');
  });

  test('of a session without a key has nothing to be checked with', async () => {
    const email = `person-${randomUUID().slice(0, 8)}@example.org`;
    const { access_token } = (await (await post(server, '/api/v1/auth/register', { email, password: 'SecurePass123!' })).json()) as { access_token: string };
    await expectError(await get(server, PROFILE, access_token, signature({ target: PROFILE })), 401, 'AUTH_SIGNATURE_INVALID');
  });
});

describe('a signed upload', () => {
  const UPLOAD = '/api/v1/rooms/upload';
  const upload = (body: Uint8Array<ArrayBuffer>, signed: Uint8Array | string, signing: Partial<Signing> = {}) =>
    server.fetch(UPLOAD, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...signature({ method: 'POST', target: UPLOAD, body: signed, ...signing }) },
    });

  test('is streamed, and checked before anything is kept', async () => {
    const scan = roomScan(boxRoom(3, 3, 2.5, 60_000));
    const body = packed(JSON.stringify(scan));
    const before = await server.data.objects('scans/');
    await expectError(await upload(body, gzipSync('something else')), 401, 'AUTH_SIGNATURE_INVALID');
    expect(server.data.rows('select id from room_scans where scan_id = ?', scan.room_scan.id)).toEqual([]);
    expect(await server.data.objects('scans/')).toEqual(expect.arrayContaining(before.slice(0, 1)));
    expect((await upload(body, body)).status).toBe(202);
    expect(server.data.rows('select id from room_scans where scan_id = ?', scan.room_scan.id)).toHaveLength(1);
  });
});

describe('a key that wants signatures', () => {
  let strict: string;
  let key: string;

  beforeAll(async () => {
    const created = await post(server, API_KEYS, { name: 'strict', requires_signature: true }, { authorization: `Bearer ${token}` });
    key = ((await created.json()) as { key: string }).key;
    strict = (await logIn(server, key)).access_token;
  });

  test('gets no write without one, with a 403 that ends no login loop', async () => {
    const { error } = await expectError(await post(server, API_KEYS, { name: 'x' }, { authorization: `Bearer ${strict}` }), 403, 'AUTH_PERMISSION_DENIED');
    expect(error.message).toContain('X-Signature');
    expect((await get(server, PROFILE, strict)).status).toBe(200);
  });

  test('gets its writes with one', async () => {
    const body = JSON.stringify({ name: 'x' });
    const headers = { authorization: `Bearer ${strict}`, 'content-type': 'application/json', ...signature({ key, method: 'POST', target: API_KEYS, body }) };
    expect((await server.fetch(API_KEYS, { method: 'POST', body, headers })).status).toBe(201);
  });
});

describe('X-API-Key', () => {
  test('must be good wherever it is sent', async () => {
    const app = await server.accounts.key(user);
    expect((await get(server, PROFILE, token, { 'x-api-key': app.key })).status).toBe(200);
    expect((await server.fetch('/health', { headers: { 'x-api-key': app.key } })).status).toBe(200);
    expect((await post(server, LOGIN, { api_key: user.key, device_id: 'd' }, { 'x-api-key': app.key })).status).toBe(200);
    for (const key of ['junk', '', `${app.key}x`]) {
      await expectError(await get(server, PROFILE, token, { 'x-api-key': key }), 401, 'AUTH_API_KEY_INVALID');
      await expectError(await post(server, LOGIN, { api_key: user.key, device_id: 'd' }, { 'x-api-key': key }), 401, 'AUTH_API_KEY_INVALID');
      await expectError(await server.fetch(CONNECTION, { headers: { 'x-api-key': key } }), 401, 'AUTH_API_KEY_INVALID');
    }
    await server.accounts.revoke(app.id);
    await expectError(await get(server, PROFILE, token, { 'x-api-key': app.key }), 401, 'AUTH_API_KEY_INVALID');
  });

  test('costs no trip of its own beside a token', async () => {
    const app = await server.accounts.key(user);
    expect(timing(await get(server, PROFILE, token, { 'x-api-key': app.key }))['d1.trips']).toBe(1);
  });

  test('that is wrong stops a write', async () => {
    const name = randomUUID();
    await expectError(await post(server, API_KEYS, { name }, { authorization: `Bearer ${token}`, 'x-api-key': 'junk' }), 401, 'AUTH_API_KEY_INVALID');
    expect(server.data.rows('select id from api_keys where name = ?', name)).toEqual([]);
  });
});
