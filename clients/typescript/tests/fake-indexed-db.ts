// The part of IndexedDB that the store uses, in memory: requests that succeed later, transactions that
// commit whole or abort.

type Rows = Map<string, string>;

/** A request that succeeds a moment later. */
function request<T>(result: T): IDBRequest<T> {
  const made = { result, onsuccess: null as (() => void) | null, onerror: null };
  queueMicrotask(() => made.onsuccess?.());
  return made as unknown as IDBRequest<T>;
}

export class FakeIndexedDb {
  readonly #databases = new Map<string, Rows>();
  /** Whether commits fail, as without room. */
  isFull = false;

  open(name: string): IDBOpenDBRequest {
    const isNew = !this.#databases.has(name);
    const rows = this.#databases.get(name) ?? new Map<string, string>();
    const opening = { result: this.#database(rows), onsuccess: null as (() => void) | null, onupgradeneeded: null as (() => void) | null };
    queueMicrotask(() => {
      if (isNew) opening.onupgradeneeded?.();
      this.#databases.set(name, rows);
      opening.onsuccess?.();
    });
    return opening as unknown as IDBOpenDBRequest;
  }

  #database(rows: Rows): IDBDatabase {
    return { createObjectStore: () => {}, close: () => {}, transaction: () => this.#transaction(rows) } as unknown as IDBDatabase;
  }

  #transaction(rows: Rows): IDBTransaction {
    const draft = new Map(rows);
    const transaction = { error: new Error('no room'), oncomplete: null as (() => void) | null, onabort: null as (() => void) | null, objectStore: () => store };
    const store = {
      getAllKeys: () => request([...rows.keys()]),
      getAll: () => request([...rows.values()]),
      put: (value: string, key: string) => draft.set(key, value),
      delete: (key: string) => draft.delete(key),
    };
    queueMicrotask(() => {
      if (this.isFull) return transaction.onabort?.();
      rows.clear();
      for (const [key, value] of draft) rows.set(key, value);
      transaction.oncomplete?.();
    });
    return transaction as unknown as IDBTransaction;
  }
}
