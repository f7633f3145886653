// Engine.IO 4 and Socket.IO 5 as the host in src/realtime/socket_io/host speaks them: byte by byte,
// and with the stock client.
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { RawSocket as TcpSocket } from './support/raw-socket.ts';
import { RawSocket, startSocketIoFixture, type Fixture } from './support/socketio-fixture.ts';

const MAX_PAYLOAD = 1_000_000;

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startSocketIoFixture();
}, 600_000);
afterAll(() => fixture.stop());

const address = (path: string, query: string) => `${fixture.url}/${path}/?EIO=4&${query}`;
const get = (query: string, path = 'engine.io') => fetch(address(path, query));
const post = (sid: string, body: string, path = 'engine.io') => fetch(address(path, `transport=polling&sid=${sid}`), { method: 'POST', body });
const poll = (sid: string, path = 'engine.io') => get(`transport=polling&sid=${sid}`, path);

async function openPolling(path = 'engine.io'): Promise<string> {
  const answer = await get('transport=polling', path);
  return JSON.parse((await answer.text()).slice(1)).sid;
}

async function openWebSocket(path = 'engine.io'): Promise<RawSocket> {
  const socket = new RawSocket(address(path, 'transport=websocket'));
  expect(await socket.next()).toMatch(/^0\{"sid":/);
  return socket;
}

/** A WebSocket that has been probed for a polling session. */
async function probe(sid: string): Promise<RawSocket> {
  const socket = await new RawSocket(address('engine.io', `transport=websocket&sid=${sid}`)).opened();
  socket.send('2probe');
  expect(await socket.next()).toBe('3probe');
  return socket;
}

async function expectRefusal(answer: Response, code: number, message: string) {
  expect({ status: answer.status, body: await answer.json() }).toEqual({ status: 400, body: { code, message } });
}

describe('Engine.IO', () => {
  test('a handshake says what the server wants, in the order of the protocol', async () => {
    const answer = await get('transport=polling');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=UTF-8');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    const body = await answer.text();
    expect(body).toMatch(/^0\{"sid":"[\w-]{22}","upgrades":\["websocket"\],"pingInterval":300,"pingTimeout":200,"maxPayload":1000000\}$/);
  });

  test.each([
    ['transport=abc', 'GET', 0, 'Transport unknown'],
    ['', 'GET', 0, 'Transport unknown'],
    ['transport=polling&sid=nobody', 'GET', 1, 'Session ID unknown'],
    ['transport=polling', 'POST', 2, 'Bad handshake method'],
    ['transport=polling', 'PUT', 2, 'Bad handshake method'],
    ['transport=websocket', 'GET', 3, 'Bad request'],
  ])('a request for "%s" by %s is refused with code %i', async (query, method, code, message) => {
    await expectRefusal(await fetch(address('engine.io', query), { method }), code, message);
  });

  test('another version of the protocol is refused', async () => {
    for (const version of ['EIO=3&', 'EIO=abc&', '']) {
      const answer = await fetch(`${fixture.url}/engine.io/?${version}transport=polling`);
      await expectRefusal(answer, 5, 'Unsupported protocol version');
    }
  });

  test('packets of a payload come back in one payload, binary among them', async () => {
    const sid = await openPolling();
    const answer = await post(sid, '4a\x1ebAQIDBA==\x1e4b');
    expect([answer.status, await answer.text()]).toEqual([200, 'ok']);
    expect(await (await poll(sid)).text()).toBe('4a\x1ebAQIDBA==\x1e4b');
  });

  test.each(['abc', '0', '4a\x1e', 'b?', '2'])('the packet "%s" ends a polling session', async (body) => {
    const sid = await openPolling();
    await expectRefusal(await post(sid, body), 3, 'Bad request');
    await expectRefusal(await poll(sid), 1, 'Session ID unknown');
  });

  test('a second poll ends the session', async () => {
    const sid = await openPolling();
    const first = poll(sid);
    await sleep(30);
    await expectRefusal(await poll(sid), 3, 'Bad request');
    expect(await (await first).text()).toBe('1');
    await expectRefusal(await poll(sid), 1, 'Session ID unknown');
  });

  test('the close of a client lets its poll go, whichever comes first', async () => {
    const [first, second] = [await openPolling(), await openPolling()];
    const waiting = poll(first);
    await sleep(30);
    expect((await post(first, '1')).status).toBe(200);
    expect(await (await waiting).text()).toBe('6');
    await expectRefusal(await poll(first), 1, 'Session ID unknown');
    expect((await post(second, '1')).status).toBe(200);
    expect(await (await poll(second)).text()).toBe('6');
    await expectRefusal(await poll(second), 1, 'Session ID unknown');
  });

  test('a body over the limit is refused, and its session ends', async () => {
    const sid = await openPolling();
    const answer = await post(sid, `4${'x'.repeat(MAX_PAYLOAD)}`);
    expect(answer.status).toBe(413);
    await expectRefusal(await poll(sid), 1, 'Session ID unknown');
  });

  test('pings keep a session, silence ends it', async () => {
    const sid = await openPolling();
    for (let round = 0; round < 3; round += 1) {
      expect(await (await poll(sid)).text()).toBe('2');
      expect((await post(sid, '3')).status).toBe(200);
    }
    await sleep(500);
    await expectRefusal(await poll(sid), 1, 'Session ID unknown');
    const socket = await openWebSocket();
    for (let round = 0; round < 3; round += 1) {
      expect(await socket.next()).toBe('2');
      socket.send('3');
    }
    expect(await socket.next()).toBe('2');
    await socket.closed();
  });

  test('a WebSocket carries text and bytes', async () => {
    const socket = await openWebSocket();
    socket.send('4héllo', Uint8Array.of(1, 2, 3), '4');
    expect([await socket.nextButPings(), await socket.nextButPings(), await socket.nextButPings()]).toEqual(['4héllo', Uint8Array.of(1, 2, 3), '4']);
    socket.send('1');
    await socket.closed();
  });

  test.each(['abc', '0', '', '2'])('the packet "%s" ends a WebSocket session', async (packet) => {
    const socket = await openWebSocket();
    socket.send(packet);
    await socket.closed();
    expect(socket.closeCode).toBe(1002);
  });

  test('an upgrade moves the session to the WebSocket, with what waited', async () => {
    const sid = await openPolling();
    const waiting = poll(sid);
    await sleep(30);
    const socket = await probe(sid);
    expect(await (await waiting).text()).toBe('6');
    await post(sid, '4during');
    expect(await (await poll(sid)).text()).toBe('6');
    socket.send('5', '4after');
    expect([await socket.nextButPings(), await socket.nextButPings()]).toEqual(['4during', '4after']);
    await expectRefusal(await poll(sid), 3, 'Bad request');
    const second = new RawSocket(address('engine.io', `transport=websocket&sid=${sid}`));
    await second.closed();
    socket.send('4still');
    expect(await socket.nextButPings()).toBe('4still');
    socket.close();
  });

  test('a failed upgrade leaves polling going', async () => {
    const sid = await openPolling();
    const socket = await probe(sid);
    socket.send('4not an upgrade');
    await socket.closed();
    await post(sid, '4a');
    expect(await (await poll(sid)).text()).toBe('4a');
  });

  test('a WebSocket for a session that is not there is refused', async () => {
    const socket = new RawSocket(address('engine.io', 'transport=websocket&sid=nobody'));
    await socket.closed();
  });
});

describe('Socket.IO', () => {
  /** A raw client in a namespace. */
  async function join(connect = '40'): Promise<RawSocket> {
    const socket = await openWebSocket('socket.io');
    socket.send(connect);
    return socket;
  }

  test.each([
    ['40', '40', '42["auth",{}]'],
    ['40{"token":"123"}', '40', '42["auth",{"token":"123"}]'],
    ['40/custom,', '40/custom,', '42/custom,["auth",{}]'],
    ['40/custom,{"a":[1]}', '40/custom,', '42/custom,["auth",{"a":[1]}]'],
  ])('%s is granted', async (connect, answer, auth) => {
    const socket = await join(connect);
    const granted = String(await socket.nextButPings());
    expect(granted.slice(0, answer.length)).toBe(answer);
    expect(Object.keys(JSON.parse(granted.slice(answer.length)))).toEqual(['sid']);
    expect(await socket.nextButPings()).toBe(auth);
    socket.close();
  });

  test('an unknown namespace is refused', async () => {
    const socket = await join('40/random');
    expect(await socket.nextButPings()).toBe('44/random,{"message":"Invalid namespace"}');
    socket.close();
  });

  test('who connects to nothing is sent away, though it answers pings', async () => {
    const socket = await openWebSocket('socket.io');
    await expect(
      (async () => {
        for (;;) await socket.nextButPings();
      })(),
    ).rejects.toThrow('closed with 1000');
  });

  test.each([
    '4abc', '42{}', '42[]', '42abc["message"]', '42["connect"]', '40', '42/custom,["message"]', '452-["message"]',
    '451-["message",{"_placeholder":true,"num":1}]', '451-["message",{"_placeholder":true,"num":0}]/text', '43["no number"]',
  ])('%s ends the session', async (packet) => {
    const socket = await join();
    await socket.nextButPings();
    await socket.nextButPings();
    const [first = '', then] = packet.split('/text');
    socket.send(first);
    if (packet.startsWith('45') && !first.includes('"num":1')) socket.send('42["message"]');
    await socket.closed();
    expect([1002, then]).toContain(socket.closeCode);
  });

  test('events, acknowledgements, attachments', async () => {
    const socket = await join();
    await socket.nextButPings();
    await socket.nextButPings();
    const placeholders = '{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}';
    socket.send('42["message",1,"2",{"3":[true]}]');
    expect(await socket.nextButPings()).toBe('42["message-back",1,"2",{"3":[true]}]');
    socket.send('42456["message-with-ack",1]');
    expect(await socket.nextButPings()).toBe('43456[1]');
    socket.send(`452-789["message-with-ack",${placeholders}]`, Uint8Array.of(1, 2), Uint8Array.of(3));
    expect(await socket.nextButPings()).toBe(`462-789[${placeholders}]`);
    expect([await socket.nextButPings(), await socket.nextButPings()]).toEqual([Uint8Array.of(1, 2), Uint8Array.of(3)]);
    socket.close();
  });

  test('leaving one namespace leaves the other', async () => {
    const socket = await join();
    await socket.nextButPings();
    await socket.nextButPings();
    socket.send('40/custom');
    await socket.nextButPings();
    await socket.nextButPings();
    socket.send('41/custom,', '42["message","here"]');
    expect(await socket.nextButPings()).toBe('42["message-back","here"]');
    socket.close();
  });
});

describe('Socket.IO in an object of its own, with the limits of Outpost', () => {
  let object = '';
  beforeEach(() => {
    object = randomUUID();
  });

  const of = (query: string) => address('socket.io', `object=${object}&${query}`);
  const send = (sid: string, body: string) => fetch(of(`transport=polling&sid=${sid}`), { method: 'POST', body });
  const receive = async (sid: string) => (await fetch(of(`transport=polling&sid=${sid}`))).text();
  const handshake = () => fetch(of('transport=polling'));
  const sidOf = async (answer: Response): Promise<string> => JSON.parse((await answer.text()).slice(1)).sid;

  /** Sends packets over a new WebSocket. */
  async function say(...packets: string[]): Promise<RawSocket> {
    const socket = await new RawSocket(of('transport=websocket')).opened();
    expect(await socket.next()).toMatch(/^0/);
    socket.send(...packets);
    return socket;
  }

  /** A client in the main namespace. */
  async function join(...packets: string[]): Promise<RawSocket> {
    const socket = await say('40', ...packets);
    expect(await socket.next()).toMatch(/^40\{/);
    expect(await socket.next()).toBe('42["auth",{}]');
    return socket;
  }

  describe('that is evicted', () => {
    /** The object loses its memory; the number of sessions that come back. */
    const evict = async () => Number(await (await fetch(`${fixture.url}/forget?object=${object}`)).text());

    test('a session that was ended does not come back while its client keeps the connection open', async () => {
      const sid = await sidOf(await handshake());
      const socket = await TcpSocket.open(of(`transport=websocket&sid=${sid}`));
      const said = (start: string) => socket.until(() => socket.messages.some(({ text }) => text.startsWith(start)));
      socket.sendText('2probe');
      await said('3probe');
      socket.sendText('5');
      socket.sendText('40');
      await said('42["auth"');
      expect(await evict()).toBe(1);
      socket.pause();
      socket.sendText('42["connect"]');
      await vi.waitFor(async () => expect(await evict()).toBe(0), { timeout: 5_000 });
      socket.cut();
    });

    test('a namespace that the client has left can be entered again', async () => {
      const socket = await join('40/custom');
      expect(await socket.next()).toMatch(/^40\/custom,/);
      await socket.next();
      socket.send('41', '42/custom,["message","left"]');
      expect(await socket.next()).toBe('42/custom,["message-back","left"]');
      expect(await evict()).toBe(1);
      socket.send('40');
      expect(await socket.next()).toMatch(/^40\{/);
      socket.close();
    });

    test('a namespace that was refused can be asked for again', async () => {
      const socket = await join('40/nowhere');
      expect(await socket.next()).toMatch(/^44/);
      expect(await evict()).toBe(1);
      socket.send('40/nowhere');
      expect(await socket.next()).toMatch(/^44/);
      socket.close();
    });

    test('a client whose CONNECT was not answered is told to come back', async () => {
      const socket = await join('40/slow');
      await vi.waitFor(async () => expect(await evict()).toBe(0), { timeout: 4_000 });
      await socket.closed();
      expect(socket.closeCode).toBe(1012);
    });
  });

  test('who has left its last namespace is sent away, and not with the next heartbeat', async () => {
    const socket = await join();
    await sleep(4_500);
    const left = Date.now();
    socket.send('41');
    await socket.closed();
    expect(socket.closeCode).toBe(1000);
    expect(Date.now() - left).toBeGreaterThan(2_500);
  });

  test('bursts are taken, floods are not', async () => {
    const socket = await join();
    socket.send(...Array.from({ length: 150 }, () => '42["message"]'));
    for (let count = 0; count < 150; count += 1) expect(await socket.next()).toBe('42["message-back"]');
    socket.send(...Array.from({ length: 2_000 }, () => '3'));
    await socket.closed();
    expect(socket.closeCode).toBe(4429);
  });

  test('a flood by polling ends the session', async () => {
    const sid = await sidOf(await handshake());
    expect((await send(sid, '40')).status).toBe(200);
    expect(await receive(sid)).toMatch(/^40/);
    const answer = await send(sid, Array.from({ length: 1_000 }, () => '42["message"]').join('\x1e'));
    expect(answer.status).toBe(400);
    expect(await receive(sid)).toMatch(/Session ID unknown/);
  });

  test('a CONNECT counts as much as ten messages', async () => {
    const socket = await join();
    let refused = 0;
    const flood = async () => {
      for (; refused < 150; refused += 1) {
        socket.send('40/nowhere');
        expect(await socket.next()).toMatch(/^44/);
      }
    };
    await expect(flood()).rejects.toThrow('closed with 4429');
    expect(refused).toBeGreaterThanOrEqual(19);
  });

  test('strangers have little to say', async () => {
    const long = `{"token":"${'x'.repeat(20_000)}"}`;
    const socket = await say(`40${long}`);
    await socket.closed();
    expect(socket.closeCode).toBe(1009);
    const attaching = await say('451-["message",{"_placeholder":true,"num":0}]');
    await attaching.closed();
    expect(attaching.closeCode).toBe(1002);
    const waiting = await say('40/slow', ...Array.from({ length: 3 }, () => `42/slow,["message","${'x'.repeat(8_000)}"]`));
    await waiting.closed();
    expect(waiting.closeCode).toBe(4429);
    expect((await send(await sidOf(await handshake()), `40${long}`)).status).toBe(413);
    // Who was let in may.
    const inside = await join(`40/custom,${long}`);
    expect(await inside.next()).toMatch(/^40\/custom,/);
    inside.close();
  });

  test('handshakes alone do not fill an object: more are refused, and stock clients come back', async () => {
    const sids = [await sidOf(await handshake()), await sidOf(await handshake()), await sidOf(await handshake())];
    const refused = await handshake();
    expect({ status: refused.status, body: await refused.json() }).toEqual({ status: 503, body: { code: 4, message: 'Too many sessions' } });
    // One who is let in makes place for another.
    await send(sids[0]!, '40');
    expect(await receive(sids[0]!)).toMatch(/^40/);
    sids.push(await sidOf(await handshake()));
    const socket = io(fixture.url, { forceNew: true, query: { object }, reconnectionDelay: 100, reconnectionDelayMax: 200 });
    const errors: string[] = [];
    socket.on('connect_error', ({ message }) => errors.push(message));
    // Polls wait, so that their sessions are over when their time is.
    const gone = sids.slice(1).map(receive);
    await vi.waitFor(() => expect(socket.connected).toBe(true), { timeout: 15_000 });
    expect(errors.length).toBeGreaterThan(0);
    expect(await Promise.all(gone)).toEqual(['1', '1', '1']);
    socket.disconnect();
  });
});

const MODES = [
  ['by default', {}],
  ['WebSocket only', { transports: ['websocket'] }],
  ['polling only', { transports: ['polling'] }],
] satisfies [string, Partial<ManagerOptions>][];

describe.each(MODES)('the stock client, %s', (_, options) => {
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.disconnect();
  });

  function connect(namespace = '', more: Partial<ManagerOptions & SocketOptions> = {}): Socket {
    const socket = io(`${fixture.url}${namespace}`, { forceNew: true, ...options, ...more });
    sockets.push(socket);
    return socket;
  }

  /** The arguments of the next event of this name. */
  const next = (socket: Socket, name: string) => new Promise<any[]>((resolve) => socket.once(name, (...values) => resolve(values)));

  test('connects with its auth, to both namespaces', async () => {
    const main = connect('', { auth: { token: 'a' } });
    expect(await next(main, 'auth')).toEqual([{ token: 'a' }]);
    expect(await next(connect('/custom'), 'auth')).toEqual([{}]);
    const refused = connect('/nowhere');
    const [error] = await next(refused, 'connect_error');
    expect(error.message).toBe('Invalid namespace');
  });

  test('sends and receives bytes', async () => {
    const socket = connect();
    await next(socket, 'auth');
    const bytes = randomBytes(5_000);
    const back = next(socket, 'message-back');
    socket.emit('message', bytes, { deep: [bytes.subarray(0, 10)] }, 'text');
    const [whole, { deep }, text] = await back;
    expect(Buffer.from(whole)).toEqual(bytes);
    expect(Buffer.from(deep[0])).toEqual(bytes.subarray(0, 10));
    expect(text).toBe('text');
  });

  test('is acknowledged, and acknowledges', async () => {
    const socket = connect();
    await next(socket, 'auth');
    expect(await socket.timeout(5_000).emitWithAck('message-with-ack', 'one')).toBe('one');
    socket.on('question', (value, answer) => answer(value, randomBytes(3)));
    const heard = next(socket, 'heard');
    socket.emit('ask-me', { a: 1 });
    const [value, bytes] = await heard;
    expect([value, bytes.byteLength ?? bytes.length]).toEqual([{ a: 1 }, 3]);
  });

  test('sends what is nearly too large, and comes back after what is', async () => {
    const socket = connect();
    await next(socket, 'auth');
    const large = 'x'.repeat(MAX_PAYLOAD - 100);
    const back = next(socket, 'message-back');
    socket.emit('message', large);
    expect((await back)[0]).toHaveLength(large.length);
    const gone = next(socket, 'disconnect');
    const again = next(socket, 'auth');
    socket.emit('message', 'x'.repeat(MAX_PAYLOAD + 100));
    await gone;
    await again;
  });

  test('loses and reorders nothing, however much it sends at once', async () => {
    const count = 800;
    // Together more than the window of 256 kB.
    const filler = 'x'.repeat(500);
    const all = Array.from({ length: count }, (_value, index) => index);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const socket = connect('', { reconnection: false });
      const received: number[] = [];
      let isGone = false;
      socket.on('disconnect', () => (isGone = true));
      socket.on('message-back', (number) => received.push(number));
      // Nothing waits for the connection: in the default mode most of it goes out during the upgrade.
      for (const number of all) {
        socket.emit('message', number, filler);
        if (number % 40 === 0) await sleep(4);
      }
      await vi.waitFor(() => expect(isGone || received.length >= count).toBe(true), { timeout: 15_000, interval: 20 });
      expect(received).toEqual(all.slice(0, received.length));
      // The timeouts of the suites are so short that a busy machine may end a session: the pong
      // waits behind all that was sent.
      if (received.length === count) return;
    }
    throw new Error('no session lasted');
  }, 90_000);

  test('is put out by the server', async () => {
    const socket = connect();
    await next(socket, 'auth');
    const gone = next(socket, 'disconnect');
    socket.emit('put-me-out');
    expect((await gone)[0]).toBe('io server disconnect');
  });

  test('leaves', async () => {
    const socket = connect();
    await next(socket, 'auth');
    socket.disconnect();
    socket.connect();
    expect(await next(socket, 'auth')).toEqual([{}]);
  });
});

test('a stock client upgrades by itself', async () => {
  const socket = io(fixture.url, { forceNew: true });
  const transports: string[] = [];
  socket.io.on('open', () => {
    transports.push(socket.io.engine.transport.name);
    socket.io.engine.on('upgrade', ({ name }: { name: string }) => transports.push(name));
  });
  await vi.waitFor(() => expect(transports).toEqual(['polling', 'websocket']), { timeout: 5_000 });
  // Pings go on over the WebSocket.
  await sleep(1_500);
  expect(socket.connected).toBe(true);
  socket.disconnect();
});
