// Refresh: rotation, lost replies, stolen tokens (CONTRACT R3, 3.4).
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { User } from './support/accounts.ts';
import { expectError } from './support/envelope.ts';
import { PROFILE, get, logIn, refresh, type SignedIn } from './support/requests.ts';
import { sharedServer } from './support/server.ts';
import { decode, sign } from './support/tokens.ts';

const server = sharedServer();
let user: User;

beforeAll(async () => {
  user = await server.accounts.user({ tier: 'basic', quota: 200 });
});

/** A refresh that goes well. */
async function renew(token: string, device?: string): Promise<SignedIn> {
  const answer = await refresh(server, token, device);
  expect(answer.status).toBe(200);
  return (await answer.json()) as SignedIn;
}

const isAlive = async ({ access_token }: SignedIn): Promise<boolean> => (await get(server, PROFILE, access_token)).status === 200;

describe('a refresh token', () => {
  test('buys a new pair in the same session, with all six fields', async () => {
    const device = randomUUID();
    const first = await logIn(server, user.key, device);
    const second = await renew(first.refresh_token, device);
    expect(second).toMatchObject({ expires_in: 3600, user_id: user.user_id, quota_remaining: 200, subscription_tier: 'basic' });
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(second.access_token).not.toBe(first.access_token);
    const [before, after] = [decode(first.refresh_token).claims, decode(second.refresh_token).claims];
    expect(after).toMatchObject({ sid: before.sid, did: device, sub: user.user_id });
    expect(after.jti).not.toBe(before.jti);
    expect(await isAlive(second)).toBe(true);
  });

  test('can be renewed for ever', async () => {
    let tokens = await logIn(server, user.key);
    for (let turn = 0; turn < 12; turn += 1) tokens = await renew(tokens.refresh_token);
    expect(await isAlive(tokens)).toBe(true);
  });

  test('leaves the access token it came with alone', async () => {
    const first = await logIn(server, user.key);
    await renew(first.refresh_token);
    expect(await isAlive(first)).toBe(true);
  });

  test('carries on the life of the session', async () => {
    const first = await logIn(server, user.key);
    const { sid } = decode(first.refresh_token).claims;
    const expiry = () => server.data.row('select expires_at from sessions where id = ?', sid)!.expires_at;
    await server.data.write('update sessions set expires_at = ? where id = ?', Date.now() + 60_000, sid);
    await renew(first.refresh_token);
    expect(expiry()).toBeGreaterThan(Date.now() + 29 * 24 * 3600 * 1000);
  });

  test('tells the tier and quota of now', async () => {
    const someone = await server.accounts.user({ tier: 'free', quota: 50 });
    const { refresh_token } = await logIn(server, someone.key);
    await server.data.write("update users set tier = 'enterprise', quota_used = 20 where id = ?", someone.user_id);
    const renewed = await renew(refresh_token);
    expect(renewed).toMatchObject({ subscription_tier: 'enterprise', quota_remaining: 30 });
    expect(decode(renewed.access_token).claims.tier).toBe('enterprise');
  });
});

describe('a reply that was lost', () => {
  test('is repeated to the letter', async () => {
    const { refresh_token } = await logIn(server, user.key);
    const [first, again, third] = [await renew(refresh_token), await renew(refresh_token), await renew(refresh_token)];
    for (const repeated of [again, third]) {
      expect(repeated.access_token).toBe(first.access_token);
      expect(repeated.refresh_token).toBe(first.refresh_token);
      expect(repeated.expires_in).toBeLessThanOrEqual(first.expires_in);
    }
  });

  test('does no harm to what was bought with it', async () => {
    const { refresh_token } = await logIn(server, user.key);
    const first = await renew(refresh_token);
    await renew(refresh_token);
    expect(await isAlive(await renew(first.refresh_token))).toBe(true);
  });

  test('is repeated hours later with an access token that is good for an hour', async () => {
    const { refresh_token } = await logIn(server, user.key);
    const first = await renew(refresh_token);
    const { sid, jti } = decode(first.refresh_token).claims;
    await server.data.write('update sessions set refreshed_at = refreshed_at - 7200000 where id = ?', sid);
    const late = await renew(refresh_token);
    expect(late.expires_in).toBe(3600);
    expect(decode(late.access_token).claims.exp).toBeGreaterThan(Date.now() / 1000 + 3500);
    expect(decode(late.refresh_token).claims.jti).toBe(jti);
    expect(await isAlive(late)).toBe(true);
    expect(await isAlive(await renew(late.refresh_token))).toBe(true);
  });

  test('may be one of many that were asked for at once', async () => {
    const { refresh_token } = await logIn(server, user.key);
    const pairs = await Promise.all(Array.from({ length: 12 }, () => renew(refresh_token)));
    expect(new Set(pairs.map((pair) => pair.refresh_token)).size).toBe(1);
    expect(new Set(pairs.map((pair) => pair.access_token)).size).toBe(1);
    expect(await isAlive(pairs[0]!)).toBe(true);
    expect(await isAlive(await renew(pairs[0]!.refresh_token))).toBe(true);
  });
});

describe('a token that was used up', () => {
  /** Grandparent, parent and child of one session. */
  async function generations(): Promise<[SignedIn, SignedIn, SignedIn]> {
    const first = await logIn(server, user.key);
    const second = await renew(first.refresh_token);
    return [first, second, await renew(second.refresh_token)];
  }

  test('ends the session when it comes back, for both who hold it', async () => {
    const [first, second, third] = await generations();
    await expectError(await refresh(server, first.refresh_token), 401, 'AUTH_TOKEN_INVALID');
    for (const tokens of [second, third]) {
      await expectError(await refresh(server, tokens.refresh_token), 401, 'AUTH_TOKEN_INVALID');
      await expectError(await get(server, PROFILE, tokens.access_token), 401, 'AUTH_TOKEN_INVALID');
    }
    const { sid } = decode(third.access_token).claims;
    expect(server.data.row('select revoked_reason from sessions where id = ?', sid)!.revoked_reason).toContain('twice');
  });

  test('ends no other session of the user', async () => {
    const other = await logIn(server, user.key);
    const [first] = await generations();
    await refresh(server, first.refresh_token);
    expect(await isAlive(other)).toBe(true);
  });

  test('from another device does not end the session', async () => {
    const device = randomUUID();
    const first = await logIn(server, user.key, device);
    const second = await renew(first.refresh_token, device);
    const third = await renew(second.refresh_token, device);
    await expectError(await refresh(server, first.refresh_token, randomUUID()), 401, 'AUTH_TOKEN_INVALID');
    expect(await isAlive(third)).toBe(true);
  });
});

describe('the device', () => {
  test('must be that of the session; a wrong one changes nothing', async () => {
    const device = randomUUID();
    const tokens = await logIn(server, user.key, device);
    await expectError(await refresh(server, tokens.refresh_token, randomUUID()), 401, 'AUTH_TOKEN_INVALID');
    expect(await isAlive(tokens)).toBe(true);
    expect(await isAlive(await renew(tokens.refresh_token, device))).toBe(true);
  });

  test('must be that of the session for a repeated reply too', async () => {
    const device = randomUUID();
    const { refresh_token } = await logIn(server, user.key, device);
    await renew(refresh_token, device);
    await expectError(await refresh(server, refresh_token, randomUUID()), 401, 'AUTH_TOKEN_INVALID');
  });

  test('may be left out, as the clients of seed 002 do', async () => {
    const { refresh_token } = await logIn(server, user.key);
    await renew(refresh_token);
  });
});

describe('what is refused', () => {
  test('an access token, with the reason', async () => {
    const { access_token } = await logIn(server, user.key);
    const { error } = await expectError(await refresh(server, access_token), 401, 'AUTH_TOKEN_INVALID');
    expect(error.message).toBe('Invalid token type. Expected refresh, got access');
  });

  test('an expired refresh token, but never as expired: clients would refresh for ever', async () => {
    const { claims } = decode((await logIn(server, user.key)).refresh_token);
    const now = Math.floor(Date.now() / 1000);
    for (const exp of [now - 1, now - 40 * 24 * 3600, 1]) {
      await expectError(await refresh(server, sign({ ...claims, iat: exp - 3600, exp })), 401, 'AUTH_TOKEN_INVALID');
    }
  });

  test('a good token of a session that has expired', async () => {
    const { refresh_token } = await logIn(server, user.key);
    await server.data.write('update sessions set expires_at = ? where id = ?', Date.now() - 1, decode(refresh_token).claims.sid);
    await expectError(await refresh(server, refresh_token), 401, 'AUTH_TOKEN_INVALID');
  });

  test('a token of a session that never was', async () => {
    const { claims } = decode((await logIn(server, user.key)).refresh_token);
    await expectError(await refresh(server, sign({ ...claims, sid: randomUUID() })), 401, 'AUTH_TOKEN_INVALID');
  });

  test('a token of a key that was revoked', async () => {
    const someone = await server.accounts.user();
    const { refresh_token } = await logIn(server, someone.key);
    await server.accounts.revoke(someone.key_id);
    await expectError(await refresh(server, refresh_token), 401, 'AUTH_TOKEN_INVALID');
  });

  test.each(['junk', 'a.b.c', '..', 'romo_live_key', '%00', '\u0000'])('%j', async (token) => {
    await expectError(await refresh(server, token), 401, 'AUTH_TOKEN_INVALID');
  });
});
