// One tab at a time: two with one outbox would number their operations alike.

/** A lock that other tabs of the browser wait for; nothing where there are no tabs. */
export class TabLock {
  #release: (() => void) | null = null;

  constructor(
    private readonly name: string,
    private readonly locks: LockManager | null = platformLocks(),
  ) {}

  /** Waits until no other tab has it. */
  take(): Promise<void> {
    const { locks } = this;
    if (!locks) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const held = locks.request(`outpost:${this.name}`, () => {
        resolve();
        return new Promise<void>((release) => (this.#release = release));
      });
      held.catch(reject);
    });
  }

  release(): void {
    this.#release?.();
    this.#release = null;
  }
}

/** Those of the platform, if it has any. */
export const platformLocks = (): LockManager | null => globalThis.navigator?.locks ?? null;
