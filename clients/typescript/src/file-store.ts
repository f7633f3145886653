// In a file, for Node: a log of transactions, one line each, synced to disk before it counts. A line
// that a crash cut short never happened. Grown to twice its contents, it is written anew.
import { open, readFile, rename, type FileHandle } from 'node:fs/promises';
import type { Store, StoreChange } from './store.ts';

/** Below this there is nothing to gain by writing it anew. */
const SMALL_BYTES = 1 << 20;

export class FileStore implements Store {
  readonly #rows = new Map<string, string>();
  #file: FileHandle | null = null;
  #bytes = 0;
  #bytesWhenCompact = 0;

  constructor(private readonly path: string) {}

  async load(): Promise<Iterable<readonly [string, string]>> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    // What follows the last line break is the beginning of a transaction.
    for (const line of text.split('\n').slice(0, -1)) this.#apply(JSON.parse(line) as StoreChange[]);
    await this.#compact();
    return [...this.#rows];
  }

  async write(changes: readonly StoreChange[]): Promise<void> {
    if (!this.#file) throw new Error('The store is not open');
    const line = Buffer.from(`${JSON.stringify(changes)}\n`);
    try {
      await this.#file.write(line, 0, line.length, this.#bytes);
      await this.#file.datasync();
    } catch (error) {
      // The disk is full: what arrived of the line must not stand before the next one.
      await this.#file.truncate(this.#bytes);
      throw error;
    }
    this.#bytes += line.length;
    this.#apply(changes);
    // Without room for a second file the long one goes on.
    if (this.#bytes > SMALL_BYTES && this.#bytes > this.#bytesWhenCompact * 2) await this.#compact().catch(() => {});
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
  }

  /** The new file takes the place of the old one only when it is whole. */
  async #compact(): Promise<void> {
    const line = Buffer.from(this.#rows.size > 0 ? `${JSON.stringify([...this.#rows])}\n` : '');
    const next = await open(`${this.path}.new`, 'w');
    await next.writeFile(line);
    await next.sync();
    await rename(`${this.path}.new`, this.path);
    await this.#file?.close();
    this.#file = next;
    this.#bytes = this.#bytesWhenCompact = line.length;
  }

  #apply(changes: readonly StoreChange[]): void {
    for (const [key, value] of changes) {
      if (value === null) this.#rows.delete(key);
      else this.#rows.set(key, value);
    }
  }
}
