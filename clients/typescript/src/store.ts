// Where the client keeps what must survive: the one interface that an app may implement itself.

/** A key with what it shall hold; null removes it. */
export type StoreChange = readonly [key: string, value: string | null];

/**
 * A small table of texts. One client uses it at a time.
 *
 * `write` is a transaction: all of it or nothing is there after a crash, and it is safe once the
 * promise is fulfilled. The client makes one call at a time.
 */
export interface Store {
  /** All that is kept. Called once, before anything else. */
  load(): Promise<Iterable<readonly [key: string, value: string]>>;
  write(changes: readonly StoreChange[]): Promise<void>;
  close(): Promise<void>;
}
