// Tokens: refreshed once, safe before use.
import { describe, expect, test } from 'vitest';
import { ApiError, MemoryStore, NetworkError, OtherUserError, OutpostClient, SignedOutError, type StoreChange } from '../src/index.ts';
import { FakeServer, error } from './fake-server.ts';
import { pass, play } from './support.ts';

const { close, open } = play();

describe('a request', () => {
  test('carries the token and the app’s key, and tells what is wrong', async () => {
    const server = new FakeServer();
    const client = await open(server, { appKey: 'key' });
    expect(await client.request('/api/v1/sync/conflicts')).toEqual({ conflicts: [{ id: 'c1' }] });
    expect(server.calls.at(-1)!.headers).toMatchObject({ authorization: `Bearer ${server.accessToken}`, 'x-api-key': 'key' });
    const refused = await client.request('/api/v1/nothing').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ApiError);
    expect(refused).toMatchObject({ status: 404, code: 'NOT_FOUND', message: 'about NOT_FOUND', requestId: 'req_1', isTransient: false });
  });

  test('that is not answered in time is given up', async () => {
    const server = new FakeServer();
    const client = await open(server, { timeoutMs: 5_000 });
    server.faults.push('hangs');
    const request = client.request('/api/v1/sync/conflicts').catch((error: unknown) => error);
    await pass(5_000);
    expect(await request).toBeInstanceOf(NetworkError);
  });

  test.each([['<html>', 200, NetworkError], ['<html>', 502, ApiError]])('answered with %j and %i is %o', async (body, status, kind) => {
    const server = new FakeServer();
    const client = await open(server);
    server.faults.push(() => new Response(body, { status }));
    await expect(client.request('/api/v1/sync/conflicts')).rejects.toBeInstanceOf(kind);
  });

  test('knows how long the server wants to be left alone', async () => {
    const server = new FakeServer();
    const client = await open(server);
    for (const value of ['7', new Date(Date.now() + 7_000).toUTCString()]) {
      server.faults.push(() => error(429, 'SYSTEM_RATE_LIMITED', { 'retry-after': value }));
      await expect(client.request('/api/v1/sync/conflicts')).rejects.toMatchObject({ retryAfterMs: 7_000, isTransient: true });
    }
  });
});

describe('a token', () => {
  test('that is refused is refreshed once for all requests, and each is sent again', async () => {
    const server = new FakeServer();
    const client = await open(server);
    await pass(1_000);
    server.expire();
    await Promise.all(Array.from({ length: 8 }, () => client.request('/api/v1/sync/conflicts')));
    expect(server.callsTo('/auth/refresh')).toHaveLength(1);
  });

  test('that is about to end is refreshed before it is used', async () => {
    const server = new FakeServer();
    const client = await open(server, { pullEveryMs: { live: 1e9, blind: 1e9 } });
    await pass(880_000);
    await client.request('/api/v1/sync/conflicts');
    expect(server.paths.slice(-2)).toEqual(['POST /auth/refresh', 'GET /sync/conflicts']);
  });

  test('is in the store before it is used', async () => {
    const server = new FakeServer();
    let held: (() => void) | null = null;
    let isSlow = false;
    const store = new (class extends MemoryStore {
      override async write(changes: readonly StoreChange[]): Promise<void> {
        if (isSlow) await new Promise<void>((resolve) => (held = resolve));
        return super.write(changes);
      }
    })();
    const client = await open(server, { store });
    await pass(1_000);
    server.expire();
    isSlow = true;
    const request = client.request('/api/v1/sync/conflicts');
    await pass(1_000);
    expect(server.paths.at(-1)).toBe('POST /auth/refresh');
    isSlow = false;
    held!();
    await request;
    expect(server.paths.at(-1)).toBe('GET /sync/conflicts');
    // A client that starts from the store has the new one.
    await close(client);
    const again = await open(server, { store });
    await again.request('/api/v1/sync/conflicts');
    expect(server.callsTo('/auth/refresh')).toHaveLength(1);
  });

  test('whose new one got lost is asked for again with the same one', async () => {
    const server = new FakeServer();
    const client = await open(server);
    await pass(1_000);
    const { refreshToken } = server;
    server.expire();
    server.faults.push(() => undefined, () => { throw new TypeError('cut'); });
    await expect(client.request('/api/v1/sync/conflicts')).rejects.toBeInstanceOf(NetworkError);
    await client.request('/api/v1/sync/conflicts');
    expect(server.callsTo('/auth/refresh').map(({ body }) => body.refresh_token)).toEqual([refreshToken, refreshToken]);
  });

  test('of another trouble is not refreshed', async () => {
    const server = new FakeServer();
    const client = await open(server);
    server.faults.push(() => error(401, 'AUTH_API_KEY_INVALID'));
    await expect(client.request('/api/v1/sync/conflicts')).rejects.toMatchObject({ code: 'AUTH_API_KEY_INVALID' });
    expect(server.callsTo('/auth/refresh')).toHaveLength(0);
  });
});

describe('a session', () => {
  test('that was ended elsewhere keeps what waits, for the same user to sign in again', async () => {
    const server = new FakeServer();
    const client = await open(server);
    await pass(1_000);
    server.expire();
    server.refreshToken = 'revoked';
    await client.collection('moods').put({ id: 'a', mood: 'happy' });
    await pass(1_000);
    expect(client.status).toMatchObject({ isSignedIn: false, pending: 1 });
    expect(client.status.problem).toBeInstanceOf(SignedOutError);
    const calls = server.calls.length;
    await pass(600_000);
    expect(server.calls).toHaveLength(calls);
    await client.signIn({ apiKey: 'key' });
    expect(server.calls.at(-1)!.body).toEqual({ api_key: 'key', device_id: client.deviceId });
    await pass(1_000);
    expect(client.status).toMatchObject({ isSignedIn: true, pending: 0, problem: null });
  });

  test('of another user is refused, until the store is wiped', async () => {
    const server = new FakeServer();
    const client = await open(server);
    await client.collection('moods').put({ id: 'a', mood: 'secret' });
    await client.signOut();
    expect(server.paths.at(-1)).toBe('POST /auth/logout');
    const other = { access_token: 'a', refresh_token: 'r', expires_in: 900, user_id: 'user-2' };
    await expect(client.adopt(other)).rejects.toBeInstanceOf(OtherUserError);
    const before = client.deviceId;
    await client.wipe();
    expect([client.collection('moods').list(), client.status.pending, client.userId]).toEqual([[], 0, null]);
    expect(client.deviceId).not.toBe(before);
    await client.adopt(other);
    expect(client.userId).toBe('user-2');
  });

  test('that nobody has asks the server nothing', async () => {
    const server = new FakeServer();
    const client = await OutpostClient.open({ url: 'https://api.example.org', store: new MemoryStore(), fetch: server.fetch });
    await client.collection('moods').put({ mood: 'x' });
    await pass(60_000);
    await expect(client.request('/api/v1/x')).rejects.toBeInstanceOf(SignedOutError);
    expect(server.calls).toEqual([]);
    await client.close();
  });
});
