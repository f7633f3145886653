// Operations on their way to the server: in order, in batches, until each has its verdict.
import { fullJitter, type BackoffOptions } from './backoff.ts';
import type { Database, RowChange } from './database.ts';
import type { Device } from './device.ts';
import { ApiError } from './errors.ts';
import type { Json } from './json.ts';
import { keyOf, nameOf, onTheWire, type BatchAnswer, type Effect, type Operation, type RecordName, type SetAside, type Verdict } from './operation.ts';
import type { SyncPosition } from './pull.ts';
import { recordRow } from './records.ts';
import type { Transport } from './transport.ts';

const BATCH = '/api/v1/sync/batch';
/** Letters of JSON in one batch; the server takes 5 MB. */
const MAX_LETTERS = 1_000_000;
/** Refusals of a batch as a whole that are about what is in it. */
const ABOUT_CONTENT = [400, 413, 422];

export interface OutboxOptions {
  /** Operations in one batch, at most 100. */
  batchSize: number;
  backoff: BackoffOptions;
  random: () => number;
  onVerdict: (operation: Operation, verdict: Verdict) => void;
}

/** An operation before it has a number. */
export interface NewOperation {
  method: string;
  path: string;
  data?: Json | undefined;
  priority?: number | undefined;
  dependsOn?: number[] | undefined;
  record?: RecordName | undefined;
  effect?: Effect | undefined;
}

export class Outbox {
  /** When an operation may be sent again that the server asked to be sent again. */
  readonly #notBefore = new Map<number, number>();
  /** How many go together; fewer for a while after a batch was refused as a whole. */
  #atOnce: number;

  constructor(
    private readonly database: Database,
    private readonly device: Device,
    private readonly transport: Transport,
    private readonly position: SyncPosition,
    private readonly options: OutboxOptions,
  ) {
    this.#atOnce = options.batchSize;
  }

  /** Operations that have no verdict yet, oldest first. */
  get pending(): Operation[] {
    return inOrder(this.database.rows<Operation>('operations'));
  }

  get count(): number {
    return this.database.rows('operations').size;
  }

  /** Operations that were rejected, oldest first. */
  get setAside(): SetAside[] {
    return inOrder(this.database.rows<SetAside>('aside'));
  }

  /** Queues an operation; it is safe when the promise is fulfilled. `make` gets the time at which it counts. */
  async add(seen: number, make: (time: number) => NewOperation): Promise<number> {
    const { number, time, row } = this.device.next(seen);
    const operation: Operation = { ...defined(make(time)), number, createdAt: new Date(time).toISOString(), retries: 0 };
    await this.database.write([row, operationRow(operation)]);
    return number;
  }

  /** Forgets an operation that was set aside. */
  dismiss(number: number): Promise<void> {
    return this.database.write([{ table: 'aside', key: keyOf(number), value: undefined }]);
  }

  /** Queues an operation that was set aside once more, as a new one. */
  async retry(number: number): Promise<number> {
    const aside = this.database.get<SetAside>('aside', keyOf(number));
    if (!aside) throw new RangeError(`no operation ${number} was set aside`);
    const next = this.device.next();
    const operation = { ...aside.operation, number: next.number, createdAt: new Date(next.time).toISOString(), retries: 0 };
    await this.database.write([next.row, operationRow(operation), { table: 'aside', key: keyOf(number), value: undefined }]);
    return next.number;
  }

  /** When there is something to send: a time, 0 for now, or null for nothing. */
  get due(): number | null {
    if (this.#sendable(1).length > 0) return 0;
    const times = this.pending.flatMap(({ number }) => this.#notBefore.get(number) ?? []);
    return times.length > 0 ? Math.min(...times) : null;
  }

  /** Sends what can be sent now, batch after batch; whether others turned out to have written too. */
  async flush(): Promise<boolean> {
    let isBehind = false;
    for (;;) {
      const batch = this.#sendable(this.#atOnce);
      if (batch.length === 0) return isBehind;
      isBehind = (await this.#send(batch)) || isBehind;
    }
  }

  async #send(batch: Operation[]): Promise<boolean> {
    // What the server has shall be here too, whatever happens next: an empty write waits for those before it.
    await this.database.write([]);
    const { cursor } = this.position;
    const body = { device_id: this.device.id, operations: batch.map(onTheWire), ...(cursor !== null && { cursor }) };
    try {
      const answer = await this.transport.request<BatchAnswer>(BATCH, { method: 'POST', body });
      await this.#settle(batch, answer);
      this.#atOnce = Math.min(this.options.batchSize, this.#atOnce * 2);
      return answer.cursor === cursor && answer.results.some(({ status }) => status === 'applied');
    } catch (error) {
      if (!(error instanceof ApiError) || !ABOUT_CONTENT.includes(error.status)) throw error;
      await this.#divide(batch, error);
      return false;
    }
  }

  /** Something in the batch spoils all of it: fewer at once, until the one that does stands alone. */
  async #divide([first, ...others]: Operation[], error: ApiError): Promise<void> {
    if (others.length > 0) {
      this.#atOnce = Math.ceil((others.length + 1) / 2);
      return;
    }
    const { status: http_status, code, message } = error;
    const verdict: Verdict = { id: first!.number, status: 'rejected', http_status, error: { code, message } };
    await this.database.write(this.#rowsOf(first!, verdict));
    this.options.onVerdict(first!, verdict);
  }

  /** The verdicts, the records as they are now, and the cursor behind them: all of it at once. */
  async #settle(batch: Operation[], { results, cursor }: BatchAnswer): Promise<void> {
    const verdicts = new Map(results.map((verdict) => [Number(verdict.id), verdict]));
    const rows: RowChange[] = [];
    const settled: [Operation, Verdict][] = [];
    for (const operation of batch) {
      const verdict = verdicts.get(operation.number) ?? { id: operation.number, status: 'retry', http_status: 503 };
      rows.push(...this.#rowsOf(operation, verdict));
      settled.push([operation, verdict]);
    }
    // Of what other operations change the verdicts do not tell.
    if (batch.every(({ record }) => record)) rows.push(...this.position.rowsBehind(cursor));
    await this.database.write(rows);
    for (const [operation, verdict] of settled) this.options.onVerdict(operation, verdict);
  }

  #rowsOf(operation: Operation, verdict: Verdict): RowChange[] {
    const { number, record } = operation;
    if (verdict.status === 'retry') {
      const retries = operation.retries + 1;
      const wait = fullJitter(this.options.backoff, retries, this.options.random);
      this.#notBefore.set(number, Date.now() + Math.max(wait, (verdict.retry_after ?? 0) * 1000));
      return [operationRow({ ...operation, retries })];
    }
    this.#notBefore.delete(number);
    const gone: RowChange = { table: 'operations', key: keyOf(number), value: undefined };
    if (verdict.status === 'rejected') return [gone, { table: 'aside', key: keyOf(number), value: { operation, verdict } satisfies SetAside }];
    const isTold = verdict.data !== undefined || operation.effect === 'delete';
    return record && isTold ? [gone, recordRow(record, verdict.data, this.position.generation)] : [gone];
  }

  /**
   * Those that may go now, oldest first. What waits holds up what is about the same record or
   * depends on it, and nobody else.
   */
  #sendable(limit: number): Operation[] {
    const [held, heldRecords] = [new Set<number>(), new Set<string>()];
    const [free, now] = [[] as Operation[], Date.now()];
    let letters = 0;
    for (const operation of this.pending) {
      const { number, record, dependsOn = [] } = operation;
      const name = record && nameOf(record);
      const waits = (this.#notBefore.get(number) ?? 0) > now;
      if (waits || (name && heldRecords.has(name)) || dependsOn.some((one) => held.has(one))) {
        held.add(number);
        if (name) heldRecords.add(name);
        continue;
      }
      letters += JSON.stringify(operation).length;
      if (free.length === limit || (free.length > 0 && letters > MAX_LETTERS)) break;
      free.push(operation);
    }
    return free;
  }
}

const operationRow = (operation: Operation): RowChange => ({ table: 'operations', key: keyOf(operation.number), value: operation });

function inOrder<T>(rows: ReadonlyMap<string, T>): T[] {
  return [...rows].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, value]) => value);
}

/** Without the keys that hold nothing. */
function defined(operation: NewOperation): NewOperation {
  return Object.fromEntries(Object.entries(operation).filter(([, value]) => value !== undefined)) as unknown as NewOperation;
}
