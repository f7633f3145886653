// Events, live: resumed by number, without a socket too, and a hint leads to a pull at once.
import { describe, expect, test } from 'vitest';
import { MemoryStore, type ClientEvent, type OutpostClient, type Socket } from '../src/index.ts';
import { FakeServer } from './fake-server.ts';
import { pass, play } from './support.ts';

const { close, open } = play();

class FakeSocket implements Socket {
  readonly sent: string[] = [];
  isClosed = false;
  answers = true;
  onopen: Socket['onopen'] = null;
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  onerror: Socket['onerror'] = null;

  constructor(readonly url: string) {}

  send(text: string): void {
    this.sent.push(text);
    if (text === 'ping' && this.answers) this.tell('pong');
  }
  close(): void {
    this.isClosed = true;
  }
  greet(position = 0): void {
    this.tell({ type: 'connection_established', data: { user_id: 'u', position, oldest: 1, newest: position } });
  }
  tell(frame: unknown): void {
    this.onmessage?.({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) });
  }
  drop(): void {
    this.onclose?.({} as never);
  }
  get after(): string | null {
    return new URL(this.url).searchParams.get('after');
  }
}

const hear = (client: OutpostClient): unknown[] => {
  const heard: unknown[] = [];
  client.listen((event: ClientEvent) => void (event.type === 'event' && heard.push(event.event.seq)));
  return heard;
};

describe('a socket', () => {
  const start = async (server: FakeServer, store = new MemoryStore()) => {
    const sockets: FakeSocket[] = [];
    const makeSocket = (url: string) => (sockets.push(new FakeSocket(url)), sockets.at(-1)!);
    const client = await open(server, { store, isLive: true, makeSocket });
    await pass(100);
    return { client, sockets, last: () => sockets.at(-1)!, store };
  };

  test('goes on behind the last event, after any interruption', async () => {
    const server = new FakeServer();
    const { client, last, sockets, store } = await start(server);
    const heard = hear(client);
    expect(last().url).toContain('wss://api.example.org/api/v1/ws/events?token=access-');
    expect(last().after).toBeNull();
    last().greet(7);
    expect(client.status.isLive).toBe(true);
    last().tell({ type: 'app.x', data: 1, seq: 8, id: 'a' });
    last().tell({ type: 'app.x', data: 2, seq: 9, id: 'b' });
    await pass(1);
    last().drop();
    await pass(1_000);
    expect(client.status.isLive).toBe(false);
    expect([sockets.length, last().after]).toEqual([2, '9']);
    last().greet(9);
    last().tell({ type: 'app.x', data: 3, seq: 10, id: 'c' });
    await pass(1);
    expect(heard).toEqual([8, 9, 10]);
    await close(client);
    const again = await start(server, store);
    expect(again.last().after).toBe('10');
  });

  test('brings hints, and a pull at once', async () => {
    const server = new FakeServer();
    const { client, last } = await start(server);
    last().greet();
    await pass(1_000);
    const pulls = server.callsTo('/sync/changes').length;
    server.write('moods', 'a', { mood: 'theirs' });
    // What it has written itself is no news.
    last().tell({ type: 'sync.available', data: { collections: ['moods'], device_id: client.deviceId } });
    await pass(1_000);
    expect(server.callsTo('/sync/changes')).toHaveLength(pulls);
    last().tell({ type: 'sync.available', data: { collections: ['moods'], device_id: null } });
    await pass(1);
    expect(client.collection('moods').get('a')).toMatchObject({ mood: 'theirs' });
    expect(server.callsTo('/sync/changes')).toHaveLength(pulls + 1);
    // Live, there is no need to ask all the time.
    await pass(100_000);
    expect(server.callsTo('/sync/changes')).toHaveLength(pulls + 1);
  });

  test('that opens again means that what waits can go', async () => {
    const server = new FakeServer();
    const { client, last } = await start(server);
    server.isDown = true;
    await client.collection('moods').put({ mood: 'x' });
    await pass(120_000);
    expect(client.status.pending).toBe(1);
    server.isDown = false;
    last().greet();
    await pass(10);
    expect(client.status.pending).toBe(0);
  });

  test('answers pings, asks into silence, and gives up on a dead peer', async () => {
    const { last, sockets } = await start(new FakeServer());
    last().greet();
    last().tell({ type: 'ping' });
    expect(last().sent).toEqual(['{"type":"pong"}']);
    await pass(25_000);
    expect(last().sent.at(-1)).toBe('ping');
    await pass(300_000);
    expect(sockets).toHaveLength(1);
    last().answers = false;
    await pass(36_000);
    expect(sockets[0]!.isClosed).toBe(true);
    expect(sockets).toHaveLength(2);
    // One that never opens is given up as well.
    await pass(11_000);
    expect(sockets).toHaveLength(3);
  });

  test('that was refused finds out whether the session has ended', async () => {
    const server = new FakeServer();
    const { client, last } = await start(server);
    last().greet();
    server.expire();
    server.refreshToken = 'revoked';
    last().drop();
    await pass(10_000);
    expect(client.status.isSignedIn).toBe(false);
  });

  test.each([['trimmed', '4'], ['unknown_position', '9']])('with a gap (%s) pulls and goes on', async (reason, after) => {
    const server = new FakeServer();
    const { last, client } = await start(server);
    const heard = hear(client);
    last().greet(2);
    await pass(1_000);
    const pulls = server.callsTo('/sync/changes').length;
    last().tell({ type: 'gap', data: { after: 2, oldest: 5, newest: 9, reason } });
    await pass(10);
    expect(heard).toHaveLength(1);
    expect(server.callsTo('/sync/changes')).toHaveLength(pulls + 1);
    last().drop();
    await pass(1_000);
    expect(last().after).toBe(after);
  });

  test('an app’s handler that fails is the app’s trouble', async () => {
    const { client, last } = await start(new FakeServer());
    const heard = hear(client);
    const { error } = console;
    console.error = () => {};
    client.listen(() => Promise.reject(new Error('mine')));
    last().greet();
    for (const seq of [1, 2]) last().tell({ type: 'app.x', data: null, seq, id: String(seq) });
    await pass(10);
    console.error = error;
    expect(heard).toEqual([1, 2]);
  });
});

describe('a stream', () => {
  test('does where there are no sockets, and goes on as well', async () => {
    const server = new FakeServer();
    const streams: { after: string | null; tell: (text: string) => void; end: () => void }[] = [];
    const fetch: FakeServer['fetch'] = async (url, init) => {
      if (!url.includes('/api/v1/events')) return server.fetch(url, init);
      expect(new Headers(init.headers).get('authorization')).toBe(`Bearer ${server.accessToken}`);
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const writer = writable.getWriter();
      init.signal!.addEventListener('abort', () => void writer.abort('aborted').catch(() => {}));
      streams.push({ after: new URL(url).searchParams.get('after'), tell: (text) => void writer.write(new TextEncoder().encode(text)), end: () => void writer.close().catch(() => {}) });
      return new Response(readable, { headers: { 'content-type': 'text/event-stream' } });
    };
    const client = await open(server, { fetch, isLive: true, makeSocket: null });
    const heard = hear(client);
    await pass(100);
    server.write('moods', 'a', { mood: 'theirs' });
    streams[0]!.tell('event: sync.available\nda');
    await pass(1);
    streams[0]!.tell('ta: {}\n\n: still here\n\nevent: app.x\nid: 5\ndata: {"n":\ndata: 1}\n\n');
    await pass(10);
    expect(heard).toEqual([null, 5]);
    expect(client.collection('moods').get('a')).toBeDefined();
    streams[0]!.end();
    await pass(1_000);
    expect([streams.length, streams[1]!.after]).toEqual([2, '5']);
    // Silence ends it, too.
    await pass(41_000);
    expect(streams).toHaveLength(3);
  });
});
