// The records as this device shows them: what the server told last, with what was done here since
// and the server does not know yet on top. So whoever writes reads it back at once.
import type { Database, RowChange } from './database.ts';
import type { Fields } from './json.ts';
import { keyOf, nameOf, type Operation, type RecordName } from './operation.ts';

/** A record as the server told it. */
interface StoredRecord {
  data: Fields;
  /** Which first sync told it, or a later one confirmed it. */
  generation: number;
}

export class Records {
  /** Operations that wait, by record, in their order. */
  readonly #waiting = new Map<string, Operation[]>();
  /** Their records, by key. */
  readonly #names = new Map<string, string>();

  constructor(private readonly database: Database) {
    for (const operation of database.rows<Operation>('operations').values()) this.#add(operation);
    database.listen((changes) => {
      for (const change of changes) if (change.table === 'operations') this.#follow(change);
    });
  }

  /** A record, or undefined if there is none. */
  get(name: RecordName): Fields | undefined {
    return overlay(name, this.stored(name), this.#waiting.get(nameOf(name)));
  }

  /** As the server told it last. */
  stored(name: RecordName): Fields | undefined {
    return this.database.get<StoredRecord>('records', nameOf(name))?.data;
  }

  /** All records of a collection, in no order. */
  list(collection: string): Fields[] {
    const prefix = `${collection}/`;
    const keys = new Set<string>();
    for (const key of this.database.rows('records').keys()) if (key.startsWith(prefix)) keys.add(key);
    for (const key of this.#waiting.keys()) if (key.startsWith(prefix)) keys.add(key);
    const records = [...keys].map((key) => this.get({ collection, id: key.slice(prefix.length) }));
    return records.filter((record) => record !== undefined);
  }

  /** Whether operations on a record wait. */
  isPending(name: RecordName): boolean {
    return this.#waiting.has(nameOf(name));
  }

  #follow({ key, value }: RowChange): void {
    const name = this.#names.get(key);
    if (name !== undefined) {
      this.#names.delete(key);
      const others = this.#waiting.get(name)?.filter(({ number }) => keyOf(number) !== key) ?? [];
      if (others.length > 0) this.#waiting.set(name, others);
      else this.#waiting.delete(name);
    }
    if (value !== undefined) this.#add(value as Operation);
  }

  #add(operation: Operation): void {
    if (!operation.record) return;
    const name = nameOf(operation.record);
    const all = [...(this.#waiting.get(name) ?? []), operation];
    this.#waiting.set(name, all.sort((one, other) => one.number - other.number));
    this.#names.set(keyOf(operation.number), name);
  }
}

/** A row with what the server told of a record; a deleted one has no row. */
export function recordRow(name: RecordName, data: Fields | undefined, generation: number): RowChange {
  const isThere = data !== undefined && (data.deleted_at === undefined || data.deleted_at === null);
  const value: StoredRecord | undefined = isThere ? { data, generation } : undefined;
  return { table: 'records', key: nameOf(name), value };
}

/** Rows that forget the records that the present generation has not told. */
export function rowsBefore(database: Database, generation: number): RowChange[] {
  const rows = database.rows<StoredRecord>('records');
  return [...rows].flatMap(([key, { generation: own }]) => (own < generation ? [{ table: 'records' as const, key, value: undefined }] : []));
}

function overlay(name: RecordName, stored: Fields | undefined, operations: readonly Operation[] = []): Fields | undefined {
  return operations.reduce((record, operation) => afterwards(name, record, operation), stored);
}

/** A record after an operation, as far as this device can tell. */
function afterwards({ id }: RecordName, record: Fields | undefined, { createdAt, effect, data }: Operation): Fields | undefined {
  if (effect === 'delete') return undefined;
  const fields = shown(data as Fields | undefined);
  if (effect === 'put') return { created_at: record?.created_at ?? createdAt, ...fields, id };
  if (!record || effect === undefined) return record;
  if (effect === 'patch') return { ...record, ...fields };
  const before = record[effect.add];
  return { ...record, [effect.add]: (typeof before === 'number' ? before : 0) + effect.amount };
}

/** What is in a body for the server only. */
function shown({ base: _, ...fields }: Fields = {}): Fields {
  return fields;
}
