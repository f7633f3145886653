// How long to wait before the next attempt: full jitter, so that many devices that lost the same
// server do not come back all at once.

export interface BackoffOptions {
  /** The most that is waited after the first failure. */
  baseMs: number;
  /** The most that is ever waited. */
  capMs: number;
}

/** Between 0 and a bound that doubles with every failure up to the cap. */
export function fullJitter({ baseMs, capMs }: BackoffOptions, failures: number, random: () => number): number {
  const bound = Math.min(capMs, baseMs * 2 ** Math.min(Math.max(failures - 1, 0), 30));
  return Math.round(random() * bound);
}
