// What this installation has to itself: its id, the numbers of its operations, its clock.
import type { Database, RowChange } from './database.ts';

const KEY = 'device';
/** A clock that was set back by more than this starts anew from where it is. */
const MAX_AHEAD_MS = 24 * 3600 * 1000;

interface DeviceRow {
  /** Made up with the store: an app that is installed anew numbers from 1 under another one. */
  installation: string;
  /** Of the operation queued last. */
  number: number;
  /** The time told last, milliseconds since 1970. */
  time: number;
}

export class Device {
  private constructor(private readonly database: Database) {}

  /** That of the store; made if it is new. */
  static async open(database: Database, makeId: () => string): Promise<Device> {
    if (!database.get('device', KEY)) await database.write([rowOf({ installation: makeId(), number: 0, time: 0 })]);
    return new Device(database);
  }

  get id(): string {
    return this.#row.installation;
  }

  get #row(): DeviceRow {
    return this.database.get<DeviceRow>('device', KEY)!;
  }

  /**
   * The number and time of the next operation, with the row that keeps them. The time is later than
   * all that were told before, and later than what the operation changes (`seen`): so the server
   * knows the order, whatever the clock says.
   */
  next(seen = 0): { number: number; time: number; row: RowChange } {
    const { installation, number, time } = this.#row;
    const now = Date.now();
    const last = Math.max(time - now > MAX_AHEAD_MS ? 0 : time, seen);
    const next = { installation, number: number + 1, time: Math.max(now, last + 1) };
    return { number: next.number, time: next.time, row: rowOf(next) };
  }

  /** Another installation, after everything was wiped. */
  renewed(makeId: () => string): RowChange {
    return rowOf({ installation: makeId(), number: 0, time: 0 });
  }
}

const rowOf = (value: DeviceRow): RowChange => ({ table: 'device', key: KEY, value });

/** A random UUID; React Native has no `crypto`. */
export function randomId(): string {
  if (globalThis.crypto?.randomUUID) return globalThis.crypto.randomUUID();
  const digits = Array.from({ length: 32 }, () => Math.floor(Math.random() * 16));
  digits[12] = 4;
  digits[16] = 8 + (digits[16]! % 4);
  const text = digits.map((digit) => digit.toString(16)).join('');
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}
