// Over `localStorage`, or anything with its methods. Small (browsers give 5 MB) and synchronous;
// where there is IndexedDB, prefer that. One tab has it at a time; others wait for it.
import type { Store, StoreChange } from './store.ts';
import { TabLock, platformLocks } from './tab-lock.ts';

/** The part of `Storage` that is used. */
export type WebStorage = Pick<Storage, 'length' | 'key' | 'getItem' | 'setItem' | 'removeItem'>;

/**
 * `setItem` is atomic, several are not. So a transaction is first written whole under one key, and
 * what a crash left of it is done at the next start.
 */
export class WebStorageStore implements Store {
  readonly #journal: string;
  readonly #lock: TabLock;

  constructor(
    private readonly name: string,
    private readonly storage: WebStorage = globalThis.localStorage,
    locks: LockManager | null = platformLocks(),
  ) {
    this.#journal = `${name}!journal`;
    this.#lock = new TabLock(name, locks);
  }

  async load(): Promise<Iterable<readonly [string, string]>> {
    await this.#lock.take();
    const unfinished = this.storage.getItem(this.#journal);
    if (unfinished !== null) this.#carryOut(JSON.parse(unfinished) as StoreChange[]);
    const prefix = `${this.name}:`;
    const keys = Array.from({ length: this.storage.length }, (_, index) => this.storage.key(index));
    return keys.flatMap((key): [string, string][] => {
      if (!key?.startsWith(prefix)) return [];
      const value = this.storage.getItem(key);
      return value === null ? [] : [[key.slice(prefix.length), value]];
    });
  }

  async write(changes: readonly StoreChange[]): Promise<void> {
    this.storage.setItem(this.#journal, JSON.stringify(changes));
    const before = changes.map(([key]) => [key, this.storage.getItem(`${this.name}:${key}`)] as const);
    try {
      this.#carryOut(changes);
    } catch (error) {
      // No room: what was there fitted.
      for (const [key] of changes) this.storage.removeItem(`${this.name}:${key}`);
      this.#carryOut(before);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#lock.release();
  }

  #carryOut(changes: readonly StoreChange[]): void {
    for (const [key, value] of changes) {
      if (value === null) this.storage.removeItem(`${this.name}:${key}`);
      else this.storage.setItem(`${this.name}:${key}`, value);
    }
    this.storage.removeItem(this.#journal);
  }
}
