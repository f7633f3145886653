// Keeps things as long as the object lives: for tests, and for pages that need no more.
import type { Store, StoreChange } from './store.ts';

export class MemoryStore implements Store {
  readonly #rows = new Map<string, string>();

  async load(): Promise<Iterable<readonly [string, string]>> {
    return [...this.#rows];
  }

  async write(changes: readonly StoreChange[]): Promise<void> {
    for (const [key, value] of changes) {
      if (value === null) this.#rows.delete(key);
      else this.#rows.set(key, value);
    }
  }

  async close(): Promise<void> {}
}
