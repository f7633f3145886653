// What happens elsewhere, live: the events channel over a WebSocket, or server-sent events where
// there is none. Each connection goes on behind the last event that was dealt with.
import { fullJitter, type BackoffOptions } from './backoff.ts';
import type { Database } from './database.ts';
import { SignedOutError } from './errors.ts';
import { openSocket, type MakeSocket } from './events-socket.ts';
import { openStream } from './events-stream.ts';
import type { Fetch } from './http.ts';
import type { Session } from './session.ts';

const KEY = 'events';

/** An event of the user's room. */
export interface OutpostEvent {
  /** `sync.available`, `job.updated`, `app.…`, or `gap`: some are lost, read the state anew. */
  type: string;
  data: unknown;
  /** Grows; the place in the log. Null for hints, which have none: they are for those who listen now. */
  seq: number | null;
}

/** One connection, until it ends. */
export interface Connection {
  /** Ends it. */
  close(): void;
  /** Fulfilled when it has ended, whatever the reason: whether it ever was open. */
  ended: Promise<boolean>;
}

/** What a connection tells. */
export interface Receiver {
  /** It is open, and the log stands at this number. */
  onOpen(position: number | null): void;
  onEvent(event: OutpostEvent): void;
}

/** How to reach the server's events. */
export interface Place {
  url: string;
  token: string;
  /** Where to go on; null for what comes from now on. */
  after: number | null;
}

export interface EventsOptions {
  url: string;
  fetch: Fetch;
  /** Makes WebSockets; null to use server-sent events. */
  makeSocket: MakeSocket | null;
  headers: Record<string, string>;
  backoff: BackoffOptions;
  random: () => number;
  /** May be called twice for an event if the app dies within. */
  onEvent: (event: OutpostEvent) => void | Promise<void>;
  onOpen: () => void;
  onEnd: () => void;
}

export class Events {
  #isStopped = true;
  #connection: Connection | null = null;
  #wake: (() => void) | null = null;
  #isOpen = false;
  #running: Promise<void> = Promise.resolve();
  #dealing: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly session: Session,
    private readonly options: EventsOptions,
  ) {}

  /** Whether events arrive now. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  get #after(): number | null {
    return this.database.get<number>('sync', KEY) ?? null;
  }

  start(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    this.#running = this.#running.then(() => this.#run());
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#connection?.close();
    this.#wake?.();
    await this.#running;
    await this.#dealing;
  }

  /** The network may be back: no more waiting. */
  wake(): void {
    this.#wake?.();
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#isStopped) {
      const wasOpen = await this.#connect().catch((error: unknown) => {
        if (error instanceof SignedOutError) this.#isStopped = true;
        return false;
      });
      this.#isOpen = false;
      failures = wasOpen ? 1 : failures + 1;
      if (this.#isStopped) break;
      this.options.onEnd();
      await this.#pause(fullJitter(this.options.backoff, failures, this.options.random));
    }
  }

  /** One connection, from its beginning to its end. */
  async #connect(): Promise<boolean> {
    const place: Place = { url: this.options.url, token: await this.session.accessToken(), after: this.#after };
    if (this.#isStopped) return false;
    const receiver: Receiver = {
      onOpen: (position) => {
        this.#isOpen = true;
        if (this.#after === null && position !== null) void this.#remember(position);
        this.options.onOpen();
      },
      onEvent: (event) => (this.#dealing = this.#dealing.then(() => this.#deal(event))),
    };
    const { makeSocket, fetch, headers } = this.options;
    this.#connection = makeSocket ? openSocket(makeSocket, place, receiver) : openStream(fetch, headers, place, receiver);
    return this.#connection.ended;
  }

  /** One after the other; what an app's handler throws is the app's. */
  async #deal(event: OutpostEvent): Promise<void> {
    try {
      await this.options.onEvent(event);
    } finally {
      if (event.seq !== null) await this.#remember(event.seq);
    }
  }

  /** A position that cannot be stored means that some events come twice. */
  async #remember(seq: number): Promise<void> {
    await this.database.write([{ table: 'sync', key: KEY, value: seq }]).catch(() => {});
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
