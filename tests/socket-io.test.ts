// Socket.IO as the stock client speaks it (CONTRACT 2.2): who is let in, what is seen, what a client
// that was away gets.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Owner, event } from './support/live.ts';
import { post } from './support/requests.ts';
import { Phone, boxRoom, roomScan } from './support/rooms.ts';
import { sharedServer } from './support/server.ts';
import WebSocket from 'ws';
import { StockClient, TRANSPORTS, type ClientOptions, type Received } from './support/socket-io.ts';

const server = sharedServer();
const open: StockClient[] = [];

function connect(namespace: string, options: ClientOptions = {}): StockClient {
  const client = new StockClient(server, namespace, options);
  open.push(client);
  return client;
}

afterEach(() => open.splice(0).forEach((client) => client.close()));

const modes = Object.entries(TRANSPORTS).map(([mode, transports]) => ({ mode, transports: [...transports] }));

describe.each(modes)('$mode', ({ transports }) => {
  test('a client gets what happens, in order', async () => {
    const owner = await Owner.create(server);
    const client = await connect('/events', { transports, auth: { token: owner.token } }).connected();
    await owner.publishMany(50);
    await client.got(50);
    expect(client.numbers).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(client.events[0]).toMatchObject({ name: 'app.n', offset: expect.stringMatching(/^1\.[0-9a-f]{12}$/) });
  });

  test('a client that was cut off gets what it missed, once', async () => {
    const owner = await Owner.create(server);
    const client = await connect('/events', { transports, auth: { token: owner.token } }).connected();
    await owner.publishMany(3);
    await client.got(3);
    const id = client.socket.id;
    client.socket.io.reconnection(false);
    client.cut();
    await vi.waitFor(() => expect(client.socket.connected).toBe(false));
    await owner.publishMany(400, 4);
    client.socket.connect();
    await client.connected();
    expect(client.socket.recovered).toBe(true);
    expect(client.socket.id).toBe(id);
    await client.got(403);
    await owner.publish(event(404));
    await client.got(404);
    expect(client.numbers).toEqual(Array.from({ length: 404 }, (_, index) => index + 1));
  });
});

describe('a client that had got nothing before it was cut off', () => {
  test('gets everything since it connected', async () => {
    const owner = await Owner.create(server);
    await owner.publish(event(1));
    const client = await connect('/events', { auth: { token: owner.token } }).connected();
    client.cut();
    await owner.publish(event(2));
    await client.got(1);
    expect(client.numbers).toEqual([2]);
  });
});

describe('a scan', () => {
  test('of a room is followed on /scans', async () => {
    const phone = await Phone.signIn(server);
    const client = await connect('/scans', { auth: { token: phone.token } }).connected();
    const job = await phone.process(roomScan(boxRoom(4, 3, 2.5, 4000)));
    await vi.waitFor(() => expect(client.events.at(-1)?.name).toBe('scan:completed'), { timeout: 30_000 });
    const progress = client.events.filter(({ name }) => name === 'scan:progress').map(({ data }) => data.progress);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.length).toBeGreaterThan(0);
    expect(client.events.every(({ data }) => data.scanId === job)).toBe(true);
  }, 60_000);

  test('of a house is shown as it was told, and nothing else is', async () => {
    const owner = await Owner.create(server);
    const client = await connect('/scans', { auth: { token: owner.token } }).connected();
    await owner.publish(event(1), { id: 'p', name: 'scan:progress', data: { scanId: 's', progress: 20, stage: 'x' } });
    await client.got(1);
    expect(client.events).toEqual([{ name: 'scan:progress', data: { scanId: 's', progress: 20, stage: 'x' }, offset: expect.stringMatching(/^2\./) }]);
  });
});

describe('a client is let in', () => {
  test('by the Authorization header of its handshake', async () => {
    const owner = await Owner.create(server);
    await connect('/scans', { extraHeaders: { authorization: `Bearer ${owner.token}` } }).connected();
  });

  test.each(['token', 'accessToken'])('by %s in the query', async (name) => {
    const owner = await Owner.create(server);
    await connect('/scans', { query: { [name]: owner.token, userId: owner.userId } }).connected();
    expect(server.rawLog()).not.toContain(owner.token.split('.')[1]);
  });

  test.each(['/api/auth/login', '/v1/auth/login'])('by the cookie of %s, with nothing but its user id', async (path) => {
    const user = await server.accounts.user({ password: 'correct horse battery staple' });
    const signedIn = await post(server, path, { email: user.email, password: 'correct horse battery staple' });
    const cookie = signedIn.headers.get('set-cookie')!;
    expect(cookie).toMatch(/^outpost_socket=[^;]+; Path=\/socket\.io; Max-Age=2592000; HttpOnly; SameSite=Lax$/);
    const headers = { cookie: cookie.split(';')[0]! };
    await connect('/scans', { extraHeaders: headers, auth: { userId: user.user_id } }).connected();
    const stranger = connect('/scans', { extraHeaders: headers, auth: { userId: randomUUID() } });
    expect((await stranger.refused()).message).toBe('Unauthorized');
    expect((await server.fetch('/api/v1/user/profile', { headers: { authorization: `Bearer ${headers.cookie.split('=')[1]}` } })).status).toBe(401);
  });
});

describe('a client is refused', () => {
  const refusal = async (options: ClientOptions, namespace = '/scans') => connect(namespace, options).refused();

  test('with a user id and no token', async () => {
    const owner = await Owner.create(server);
    expect(await refusal({ auth: { userId: owner.userId } })).toEqual({ message: 'Unauthorized', data: { code: 'AUTH_TOKEN_INVALID', message: 'An access token is required' } });
    expect((await refusal({ query: { userId: owner.userId } }, '/')).message).toBe('Unauthorized');
  });

  test("with another user's id beside its token", async () => {
    const owner = await Owner.create(server);
    expect((await refusal({ auth: { token: owner.token, userId: randomUUID() } })).message).toBe('Unauthorized');
  });

  test.each(['garbage', '', 'a.b.c'])('with the token %j', async (token) => {
    expect((await refusal({ auth: { token } })).message).toBe('Unauthorized');
  });

  test('with a refresh token, and with the token of a session that has ended', async () => {
    const owner = await Owner.create(server);
    expect((await refusal({ auth: { token: owner.tokens.refresh_token } })).message).toBe('Unauthorized');
    await post(server, '/api/v1/auth/logout', { refresh_token: owner.tokens.refresh_token });
    expect((await refusal({ auth: { token: owner.token } })).data.message).toMatch(/revoked/);
  });

  test('for a namespace that is not there', async () => {
    const owner = await Owner.create(server);
    expect((await refusal({ auth: { token: owner.token } }, '/elsewhere')).message).toBe('Invalid namespace');
  });
});

describe('a socket', () => {
  test('is closed when its session ends, and the others stay', async () => {
    const owner = await Owner.create(server);
    const other = await owner.signIn();
    const [ending, staying] = await Promise.all([owner.token, other.access_token].map((token) => connect('/scans', { auth: { token } }).connected()));
    await post(server, '/api/v1/auth/logout', { refresh_token: owner.tokens.refresh_token });
    await vi.waitFor(() => expect(ending!.partings).toEqual(['io server disconnect']), { timeout: 5_000 });
    expect(staying!.socket.connected).toBe(true);
  });

  test('may ask to join its own room, and no other', async () => {
    const owner = await Owner.create(server);
    const { socket } = await connect('/scans', { auth: { token: owner.token } }).connected();
    expect(await socket.emitWithAck('join', owner.userId)).toEqual({ ok: true });
    expect(await socket.emitWithAck('subscribe', { userId: owner.userId })).toEqual({ ok: true });
    expect(await socket.emitWithAck('register', randomUUID())).toEqual({ ok: false, message: 'Unauthorized' });
    expect(await socket.emitWithAck('whatever')).toMatchObject({ ok: false });
  });

  test('stands in the status of its user', async () => {
    const owner = await Owner.create(server);
    const { socket } = await connect('/scans', { auth: { token: owner.token } }).connected();
    const { connections } = await owner.status();
    expect(connections).toEqual([expect.objectContaining({ id: socket.id, namespace: '/scans', protocol: 'socket.io' })]);
  });

  test("hears nothing of another user's", async () => {
    const [alice, bob] = [await Owner.create(server), await Owner.create(server)];
    const client = await connect('/events', { auth: { token: alice.token } }).connected();
    await bob.publish(event(1));
    await alice.publish(event(2));
    await client.got(1);
    await sleep(200);
    expect(client.numbers).toEqual([2]);
  });
});

describe('resuming', () => {
  const resume = (owner: Owner, pid: string, offset?: string) => connect('/events', { auth: { token: owner.token, pid, ...(offset && { offset }) } }).connected();

  test('from the future tells of the gap and goes on from now', async () => {
    const owner = await Owner.create(server);
    await owner.publish(event(1));
    const first = await connect('/events', { auth: { token: owner.token } }).connected();
    const pid: string = (first.socket as any)._pid;
    const client = await resume(owner, pid, `999.${pid.split('.')[1]}`);
    await owner.publish(event(2));
    await client.got(2);
    expect(client.events[0]).toMatchObject({ name: 'gap', data: { after: 999, newest: 1, reason: 'unknown_position' } });
    expect(client.socket.recovered).toBe(false);
    expect(client.events[1]).toMatchObject({ data: { n: 2 } });
  });

  test.each(['garbage', '..', 'a.b.1', '💥'])('with the id %j begins anew', async (pid) => {
    const owner = await Owner.create(server);
    await owner.publish(event(1));
    const client = await resume(owner, pid, '0');
    await owner.publish(event(2));
    await client.got(1);
    expect(client.numbers).toEqual([2]);
  });

  test("with the offset of whoever was signed in before loses nothing", async () => {
    const [alice, bob] = [await Owner.create(server), await Owner.create(server)];
    await alice.publishMany(20);
    const before = await connect('/events', { auth: { token: alice.token } }).connected();
    await alice.publish(event(21));
    const [{ offset }] = (await before.got(1)) as [Received];
    const first = await connect('/events', { auth: { token: bob.token } }).connected();
    await bob.publishMany(3);
    await first.got(3);
    const client = await resume(bob, (first.socket as any)._pid, offset);
    await client.got(3);
    expect(client.numbers).toEqual([1, 2, 3]);
  });

  test("with another user's id begins anew", async () => {
    const [alice, bob] = [await Owner.create(server), await Owner.create(server)];
    const first = await connect('/events', { auth: { token: alice.token } }).connected();
    await bob.publish(event(1));
    const client = await resume(bob, (first.socket as any)._pid, '0');
    await bob.publish(event(2));
    await client.got(1);
    expect(client.numbers).toEqual([2]);
  });
});

describe('a reader that pauses', () => {
  test('is sent a window, and the rest after its pong, also when the lobby has slept meanwhile', async () => {
    const owner = await Owner.create(server);
    const first = await connect('/events', { auth: { token: owner.token } }).connected();
    const pid: string = (first.socket as any)._pid;
    first.close();
    for (let n = 0; n < 8; n += 1) await owner.publishMany(10, n * 10 + 1, 10_000);

    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    const numbers: number[] = [];
    let pings = 0;
    socket.on('message', (data) => {
      const text = String(data);
      if (text === '2') pings += 1;
      else if (text.startsWith('0')) socket.send(`40/events,${JSON.stringify({ token: owner.token, pid })}`);
      else if (text.startsWith('42/events,')) numbers.push(JSON.parse(text.slice(10))[1].n);
    });
    await vi.waitFor(() => expect(pings).toBe(1), { timeout: 10_000 });
    // What was on its way beside the ping.
    await sleep(1000);
    const sent = numbers.length;
    expect(sent).toBeGreaterThan(20);
    expect(sent).toBeLessThan(40);
    // Ten seconds without work and it is gone from memory; twenty without a pong and we are.
    await sleep(13_000);
    expect(numbers).toHaveLength(sent);
    await vi.waitFor(() => {
      for (; pings > 0; pings -= 1) socket.send('3');
      expect(numbers).toHaveLength(80);
    }, { timeout: 10_000, interval: 20 });
    expect(numbers).toEqual(Array.from({ length: 80 }, (_, index) => index + 1));
    socket.close();
  }, 60_000);
});

describe('over HTTP', () => {
  const poll = (query: string, init: RequestInit = {}) => server.fetch(`/socket.io/?${query}`, init);

  test.each([
    ['EIO=3&transport=polling', 5, 'Unsupported protocol version'],
    ['EIO=4&transport=pigeon', 0, 'Transport unknown'],
    ['EIO=4&transport=polling&sid=local-0.unknown', 1, 'Session ID unknown'],
    ['EIO=4&transport=polling&sid=nowhere', 1, 'Session ID unknown'],
  ])('%s is refused in the words of the protocol', async (query, code, message) => {
    const answer = await poll(query);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ code, message });
  });

  test('a page of another origin may use its cookie', async () => {
    const answer = await poll('EIO=4&transport=polling', { headers: { origin: 'http://localhost:5173' } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
    const preflight = await poll('EIO=4&transport=polling', { method: 'OPTIONS', headers: { origin: 'http://localhost:5173', 'access-control-request-method': 'POST' } });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
    expect(preflight.headers.get('access-control-allow-credentials')).toBe('true');
  });

  test('the handshake is that of the contract', async () => {
    const text = await (await poll('EIO=4&transport=polling&t=abc')).text();
    expect(JSON.parse(text.slice(1))).toEqual({ sid: expect.stringMatching(/^local-[0-3]\.[\w-]{22}$/), upgrades: ['websocket'], pingInterval: 25000, pingTimeout: 20000, maxPayload: 1000000 });
  });
});
