// The feed of events over a raw socket (CONTRACT 2.3): nothing lost, nothing twice, in order.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { expectError } from './support/envelope.ts';
import { EVENTS_SOCKET, EventsSocket, Owner, event, numbers, refusal } from './support/live.ts';
import { logIn, post } from './support/requests.ts';
import { sharedServer } from './support/server.ts';
import { decode, sign } from './support/tokens.ts';

/** RFC 3339 with milliseconds, as the frames of CONTRACT 2.1. */
const MILLISECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const server = sharedServer();

describe('a socket', () => {
  test('is greeted, then gets what comes', async () => {
    const owner = await Owner.create(server);
    const socket = await owner.connect();
    expect(socket.frames[0]).toEqual({
      type: 'connection_established',
      data: { user_id: owner.userId, position: 0, oldest: 1, newest: 0 },
      timestamp: expect.stringMatching(MILLISECONDS),
    });
    await owner.publish({ id: 'a', name: 'job.updated', data: { text: 'ä "quoted"\n', list: [1, null] } });
    const [frame] = await socket.got(1);
    expect(frame).toEqual({ type: 'job.updated', data: { text: 'ä "quoted"\n', list: [1, null] }, timestamp: expect.stringMatching(MILLISECONDS), seq: 1, id: 'a' });
    expect(Math.abs(Date.parse(frame!.timestamp) - Date.now())).toBeLessThan(10_000);
    await socket.close();
  });

  test.each(['/v1/ws/events', '/api/ws/events'])('answers at %s too', async (path) => {
    const owner = await Owner.create(server);
    const socket = new EventsSocket(server, path, { headers: owner.bearer });
    expect((await socket.opened()).type).toBe('connection_established');
    await socket.close();
  });

  test.each(['token', 'access_token'])('takes its token as ?%s=', async (name) => {
    const owner = await Owner.create(server);
    const socket = new EventsSocket(server, `${EVENTS_SOCKET}?${name}=${owner.token}`);
    await socket.opened();
    await socket.close();
    expect(server.rawLog()).not.toContain(owner.token.split('.')[1]);
  });

  test('shows nothing of the frames of other sockets, and everything else of the log', async () => {
    const owner = await Owner.create(server);
    const socket = await owner.connect();
    await owner.publish({ ...event(1), channel: 'frames' }, event(2), { ...event(3), channel: 'frames' }, event(4));
    await socket.got(2);
    expect(socket.numbers).toEqual([2, 4]);
    const later = await owner.connect('after=0');
    await later.got(2);
    expect(later.numbers).toEqual([2, 4]);
    await Promise.all([socket.close(), later.close()]);
  });

  test('answers the text ping with pong', async () => {
    const owner = await Owner.create(server);
    const socket = await owner.connect();
    socket.send('ping');
    await vi.waitFor(() => expect(socket.frames.at(-1)!.type).toBe('text-pong'));
    await socket.close();
  });

  test.each(['', 'garbage', '{}', '[]', '{"type":7}', '{"type":"unknown"}', '{"type":"pong"}', '\u0000'])('goes on after the frame %j', async (text) => {
    const owner = await Owner.create(server);
    const socket = await owner.connect();
    socket.send(text);
    socket.send(new Uint8Array([1, 2, 3]));
    await owner.publish(event(1));
    await socket.got(1);
    expect(socket.closed).toBeUndefined();
    await socket.close();
  });

  test('that is closed by the client is closed with the same code', async () => {
    const owner = await Owner.create(server);
    const socket = await owner.connect();
    await socket.close();
    expect(socket.closed!.code).toBe(1000);
    await vi.waitFor(async () => expect((await owner.status()).count).toBe(0));
  });
});

describe('resuming', () => {
  test('from the past gets what was missed, in order, then what comes', async () => {
    const owner = await Owner.create(server);
    await owner.publishMany(700);
    const socket = await owner.connect('after=5');
    expect(socket.greeting).toMatchObject({ position: 5, oldest: 1, newest: 700 });
    await owner.publishMany(50, 701);
    await socket.got(745);
    expect(socket.numbers).toEqual(numbers(745, 6));
    expect(socket.events.map(({ seq }) => seq)).toEqual(numbers(745, 6));
    await socket.close();
  });

  test('from the present gets what comes', async () => {
    const owner = await Owner.create(server);
    await owner.publishMany(3);
    const socket = await owner.connect('after=3');
    await owner.publishMany(1, 4);
    await socket.got(1);
    expect(socket.numbers).toEqual([4]);
    expect(socket.frames.map(({ type }) => type)).toEqual(['connection_established', 'app.n']);
    await socket.close();
  });

  test('from the future is told, and goes on from the newest', async () => {
    const owner = await Owner.create(server);
    await owner.publishMany(3);
    const socket = await owner.connect('after=9000');
    expect(socket.greeting).toMatchObject({ position: 3 });
    await owner.publishMany(1, 4);
    await socket.got(1);
    expect(socket.frames.map(({ type }) => type)).toEqual(['connection_established', 'gap', 'app.n']);
    expect(socket.frames[1]!.data).toEqual({ after: 9000, oldest: 1, newest: 3, reason: 'unknown_position' });
    expect(socket.numbers).toEqual([4]);
    await socket.close();
  });

  test.each(['x', '-1', '1.5', '1e3', '9007199254740993', '', '%00'])('from %j is refused', async (after) => {
    const owner = await Owner.create(server);
    const { error } = await expectError(await refusal(server, `${EVENTS_SOCKET}?after=${after}`, owner.bearer), 400, 'VALIDATION_ERROR');
    expect(error.details!.map(({ field }) => field)).toEqual(['after']);
    await expectError(await refusal(server, `/v1/ws/events?after=${after}`, owner.bearer), 422, 'VALIDATION_ERROR');
  });

  test('gets megabytes of history through its window', async () => {
    const owner = await Owner.create(server);
    for (let part = 0; part < 4; part += 1) await owner.publishMany(50, 1 + part * 50, 10_000);
    const socket = await owner.connect('after=0');
    await owner.publishMany(10, 201, 10_000);
    await socket.got(210, 20_000);
    expect(socket.numbers).toEqual(numbers(210));
    // Asked in between whether it has read: 2 MB are eight windows.
    expect(socket.frames.filter(({ type }) => type === 'ping').length).toBeGreaterThanOrEqual(7);
    await socket.close();
  });
});

describe('publishing', () => {
  test('twice the same id shows it once, on both tabs', async () => {
    const owner = await Owner.create(server);
    const tabs = await Promise.all([owner.connect(), owner.connect()]);
    const first = event(1);
    expect(await owner.publish(first)).toEqual({ seqs: [1], added: 1 });
    expect(await owner.publish(first, event(2), first)).toEqual({ seqs: [1, 2, 1], added: 1 });
    expect(await owner.publish({ ...first, data: { n: 7 } })).toEqual({ seqs: [1], added: 0 });
    await owner.publish(event(3));
    for (const tab of tabs) {
      await tab.got(3);
      expect(tab.numbers).toEqual([1, 2, 3]);
      await tab.close();
    }
  });

  test('by many at the same time: everybody sees the same order without a hole', async () => {
    const owner = await Owner.create(server);
    const [one, two] = await Promise.all([owner.connect(), owner.connect()]);
    const answers = await Promise.all(numbers(40).map((n) => owner.publish(event(n), event(n))));
    const seqs = answers.flatMap(({ seqs }) => seqs);
    expect(seqs.sort((a, b) => a - b)).toEqual(numbers(80));
    await Promise.all([one!.got(80), two!.got(80)]);
    expect(one!.events.map(({ seq }) => seq)).toEqual(numbers(80));
    expect(two!.events).toEqual(one!.events);
    await Promise.all([one!.close(), two!.close()]);
  });

  test('of an event that is too large is refused, and nothing of the list is stored', async () => {
    const owner = await Owner.create(server);
    const large = { id: 'large', name: 'app.large', data: 'x'.repeat(512 * 1024) };
    await expectError(await post(server, '/api/v1/faults/publish', [event(1), large], owner.bearer), 413, 'VALIDATION_TOO_LARGE');
    const fits = { ...large, data: 'x'.repeat(512 * 1024 - 2) };
    expect(await owner.publish(fits)).toEqual({ seqs: [1], added: 1 });
    const socket = await owner.connect('after=0');
    expect((await socket.got(1))[0]!.data).toHaveLength(512 * 1024 - 2);
    await socket.close();
  });
});

describe('who may connect', () => {
  test('nobody without a good token: 401 instead of a socket', async () => {
    const owner = await Owner.create(server);
    const { claims } = decode(owner.token);
    await expectError(await refusal(server, EVENTS_SOCKET), 401, 'AUTH_TOKEN_INVALID');
    await expectError(await refusal(server, `${EVENTS_SOCKET}?token=garbage`), 401, 'AUTH_TOKEN_INVALID');
    await expectError(await refusal(server, `${EVENTS_SOCKET}?token=${owner.tokens.refresh_token}`), 401, 'AUTH_TOKEN_INVALID');
    const expired = sign({ ...claims, exp: Math.floor(Date.now() / 1000) - 1 });
    await expectError(await refusal(server, `${EVENTS_SOCKET}?token=${expired}`), 401, 'AUTH_TOKEN_EXPIRED');
    await post(server, '/api/v1/auth/logout', { refresh_token: owner.tokens.refresh_token });
    await expectError(await refusal(server, `${EVENTS_SOCKET}?token=${owner.token}`), 401, 'AUTH_TOKEN_INVALID');
  });

  test('a request without an upgrade is told so', async () => {
    const owner = await Owner.create(server);
    await expectError(await server.fetch(EVENTS_SOCKET, { headers: owner.bearer }), 426, 'UPGRADE_REQUIRED');
    await expectError(await server.fetch(EVENTS_SOCKET), 401, 'AUTH_TOKEN_INVALID');
  });

  test('a token in the query counts nowhere else', async () => {
    const owner = await Owner.create(server);
    for (const path of ['/api/v1/realtime/status', '/api/v1/user/profile']) {
      await expectError(await server.fetch(`${path}?token=${owner.token}`), 401, 'AUTH_TOKEN_INVALID');
    }
    const answer = await server.fetch(`/api/v1/events?token=${owner.token}`, { method: 'POST', body: '{"type":"app.x"}', headers: { 'content-type': 'application/json' } });
    await expectError(answer, 401, 'AUTH_TOKEN_INVALID');
  });

  test('a stranger sees nothing', async () => {
    const [owner, stranger] = await Promise.all([Owner.create(server), Owner.create(server)]);
    const socket = await stranger.connect('after=0');
    await owner.publish(event(1));
    await stranger.publish(event(2));
    await socket.got(1);
    expect(socket.numbers).toEqual([2]);
    await socket.close();
  });
});

describe('the end of a session', () => {
  const WAYS: [string, (owner: Owner, sid: string, refresh: string) => Promise<unknown>][] = [
    ['logging out', (_, __, refresh) => post(server, '/api/v1/auth/logout', { refresh_token: refresh })],
    ['ending it from elsewhere', (owner, sid) => server.fetch(`/api/v1/auth/sessions/${sid}`, { method: 'DELETE', headers: owner.bearer })],
    ['disabling the user', async (owner) => {
      const admin = await logIn(server, (await server.accounts.user({ role: 'admin' })).key);
      const answer = await server.fetch(`/api/v1/admin/users/${owner.userId}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${admin.access_token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ is_active: false }),
      });
      expect(answer.status).toBe(200);
    }],
  ];

  test.each(WAYS)('by %s closes its socket with 4401 within a second', async (way, end) => {
    const owner = await Owner.create(server);
    const other = await owner.signIn();
    const [mine, theirs] = [await owner.connect(), await owner.connect('', other.access_token)];
    const { sid } = decode(other.access_token).claims;
    await end(owner, sid, other.refresh_token);
    await theirs.ends(1_000);
    expect(await theirs.closes(20_000)).toEqual({ code: 4401, reason: 'The session has ended' });
    if (way !== 'disabling the user') {
      expect(mine.closed).toBeUndefined();
      await owner.publish(event(1));
      await mine.got(1);
    }
    await mine.close();
  });

  test('is not the end of its token: a socket stays', async () => {
    const owner = await Owner.create(server);
    const { claims } = decode(owner.token);
    const short = sign({ ...claims, exp: Math.floor(Date.now() / 1000) + 2 });
    const socket = await owner.connect('', short);
    await sleep(3_000);
    await expectError(await refusal(server, EVENTS_SOCKET, { authorization: `Bearer ${short}` }), 401, 'AUTH_TOKEN_EXPIRED');
    await owner.publish(event(1));
    await socket.got(1);
    await socket.close();
  });
});

describe('a hostile client', () => {
  test('that floods is closed with 4429', async () => {
    const owner = await Owner.create(server);
    const socket = await owner.connect();
    for (let n = 0; n < 400; n += 1) socket.send('{"type":"noise"}');
    expect(await socket.closes()).toEqual({ code: 4429, reason: 'Too many frames' });
  });

  test.each(['text', 'binary'])('that sends a %s frame over 1 MiB is closed with 1009', async (kind) => {
    const owner = await Owner.create(server);
    const socket = await owner.connect();
    const large = Buffer.alloc(1024 * 1024 + 1, 'x');
    socket.socket.send(large, { binary: kind === 'binary' });
    expect((await socket.closes()).code).toBe(1009);
    const next = await owner.connect();
    next.socket.send(large.subarray(1), { binary: kind === 'binary' });
    await owner.publish({ ...event(1), id: randomUUID() });
    await next.got(1);
    await next.close();
  });

  test('that opens too many sockets is refused with 429, and none of the others is harmed', async () => {
    const owner = await Owner.create(server);
    const sockets: EventsSocket[] = [];
    for (let n = 0; n < 64; n += 1) sockets.push(await owner.connect());
    const answer = await refusal(server, EVENTS_SOCKET, owner.bearer);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    await expectError(answer, 429, 'SYSTEM_RATE_LIMITED');
    await expectError(await server.fetch('/api/v1/events', { headers: owner.bearer }), 429, 'SYSTEM_RATE_LIMITED');
    await owner.publish(event(1));
    await Promise.all(sockets.map((socket) => socket.got(1)));
    await sockets.pop()!.close();
    await vi.waitFor(async () => sockets.push(await owner.connect()), { timeout: 5_000 });
    await Promise.all(sockets.map((socket) => socket.close()));
  });
});
