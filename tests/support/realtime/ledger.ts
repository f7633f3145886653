// What a reader has received, and the verdict on it.

/** The name of the events that a chaos run publishes. */
export const CHAOS_EVENT = 'app.chaos';

/** What such an event carries. */
export interface ChaosData {
  /** The publisher, which publishes an event only once the one before was acknowledged. */
  publisher: number;
  /** Its own count, from 0. */
  number: number;
  /** More or less of it. */
  padding?: string;
}

/** Publisher and number in one. */
export const keyOf = ({ publisher, number }: ChaosData): number => publisher * 1e9 + number;

export class Ledger {
  /** Keys in the order in which they came. */
  readonly keys: number[] = [];
  readonly #seen = new Set<number>();
  /** Keys that came more than once. */
  readonly doubled: number[] = [];
  /** Events of which the position was not greater than that of the one before. */
  readonly backward: [before: number, position: number][] = [];
  #position = -1;
  /** Gap notices, which a run within the limits of the log must not see. */
  gaps = 0;
  /** What must never happen to a reader, such as a refusal for good. */
  readonly troubles: string[] = [];

  /** Takes note of an event; `position` is its place in the log as far as the protocol tells. */
  take(data: ChaosData, position?: number): void {
    const key = keyOf(data);
    if (this.#seen.has(key)) this.doubled.push(key);
    this.#seen.add(key);
    this.keys.push(key);
    if (position === undefined) return;
    if (position <= this.#position) this.backward.push([this.#position, position]);
    this.#position = position;
  }

  /** Whether it came. */
  has(key: number): boolean {
    return this.#seen.has(key);
  }

  /** Different events so far. */
  get count(): number {
    return this.#seen.size;
  }
}

/** What was wrong with what a reader got; nothing when all was well. */
export interface Verdict {
  reader: string;
  received: number;
  lost: number;
  doubled: number;
  /** Places where a publisher's events, or positions, went backward. */
  outOfOrder: number;
  /** The first place where the order differs from that of the first reader; -1 when it is the same. */
  differsAt: number;
  gaps: number;
  troubles: string[];
}

/** Judges what a reader got by what was acknowledged, and by the order in which another got it. */
export function judge(reader: string, ledger: Ledger, acknowledged: Iterable<number>, reference: Ledger): Verdict {
  let lost = 0;
  for (const key of acknowledged) if (!ledger.has(key)) lost += 1;
  return {
    reader,
    received: ledger.keys.length,
    lost,
    doubled: ledger.doubled.length,
    outOfOrder: ledger.backward.length + backwardByPublisher(ledger.keys),
    differsAt: firstDifference(ledger.keys, reference.keys),
    gaps: ledger.gaps,
    troubles: ledger.troubles,
  };
}

/** Whether there is nothing to complain of. */
export const isClean = ({ lost, doubled, outOfOrder, differsAt, gaps, troubles }: Verdict): boolean =>
  lost + doubled + outOfOrder + gaps + troubles.length === 0 && differsAt < 0;

function backwardByPublisher(keys: number[]): number {
  const last = new Map<number, number>();
  let count = 0;
  for (const key of keys) {
    const publisher = Math.floor(key / 1e9);
    if (key <= (last.get(publisher) ?? -1)) count += 1;
    last.set(publisher, key);
  }
  return count;
}

function firstDifference(one: number[], other: number[]): number {
  const length = Math.max(one.length, other.length);
  for (let index = 0; index < length; index += 1) if (one[index] !== other[index]) return index;
  return -1;
}
