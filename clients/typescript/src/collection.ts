// Records as an app reads and writes them. Every write is done here at once, and on the server when
// it can be reached.
import { randomId } from './device.ts';
import type { Fields } from './json.ts';
import type { Outbox } from './outbox.ts';
import type { SyncPosition } from './pull.ts';
import type { Records } from './records.ts';

/** Times of the server have whole seconds: what it calls :07 may be almost :08. */
const SECOND_MS = 999;

/** What may be said of any write. */
export interface WriteOptions {
  /** 1 to 4, the urgent first, among what is sent together. */
  priority?: number;
  /** Operations without which this one makes no sense, by the numbers that writes gave. */
  dependsOn?: number[];
}

/** What came of a write here; the server's part follows. */
export interface Written {
  /** Of the record. */
  id: string;
  /** Of the operation, for `dependsOn`. */
  operation: number;
}

export class Collection<T extends object = Fields> {
  constructor(
    readonly name: string,
    private readonly records: Records,
    private readonly outbox: Outbox,
    private readonly position: SyncPosition,
  ) {}

  /** A record as this device has it, with all that was done here. */
  get(id: string): (T & { id: string }) | undefined {
    return this.records.get({ collection: this.name, id }) as (T & { id: string }) | undefined;
  }

  /** All records, in no order. */
  list(): (T & { id: string })[] {
    return this.records.list(this.name) as unknown as (T & { id: string })[];
  }

  /** Whether the server does not know yet all that was done to a record here. */
  isPending(id: string): boolean {
    return this.records.isPending({ collection: this.name, id });
  }

  /** Writes a whole record: a new one, if no id is given. */
  async put(record: T & { id?: string }, options: WriteOptions = {}): Promise<Written> {
    const { id = randomId(), ...fields } = record as Fields & { id?: string };
    return this.#write(id, 'PUT', 'put', fields, options);
  }

  /** Changes some fields of a record. */
  patch(id: string, fields: Partial<T>, options: WriteOptions = {}): Promise<Written> {
    return this.#write(id, 'PATCH', 'patch', fields as Fields, options);
  }

  delete(id: string, options: WriteOptions = {}): Promise<Written> {
    return this.#write(id, 'DELETE', 'delete', {}, options);
  }

  /** Adds to a goal's progress, here `current_value`. All additions of all devices count, each once. */
  async add(id: string, amount: number, options: WriteOptions = {}): Promise<Written> {
    const record = { collection: this.name, id };
    const operation = await this.outbox.add(this.#seen(id), () => ({
      ...options,
      method: 'POST',
      path: `/api/v1/${this.name}/${encodeURIComponent(id)}/progress`,
      data: { amount },
      record,
      effect: { add: 'current_value', amount },
    }));
    return { id, operation };
  }

  async #write(id: string, method: string, effect: 'put' | 'patch' | 'delete', fields: Fields, options: WriteOptions): Promise<Written> {
    const record = { collection: this.name, id };
    const { cursor } = this.position;
    const isKnown = this.records.stored(record) !== undefined;
    const operation = await this.outbox.add(this.#seen(id), (time) => ({
      ...options,
      method,
      path: `/api/v1/${this.name}/${encodeURIComponent(id)}`,
      // The base tells the server what this device knew: what it left as it was overwrites nothing.
      data: { ...fields, id, updated_at: new Date(time).toISOString(), ...(isKnown && cursor !== null && { base: cursor }) },
      record,
      effect,
    }));
    return { id, operation };
  }

  /** A write counts as later than what it changes. */
  #seen(id: string): number {
    const { updated_at } = this.records.stored({ collection: this.name, id }) ?? {};
    const time = typeof updated_at === 'string' ? Date.parse(updated_at) : NaN;
    return Number.isNaN(time) ? 0 : time + SECOND_MS;
  }
}
