// All that the client knows, in memory, with a store behind it. Whoever reads and then writes
// without an `await` in between has made a transaction.
import type { Store } from './store.ts';

/** The tables, each a map from keys to values. */
export type Table = 'device' | 'session' | 'sync' | 'operations' | 'aside' | 'records';

/** A row with its new value; undefined removes it. */
export interface RowChange {
  table: Table;
  key: string;
  value: unknown;
}

type Listener = (changes: readonly RowChange[]) => void;

interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

export class Database {
  readonly #tables = new Map<string, Map<string, unknown>>();
  readonly #listeners = new Set<Listener>();
  /** What rows held that are not safe yet, oldest first. */
  #undo: RowChange[] = [];
  /** What goes to the store next. */
  #waiting = new Map<string, string | null>();
  #waiters: Waiter[] = [];
  #isWriting = false;

  private constructor(private readonly store: Store) {}

  static async open(store: Store): Promise<Database> {
    const database = new Database(store);
    for (const [name, text] of await store.load()) {
      const cut = name.indexOf('/');
      database.#table(name.slice(0, cut)).set(name.slice(cut + 1), JSON.parse(text));
    }
    return database;
  }

  get<T>(table: Table, key: string): T | undefined {
    return this.#table(table).get(key) as T | undefined;
  }

  rows<T>(table: Table): ReadonlyMap<string, T> {
    return this.#table(table) as ReadonlyMap<string, T>;
  }

  /**
   * Changes rows, all or none. It is visible at once, and safe when the promise is fulfilled; if the
   * store fails, what was visible is taken back.
   */
  write(changes: readonly RowChange[]): Promise<void> {
    const undo: RowChange[] = [];
    for (const { table, key, value } of changes) {
      undo.push({ table, key, value: this.#table(table).get(key) });
      this.#set(table, key, value);
      this.#waiting.set(`${table}/${key}`, value === undefined ? null : JSON.stringify(value));
    }
    this.#undo.push(...undo);
    const isSafe = new Promise<void>((resolve, reject) => this.#waiters.push({ resolve, reject }));
    this.#tell(changes);
    if (!this.#isWriting) void this.#flush();
    return isSafe;
  }

  /** Hears of every change, also of those that are taken back. Returns what ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    return this.store.close();
  }

  /** What came while the store was writing goes together. */
  async #flush(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiters.length > 0) {
      const [changes, waiters, undoCount] = [[...this.#waiting], this.#waiters, this.#undo.length];
      this.#waiting = new Map();
      this.#waiters = [];
      try {
        if (changes.length > 0) await this.store.write(changes);
        this.#undo.splice(0, undoCount);
        for (const { resolve } of waiters) resolve();
      } catch (error) {
        this.#takeBack(waiters, error);
      }
    }
    this.#isWriting = false;
  }

  /** Also what came since: it may stand on what failed. */
  #takeBack(waiters: Waiter[], error: unknown): void {
    const [undo, all] = [this.#undo.reverse(), [...waiters, ...this.#waiters]];
    this.#undo = [];
    this.#waiting = new Map();
    this.#waiters = [];
    for (const { table, key, value } of undo) this.#set(table, key, value);
    this.#tell(undo);
    for (const { reject } of all) reject(error);
  }

  #set(table: Table, key: string, value: unknown): void {
    if (value === undefined) this.#table(table).delete(key);
    else this.#table(table).set(key, value);
  }

  #tell(changes: readonly RowChange[]): void {
    for (const listener of this.#listeners) listener(changes);
  }

  #table(name: string): Map<string, unknown> {
    let table = this.#tables.get(name);
    if (!table) this.#tables.set(name, (table = new Map()));
    return table;
  }
}
