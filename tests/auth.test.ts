// Signing in with an API key, and who may call afterwards (CONTRACT R1, R2, R7, 3.1 to 3.3).
import { createHash, createPublicKey, createVerify, randomUUID, type JsonWebKey } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { User } from './support/accounts.ts';
import { expectError } from './support/envelope.ts';
import { API_KEYS, CONNECTION, LOGIN, PROFILE, get, logIn, post, refresh, timing, type SignedIn } from './support/requests.ts';
import { sharedServer } from './support/server.ts';
import { decode, sign } from './support/tokens.ts';

const server = sharedServer();
const SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
let user: User;

beforeAll(async () => {
  user = await server.accounts.user({ tier: 'professional', quota: 1000 });
});

describe('login', () => {
  test('answers the six fields that the app requires, each also in camelCase', async () => {
    const answer = await post(server, LOGIN, { api_key: user.key, device_id: randomUUID() });
    expect(answer.status).toBe(200);
    const body = (await answer.json()) as Record<string, unknown>;
    expect(body).toMatchObject({
      expires_in: 3600,
      token_type: 'Bearer',
      user_id: user.user_id,
      quota_remaining: 1000,
      subscription_tier: 'professional',
    });
    for (const name of ['access_token', 'refresh_token', 'expires_in', 'token_type', 'user_id', 'quota_remaining', 'subscription_tier']) {
      const twin = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
      expect(body[twin], twin).toBe(body[name]);
    }
    expect(body.user).toEqual({ id: user.user_id, email: user.email, name: user.email.split('@')[0], is_active: true, subscription_tier: 'professional', created_at: expect.any(String) });
    expect(Object.keys(body)).toHaveLength(15);
  });

  test('the quota that remains is the limit less what was used', async () => {
    const spent = await server.accounts.user({ quota: 10 });
    await server.data.write('update users set quota_used = 4 where id = ?', spent.user_id);
    expect((await logIn(server, spent.key)).quota_remaining).toBe(6);
    await server.data.write('update users set quota_used = 12 where id = ?', spent.user_id);
    expect((await logIn(server, spent.key)).quota_remaining).toBe(0);
    await server.data.write('update users set quota_resets_at = 1 where id = ?', spent.user_id);
    expect((await logIn(server, spent.key)).quota_remaining).toBe(10);
  });

  test('notes when the key was last used', async () => {
    const fresh = await server.accounts.user();
    const lastUsed = () => server.data.row('select last_used_at from api_keys where id = ?', fresh.key_id)!.last_used_at;
    expect(lastUsed()).toBeNull();
    await logIn(server, fresh.key);
    expect(Math.abs(lastUsed() - Date.now())).toBeLessThan(10_000);
  });

  test('a test key signs in too', async () => {
    const { key } = await server.accounts.key(user, 'test');
    expect((await logIn(server, key)).user_id).toBe(user.user_id);
  });

  test('a key of an older form counts as long as its hash is known', async () => {
    const key = `legacy ${randomUUID()}`;
    await server.data.write(
      "insert into api_keys (id, user_id, name, prefix, key_hash, environment, created_at) values (?, ?, 'old', 'legacy', ?, 'live', 0)",
      randomUUID(), user.user_id, createHash('sha256').update(key).digest('hex'),
    );
    expect((await logIn(server, key)).user_id).toBe(user.user_id);
  });

  test.each([
    ['an unknown key', () => 'romo_live_ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'],
    ['half a key', () => user.key.slice(0, 20)],
    ['a key and more', () => `${user.key}x`],
    ['a key in capitals', () => user.key.toUpperCase()],
    ['the hash of a key', () => createHash('sha256').update(user.key).digest('hex')],
    ['SQL', () => "' or 1=1 --"],
    ['a wildcard', () => '%'],
    ['a key with a null character', () => `${user.key}\u0000`],
  ])('%s is 401 AUTH_API_KEY_INVALID and writes nothing', async (_, key) => {
    const answer = await post(server, LOGIN, { api_key: key(), device_id: 'device' });
    expect(timing(answer)['d1.rows_written']).toBe(0);
    await expectError(answer, 401, 'AUTH_API_KEY_INVALID');
  });

  test('a revoked key and that of a disabled user read like an unknown one', async () => {
    const revoked = await server.accounts.user();
    await server.accounts.revoke(revoked.key_id);
    const disabled = await server.accounts.user();
    await server.data.write('update users set is_active = 0 where id = ?', disabled.user_id);
    const messages = [];
    for (const key of [revoked.key, disabled.key, 'romo_live_unknown']) {
      const { error } = await expectError(await post(server, LOGIN, { api_key: key, device_id: 'device' }), 401, 'AUTH_API_KEY_INVALID');
      messages.push(error.message);
    }
    expect(new Set(messages).size).toBe(1);
  });

  test('one user may have many sessions at once', async () => {
    const sessions = await Promise.all(Array.from({ length: 4 }, () => logIn(server, user.key)));
    for (const { access_token } of sessions) expect((await get(server, PROFILE, access_token)).status).toBe(200);
  });

  test('a device that signs in again and again keeps its five newest sessions', async () => {
    const device = randomUUID();
    const sessions: SignedIn[] = [];
    for (let login = 0; login < 7; login += 1) sessions.push(await logIn(server, user.key, device));
    const statuses = await Promise.all(sessions.map(async ({ access_token }) => (await get(server, PROFILE, access_token)).status));
    expect(statuses).toEqual([401, 401, 200, 200, 200, 200, 200]);
  });
});

describe('the tokens', () => {
  const device = randomUUID();
  let tokens: SignedIn;
  let requestId: string;
  let keys: (JsonWebKey & Record<string, string>)[];

  beforeAll(async () => {
    const answer = await post(server, LOGIN, { api_key: user.key, device_id: device });
    requestId = answer.headers.get('x-request-id')!;
    tokens = (await answer.json()) as SignedIn;
    ({ keys } = (await (await server.fetch('/.well-known/jwks.json')).json()) as { keys: typeof keys });
  });

  test('the published keys are public ones', () => {
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
      expect(key).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig', e: 'AQAB' });
    }
  });

  test.each(['access_token', 'refresh_token'] as const)('the %s is RS256 by a published key', (name) => {
    const { header, signature } = decode(tokens[name]);
    expect(header).toEqual({ alg: 'RS256', typ: 'JWT', kid: keys[0]!.kid });
    const key = createPublicKey({ key: keys.find(({ kid }) => kid === header.kid)!, format: 'jwk' });
    const signed = tokens[name].slice(0, tokens[name].lastIndexOf('.'));
    expect(createVerify('sha256').update(signed).verify(key, signature, 'base64url')).toBe(true);
  });

  // Tokens live on in phones after a deployment: claims may be added, not renamed.
  test('their claims are those that clients read', () => {
    const access = decode(tokens.access_token).claims;
    const common = { sub: user.user_id, iss: 'outpost', aud: 'outpost', did: device, tier: 'professional', roles: ['user'], rid: requestId };
    expect(access).toMatchObject({ ...common, type: 'access' });
    expect(access.sid).toMatch(UUID);
    expect(Math.abs(access.iat - Date.now() / 1000)).toBeLessThan(10);
    expect(access.exp - access.iat).toBe(3600);
    const renewal = decode(tokens.refresh_token).claims;
    expect(renewal).toMatchObject({ ...common, type: 'refresh', sid: access.sid });
    expect(renewal.exp - renewal.iat).toBe(30 * 24 * 3600);
    expect(renewal.jti).toMatch(UUID);
    expect(access.jti).not.toBe(renewal.jti);
    for (const name of ['iat', 'exp']) expect(Number.isInteger(access[name])).toBe(true);
  });

  test.each([
    ['the longest in emoji', '🏠'.repeat(256)],
    ['the longest in control characters', '\u0001'.repeat(256)],
    ['quotes and backslashes', '"\\"'.repeat(50)],
  ])('a device id of %s gives tokens that work', async (_, device_id) => {
    const { access_token, refresh_token } = await logIn(server, user.key, device_id);
    expect(decode(access_token).claims.did).toBe(device_id);
    expect((await get(server, PROFILE, access_token)).status).toBe(200);
    expect((await refresh(server, refresh_token, device_id)).status).toBe(200);
  });

  test('no two logins share a token id or a session', async () => {
    const other = decode((await logIn(server, user.key, device)).refresh_token).claims;
    const mine = decode(tokens.refresh_token).claims;
    expect(other.jti).not.toBe(mine.jti);
    expect(other.sid).not.toBe(mine.sid);
  });
});

describe('a private route', () => {
  test.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['the scheme alone', 'Bearer'],
    ['the scheme and a blank', 'Bearer '],
    ['basic credentials', `Basic ${Buffer.from('user:password').toString('base64')}`],
    ['another scheme', 'Token abc.def.ghi'],
    ['no scheme', 'abc.def.ghi'],
    ['junk', 'Bearer junk'],
  ])('answers %s with 401, never 403', async (_, authorization) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    await expectError(await server.fetch(PROFILE, { headers }), 401, 'AUTH_TOKEN_INVALID');
  });

  test('does not take an API key for a token', async () => {
    await expectError(await get(server, PROFILE, user.key), 401, 'AUTH_TOKEN_INVALID');
  });

  test.each(['Bearer', 'bearer', 'BEARER'])('takes the scheme as %s', async (scheme) => {
    const { access_token } = await logIn(server, user.key);
    const answer = await server.fetch(PROFILE, { headers: { authorization: `${scheme} ${access_token}` } });
    expect(answer.status).toBe(200);
  });

  test('does not read a token from the query', async () => {
    const { access_token } = await logIn(server, user.key);
    await expectError(await server.fetch(`${PROFILE}?token=${access_token}&access_token=${access_token}`), 401);
  });

  test('asks for the token before it looks at the input', async () => {
    await expectError(await post(server, API_KEYS, { name: 1 }), 401, 'AUTH_TOKEN_INVALID');
    await expectError(await server.fetch('/api/v1/user/scans?page=0'), 401, 'AUTH_TOKEN_INVALID');
  });
});

describe('a user who is disabled', () => {
  test('is refused at once, in reading, writing and refreshing, and welcome again afterwards', async () => {
    const someone = await server.accounts.user();
    const { access_token, refresh_token } = await logIn(server, someone.key);
    const authorization = { authorization: `Bearer ${access_token}` };
    await server.data.write('update users set is_active = 0 where id = ?', someone.user_id);

    await expectError(await get(server, PROFILE, access_token), 401, 'AUTH_USER_NOT_FOUND');
    await expectError(await post(server, API_KEYS, { name: 'key' }, authorization), 401, 'AUTH_USER_NOT_FOUND');
    await expectError(await refresh(server, refresh_token), 401, 'AUTH_TOKEN_INVALID');
    expect(server.data.rows('select id from api_keys where user_id = ?', someone.user_id)).toHaveLength(1);

    await server.data.write('update users set is_active = 1 where id = ?', someone.user_id);
    expect((await get(server, PROFILE, access_token)).status).toBe(200);
    expect((await refresh(server, refresh_token)).status).toBe(200);
  });

  test('is told apart from a session that does not exist', async () => {
    const { claims } = decode((await logIn(server, user.key)).access_token);
    const nobody = sign({ ...claims, sub: randomUUID(), sid: randomUUID() });
    await expectError(await get(server, PROFILE, nobody), 401, 'AUTH_USER_NOT_FOUND');
    const noSession = sign({ ...claims, sid: randomUUID() });
    await expectError(await get(server, PROFILE, noSession), 401, 'AUTH_TOKEN_INVALID');
  });
});

describe('the profile', () => {
  test('shows tier, quota and keys, and nothing else', async () => {
    const { access_token } = await logIn(server, user.key);
    const answer = await get(server, PROFILE, access_token);
    expect(answer.status).toBe(200);
    const profile = (await answer.json()) as Record<string, any>;
    expect(Object.keys(profile).sort()).toEqual(['api_keys', 'quota_limit', 'quota_reset_date', 'quota_used', 'subscription_tier', 'user_id']);
    expect(profile).toMatchObject({ user_id: user.user_id, subscription_tier: 'professional', quota_limit: 1000, quota_used: 0 });
    expect(profile.quota_reset_date).toMatch(SECONDS);
    expect(profile.quota_reset_date).toMatch(/-01T00:00:00Z$/);
    expect(Date.parse(profile.quota_reset_date)).toBeGreaterThan(Date.now());

    const key = profile.api_keys.find(({ id }: { id: string }) => id === user.key_id);
    expect(Object.keys(key).sort()).toEqual(['created_at', 'environment', 'id', 'last_used', 'name', 'prefix', 'requires_signature', 'scopes']);
    expect(key).toMatchObject({ name: 'test', environment: 'live', prefix: user.key.slice(0, 14) });
    expect(key.created_at).toMatch(SECONDS);
    expect(key.last_used).toMatch(SECONDS);
  });

  test('shows a key that was never used with null', async () => {
    const someone = await server.accounts.user();
    const unused = await server.accounts.key(someone);
    const { access_token } = await logIn(server, someone.key);
    const { api_keys } = (await (await get(server, PROFILE, access_token)).json()) as { api_keys: { id: string; last_used: string | null }[] };
    expect(api_keys.find(({ id }) => id === unused.id)!.last_used).toBeNull();
  });

  test('shows a quota whose month is over as unused, with a date to come', async () => {
    const someone = await server.accounts.user({ quota: 5 });
    await server.data.write('update users set quota_used = 5, quota_resets_at = 1 where id = ?', someone.user_id);
    const { access_token } = await logIn(server, someone.key);
    const profile = (await (await get(server, PROFILE, access_token)).json()) as { quota_used: number; quota_reset_date: string };
    expect(profile.quota_used).toBe(0);
    expect(Date.parse(profile.quota_reset_date)).toBeGreaterThan(Date.now());
  });

  test('follows a change of tier at once', async () => {
    const someone = await server.accounts.user({ tier: 'free' });
    const { access_token } = await logIn(server, someone.key);
    await server.data.write("update users set tier = 'enterprise' where id = ?", someone.user_id);
    expect(await (await get(server, PROFILE, access_token)).json()).toMatchObject({ subscription_tier: 'enterprise' });
  });
});

describe('the connection test of the app', () => {
  test('needs no credential', async () => {
    const answer = await server.fetch(CONNECTION, { headers: { 'x-device-id': randomUUID() } });
    expect(answer.status).toBe(200);
    const body = (await answer.json()) as Record<string, string>;
    expect(body).toEqual({ status: 'ok', version: expect.stringMatching(/^\d+\.\d+\.\d+$/), time: expect.stringMatching(SECONDS) });
  });

  test.each([CONNECTION, '/v1/health', '/api/health'])('%s says whether a key is good', async (path) => {
    expect((await get(server, path, user.key)).status).toBe(200);
    await expectError(await get(server, path, 'romo_live_wrong'), 401, 'AUTH_API_KEY_INVALID');
  });

  test('refuses a revoked key and that of a disabled user', async () => {
    const someone = await server.accounts.user();
    const { id, key } = await server.accounts.key(someone);
    await server.accounts.revoke(id);
    await expectError(await get(server, CONNECTION, key), 401, 'AUTH_API_KEY_INVALID');
    await server.data.write('update users set is_active = 0 where id = ?', someone.user_id);
    await expectError(await get(server, CONNECTION, someone.key), 401, 'AUTH_API_KEY_INVALID');
  });

  test('says whether a token is good and its session lives', async () => {
    const someone = await server.accounts.user();
    const { access_token, refresh_token } = await logIn(server, someone.key);
    expect((await get(server, CONNECTION, access_token)).status).toBe(200);
    await expectError(await get(server, CONNECTION, refresh_token), 401, 'AUTH_TOKEN_INVALID');
    await expectError(await get(server, CONNECTION, `${access_token}x`), 401, 'AUTH_TOKEN_INVALID');
    await server.accounts.revoke(someone.key_id);
    await expectError(await get(server, CONNECTION, access_token), 401, 'AUTH_TOKEN_INVALID');
  });
});
