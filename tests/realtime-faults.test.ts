// What goes wrong live: kills, sleep, half-open connections, readers that do not read, a log that
// was trimmed. On servers of their own, with short timers and a short log.
import { connect as connectTcp, createServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { expectError } from './support/envelope.ts';
import { EVENTS, EVENTS_SOCKET, EventsSocket, Owner, StreamReader, event, numbers } from './support/live.ts';
import { post } from './support/requests.ts';
import { startTestServer, type OwnServer } from './support/server.ts';

const KEPT = 400;
const HEARTBEAT_MS = 3_000;
const PATIENCE_MS = 2_000;
const VARS = { EVENT_LOG_KEEPS: String(KEPT), SOCKET_HEARTBEAT_MS: String(HEARTBEAT_MS), SOCKET_PATIENCE_MS: String(PATIENCE_MS) };

let server: OwnServer;

beforeAll(async () => {
  server = await startTestServer({ vars: VARS });
});

afterAll(() => server.stop());

/** Between client and server: passes bytes on, until it is told to swallow what the server sends. */
class Proxy {
  swallows = false;
  readonly #sockets = new Set<Socket>();
  private constructor(private readonly listener: TcpServer) {}

  static async start(target: string): Promise<Proxy> {
    const { port } = new URL(target);
    const listener = createServer();
    const proxy = new Proxy(listener);
    listener.on('connection', (client) => {
      const upstream = connectTcp(Number(port), '127.0.0.1');
      for (const socket of [client, upstream]) {
        proxy.#sockets.add(socket);
        socket.on('error', () => undefined);
      }
      client.on('data', (bytes) => !proxy.swallows && upstream.write(bytes));
      upstream.on('data', (bytes) => !proxy.swallows && client.write(bytes));
      client.on('close', () => upstream.destroy());
    });
    await new Promise<void>((resolve) => void listener.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.listener.address() as AddressInfo).port}`;
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.listener.close();
  }
}

describe('a trimmed log', () => {
  test('is told of on the socket and on the stream, which then go on with what is left', async () => {
    const owner = await Owner.create(server);
    await owner.publishMany(1000);
    const { oldest, newest } = await owner.status();
    expect(newest).toBe(1000);
    expect(newest - oldest).toBeLessThan(KEPT + KEPT / 16);
    const socket = await owner.connect('after=7');
    await socket.got(newest - oldest + 1);
    expect(socket.frames[1]).toMatchObject({ type: 'gap', data: { after: 7, oldest, newest, reason: 'trimmed' } });
    expect(socket.numbers).toEqual(numbers(newest - oldest + 1, oldest));
    const stream = await StreamReader.open(server, `${EVENTS}?after=7`, owner.bearer);
    await stream.got(newest - oldest + 2);
    expect(stream.events[0]).toMatchObject({ event: 'gap', id: String(oldest - 1), data: { after: 7, reason: 'trimmed' } });
    expect(stream.numbers).toEqual(socket.numbers);
    const edge = await owner.connect(`after=${oldest - 1}`);
    await edge.got(newest - oldest + 1);
    expect(edge.frames.filter(({ type }) => type === 'gap')).toEqual([]);
    stream.close();
    await Promise.all([socket.close(), edge.close()]);
  });
});

describe('a client that is not there', () => {
  test('half open: it is closed, and its place is free', async () => {
    const owner = await Owner.create(server);
    const proxy = await Proxy.start(server.url);
    const socket = new EventsSocket({ url: proxy.url } as never, EVENTS_SOCKET, { headers: owner.bearer });
    await socket.opened();
    expect((await owner.status()).count).toBe(1);
    proxy.swallows = true;
    await owner.publish(event(1));
    await vi.waitFor(async () => expect((await owner.status()).count).toBe(0), { timeout: 15_000, interval: 250 });
    proxy.stop();
    const again = await owner.connect('after=0');
    await again.got(1);
    await again.close();
  });

  test('one that answers pings stays, also while nothing happens', async () => {
    const owner = await Owner.create(server);
    const socket = await owner.connect();
    await sleep(HEARTBEAT_MS * 3);
    expect(socket.closed).toBeUndefined();
    expect(socket.frames.filter(({ type }) => type === 'ping').length).toBeGreaterThanOrEqual(2);
    await owner.publish(event(1));
    await socket.got(1);
    await socket.close();
  });

  test('one that reads but never answers is closed with 4408', async () => {
    const owner = await Owner.create(server);
    const socket = await owner.connect();
    socket.answers = false;
    await socket.ends(15_000);
    expect((await socket.closes(30_000)).code).toBe(4408);
  }, 60_000);
});

test('a reader that stops reading is bounded, closed, and resumes without loss', async () => {
  const owner = await Owner.create(server);
  const socket = await owner.connect();
  socket.answers = false;
  // 3 MB against a window of 256 kB.
  for (let part = 0; part < 6; part += 1) await owner.publishMany(50, 1 + part * 50, 10_000);
  await sleep(500);
  const [shown] = (await owner.status()).connections;
  expect(shown.behind).toBeGreaterThan(250);
  const sent = socket.events.reduce((bytes, frame) => bytes + JSON.stringify(frame).length, 0);
  expect(sent).toBeLessThan(300_000);
  await socket.ends(15_000);
  const again = await owner.connect(`after=${socket.lastSeq}`);
  await again.got(300 - socket.events.length, 20_000);
  expect([...socket.numbers, ...again.numbers]).toEqual(numbers(300));
  await again.close();
}, 60_000);

test('a socket whose object slept gets the next event, and is asked on time', async () => {
  const owner = await Owner.create(server);
  const socket = await owner.connect();
  await owner.publish(event(1));
  // Longer than the runtime waits before it puts an object to sleep, between two heartbeats.
  await server.restart({ ...VARS, SOCKET_HEARTBEAT_MS: '60000' });
  const woken = await owner.connect('after=0');
  await woken.got(1);
  await sleep(13_000);
  await owner.publish(event(2), event(3));
  await woken.got(3);
  expect(woken.numbers).toEqual([1, 2, 3]);
  expect(socket.closed).toBeDefined();
  await woken.close();
  await server.restart(VARS);
}, 90_000);

test('a lost announcement: the room finds out by itself that a session has ended', async () => {
  const owner = await Owner.create(server);
  const socket = await owner.connect();
  await server.data.write('update users set is_active = 0 where id = ?', owner.userId);
  expect((await socket.closes(15_000)).code).toBe(4401);
});

test('killed while it publishes and delivers: what was acknowledged is there, once and in order', async () => {
  const owner = await Owner.create(server);
  const seen = new Map<string, number>();
  const acknowledged = new Map<string, number>();
  let position = 0;
  const take = (socket: EventsSocket) => {
    for (const { seq, id } of socket.events) {
      expect(seq).toBe(position + 1);
      expect(seen.has(id!)).toBe(false);
      seen.set(id!, seq!);
      position = seq!;
    }
  };
  for (let round = 0; round < 3; round += 1) {
    const socket = await owner.connect(`after=${position}`);
    const ids = numbers(30).map(() => randomUUID());
    const publishing = Promise.allSettled(
      ids.map(async (id, n) => {
        await sleep(n * 5);
        const { seqs } = await owner.publish({ id, name: 'app.n', data: { n } }, { id: `${id}-2`, name: 'app.n', data: { n } });
        acknowledged.set(id, seqs[0]!).set(`${id}-2`, seqs[1]!);
      }),
    );
    await sleep(60 + round * 20);
    await server.kill();
    await publishing;
    take(socket);
    await server.restart();
    // Whoever got no answer tries again.
    for (const id of ids) {
      const { seqs } = await owner.publish({ id, name: 'app.n', data: {} }, { id: `${id}-2`, name: 'app.n', data: {} });
      for (const [index, key] of [id, `${id}-2`].entries()) {
        expect(acknowledged.get(key) ?? seqs[index]).toBe(seqs[index]);
        acknowledged.set(key, seqs[index]!);
      }
    }
  }
  const socket = await owner.connect(`after=${position}`);
  await socket.got(acknowledged.size - seen.size);
  take(socket);
  expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(acknowledged));
  await socket.close();
}, 120_000);

test('without faults there is no producer', async () => {
  const owner = await Owner.create(server);
  await server.restart({ ...VARS, FAULTS: 'off' });
  await expectError(await post(server, '/api/v1/faults/publish', [event(1)], owner.bearer), 404, 'NOT_FOUND');
  await server.restart(VARS);
}, 60_000);
