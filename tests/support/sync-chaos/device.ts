// A phone with the client for apps on it: a store in a file, a bad network of its own, and an app
// that may die at any moment.
import { OutpostClient, type Fields, type Store, type StoreChange } from '../../../clients/typescript/src/index.ts';
import { FileStore } from '../../../clients/typescript/src/node.ts';
import type { CuttingProxy } from '../realtime/cutting-proxy.ts';

const TIMEOUT_MS = 3_000;
/** Tokens are renewed 30 s before they end: so short-lived ones are renewed all the time. */
const TOKEN_SECONDS = 36;
const BACKOFF = { baseMs: 100, capMs: 3_000 };

const never = new Promise<never>(() => {});

/** A store that stops with its app, in the middle of whatever it does. */
class MortalStore implements Store {
  #isDead = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly store: Store) {}

  load(): ReturnType<Store['load']> {
    return this.store.load();
  }

  write(changes: readonly StoreChange[]): Promise<void> {
    if (this.#isDead) return never;
    const writing = this.store.write(changes);
    this.#last = writing.catch(() => {});
    return writing.then(() => (this.#isDead ? never : undefined));
  }

  async close(): Promise<void> {
    if (!this.#isDead) await this.store.close();
  }

  async die(): Promise<void> {
    this.#isDead = true;
    await this.#last;
    await this.store.close();
  }
}

export class Device {
  client!: OutpostClient;
  /** Batches that were sent, and operations in them: more than there were, since replies get lost. */
  batches = 0;
  sent = 0;
  refreshes = 0;
  #store!: MortalStore;

  constructor(
    readonly name: string,
    private readonly file: string,
    readonly proxy: CuttingProxy,
    /** Whether events come by server-sent events instead of a WebSocket. */
    private readonly isStreaming: boolean,
  ) {}

  /** Starts the app, with what its store holds. */
  async start(): Promise<void> {
    this.#store = new MortalStore(new FileStore(this.file));
    let isDead = () => false;
    const store = this.#store;
    isDead = () => this.#store !== store;
    this.client = await OutpostClient.open({
      url: this.proxy.url,
      store,
      fetch: (url, init) => this.#fetch(url, init, isDead),
      ...(this.isStreaming && { makeSocket: null }),
      timeoutMs: TIMEOUT_MS,
      backoff: BACKOFF,
      pageSize: 100,
    });
  }

  /** The app dies: nothing that it has not stored is left, and it starts again. */
  async crash(): Promise<void> {
    const [client, store] = [this.client, this.#store];
    this.#store = null!;
    await store.die();
    void client.close().catch(() => {});
    await this.start();
  }

  /** What this device shows: all records, by collection and id. */
  state(): Record<string, Fields> {
    const collections = ['moods', 'journals', 'goals', 'organizations'];
    const records = collections.flatMap((name) => this.client.collection(name).list().map((record): [string, Fields] => [`${name}/${record.id}`, sorted(record)]));
    return Object.fromEntries(records.sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  async #fetch(url: string, init: RequestInit, isDead: () => boolean): Promise<Response> {
    if (isDead()) return never;
    if (url.includes('/sync/batch')) {
      this.batches += 1;
      this.sent += JSON.parse(init.body as string).operations.length;
    }
    const answer = await fetch(url, init);
    if (isDead()) return never;
    if (!url.includes('/auth/') || !answer.ok) return answer;
    this.refreshes += 1;
    const tokens = (await answer.json()) as object;
    return Response.json({ ...tokens, expires_in: TOKEN_SECONDS });
  }
}

const sorted = (record: Fields): Fields => Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));
