// The client as an app uses it: opens a store, signs in, reads and writes; the rest happens by itself.
import type { BackoffOptions } from './backoff.ts';
import { Collection } from './collection.ts';
import { Conflicts } from './conflicts.ts';
import { Database, type RowChange, type Table } from './database.ts';
import { Device, randomId } from './device.ts';
import { Driver } from './driver.ts';
import { Events, type OutpostEvent } from './events.ts';
import type { MakeSocket } from './events-socket.ts';
import { Http, type Fetch, type RequestOptions } from './http.ts';
import type { Fields } from './json.ts';
import type { Operation, SetAside, Verdict } from './operation.ts';
import { Outbox, type NewOperation } from './outbox.ts';
import { Puller, SyncPosition } from './pull.ts';
import { Records } from './records.ts';
import { Session, type Credentials, type TokenAnswer } from './session.ts';
import type { Store } from './store.ts';
import { Transport } from './transport.ts';
import { listenToPlatform } from './platform.ts';

export interface ClientOptions {
  /** Of the server, such as `https://api.example.org`. */
  url: string;
  store: Store;
  /** The app's key, where the server asks for one. */
  appKey?: string;
  /** Only these are pulled; all unless given. */
  collections?: string[];
  /** The platform's, unless given. */
  fetch?: Fetch;
  /** How WebSockets are made; null for server-sent events. The platform's, if it has any. */
  makeSocket?: MakeSocket | null;
  /** Whether to listen to events; without them a pull every half a minute has to do. */
  isLive?: boolean;
  /** How long an answer may take. */
  timeoutMs?: number;
  /** Operations in one batch, at most 100. */
  batchSize?: number;
  /** Changes in one page of a pull, at most 1000. */
  pageSize?: number;
  backoff?: BackoffOptions;
  /** How often to pull with events and without them. */
  pullEveryMs?: { live: number; blind: number };
  lingerMs?: number;
  random?: () => number;
}

/** How it stands, for the app to show. */
export interface Status {
  isSignedIn: boolean;
  /** Whether events arrive. */
  isLive: boolean;
  isSyncing: boolean;
  /** Operations that the server has not confirmed. */
  pending: number;
  /** Operations that were rejected and wait for a decision. */
  setAside: number;
  /** When all was sent and pulled, milliseconds since 1970. */
  syncedAt: number | null;
  /** Whether everything was pulled once. */
  isComplete: boolean;
  /** What went wrong last, if that was not healed yet. */
  problem: Error | null;
}

/** Told to listeners. */
export type ClientEvent =
  | { type: 'status'; status: Status }
  /** A record may look different now. */
  | { type: 'record'; collection: string; id: string }
  /** What became of an operation. */
  | { type: 'verdict'; operation: Operation; verdict: Verdict }
  /** An event of the user's room. */
  | { type: 'event'; event: OutpostEvent };

type Listener = (event: ClientEvent) => void | Promise<void>;

const DEFAULTS = {
  timeoutMs: 20_000,
  batchSize: 50,
  pageSize: 500,
  backoff: { baseMs: 500, capMs: 15_000 },
  pullEveryMs: { live: 120_000, blind: 30_000 },
  lingerMs: 30,
  random: Math.random,
  isLive: true,
};
/** Another device has written. */
const HINT = 'sync.available';
const WIPED: Table[] = ['session', 'sync', 'operations', 'aside', 'records'];

export class OutpostClient {
  /** What lost to later writes. */
  readonly conflicts: Conflicts;
  readonly #listeners = new Set<Listener>();
  readonly #collections = new Map<string, Collection<never>>();
  readonly #http: Http;
  readonly #session: Session;
  readonly #transport: Transport;
  readonly #records: Records;
  readonly #position: SyncPosition;
  readonly #outbox: Outbox;
  readonly #driver: Driver;
  readonly #events: Events | null;
  readonly #stopListening: () => void;

  private constructor(
    private readonly database: Database,
    private readonly device: Device,
    options: ClientOptions,
  ) {
    const { appKey, backoff, batchSize, collections: only, isLive, lingerMs, pageSize, pullEveryMs, random, timeoutMs } = { ...DEFAULTS, ...options };
    const fetch: Fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
    const url = options.url.replace(/\/+$/, '');
    const headers: Record<string, string> = appKey === undefined ? {} : { 'x-api-key': appKey };
    const collections = (only ?? []).join(',');
    this.#http = new Http({ url, fetch, timeoutMs, headers });
    this.#session = new Session(database, this.#http, () => device.id);
    this.#transport = new Transport(this.#http, this.#session);
    this.#records = new Records(database);
    this.#position = new SyncPosition(database, collections);
    this.#outbox = new Outbox(database, device, this.#transport, this.#position, {
      batchSize, backoff, random,
      onVerdict: (operation, verdict) => this.#tell({ type: 'verdict', operation, verdict }),
    });
    const puller = new Puller(database, this.#records, this.#transport, this.#position, { collections, pageSize });
    this.#driver = new Driver({
      flush: () => this.#outbox.flush(),
      pull: () => puller.pull(),
      due: () => this.#outbox.due,
      pullEveryMs: () => (this.#events?.isOpen ? pullEveryMs.live : pullEveryMs.blind),
      onChange: () => this.#tellStatus(),
      lingerMs, backoff, random,
    });
    this.#events = isLive ? this.#makeEvents({ ...options, url, fetch }, headers, backoff, random) : null;
    this.conflicts = new Conflicts(this.#transport, () => this.#driver.pullSoon());
    database.listen((changes) => this.#follow(changes));
    this.#stopListening = listenToPlatform(() => this.wake());
  }

  /** Opens a store, and goes on with what is in it. */
  static async open(options: ClientOptions): Promise<OutpostClient> {
    const database = await Database.open(options.store);
    const client = new OutpostClient(database, await Device.open(database, randomId), options);
    if (client.#session.isSignedIn) client.#start();
    return client;
  }

  /** The id of this installation. */
  get deviceId(): string {
    return this.device.id;
  }

  /** Whose records these are; null if nobody ever signed in. */
  get userId(): string | null {
    return this.#session.userId;
  }

  get status(): Status {
    const { isSyncing, problem, syncedAt } = this.#driver;
    return {
      isSignedIn: this.#session.isSignedIn,
      isLive: this.#events?.isOpen ?? false,
      isSyncing,
      pending: this.#outbox.count,
      setAside: this.database.rows('aside').size,
      syncedAt,
      isComplete: this.#position.isComplete,
      problem,
    };
  }

  async signIn(credentials: Credentials): Promise<void> {
    await this.#session.signIn(credentials);
    this.#start();
  }

  async register(account: { email: string; password: string; name?: string }): Promise<void> {
    await this.#session.register(account);
    this.#start();
  }

  /** Goes on with tokens that the app got in another way. */
  async adopt(tokens: TokenAnswer): Promise<void> {
    await this.#session.adopt(tokens);
    this.#start();
  }

  /** Ends the session. Records and operations stay, for the same user to sign in again. */
  async signOut(): Promise<void> {
    await this.#stop();
    await this.#session.signOut();
    this.#tellStatus();
  }

  /** Signs out and forgets everything, also operations that the server does not know. */
  async wipe(): Promise<void> {
    await this.signOut();
    const rows = WIPED.flatMap((table): RowChange[] => [...this.database.rows(table).keys()].map((key) => ({ table, key, value: undefined })));
    await this.database.write([...rows, this.device.renewed(randomId)]);
  }

  /** The records of a collection: `moods`, `journals`, `goals`; `organizations` can only be read. */
  collection<T extends object = Fields>(name: string): Collection<T> {
    let collection = this.#collections.get(name) as Collection<T> | undefined;
    if (!collection) {
      collection = new Collection<T>(name, this.#records, this.#outbox, this.#position);
      this.#collections.set(name, collection as unknown as Collection<never>);
    }
    return collection;
  }

  /** Queues any request that makes sense offline; gives its number. */
  queue(operation: Pick<NewOperation, 'method' | 'path' | 'data' | 'priority' | 'dependsOn'>): Promise<number> {
    return this.#outbox.add(0, () => operation);
  }

  /** Sends a request now, with a token that is good. */
  request<T>(path: string, options?: RequestOptions): Promise<T> {
    return this.#transport.request<T>(path, options);
  }

  /** Operations that the server has not confirmed, oldest first. */
  get pending(): Operation[] {
    return this.#outbox.pending;
  }

  /** Operations that the server will never accept, each with the reason. */
  get setAside(): SetAside[] {
    return this.#outbox.setAside;
  }

  /** Queues an operation that was set aside as a new one; gives its number. */
  retry(number: number): Promise<number> {
    return this.#outbox.retry(number);
  }

  /** Forgets an operation that was set aside. */
  dismiss(number: number): Promise<void> {
    return this.#outbox.dismiss(number);
  }

  /** Hears what happens. Returns what ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A hint that the network may be back. Never needed; saves seconds. */
  wake(): void {
    this.#driver.wake();
    this.#events?.wake();
  }

  /** Ends all work and closes the store. What waits is sent after the next `open`. */
  async close(): Promise<void> {
    this.#stopListening();
    await this.#stop();
    await this.database.close();
  }

  #start(): void {
    this.#driver.start();
    this.#events?.start();
  }

  async #stop(): Promise<void> {
    await Promise.all([this.#driver.stop(), this.#events?.stop()]);
  }

  #makeEvents(options: ClientOptions & { fetch: Fetch }, headers: Record<string, string>, backoff: BackoffOptions, random: () => number): Events {
    const { fetch, makeSocket = platformSockets(), url } = options;
    return new Events(this.database, this.#session, {
      url, fetch, makeSocket, headers, backoff, random,
      onEvent: (event) => this.#onEvent(event),
      // Whatever was announced meanwhile is pulled, and what waits can go: the server is there.
      onOpen: () => {
        this.#driver.wake();
        this.#driver.pullSoon();
      },
      // A pull finds out whether it is the network or the session.
      onEnd: () => this.#driver.pullSoon(),
    });
  }

  async #onEvent(event: OutpostEvent): Promise<void> {
    if (event.type === 'gap' || (event.type === HINT && !this.#isOwn(event))) this.#driver.pullSoon();
    await this.#tell({ type: 'event', event });
  }

  /** A hint at what this device itself has written. */
  #isOwn({ data }: OutpostEvent): boolean {
    return (data as { device_id?: string } | null)?.device_id === this.device.id;
  }

  #follow(changes: readonly RowChange[]): void {
    const names = new Map<string, ClientEvent>();
    for (const { table, key, value } of changes) {
      if (table === 'operations' && value !== undefined) this.#driver.queued();
      if (table !== 'records' && table !== 'operations') continue;
      const name = table === 'records' ? split(key) : (value as Operation | undefined)?.record;
      if (name) names.set(`${name.collection}/${name.id}`, { type: 'record', ...name });
    }
    for (const event of names.values()) void this.#tell(event);
    if (changes.some(({ table }) => table === 'operations' || table === 'aside')) this.#tellStatus();
  }

  #tellStatus(): void {
    if (this.#listeners.size > 0) void this.#tell({ type: 'status', status: this.status });
  }

  /** A listener's mistakes are the app's to see, and nobody else's. */
  async #tell(event: ClientEvent): Promise<void> {
    await Promise.all(
      [...this.#listeners].map(async (listener) => {
        try {
          await listener(event);
        } catch (error) {
          console.error(error);
        }
      }),
    );
  }
}

function split(key: string): { collection: string; id: string } {
  const cut = key.indexOf('/');
  return { collection: key.slice(0, cut), id: key.slice(cut + 1) };
}

function platformSockets(): MakeSocket | null {
  return typeof globalThis.WebSocket === 'function' ? (url) => new globalThis.WebSocket(url) as unknown as ReturnType<MakeSocket> : null;
}
