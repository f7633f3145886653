// A client of the query socket (CONTRACT 2.1) that is as strict as Android: every frame that comes
// must have exactly the keys of the contract, with the right types.
import { randomUUID } from 'node:crypto';
import { RawSocket, type Ended, type RawOptions } from './raw-socket.ts';
import { post } from './requests.ts';
import type { Server } from './server.ts';

export interface Frame {
  type: string;
  data: any;
  timestamp: string;
  at: number;
}

type Check = (value: any) => boolean;
const text: Check = (value) => typeof value === 'string';
const yes: Check = (value) => value === true;
const percent: Check = (value) => Number.isInteger(value) && value >= 0 && value <= 100;
const time: Check = (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
const verification: Check = (value) => Object.keys(value).join() === 'confidence' && value.confidence >= 0 && value.confidence <= 1;

/** Of every type the keys of `data`: those that must be there, and those that may. */
const DATA: Record<string, [Record<string, Check>, Record<string, Check>][]> = {
  connection_established: [[{ userId: text }, {}]],
  query_update: [[{ queryId: text }, { status: text, chunk: text, complete: yes, responseText: text, verification }]],
  workflow_update: [[{ workflowId: text, stepId: text, status: text }, { progress: percent, result: text, error: text }]],
  subscription_confirmed: [[{ queryId: text }, {}], [{ workflowId: text }, {}]],
  heartbeat: [[{}, {}]],
  error: [[{ message: text, code: text, request_id: text }, {}]],
  system_status: [[{ status: text, message: text, timestamp: time }, {}]],
};

/** Why a frame is none of the contract. */
export function faultOf(frame: any): string | undefined {
  if (frame.type === 'ping') return Object.keys(frame).sort().join() === 'timestamp,type' && time(frame.timestamp) ? undefined : 'a ping is {type, timestamp}';
  if (Object.keys(frame).sort().join() !== 'data,timestamp,type') return 'the keys of a frame';
  if (!time(frame.timestamp)) return 'its timestamp';
  const shapes = DATA[frame.type];
  if (!shapes) return 'its type';
  const fits = shapes.some(([required, optional]) => {
    const all = { ...required, ...optional };
    return Object.keys(required).every((key) => key in frame.data) && Object.entries(frame.data).every(([key, value]) => all[key]?.(value));
  });
  return fits ? undefined : 'its data';
}

/** An open query socket. */
export class QueryClient {
  readonly #raw: RawSocket;
  /** What it has not answered pings by itself since. */
  answersPings = true;
  #read = 0;
  #frames: Frame[] = [];

  private constructor(raw: RawSocket) {
    this.#raw = raw;
  }

  /** Connects as the clients do: the token in the query. */
  static async open(server: Server, token: string, { path = '/v1/ws/query', ...options }: RawOptions & { path?: string } = {}): Promise<QueryClient> {
    return new QueryClient(await RawSocket.open(`${server.url}${path}?token=${token}`, options));
  }

  /** The same, once its first frame is there. */
  static async ready(server: Server, token: string): Promise<QueryClient> {
    const client = await QueryClient.open(server, token);
    await client.next('connection_established');
    return client;
  }

  get raw(): RawSocket {
    return this.#raw;
  }

  get ended(): Promise<Ended> {
    return this.#raw.ended;
  }

  /** All frames so far, each of them checked. */
  get frames(): Frame[] {
    for (const { text: json, at } of this.#raw.messages.slice(this.#read)) {
      this.#read += 1;
      const frame = JSON.parse(json);
      const fault = faultOf(frame);
      if (fault) throw new Error(`${fault}: ${json}`);
      if (frame.type === 'ping' && this.answersPings) this.send('pong');
      this.#frames.push({ ...frame, at });
    }
    return this.#frames;
  }

  /** Sends a frame with a timestamp, as every client does. */
  send(type: string, fields: object = {}): void {
    this.#raw.send({ type, ...fields, timestamp: new Date().toISOString() });
  }

  /** Waits for the first frame of a type, from a place on. */
  next(type: string, from = 0, patienceMs?: number): Promise<Frame> {
    return this.#raw.until(() => this.frames.slice(from).find((frame) => frame.type === type), patienceMs);
  }

  until<T>(found: (frames: Frame[]) => T | undefined | false, patienceMs?: number): Promise<T> {
    return this.#raw.until(() => found(this.frames), patienceMs);
  }

  /** The news of one query so far. */
  updates(queryId: string): any[] {
    return this.frames.filter(({ type, data }) => type === 'query_update' && data.queryId === queryId).map(({ data }) => data);
  }

  /** Waits for the end of a query and gives its news. */
  async completed(queryId: string, patienceMs = 30_000): Promise<any[]> {
    await this.until(() => this.updates(queryId).some(({ complete }) => complete), patienceMs);
    return this.updates(queryId);
  }

  /** Everything that was sent before this has come when it returns. */
  async settled(): Promise<void> {
    const from = this.frames.length;
    this.send('heartbeat');
    await this.next('heartbeat', from);
  }

  close(code?: number, reason?: string): Promise<Ended> {
    return this.#raw.close(code, reason);
  }
}

/** The text that the chunks of these news make, as a client shows it. */
export const joined = (updates: any[]): string => updates.map(({ chunk }) => chunk ?? '').join('');

/** Prose of so many words, never the same twice. */
export function sentence(words: number): string {
  const some = ['quantum', 'computing', 'is', 'fun,', 'superposition\n\nand', 'entanglement', 'a', 'naïve', 'Überlagerung'];
  const random = () => some[Math.floor(Math.random() * some.length)];
  return `Quantum ${Array.from({ length: words }, random).join(' ')} ${randomUUID()}.`;
}

/** The producer of the tests' own. */
export class Answers {
  constructor(
    readonly server: Server,
    readonly token: string,
  ) {}

  /** Has an answer pushed in pieces through the sink that real producers use. */
  stream(query_id: string, pieces: string[], how: { confidence?: number; error?: string; dies?: boolean } = {}): Promise<Response> {
    return this.#post('query-stream', { query_id, pieces, ...how });
  }

  /** The same for a query that nobody knows yet; gives its id. */
  async complete(text: string): Promise<string> {
    const queryId = randomUUID();
    const answer = await this.stream(queryId, [text]);
    if (answer.status !== 200) throw new Error(`stream: ${answer.status} ${await answer.text()}`);
    return queryId;
  }

  /** All that was published of the last run of a query. */
  async updates(queryId: string): Promise<any[]> {
    const client = await QueryClient.ready(this.server, this.token);
    client.send('resume', { queryId, from_chunk: 0 });
    const updates = await client.completed(queryId);
    await client.close();
    return [{ queryId, status: 'processing' }, ...updates];
  }

  /** Publishes any event to the user's room. */
  async publish(event: object): Promise<void> {
    const answer = await this.#post('publish', [event]);
    if (answer.status !== 200) throw new Error(`publish: ${answer.status} ${await answer.text()}`);
  }

  #post(what: string, body: unknown): Promise<Response> {
    return post(this.server, `/api/v1/faults/${what}`, body, { authorization: `Bearer ${this.token}` });
  }
}
