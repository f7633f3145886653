// Readers that come back: one for each protocol. Each keeps its position the way an app would,
// connects again by itself with a short backoff, and writes down what it gets.
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { WebSocket } from 'ws';
import { CHAOS_EVENT, Ledger, type ChaosData } from './ledger.ts';
import { RawWebSocket } from './raw-websocket.ts';

export interface Place {
  /** The server's address, or that of a proxy before it. */
  url: string;
  token: string;
}

/** A connection on which nothing at all arrives for so long is given up. The servers ping more often. */
const SILENCE_MS = 45_000;
const FIRST_BACKOFF_MS = 20;
const LONGEST_BACKOFF_MS = 500;
const CONNECT_TIMEOUT_MS = 4_000;

export interface Reader {
  readonly name: string;
  readonly ledger: Ledger;
  /** Times that it was connected. */
  readonly connects: number;
  /** Connects; resolves once it would see the next event. */
  start(): Promise<void>;
  stop(): void;
}

/** A reader that connects again whenever a connection ends, whatever the reason. */
abstract class Resuming implements Reader {
  abstract readonly name: string;
  readonly ledger = new Ledger();
  connects = 0;
  #isStopped = false;
  #release: (() => void) | null = null;
  #isReady = Promise.withResolvers<void>();

  /** Everything up to this place in the log has been seen. */
  protected position = 0;

  constructor(protected readonly place: Place) {}

  start(): Promise<void> {
    void this.#run();
    return this.#isReady.promise;
  }

  stop(): void {
    this.#isStopped = true;
    this.#release?.();
  }

  /** One connection: resolves when it has ended. `hold` gets what ends it at once. */
  protected abstract connection(hold: (release: () => void) => void): Promise<void>;

  /** To be called when a connection works. */
  protected connected(): void {
    this.connects += 1;
    this.#isReady.resolve();
  }

  /** An event of the log; of another name it only moves the position. */
  protected take(name: string, data: unknown, position: number): void {
    if (!Number.isSafeInteger(position)) this.ledger.troubles.push(`an event came with the position ${position}`);
    if (name === CHAOS_EVENT) this.ledger.take(data as ChaosData, position);
    this.position = position;
  }

  async #run(): Promise<void> {
    let backoff = FIRST_BACKOFF_MS;
    while (!this.#isStopped) {
      const before = this.connects;
      await this.connection((release) => (this.#release = release)).catch(() => {});
      backoff = this.connects > before ? FIRST_BACKOFF_MS : Math.min(backoff * 2, LONGEST_BACKOFF_MS);
      await sleep(backoff);
    }
  }
}

/** What a frame of the events channel holds. */
interface EventFrame {
  type: string;
  data: unknown;
  seq?: number;
}

const GAP = 'gap';

/** The events channel by the usual library; the token in the query. */
export class EventsReader extends Resuming {
  readonly name: string = 'events channel (ws)';

  protected connection(hold: (release: () => void) => void): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const address = `${this.place.url.replace('http', 'ws')}/api/v1/ws/events?token=${this.place.token}&after=${this.position}`;
    const socket = new WebSocket(address, { handshakeTimeout: CONNECT_TIMEOUT_MS });
    const end = () => socket.terminate();
    let timer = setTimeout(end, SILENCE_MS);
    const isAlive = () => {
      clearTimeout(timer);
      timer = setTimeout(end, SILENCE_MS);
    };
    hold(end);
    socket.on('open', () => this.connected());
    socket.on('ping', isAlive);
    socket.on('message', (text) => {
      isAlive();
      this.takeFrame(JSON.parse(String(text)) as EventFrame, (answer) => socket.send(answer));
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
    return promise;
  }

  protected takeFrame(frame: EventFrame, answer: (text: string) => void): void {
    if (frame.type === GAP) this.ledger.gaps += 1;
    else if (frame.type === 'ping') answer(JSON.stringify({ type: 'pong', timestamp: Date.now() }));
    else if (frame.seq !== undefined) this.take(frame.type, frame.data, frame.seq);
  }
}

/** The same channel by frames made by hand; the token in a header, as apps outside of browsers can. */
export class RawReader extends EventsReader {
  override readonly name = 'events channel (raw)';

  protected override async connection(hold: (release: () => void) => void): Promise<void> {
    const address = `${this.place.url}/api/v1/ws/events?after=${this.position}`;
    const socket = await RawWebSocket.open(address, {
      headers: { Authorization: `Bearer ${this.place.token}` },
      silenceMs: SILENCE_MS,
      onText: (text, opened) => this.takeFrame(JSON.parse(text) as EventFrame, (answer) => opened.sendText(answer)),
    });
    hold(() => socket.destroy());
    this.connected();
    await socket.ended;
  }
}

/** Server-sent events, with `Last-Event-ID` as a browser's EventSource sends it. */
export class StreamReader extends Resuming {
  readonly name = 'server-sent events';

  protected connection(hold: (release: () => void) => void): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const asked = request(`${this.place.url}/api/v1/events`, {
      agent: false,
      headers: { accept: 'text/event-stream', authorization: `Bearer ${this.place.token}`, 'last-event-id': String(this.position) },
      timeout: SILENCE_MS,
    });
    const giveUp = setTimeout(() => asked.destroy(), CONNECT_TIMEOUT_MS);
    hold(() => asked.destroy());
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => {});
    asked.on('close', () => {
      clearTimeout(giveUp);
      resolve();
    });
    asked.on('response', (answer) => {
      clearTimeout(giveUp);
      answer.on('error', () => {});
      if (answer.statusCode !== 200) {
        answer.resume();
        return;
      }
      this.connected();
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (piece: string) => {
        const blocks = (text + piece).split('\n\n');
        text = blocks.pop()!;
        for (const block of blocks) this.#takeBlock(block);
      });
    });
    asked.end();
    return promise;
  }

  #takeBlock(block: string): void {
    const fields = new Map(block.split('\n').map((line) => line.split(/: ?(.*)/s, 2) as [string, string]));
    const name = fields.get('event') ?? 'message';
    if (name === GAP) this.ledger.gaps += 1;
    const id = fields.get('id');
    if (id === undefined) return;
    if (name === GAP) this.position = Number(id);
    else this.take(name, JSON.parse(fields.get('data') ?? 'null'), Number(id));
  }
}

/** Whatever the stock client does by itself: it alone knows `pid` and offset, and when to come back. */
export class SocketIoReader implements Reader {
  readonly ledger = new Ledger();
  connects = 0;
  readonly #socket: Socket;

  constructor(
    place: Place,
    readonly name: string,
    transports?: ('polling' | 'websocket')[],
  ) {
    this.#socket = io(`${place.url}/events`, {
      ...(transports && { transports }),
      auth: (answer) => answer({ token: place.token }),
      autoConnect: false,
      forceNew: true,
      reconnectionDelay: FIRST_BACKOFF_MS,
      reconnectionDelayMax: LONGEST_BACKOFF_MS,
      timeout: CONNECT_TIMEOUT_MS,
    });
  }

  start(): Promise<void> {
    const socket = this.#socket;
    socket.onAny((name: string, data: unknown) => {
      if (name === GAP) this.ledger.gaps += 1;
      if (name === CHAOS_EVENT) this.ledger.take(data as ChaosData);
    });
    socket.on('connect', () => {
      this.connects += 1;
      if (this.connects > 1 && !socket.recovered) this.ledger.troubles.push(`connection ${this.connects} was not recovered`);
    });
    socket.on('connect_error', (error) => {
      // The client comes back by itself unless the namespace refused it.
      if (!socket.active) this.ledger.troubles.push(`refused for good: ${error.message}`);
    });
    socket.on('disconnect', (reason) => {
      if (!socket.active) this.ledger.troubles.push(`let go for good: ${reason}`);
    });
    const isConnected = new Promise<void>((resolve) => socket.once('connect', resolve));
    socket.connect();
    return isConnected;
  }

  stop(): void {
    this.#socket.removeAllListeners();
    this.#socket.disconnect();
  }
}

/** Socket.IO spoken by hand on a bare socket, as clients in other languages do, with recovery kept by itself. */
export class RawSocketIoReader extends Resuming {
  readonly name = 'Socket.IO (raw)';
  #pid: string | undefined;
  #offset: string | undefined;

  protected async connection(hold: (release: () => void) => void): Promise<void> {
    const address = `${this.place.url}/socket.io/?EIO=4&transport=websocket`;
    const socket = await RawWebSocket.open(address, {
      silenceMs: SILENCE_MS,
      onText: (text, opened) => this.#takePacket(text, opened),
    });
    hold(() => socket.destroy());
    await socket.ended;
  }

  #takePacket(text: string, socket: RawWebSocket): void {
    if (text === '2') socket.sendText('3');
    else if (text.startsWith('0')) {
      const auth = { token: this.place.token, pid: this.#pid, offset: this.#offset };
      socket.sendText(`40/events,${JSON.stringify(auth)}`);
    }
    else if (text.startsWith('40/events,')) {
      this.#pid = (JSON.parse(text.slice(10)) as { pid?: string }).pid;
      this.connected();
    } else if (text.startsWith('44/events,')) this.ledger.troubles.push(`refused: ${text}`);
    else if (text.startsWith('42/events,')) {
      const [name, data, offset] = JSON.parse(text.slice(10)) as [string, ChaosData, string?];
      if (typeof offset === 'string') this.#offset = offset;
      if (name === GAP) this.ledger.gaps += 1;
      if (name === CHAOS_EVENT) this.ledger.take(data);
    }
  }
}

/** Makes a reader of the server that it is told. */
export type MakeReader = (place: Place) => Reader;

/** A reader of each protocol, by the names of their proxies. */
export const READERS: Record<string, MakeReader> = {
  events: (place) => new EventsReader(place),
  stream: (place) => new StreamReader(place),
  raw: (place) => new RawReader(place),
  'io-websocket': (place) => new SocketIoReader(place, 'Socket.IO (websocket only)', ['websocket']),
  'io-polling': (place) => new SocketIoReader(place, 'Socket.IO (polling only)', ['polling']),
  'io-default': (place) => new SocketIoReader(place, 'Socket.IO (default)'),
  'io-raw': (place) => new RawSocketIoReader(place),
};

/** Those that hold a request at the server, so that the object that answers it stays in memory. */
export const HOLDING_READERS = ['stream', 'io-polling'];
