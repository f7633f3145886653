// Over IndexedDB: what browsers should use. One tab has the store at a time; others wait for it.
import type { Store, StoreChange } from './store.ts';
import { TabLock, platformLocks } from './tab-lock.ts';

const TABLE = 'rows';

export class IndexedDbStore implements Store {
  #database: IDBDatabase | null = null;
  readonly #lock: TabLock;

  constructor(
    private readonly name: string,
    private readonly factory: IDBFactory = globalThis.indexedDB,
    locks: LockManager | null = platformLocks(),
  ) {
    this.#lock = new TabLock(name, locks);
  }

  async load(): Promise<Iterable<readonly [string, string]>> {
    await this.#lock.take();
    const opening = this.factory.open(this.name, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(TABLE);
    this.#database = await done(opening);
    const rows = this.#database.transaction(TABLE).objectStore(TABLE);
    const [keys, values] = await Promise.all([done(rows.getAllKeys()), done(rows.getAll() as IDBRequest<string[]>)]);
    return keys.map((key, index) => [String(key), values[index]!] as const);
  }

  write(changes: readonly StoreChange[]): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.#database) return reject(new Error('The store is not open'));
      const transaction = this.#database.transaction(TABLE, 'readwrite', { durability: 'strict' });
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
      const rows = transaction.objectStore(TABLE);
      for (const [key, value] of changes) {
        if (value === null) rows.delete(key);
        else rows.put(value, key);
      }
    });
  }

  async close(): Promise<void> {
    this.#database?.close();
    this.#database = null;
    this.#lock.release();
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
