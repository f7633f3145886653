// Faults one by one, as stock Socket.IO clients meet them: no event is lost, none comes twice.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { CuttingProxy } from './support/realtime/cutting-proxy.ts';
import { HandMade, StockClient, publish, status, type Transport } from './support/realtime/room.ts';
import { expiringIn, register } from './support/realtime/visitors.ts';
import { post } from './support/requests.ts';
import { startTestServer, type OwnServer } from './support/server.ts';

const TRANSPORTS: [string, Transport[] | undefined][] = [
  ['websocket only', ['websocket']],
  ['polling only', ['polling']],
  ['as it comes', undefined],
];
/** workerd evicts an object after ten seconds without an event. */
const EVICTION_MS = 12_000;
/** Interval and timeout of Engine.IO's ping, and some time to act. */
const DEAD_PEER_MS = 60_000;
let server: OwnServer;

beforeAll(async () => {
  server = await startTestServer({ isBare: true });
});

afterAll(() => server?.stop());

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** A network of the test's own, so that the address survives a restart. */
async function network(): Promise<CuttingProxy> {
  return CuttingProxy.start(() => server.url);
}

describe.concurrent.each(TRANSPORTS)('a stock client, %s', (_, transports) => {
  test('gets an event that is published twice once', async () => {
    const { access_token: token } = await register(server);
    const client = await new StockClient(server.url, { token }, transports).connected();
    const first = await publish(server, token, [1, 2], (number) => `twice-${number}`);
    expect(await publish(server, token, [1, 2, 3], (number) => `twice-${number}`)).toEqual([...first, first[1]! + 1]);
    await client.has([1, 2, 3]);
    await sleep(300);
    expect(client.numbers).toEqual([1, 2, 3]);
    client.close();
  });

  test('gets what it missed when its connection is cut, and knows that it was recovered', async () => {
    const { access_token: token } = await register(server);
    const proxy = await network();
    const client = await new StockClient(proxy.url, { token }, transports).connected();
    await publish(server, token, [1, 2]);
    await client.has([1, 2]);
    proxy.refuse(true);
    proxy.cut();
    await publish(server, token, [3, 4, 5]);
    proxy.refuse(false);
    await client.connected(2);
    await client.has([1, 2, 3, 4, 5]);
    expect(client.socket.recovered).toBe(true);
    client.close();
    await proxy.close();
  });

  test('that is cut off before its first event begins where it was', async () => {
    const { access_token: token } = await register(server);
    const proxy = await network();
    const client = await new StockClient(proxy.url, { token }, transports).connected();
    proxy.refuse(true);
    proxy.cut();
    await publish(server, token, [1, 2]);
    proxy.refuse(false);
    await client.has([1, 2]);
    expect(client.socket.recovered).toBe(true);
    client.close();
    await proxy.close();
  });

  test('on a connection that is half open both ways comes back once it is cut', async () => {
    const { access_token: token } = await register(server);
    const proxy = await network();
    const client = await new StockClient(proxy.url, { token }, transports).connected();
    await publish(server, token, [1]);
    await client.has([1]);
    // Also what it opens meanwhile: an upgrade may be under way.
    proxy.blackHole(true);
    await publish(server, token, upTo(20).slice(1));
    await sleep(300);
    expect(client.numbers).toEqual([1]);
    proxy.blackHole(false);
    proxy.cut();
    await client.has(upTo(20));
    client.close();
    await proxy.close();
  });

  test('outlives the expiry of its token, and comes back with a new one', async () => {
    const { access_token } = await register(server);
    let token = expiringIn(access_token, 2);
    const proxy = await network();
    const client = await new StockClient(proxy.url, () => ({ token }), transports).connected();
    await sleep(3_000);
    await publish(server, access_token, [1]);
    await client.has([1]);
    expect(client.disconnects).toEqual([]);
    token = access_token;
    proxy.cut();
    await publish(server, access_token, [2]);
    await client.has([1, 2]);
    expect(client.socket.recovered).toBe(true);
    client.close();
    await proxy.close();
  });

  test('that comes back with an expired token is refused', async () => {
    const { access_token } = await register(server);
    const proxy = await network();
    const client = await new StockClient(proxy.url, { token: expiringIn(access_token, 2) }, transports).connected();
    await sleep(3_000);
    proxy.cut();
    await vi.waitFor(() => expect(client.refusals).toContain('Unauthorized'), 10_000);
    client.close();
    await proxy.close();
  });

  test('is let go when it is logged out', async () => {
    const { access_token: token, refresh_token } = await register(server);
    const client = await new StockClient(server.url, { token }, transports).connected();
    await post(server, '/api/v1/auth/logout', { refresh_token }, { authorization: `Bearer ${token}` });
    await vi.waitFor(() => expect(client.disconnects).not.toEqual([]), 10_000);
    await vi.waitFor(() => expect(client.socket.connected).toBe(false), 10_000);
    client.close();
  });
});

describe.concurrent('positions', () => {
  /** A room with so many events, and a client's private id from before them. */
  async function away(events: number) {
    const { access_token: token } = await register(server);
    const first = await HandMade.open(server.url, { token });
    const { pid, sid } = await first.accepted();
    first.close();
    const seqs = await publish(server, token, upTo(events));
    return { token, pid, sid, seqs };
  }

  /** An offset names its user as the private id does. */
  const offsetOf = (pid: string, seq: number): string => `${seq}.${pid.split('.')[1]}`;

  test('in the past: all since then, a thousand if need be', async () => {
    const { token, pid, sid, seqs } = await away(1_000);
    const client = await HandMade.open(server.url, { token, pid, offset: offsetOf(pid, seqs[99]!) });
    expect(await client.accepted()).toEqual({ sid, pid });
    await vi.waitFor(() => expect(client.numbers()).toEqual(upTo(1_000).slice(100)), 10_000);
    expect(client.events().map(([, , offset]) => offset)).toEqual(seqs.slice(100).map((seq) => offsetOf(pid, seq)));
    client.close();
  });

  test('in the future: a gap notice, and what comes from now on', async () => {
    const { token, pid, sid } = await away(5);
    const client = await HandMade.open(server.url, { token, pid, offset: offsetOf(pid, 999_999) });
    const accepted = await client.accepted();
    expect(accepted.pid).not.toBe(pid);
    expect(accepted.sid).not.toBe(sid);
    await vi.waitFor(() => expect(client.events().map(([name]) => name)).toEqual(['gap']), 10_000);
    const [next] = await publish(server, token, [6]);
    await vi.waitFor(() => expect(client.numbers()).toEqual([6]), 10_000);
    expect(client.events().at(-1)![2]).toBe(offsetOf(pid, next!));
    client.close();
  });

  test.each([
    ['an offset that is no number', { offset: 'yesterday' }, 5],
    ['a negative offset', { offset: '-3' }, 5],
    ['an offset with a fraction', { offset: '1.5' }, 5],
    ['an offset beyond all numbers', { offset: '99999999999999999999999' }, 5],
    ['an offset that is no text', { offset: { $gt: 0 } }, 5],
    ['a private id that is garbage', { pid: '../../..', offset: '1' }, 0],
    ['a private id that is no text', { pid: [1], offset: '1' }, 0],
    ['an offset without a private id', { pid: undefined, offset: '1' }, 0],
  ])('%s: the client is let in and misses nothing it could name', async (_, garbage, missed) => {
    const { token, pid } = await away(5);
    const client = await HandMade.open(server.url, { token, pid, ...garbage });
    await client.accepted();
    await publish(server, token, [6]);
    const expected = [...upTo(missed), 6];
    await vi.waitFor(() => expect(client.numbers()).toEqual(expected), 10_000);
    client.close();
  });

  test("another user's private id opens nothing", async () => {
    const [mine, theirs] = [await away(3), await away(3)];
    const client = await HandMade.open(server.url, { token: mine.token, pid: theirs.pid, offset: '0' });
    expect((await client.accepted()).pid).not.toBe(theirs.pid);
    await publish(server, mine.token, [4]);
    await vi.waitFor(() => expect(client.numbers()).toEqual([4]), 10_000);
    client.close();
  });
});

describe.concurrent('two tabs', () => {
  test('get everything, each once; one that leaves leaves the other alone', async () => {
    const { access_token: token } = await register(server);
    const tabs = [new StockClient(server.url, { token }), new StockClient(server.url, { token }, ['websocket'])];
    for (const tab of tabs) await tab.connected();
    expect((await status(server, token)).count).toBe(2);
    await publish(server, token, upTo(50));
    for (const tab of tabs) await tab.has(upTo(50));
    tabs[0]!.close();
    await publish(server, token, [51]);
    await tabs[1]!.has(upTo(51));
    expect(tabs[0]!.numbers).toEqual(upTo(50));
    await vi.waitFor(async () => expect((await status(server, token)).count).toBe(1), 10_000);
    tabs[1]!.close();
  });

  test('of two users see only their own', async () => {
    const [one, other] = [await register(server), await register(server)];
    const clients = [one, other].map(({ access_token: token }) => new StockClient(server.url, { token }));
    for (const client of clients) await client.connected();
    await publish(server, one.access_token, [1, 2]);
    await publish(server, other.access_token, [3]);
    await clients[0]!.has([1, 2]);
    await clients[1]!.has([3]);
    clients.forEach((client) => client.close());
  });
});

describe.concurrent('left alone', () => {
  test('a peer that vanished without a word is noticed and forgotten', async () => {
    const { access_token: token } = await register(server);
    const proxy = await network();
    const client = await new StockClient(proxy.url, { token }, ['websocket']).connected();
    proxy.swallow();
    // The client gives up as well, and comes back over a new connection.
    await client.connected(2, DEAD_PEER_MS);
    await vi.waitFor(async () => expect((await status(server, token)).count).toBe(1), { timeout: DEAD_PEER_MS, interval: 1_000 });
    await publish(server, token, [1]);
    await client.has([1]);
    client.close();
    await proxy.close();
  }, 150_000);

  test('a client that answers no ping is closed', async () => {
    const { access_token: token } = await register(server);
    const client = await HandMade.open(server.url, { token }, { isMute: true });
    await client.accepted();
    await client.ended;
    await vi.waitFor(async () => expect((await status(server, token)).count).toBe(0), { timeout: 10_000, interval: 500 });
  }, 90_000);
});

// These kill or hold up the whole server, so one after the other.
describe('the server', () => {
  const clients: StockClient[] = [];
  let proxy: CuttingProxy;
  let token: string;

  beforeAll(async () => {
    ({ access_token: token } = await register(server));
    proxy = await network();
    for (const [, transports] of TRANSPORTS) clients.push(await new StockClient(proxy.url, { token }, transports).connected());
  });

  afterEach(() => clients.forEach(({ refusals }) => expect(refusals.filter((refusal) => refusal === 'Unauthorized')).toEqual([])));

  afterAll(async () => {
    clients.forEach((client) => client.close());
    await proxy?.close();
  });

  const expectEverybodyToHave = async (numbers: number[]) => {
    for (const client of clients) await client.has(numbers);
  };

  test('is killed while events are published: each that was sent again until acknowledged comes once', async () => {
    const id = (number: number) => `killed-${number}`;
    const sending = publish(server, token, upTo(400), id).catch(() => null);
    await sleep(5);
    await server.restart();
    await sending;
    await publish(server, token, upTo(400), id);
    await expectEverybodyToHave(upTo(400));
    expect(clients.map(({ socket }) => socket.recovered)).toEqual([true, true, true]);
  }, 60_000);

  test('is killed while events are delivered: nobody misses one, nobody gets one twice', async () => {
    const more = Array.from({ length: 600 }, (_, index) => index + 401);
    await publish(server, token, more);
    // Acknowledged, and on its way to three clients.
    await server.restart();
    await expectEverybodyToHave([...upTo(400), ...more]);
    await sleep(6_000);
    await expectEverybodyToHave([...upTo(400), ...more]);
  }, 60_000);
});

// With nobody else there: held polls and other people's pings keep an object in memory.
describe('an object that is evicted', () => {
  test('keeps its idle socket, and the next event reaches it', async () => {
    const idle = await register(server);
    const client = await new StockClient(server.url, { token: idle.access_token }, ['websocket']).connected();
    await publish(server, idle.access_token, [1]);
    await client.has([1]);
    await sleep(EVICTION_MS);
    await publish(server, idle.access_token, [2]);
    await client.has([1, 2]);
    expect(client.disconnects).toEqual([]);
    client.close();
  }, 60_000);
});
