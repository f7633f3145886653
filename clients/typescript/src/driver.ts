// Drives everything, so that nobody has to: sends what waits, pulls what is new, and after a failure
// comes back by itself. One thing at a time: a pull never overtakes a batch.
import { fullJitter, type BackoffOptions } from './backoff.ts';
import { ApiError, SignedOutError } from './errors.ts';

export interface DriverOptions {
  /** Sends what can be sent; whether there is something to pull then. */
  flush: () => Promise<boolean>;
  pull: () => Promise<void>;
  /** When something is to be sent: a time, 0 for now, or null. */
  due: () => number | null;
  /** How long after the last pull the next one comes, if nothing calls for it earlier. */
  pullEveryMs: () => number;
  /** Operations that are queued within this time go together. */
  lingerMs: number;
  backoff: BackoffOptions;
  random: () => number;
  /** Something has changed that the app may show. */
  onChange: () => void;
}

export class Driver {
  /** What went wrong last, or null. */
  problem: Error | null = null;
  isSyncing = false;
  /** When all was sent and pulled, milliseconds since 1970. */
  syncedAt: number | null = null;
  #isStopped = true;
  #wantsPull = true;
  #failures = 0;
  /** Before this nothing is tried, whoever asks: the server wants to be left alone. */
  #closedUntil = 0;
  /** Before this nothing is tried again by itself. */
  #retryAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the next round is; null while none is planned. */
  #plannedAt: number | null = null;
  #running: Promise<void> | null = null;

  constructor(private readonly options: DriverOptions) {}

  start(): void {
    this.#isStopped = false;
    this.#wantsPull = true;
    this.wake();
  }

  /** Starts nothing more, and waits for what is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#plannedAt = null;
    await this.#running;
  }

  /** Something was queued. */
  queued(): void {
    this.#plan(this.options.lingerMs);
  }

  /** There is something new on the server. */
  pullSoon(): void {
    this.#wantsPull = true;
    this.#plan(0);
  }

  /** The network is back, or may be: what waits after a failure waits no more. */
  wake(): void {
    this.#failures = 0;
    this.#retryAt = 0;
    this.#plan(0);
  }

  /** Sets the clock for the next round. */
  #plan(soonMs?: number): void {
    if (this.#isStopped || this.#running) return;
    const now = Date.now();
    const at = Math.max(this.#nextAt(now, soonMs), this.#retryAt, this.#closedUntil);
    // What comes while others linger does not put them off.
    if (this.#plannedAt !== null && this.#plannedAt <= at) return;
    clearTimeout(this.#timer);
    this.#plannedAt = at;
    this.#timer = setTimeout(() => void this.#round(), Math.max(0, at - now));
  }

  #nextAt(now: number, soonMs: number | undefined): number {
    if (soonMs !== undefined) return now + soonMs;
    if (this.#wantsPull) return now;
    const due = this.options.due() ?? Infinity;
    return Math.min(due, (this.syncedAt ?? now) + this.options.pullEveryMs());
  }

  async #round(): Promise<void> {
    this.#plannedAt = null;
    this.#running = this.#sync();
    await this.#running;
    this.#running = null;
    this.#plan();
  }

  async #sync(): Promise<void> {
    this.isSyncing = true;
    this.options.onChange();
    try {
      if (await this.options.flush()) this.#wantsPull = true;
      if (this.#wantsPull || this.#isPullDue) {
        this.#wantsPull = false;
        await this.options.pull().catch((error: unknown) => {
          this.#wantsPull = true;
          throw error;
        });
        this.syncedAt = Date.now();
      }
      this.#failures = 0;
      this.#retryAt = 0;
      this.problem = null;
    } catch (error) {
      this.#fail(error);
    } finally {
      this.isSyncing = false;
      this.options.onChange();
    }
  }

  get #isPullDue(): boolean {
    return this.syncedAt === null || Date.now() >= this.syncedAt + this.options.pullEveryMs();
  }

  #fail(error: unknown): void {
    this.problem = error instanceof Error ? error : new Error(String(error));
    // Until somebody signs in there is nothing to do.
    if (error instanceof SignedOutError) this.#isStopped = true;
    this.#failures += 1;
    this.#retryAt = Date.now() + fullJitter(this.options.backoff, this.#failures, this.options.random);
    if (error instanceof ApiError && error.retryAfterMs !== null) {
      // Not all at the first moment.
      const spread = fullJitter(this.options.backoff, 1, this.options.random);
      this.#closedUntil = Date.now() + error.retryAfterMs + spread;
    }
  }
}
