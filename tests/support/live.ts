// What happens live: sockets of the events channel, event streams, and a producer.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { expect, vi } from 'vitest';
import WebSocket, { type ClientOptions } from 'ws';
import { logIn, post, type SignedIn } from './requests.ts';
import type { Server } from './server.ts';

export const EVENTS = '/api/v1/events';
export const EVENTS_SOCKET = '/api/v1/ws/events';
export const REALTIME_STATUS = '/api/v1/realtime/status';

/** An event as the producer of tests takes it. */
export interface NewEvent {
  id: string;
  name: string;
  data: unknown;
  topic?: string;
  is_last?: boolean;
  channel?: 'events' | 'frames';
}

/** A frame of the events channel. */
export interface Frame {
  type: string;
  data: any;
  /** RFC 3339 with milliseconds. */
  timestamp: string;
  seq?: number;
  id?: string;
}

/** Somebody whose room a test plays with. */
export class Owner {
  private constructor(
    readonly server: Server,
    readonly userId: string,
    readonly key: string,
    readonly keyId: string,
    public tokens: SignedIn,
  ) {}

  static async create(server: Server): Promise<Owner> {
    const user = await server.accounts.user();
    return new Owner(server, user.user_id, user.key, user.key_id, await logIn(server, user.key));
  }

  get token(): string {
    return this.tokens.access_token;
  }

  get bearer(): { authorization: string } {
    return { authorization: `Bearer ${this.token}` };
  }

  /** One more session. */
  signIn(): Promise<SignedIn> {
    return logIn(this.server, this.key);
  }

  /** Publishes raw events to the own room. */
  async publish(...events: NewEvent[]): Promise<{ seqs: number[]; added: number }> {
    const answer = await post(this.server, '/api/v1/faults/publish', events, this.bearer);
    expect(answer.status, await answer.clone().text()).toBe(200);
    return (await answer.json()) as { seqs: number[]; added: number };
  }

  /** Publishes `count` small events with data `{n}`, numbered from `first`. */
  publishMany(count: number, first = 1, size = 0): Promise<{ seqs: number[]; added: number }> {
    const padding = 'x'.repeat(size);
    return this.publish(...Array.from({ length: count }, (_, index) => ({ id: `n${first + index}`, name: 'app.n', data: { n: first + index, padding } })));
  }

  /** Opens a socket of the events channel, and waits for its first frame. */
  async connect(query = '', token = this.token): Promise<EventsSocket> {
    const socket = new EventsSocket(this.server, `${EVENTS_SOCKET}?${query}`, { headers: { authorization: `Bearer ${token}` } });
    await socket.opened();
    return socket;
  }

  async status(): Promise<any> {
    const answer = await this.server.fetch(REALTIME_STATUS, { headers: this.bearer });
    expect(answer.status).toBe(200);
    return answer.json();
  }
}

export const event = (n: number): NewEvent => ({ id: randomUUID(), name: 'app.n', data: { n } });

/** A client of the events channel that keeps all that it gets. */
export class EventsSocket {
  readonly frames: Frame[] = [];
  readonly socket: WebSocket;
  closed: { code: number; reason: string } | undefined;
  error: string | undefined;
  /** Whether pings are answered. */
  answers = true;

  constructor(server: Server, path: string, options: ClientOptions = {}) {
    this.socket = new WebSocket(new URL(path, server.url.replace('http', 'ws')), options);
    this.socket.on('message', (data) => {
      const text = String(data);
      if (text === 'pong') return this.frames.push({ type: 'text-pong', data: null, timestamp: '' });
      const frame = JSON.parse(text) as Frame;
      this.frames.push(frame);
      if (frame.type === 'ping' && this.answers) this.socket.send('{"type":"pong"}');
    });
    this.socket.on('close', (code, reason) => (this.closed = { code, reason: String(reason) }));
    this.socket.on('error', (error) => (this.error = String(error)));
  }

  async opened(): Promise<Frame> {
    await vi.waitFor(() => expect(this.frames.length, `${JSON.stringify(this.closed)} ${this.error}`).toBeGreaterThan(0), { timeout: 10_000, interval: 10 });
    return this.frames[0]!;
  }

  /** Data of the first frame. */
  get greeting(): any {
    return this.frames[0]?.data;
  }

  /** The frames that are events of the log. */
  get events(): Frame[] {
    return this.frames.filter(({ seq }) => seq !== undefined);
  }

  get numbers(): number[] {
    return this.events.map(({ data }) => data.n);
  }

  get lastSeq(): number {
    return this.events.at(-1)?.seq ?? this.greeting.position;
  }

  async got(count: number, timeout = 10_000): Promise<Frame[]> {
    await vi.waitFor(() => expect(this.events.length).toBeGreaterThanOrEqual(count), { timeout, interval: 10 });
    return this.events;
  }

  /**
   * Waits for the server's close frame. The runtime ends the connection under it only seconds
   * later, if the client has never sent anything.
   */
  async ends(timeout: number): Promise<void> {
    await vi.waitFor(() => expect(this.socket.readyState).toBeGreaterThanOrEqual(WebSocket.CLOSING), { timeout, interval: 10 });
  }

  async closes(timeout = 10_000): Promise<{ code: number; reason: string }> {
    await vi.waitFor(() => expect(this.closed).toBeDefined(), { timeout, interval: 10 });
    return this.closed!;
  }

  send(text: string | Uint8Array): void {
    this.socket.send(text);
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.socket.close(1000, 'Client disconnect');
    await once(this.socket, 'close');
  }
}

/** Status and body of an upgrade that is refused. */
export async function refusal(server: Server, path: string, headers: Record<string, string> = {}): Promise<Response> {
  const socket = new WebSocket(new URL(path, server.url.replace('http', 'ws')), { headers });
  return new Promise((resolve, reject) => {
    socket.on('open', () => reject(new Error('the upgrade was accepted')));
    socket.on('error', () => undefined);
    socket.on('unexpected-response', (_, answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const pairs = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]);
        resolve(new Response(Buffer.concat(chunks), { status: answer.statusCode, headers: pairs }));
      });
    });
  });
}

/** A server-sent event. */
export interface ServerSent {
  id?: string;
  event?: string;
  data: any;
}

/** A reader of an event stream that keeps all that it gets. */
export class StreamReader {
  readonly events: ServerSent[] = [];
  readonly comments: string[] = [];
  ended = false;
  readonly #abort = new AbortController();

  static async open(server: Server, path: string, headers: Record<string, string>): Promise<StreamReader> {
    const reader = new StreamReader();
    const answer = await server.fetch(path, { headers, signal: reader.#abort.signal });
    expect(answer.status, answer.ok ? '' : await answer.text()).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    void reader.#read(answer);
    return reader;
  }

  async #read(answer: Response): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    try {
      const chunks = answer.body!.getReader();
      for (let chunk = await chunks.read(); !chunk.done; chunk = await chunks.read()) {
        text += decoder.decode(chunk.value, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop()!;
        for (const block of blocks) this.#take(block);
      }
    } catch {
      // Closed by us, or cut.
    }
    this.ended = true;
  }

  #take(block: string): void {
    if (block.startsWith(':')) return void this.comments.push(block);
    const fields = Object.fromEntries(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
    this.events.push({ ...fields, data: JSON.parse(fields.data!) });
  }

  async got(count: number, timeout = 10_000): Promise<ServerSent[]> {
    await vi.waitFor(() => expect(this.events.length).toBeGreaterThanOrEqual(count), { timeout, interval: 10 });
    return this.events;
  }

  get numbers(): number[] {
    return this.events.filter(({ event }) => event !== 'gap').map(({ data }) => data.n);
  }

  close(): void {
    this.#abort.abort();
  }
}

/** 1 to `count`. */
export const numbers = (count: number, first = 1): number[] => Array.from({ length: count }, (_, index) => first + index);
