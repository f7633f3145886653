// Clients before a server that tests play.
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { MemoryStore, OutpostClient, type ClientOptions } from '../src/index.ts';
import { FakeServer } from './fake-server.ts';

export const START = new Date('2026-11-21T10:00:00Z');

/** Time stands still unless a test moves it; clients are closed at the end. */
export function play() {
  const clients: OutpostClient[] = [];
  beforeEach(() => void vi.useFakeTimers({ now: START }));
  afterEach(async () => {
    const closing = Promise.all(clients.splice(0).map((client) => client.close()));
    await vi.advanceTimersByTimeAsync(60_000);
    await closing;
    vi.useRealTimers();
  });
  return {
    /** A client on a store, signed in unless it is. */
    async open(server: FakeServer, options: Partial<ClientOptions> = {}): Promise<OutpostClient> {
      // The longest wait each time, so that tests know when.
      const client = await OutpostClient.open({ url: 'https://api.example.org/', store: new MemoryStore(), fetch: server.fetch, isLive: false, random: () => 1, ...options });
      clients.push(client);
      if (!client.status.isSignedIn) await client.signIn({ email: 'a@example.org', password: 'secret' });
      return client;
    },
    /** Ends a client that a test ends itself. */
    async close(client: OutpostClient): Promise<void> {
      clients.splice(clients.indexOf(client), 1);
      await client.close();
    },
  };
}

/** Lets so much time pass. */
export const pass = async (ms: number): Promise<void> => void (await vi.advanceTimersByTimeAsync(ms));

/** Nothing waits any more. */
export const expectSettled = (client: OutpostClient): void => expect(client.status).toMatchObject({ pending: 0, problem: null });
