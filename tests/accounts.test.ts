// Accounts with a password: registered, signed in, shown, signed out (CONTRACT Q1 to Q5, H4, M5).
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectError } from './support/envelope.ts';
import { LOGIN, PROFILE, REFRESH, get, post, timing } from './support/requests.ts';
import { sharedServer } from './support/server.ts';
import { decode } from './support/tokens.ts';

const server = sharedServer();
const REGISTER = '/api/v1/auth/register';
const PASSWORD = 'SecurePass123!';
const newEmail = (): string => `person-${randomUUID().slice(0, 8)}@example.org`;

type Body = Record<string, any>;
const json = async (answer: Response, status: number): Promise<Body> => {
  const text = await answer.text();
  expect(answer.status, text).toBe(status);
  return JSON.parse(text) as Body;
};

async function register(path = REGISTER, wanted: Body = {}): Promise<Body & { email: string }> {
  const email = newEmail();
  const body = await json(await post(server, path, { name: 'Anna Lee', email, password: PASSWORD, ...wanted }), 201);
  return { ...body, email };
}

describe('register', () => {
  test('signs in at once, under /api/v1 with everything', async () => {
    const body = await register();
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 900, subscription_tier: 'free', quota_remaining: 50, accessToken: body.access_token });
    expect(body.user).toEqual({ id: body.user_id, email: body.email, name: 'Anna Lee', is_active: true, subscription_tier: 'free', created_at: expect.stringMatching(/^\d{4}-.*\d\dZ$/) });
    expect((await get(server, PROFILE, body.access_token)).status).toBe(200);
    const { claims } = decode(body.access_token);
    expect(claims).toMatchObject({ sub: body.user_id, type: 'access', scope: 'read upload admin', roles: ['user'] });
    expect(claims.exp - claims.iat).toBe(900);
  });

  test('answers under /v1 what strict decoders know, and no twins', async () => {
    const body = await register('/v1/auth/register');
    expect(Object.keys(body).sort()).toEqual(['access_token', 'email', 'expires_in', 'refresh_token', 'token_type', 'user']);
    expect(Object.keys(body.user).sort()).toEqual(['created_at', 'email', 'id', 'is_active', 'name', 'subscription_tier']);
  });

  test.each(['/api/auth/signup', '/api/auth/register'])('answers under %s in both spellings', async (path) => {
    const body = await register(path);
    expect(body).toMatchObject({ accessToken: body.access_token, refreshToken: body.refresh_token, user: { name: 'Anna Lee', isActive: true } });
    expect(body.user.id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('takes an address once, however it is written', async () => {
    const { email } = await register();
    for (const again of [email, email.toUpperCase(), ` ${email} `]) {
      const { error } = await expectError(await post(server, REGISTER, { email: again, password: PASSWORD }), 409, 'CONFLICT');
      expect(error.details).toMatchObject([{ field: 'email' }]);
    }
  });

  test('takes a username once, however it is capitalized', async () => {
    const username = `anna.${randomUUID().slice(0, 8)}`;
    await register(REGISTER, { username });
    const { error } = await expectError(await post(server, REGISTER, { email: newEmail(), password: PASSWORD, username: username.toUpperCase() }), 409, 'CONFLICT');
    expect(error.details).toMatchObject([{ field: 'username' }]);
  });

  test('of one address twenty times at once makes one account', async () => {
    const email = newEmail();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(server, REGISTER, { email, password: PASSWORD })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 7 }, () => 409)]);
    expect(server.data.rows('select id from users where email = ?', email)).toHaveLength(1);
  });

  test.each([
    [{}, { email: 'missing_field', password: 'missing_field' }],
    [{ email: 'nobody', password: 'short' }, { email: 'invalid_format', password: 'too_small' }],
    [{ email: 'a@b', password: 'x'.repeat(129) }, { email: 'invalid_format', password: 'too_long' }],
    [{ email: `${'x'.repeat(250)}@example.org`, password: PASSWORD }, { email: 'too_long' }],
    [{ email: '"quoted"@example.org', password: PASSWORD }, { email: 'invalid_format' }],
    [{ email: 'Anna <anna@example.org>', password: PASSWORD }, { email: 'invalid_format' }],
    [{ email: 'anna@example.org\nbcc: x@y.zz', password: PASSWORD }, { email: 'invalid_format' }],
    [{ email: 7, password: {} }, { email: 'invalid_format', password: 'invalid_format' }],
    [{ email: 'a@example.org', password: PASSWORD, username: 'x' }, { username: 'too_small' }],
    [{ email: 'a@example.org', password: PASSWORD, username: '12345' }, { username: 'invalid_format' }],
    [{ email: 'a@example.org', password: PASSWORD, username: '../admin' }, { username: 'invalid_format' }],
    [{ email: 'a@example.org', password: PASSWORD, name: 'n'.repeat(101) }, { name: 'too_long' }],
  ])('refuses %j and names every field', async (body, expected) => {
    const { error } = await expectError(await post(server, REGISTER, body), 400, 'VALIDATION_ERROR');
    expect(Object.fromEntries(error.details!.map(({ field, type }) => [field, type]))).toEqual(expected);
    await expectError(await post(server, '/v1/auth/register', body), 422, 'VALIDATION_ERROR');
  });

  test('keeps a password of any characters, to the letter', async () => {
    const password = ' pässwörd 🔑 \u0000\u00e9e\u0301 ';
    const { email } = await register(REGISTER, { password });
    expect((await post(server, LOGIN, { email, password })).status).toBe(200);
    for (const other of [password.trim(), password.normalize('NFD'), password.toLowerCase().replace('🔑', '🗝')]) {
      await expectError(await post(server, LOGIN, { email, password: other }), 401, 'AUTH_INVALID_CREDENTIALS');
    }
  });

  test('stores Argon2id of 19 MiB and no password', async () => {
    const { email } = await register();
    const { password_hash } = server.data.row('select password_hash from users where email = ?', email)!;
    expect(password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  });
});

describe('login by password', () => {
  let account: Body & { email: string };
  const username = `user.${randomUUID().slice(0, 8)}`;
  beforeAll(async () => {
    account = await register(REGISTER, { username });
  });

  test('by address or username, in any capitals', async () => {
    const ways = [{ email: account.email }, { email: account.email.toUpperCase() }, { username }, { username: username.toUpperCase() }, { email: username }];
    for (const way of ways) {
      const body = await json(await post(server, LOGIN, { ...way, password: PASSWORD }), 200);
      expect(body.user_id).toBe(account.user_id);
      expect(body.expires_in).toBe(900);
    }
  });

  test('answers each dialect in its way', async () => {
    const v1 = await json(await post(server, '/v1/auth/login', { email: account.email, password: PASSWORD }), 200);
    expect(Object.keys(v1).sort()).toEqual(['access_token', 'expires_in', 'refresh_token', 'token_type', 'user']);
    const scans = await json(await post(server, '/api/auth/login', { email: account.email, password: PASSWORD }), 200);
    expect(scans.user).toMatchObject({ id: account.user_id, email: account.email, name: 'Anna Lee' });
    expect(scans.accessToken).toBe(scans.access_token);
  });

  test('says the same for a wrong password, an unknown address and an account without a password', async () => {
    const keyOnly = await server.accounts.user();
    const refusals = await Promise.all(
      [
        { email: account.email, password: 'wrong password' },
        { email: newEmail(), password: PASSWORD },
        { email: keyOnly.email, password: PASSWORD },
        { username: 'nobody.at.all', password: PASSWORD },
        { email: "' or 1=1 --", password: PASSWORD },
      ].map(async (body) => (await expectError(await post(server, LOGIN, body), 401, 'AUTH_INVALID_CREDENTIALS')).error),
    );
    for (const refusal of refusals) expect(refusal).toEqual(refusals[0]);
  });

  test('makes the same trips for an unknown address as for a wrong password', async () => {
    const [known, unknown] = [await post(server, LOGIN, { email: account.email, password: 'wrong password' }), await post(server, LOGIN, { email: newEmail(), password: 'wrong password' })];
    const { 'd1.trips': trips, 'do.calls': calls, 'd1.rows_written': written } = timing(known);
    expect({ trips, calls, written }).toEqual({ trips: 1, calls: 2, written: 0 });
    expect(timing(unknown)).toMatchObject({ 'd1.trips': trips, 'do.calls': calls, 'd1.rows_written': written });
  });

  test('takes two trips', async () => {
    expect(timing(await post(server, LOGIN, { email: account.email, password: PASSWORD }))['d1.trips']).toBe(2);
  });

  test.each([
    ['/v1/auth/login', {}, ['email', 'password']],
    ['/api/auth/login', {}, ['email', 'password']],
    [LOGIN, { email: 'a@example.org' }, ['password']],
    [LOGIN, { password: PASSWORD }, ['email']],
    [LOGIN, { email: 5, password: null }, ['email', 'password']],
  ])('%s %j names what is missing', async (path, body, fields) => {
    const answer = await post(server, path, body);
    const { error } = await expectError(answer, path.startsWith('/v1') ? 422 : 400, 'VALIDATION_ERROR');
    expect(error.details!.map(({ field }) => field).sort()).toEqual(fields);
  });

  test('makes a weak hash anew, and leaves a strong one alone', async () => {
    const { argon2id } = await import('hash-wasm');
    const weak = await argon2id({ password: PASSWORD, salt: Buffer.from('0123456789abcdef'), parallelism: 1, iterations: 1, memorySize: 8192, hashLength: 32, outputType: 'encoded' });
    const someone = await register();
    const stored = () => server.data.row('select password_hash from users where email = ?', someone.email)!.password_hash as string;
    await server.data.write('update users set password_hash = ? where email = ?', weak, someone.email);
    await expectError(await post(server, LOGIN, { email: someone.email, password: 'wrong password' }), 401);
    expect(stored()).toBe(weak);
    expect((await post(server, LOGIN, { email: someone.email, password: PASSWORD })).status).toBe(200);
    const strong = stored();
    expect(strong).toContain('m=19456,t=2,p=1');
    expect((await post(server, LOGIN, { email: someone.email, password: PASSWORD })).status).toBe(200);
    expect(stored()).toBe(strong);
  });

  test('of a disabled user is refused', async () => {
    const someone = await register();
    await server.data.write('update users set is_active = 0 where email = ?', someone.email);
    await expectError(await post(server, LOGIN, { email: someone.email, password: PASSWORD }), 401, 'AUTH_USER_NOT_FOUND');
  });

  test('forty at once all succeed', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => post(server, LOGIN, { email: account.email, password: PASSWORD, device_id: randomUUID() })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
});

describe('refresh of a password session', () => {
  test('needs no device, and changes one row', async () => {
    const { refresh_token } = await register();
    const answer = await post(server, REFRESH, { refresh_token });
    expect(timing(answer)).toMatchObject({ 'd1.trips': 1, 'd1.rows_written': 1 });
    const body = await json(answer, 200);
    expect(body).toMatchObject({ expires_in: 900, user: { name: 'Anna Lee' } });
    const again = await post(server, REFRESH, { refresh_token });
    expect(timing(again)).toMatchObject({ 'd1.trips': 1, 'd1.rows_written': 0 });
    expect((await json(again, 200)).refresh_token).toBe(body.refresh_token);
  });

  test('answers under /v1 the tokens alone', async () => {
    const { refresh_token } = await register('/v1/auth/register');
    const body = await json(await post(server, '/v1/auth/refresh', { refresh_token }), 200);
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'refresh_token', 'token_type']);
  });

  test('repeats a reply that was lost a month ago, though the token is old by now', async () => {
    const { refresh_token } = await register();
    const lost = await json(await post(server, REFRESH, { refresh_token }), 200);
    const { claims } = decode(refresh_token);
    const { sign } = await import('./support/tokens.ts');
    const old = sign({ ...claims, iat: claims.iat - 40 * 86400, exp: claims.exp - 40 * 86400 });
    const body = await json(await post(server, REFRESH, { refresh_token: old }), 200);
    expect(decode(body.refresh_token).claims.jti).toBe(decode(lost.refresh_token).claims.jti);
  });
});

describe('me', () => {
  test('is the user at the top and under user', async () => {
    const { access_token, email, user_id } = await register();
    for (const path of ['/api/v1/auth/me', '/v1/auth/me']) {
      const answer = await get(server, path, access_token);
      expect(timing(answer)['d1.trips']).toBe(1);
      const body = await json(answer, 200);
      expect(body).toMatchObject({ id: user_id, email, name: 'Anna Lee', is_active: true, subscription_tier: 'free' });
      const { user, ...top } = body;
      expect(user).toEqual(top);
    }
    expect(await json(await get(server, '/api/auth/me', access_token), 200)).toMatchObject({ id: user_id, isActive: true, user: { subscriptionTier: 'free' } });
  });
});

describe('logout', () => {
  const out = (body: unknown, headers: Record<string, string> = {}) => post(server, '/v1/auth/logout', body, headers);

  test('ends the session with its tokens, and no other', async () => {
    const here = await register();
    const there = await json(await post(server, LOGIN, { email: here.email, password: PASSWORD }), 200);
    expect(await json(await out({ refresh_token: here.refresh_token }), 200)).toEqual({ success: true });
    await expectError(await get(server, PROFILE, here.access_token), 401, 'AUTH_TOKEN_INVALID');
    await expectError(await post(server, REFRESH, { refresh_token: here.refresh_token }), 401, 'AUTH_TOKEN_INVALID');
    expect((await get(server, PROFILE, there.access_token)).status).toBe(200);
  });

  test('works with a refresh token that was exchanged, and with the access token alone', async () => {
    const first = await register();
    const second = await json(await post(server, REFRESH, { refresh_token: first.refresh_token }), 200);
    await out({ refresh_token: first.refresh_token });
    await expectError(await get(server, PROFILE, second.access_token), 401);
    const third = await register();
    await out({}, { authorization: `Bearer ${third.access_token}` });
    await expectError(await get(server, PROFILE, third.access_token), 401);
  });

  test.each([{}, { refresh_token: 'junk' }, { refresh_token: '' }, { refresh_token: 7 }, []])('succeeds with %j too', async (body) => {
    expect(await json(await out(body), 200)).toEqual({ success: true });
  });

  test('succeeds without a body, and twice', async () => {
    expect((await server.fetch('/api/auth/logout', { method: 'POST' })).status).toBe(200);
    const { refresh_token } = await register();
    for (let time = 0; time < 2; time += 1) expect(await json(await out({ refresh_token }), 200)).toEqual({ success: true });
  });

  test('cannot be used on somebody else: an altered token ends nothing', async () => {
    const { refresh_token, access_token } = await register();
    const [head, claims, signature] = refresh_token.split('.');
    await out({ refresh_token: `${head}.${claims}.${signature.slice(0, -4)}AAAA` });
    expect((await get(server, PROFILE, access_token)).status).toBe(200);
  });
});

describe('sessions', () => {
  const list = async (token: string, path = '/api/v1/auth/sessions') => json(await get(server, path, token), 200);

  test('are listed with device, place and use, the own one marked', async () => {
    const here = await register(REGISTER, { device_id: 'phone-1', device_name: 'Anna’s phone' });
    const there = await json(await post(server, LOGIN, { email: here.email, password: PASSWORD }, { 'x-device-id': 'laptop-7', 'user-agent': 'Firefox' }), 200);
    const { sessions } = await list(here.access_token);
    expect(sessions).toHaveLength(2);
    const own = sessions.find((session: Body) => session.is_current);
    expect(own).toMatchObject({ kind: 'password', device_id: 'phone-1', device_name: 'Anna’s phone', scopes: ['read', 'upload', 'admin'], id: decode(here.access_token).claims.sid });
    expect(own).toHaveProperty('place');
    for (const name of ['created_at', 'last_used_at', 'expires_at']) expect(Date.parse(own[name])).toBeGreaterThan(0);
    expect(sessions.find((session: Body) => !session.is_current)).toMatchObject({ device_id: 'laptop-7', device_name: 'Firefox', id: decode(there.access_token).claims.sid });
    expect(await list(here.access_token, '/v1/auth/sessions')).toHaveLength(2);
    expect((await list(here.access_token, '/api/auth/sessions')).sessions[0]).toHaveProperty('deviceId');
  });

  test('end one by one, at once', async () => {
    const here = await register();
    const there = await json(await post(server, LOGIN, { email: here.email, password: PASSWORD }), 200);
    const { sid } = decode(there.access_token).claims;
    const end = () => server.fetch(`/api/v1/auth/sessions/${sid}`, { method: 'DELETE', headers: { authorization: `Bearer ${here.access_token}` } });
    for (let time = 0; time < 2; time += 1) expect((await end()).status).toBe(204);
    await expectError(await get(server, PROFILE, there.access_token), 401, 'AUTH_TOKEN_INVALID');
    expect((await list(here.access_token)).sessions).toHaveLength(1);
  });

  test('of others are not there', async () => {
    const [anna, bert] = [await register(), await register()];
    const { sid } = decode(bert.access_token).claims;
    const answer = await server.fetch(`/api/v1/auth/sessions/${sid}`, { method: 'DELETE', headers: { authorization: `Bearer ${anna.access_token}` } });
    await expectError(answer, 404, 'NOT_FOUND');
    expect((await get(server, PROFILE, bert.access_token)).status).toBe(200);
  });

  test('all others end together', async () => {
    const here = await register();
    const others = await Promise.all(Array.from({ length: 3 }, async () => json(await post(server, LOGIN, { email: here.email, password: PASSWORD }), 200)));
    const answer = await server.fetch('/api/v1/auth/sessions', { method: 'DELETE', headers: { authorization: `Bearer ${here.access_token}` } });
    expect(await json(answer, 200)).toEqual({ ended: 3 });
    for (const { access_token } of others) await expectError(await get(server, PROFILE, access_token), 401);
    expect((await get(server, PROFILE, here.access_token)).status).toBe(200);
  });

  test('that are long over leave no row behind after the next login', async () => {
    const here = await register();
    const { sid } = decode(here.access_token).claims;
    await server.data.write('update sessions set expires_at = ? where id = ?', Date.now() - 31 * 24 * 3600 * 1000, sid);
    await post(server, LOGIN, { email: here.email, password: PASSWORD });
    expect(server.data.rows('select id from sessions where id = ?', sid)).toEqual([]);
  });
});

describe('changing the password', () => {
  const change = (token: string, body: unknown) => post(server, '/api/v1/auth/password', body, { authorization: `Bearer ${token}` });

  test('signs out every other device, and the new one counts', async () => {
    const here = await register();
    const there = await json(await post(server, LOGIN, { email: here.email, password: PASSWORD }), 200);
    expect((await change(here.access_token, { current_password: PASSWORD, new_password: 'a new password' })).status).toBe(204);
    await expectError(await get(server, PROFILE, there.access_token), 401);
    expect((await get(server, PROFILE, here.access_token)).status).toBe(200);
    await expectError(await post(server, LOGIN, { email: here.email, password: PASSWORD }), 401, 'AUTH_INVALID_CREDENTIALS');
    expect((await post(server, LOGIN, { email: here.email, password: 'a new password' })).status).toBe(200);
  });

  test('needs the current one, and a new one that is long enough', async () => {
    const { access_token, email } = await register();
    const wrong = await expectError(await change(access_token, { current_password: 'not the password', new_password: 'a new password' }), 400, 'VALIDATION_ERROR');
    expect(wrong.error.details).toMatchObject([{ field: 'current_password' }]);
    const missing = await expectError(await change(access_token, { new_password: 'a new password' }), 400, 'VALIDATION_ERROR');
    expect(missing.error.details).toMatchObject([{ field: 'current_password', type: 'missing_field' }]);
    await expectError(await change(access_token, { current_password: PASSWORD, new_password: 'short' }), 400, 'VALIDATION_ERROR');
    expect((await post(server, LOGIN, { email, password: PASSWORD })).status).toBe(200);
  });

  test('gives one to an account that signs in by key only', async () => {
    const user = await server.accounts.user();
    const { access_token } = await json(await post(server, LOGIN, { api_key: user.key, device_id: 'device' }), 200);
    expect((await change(access_token, { new_password: PASSWORD })).status).toBe(204);
    expect((await post(server, LOGIN, { email: user.email, password: PASSWORD })).status).toBe(200);
  });
});
