// Nothing secret is in the log of the server that the whole suite uses: not what this file sends,
// nor what any other test has sent so far. Also see DESIGN 2.10.
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import type { User } from './support/accounts.ts';
import { API_KEYS, CONNECTION, LOGIN, PROFILE, REFRESH, get, logIn, logsOf, post, refresh, type SignedIn } from './support/requests.ts';
import { boxRoom, roomScan } from './support/rooms.ts';
import { sharedServer } from './support/server.ts';
import { signingKeys } from './support/tokens.ts';

const server = sharedServer();
const PASSWORD = 'correct horse battery staple';
const ROOM_NAME = 'The bedroom of somebody in particular';
const COORDINATE = 1.2345678;
let user: User;
let created: { key: string };
let tokens: SignedIn;
let renewed: SignedIn;

/** Every way for a secret to arrive: well, broken, refused, at the wrong place, in a request that fails. */
beforeAll(async () => {
  user = await server.accounts.user({ password: PASSWORD });
  tokens = await logIn(server, user.key);
  renewed = (await (await refresh(server, tokens.refresh_token)).json()) as SignedIn;
  const bearer = { authorization: `Bearer ${renewed.access_token}` };
  created = (await (await post(server, API_KEYS, { name: 'new' }, bearer)).json()) as { key: string };

  const scan = JSON.stringify(roomScan([[COORDINATE, 1, 1], ...boxRoom(3, 3, 2.4, 500)], { name: ROOM_NAME }));
  const json = { ...bearer, 'content-type': 'application/json' };
  const faults = ['panic', 'database'];
  const last = randomUUID();
  await Promise.all([
    get(server, PROFILE, user.key),
    get(server, CONNECTION, user.key),
    get(server, CONNECTION, `${user.key}x`),
    get(server, PROFILE, `${renewed.access_token}x`),
    get(server, PROFILE, renewed.refresh_token),
    server.fetch(`${PROFILE}?token=${renewed.access_token}&api_key=${user.key}`, { headers: bearer }),
    server.fetch(PROFILE, { headers: { authorization: `Basic ${btoa(`${user.email}:${PASSWORD}`)}`, cookie: `token=${renewed.access_token}`, 'x-api-key': user.key } }),
    server.fetch(LOGIN, { method: 'POST', headers: json, body: `{"api_key": "${user.key}", "device_id": ` }),
    server.fetch(LOGIN, { method: 'POST', headers: { 'content-type': `text/${user.key}` }, body: '' }),
    post(server, LOGIN, { api_key: [user.key], device_id: { password: PASSWORD } }),
    post(server, LOGIN, { email: user.email, password: PASSWORD }),
    post(server, REFRESH, { refresh_token: `${tokens.refresh_token}x`, device_id: PASSWORD }),
    server.fetch(PROFILE, { headers: { ...bearer, 'x-request-id': `"${user.key}"`, 'x-device-id': `key ${user.key}` } }),
    ...faults.map((fault) => get(server, CONNECTION, user.key, { 'x-fault': fault })),
    ...faults.map((fault) => post(server, LOGIN, { api_key: user.key, device_id: 'device' }, { 'x-fault': fault })),
    ...faults.map((fault) => post(server, REFRESH, { refresh_token: renewed.refresh_token }, { 'x-fault': fault })),
    ...faults.map((fault) => server.fetch('/api/v1/rooms/upload', { method: 'POST', headers: { ...json, 'x-fault': fault }, body: scan })),
    server.fetch('/api/v1/rooms/upload', { method: 'POST', headers: json, body: scan }),
    server.fetch('/api/v1/rooms/upload', { method: 'POST', headers: json, body: scan.slice(0, -9) }),
    server.fetch('/api/v1/rooms/upload', { method: 'POST', headers: json, body: gzipSync(scan).subarray(0, -9) }),
  ]);
  await server.fetch('/health', { headers: { 'x-request-id': last } });
  await logsOf(server, last);
});

const expectAbsent = (secret: string): void => {
  expect(secret.length).toBeGreaterThan(6);
  expect(server.rawLog().includes(secret)).toBe(false);
};

test('the log is there and speaks of these requests', () => {
  expect(server.logs().some(({ user_id }) => user_id === user.user_id)).toBe(true);
});

describe('of this file, the log has no', () => {
  test('API key, whole or its secret half', () => {
    for (const { key } of [user, created]) {
      expectAbsent(key);
      expectAbsent(key.slice('romo_live_'.length));
    }
  });

  test('token or signature', () => {
    for (const token of [tokens.access_token, tokens.refresh_token, renewed.access_token, renewed.refresh_token]) {
      expectAbsent(token);
      for (const piece of token.split('.').slice(1)) expectAbsent(piece);
    }
  });

  test('password, in clear or as sent', () => {
    expectAbsent(PASSWORD);
    expectAbsent(btoa(`${user.email}:${PASSWORD}`));
  });

  test('scan content or name of a room', () => {
    expectAbsent(ROOM_NAME);
    expectAbsent(String(COORDINATE));
    expectAbsent('lidar_points');
  });

  test('email address', () => {
    expectAbsent(user.email);
  });
});

describe('of the whole suite, the log has no', () => {
  test('API key of anybody', () => {
    const whole = server.rawLog().match(/romo_(live|test)_[A-Za-z0-9]{24,}/g) ?? [];
    expect(whole).toEqual([]);
  });

  test('JSON Web Token, not even an altered one', () => {
    expect(server.rawLog().match(/eyJ[\w-]{10,}\.[\w-]{10,}/g) ?? []).toEqual([]);
  });

  test('hash of a key or a password', () => {
    const log = server.rawLog();
    const hashes = server.data.rows('select key_hash as hash from api_keys union all select password_hash from users where password_hash is not null');
    expect(hashes.length).toBeGreaterThan(0);
    for (const { hash } of hashes) expect(log.includes(hash)).toBe(false);
    expect(log).not.toContain('$argon2');
  });

  test('private part of a signing key', () => {
    const log = server.rawLog();
    for (const { d, p, q, dp, dq, qi } of signingKeys() as Record<string, string>[]) {
      // Of a key that signs no more, only the public part is kept.
      for (const secret of [d, p, q, dp, dq, qi].filter(Boolean)) expect(log.includes(secret!)).toBe(false);
    }
  });

  test('credential header or body of a request', () => {
    expect(server.rawLog()).not.toMatch(/(?<!oauth-)authorization|bearer [a-z]|set-cookie|"refresh_token"|"api_key"/i);
  });
});
