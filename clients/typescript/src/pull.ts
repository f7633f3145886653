// What others did: pulled page by page. A page and the cursor behind it are stored together, so a
// pull goes on where it was, whatever happens to the device.
import type { Database, RowChange } from './database.ts';
import { ApiError } from './errors.ts';
import type { Fields } from './json.ts';
import { queryOf } from './query.ts';
import { recordRow, rowsBefore, type Records } from './records.ts';
import type { Transport } from './transport.ts';

const CHANGES = '/api/v1/sync/changes';
const KEY = 'position';

/** How far this device has pulled. */
interface Position {
  /** Null before the first page. */
  cursor: string | null;
  /** Grows whenever everything is told anew. */
  generation: number;
  /** Whether everything was told; before, what is not told may still come. */
  isComplete: boolean;
  /** For which collections, with commas between them; none for all. */
  collections: string;
}

/** A page of changes. */
interface Page {
  changes: Change[];
  cursor: string;
  has_more: boolean;
  /** Whether this is the first page of everything. */
  reset: boolean;
}

interface Change {
  collection: string;
  id: string;
  op: 'upsert' | 'delete';
  data?: Fields;
  is_partial?: boolean;
}

/** Where this device is in the changes of its user. */
export class SyncPosition {
  constructor(
    private readonly database: Database,
    private readonly collections: string,
  ) {}

  get #row(): Position {
    const row = this.database.get<Position>('sync', KEY) ?? { cursor: null, generation: 0, isComplete: false, collections: this.collections };
    if (row.collections === this.collections) return row;
    // A cursor is good for the collections that it was told for.
    return { cursor: null, generation: row.generation + 1, isComplete: false, collections: this.collections };
  }

  get cursor(): string | null {
    return this.#row.cursor;
  }

  get generation(): number {
    return this.#row.generation;
  }

  get isComplete(): boolean {
    return this.#row.isComplete;
  }

  /** Goes on behind a batch, if the device had everything before. */
  rowsBehind(cursor: string): RowChange[] {
    return this.isComplete ? [this.#rowOf({ ...this.#row, cursor })] : [];
  }

  /** Goes on behind a page. */
  rowBehind({ cursor, has_more, reset }: Page): { row: RowChange; generation: number } {
    const before = this.#row;
    const generation = before.generation + (reset ? 1 : 0);
    const isComplete = !has_more || (before.isComplete && !reset);
    return { row: this.#rowOf({ ...before, cursor, generation, isComplete }), generation };
  }

  /** Begins anew; what is here stays until everything was told. */
  rowOfStart(): RowChange {
    return this.#rowOf({ ...this.#row, cursor: null, generation: this.generation + 1, isComplete: false });
  }

  #rowOf(value: Position): RowChange {
    return { table: 'sync', key: KEY, value };
  }
}

export class Puller {
  constructor(
    private readonly database: Database,
    private readonly records: Records,
    private readonly transport: Transport,
    private readonly position: SyncPosition,
    private readonly options: { collections: string; pageSize: number },
  ) {}

  /** Pulls until there is nothing more. */
  async pull(): Promise<void> {
    for (;;) {
      const page = await this.#fetch(this.position.isComplete);
      if (page && (await this.#apply(page))) return;
    }
  }

  /** The next page, or null if it takes a new start to get one. */
  async #fetch(isDifferential: boolean): Promise<Page | null> {
    const { collections, pageSize: limit } = this.options;
    const { cursor } = this.position;
    const query = queryOf({ limit, since: cursor, collections: collections || null, fields: isDifferential ? 'changed' : null });
    try {
      const page = await this.transport.request<Page>(CHANGES + query);
      // Only part of a record whose rest is not here: then all of it.
      return page.changes.some((change) => this.#lacksBase(change)) ? await this.#fetch(false) : page;
    } catch (error) {
      if (cursor === null || !isCursorRefused(error)) throw error;
      await this.database.write([this.position.rowOfStart()]);
      return null;
    }
  }

  #lacksBase({ is_partial = false, ...name }: Change): boolean {
    return is_partial && this.records.stored(name) === undefined;
  }

  /** Stores a page; whether it was the last. */
  async #apply(page: Page): Promise<boolean> {
    const wasComplete = this.position.isComplete && !page.reset;
    const { row, generation } = this.position.rowBehind(page);
    const rows = page.changes.map((change) => recordRow(change, this.#dataOf(change), generation));
    if (!page.has_more && !wasComplete) rows.push(...this.#forgotten(rows, generation));
    if (rows.length > 0 || page.cursor !== this.position.cursor || !wasComplete) await this.database.write([...rows, row]);
    return !page.has_more;
  }

  /** What was here and was not told when everything was. */
  #forgotten(told: RowChange[], generation: number): RowChange[] {
    const names = new Set(told.map(({ key }) => key));
    return rowsBefore(this.database, generation).filter(({ key }) => !names.has(key));
  }

  #dataOf(change: Change): Fields | undefined {
    if (change.op === 'delete') return undefined;
    return change.is_partial ? { ...this.records.stored(change), ...change.data } : change.data;
  }
}

function isCursorRefused(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 400 || error.status === 422) && error.details.some(({ field }) => field === 'since');
}
