// Stock Socket.IO clients that keep all that they get.
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { expect, vi } from 'vitest';
import type { Server } from './server.ts';

/** How stock clients are set up. */
export const TRANSPORTS = {
  'websocket only': ['websocket'],
  'polling only': ['polling'],
  default: ['polling', 'websocket'],
} as const;

export type ClientOptions = Partial<ManagerOptions & SocketOptions>;

export interface Received {
  name: string;
  data: any;
  /** The last argument, which the client sends back when it returns. */
  offset: string;
}

/** A client of one namespace, on a connection of its own. */
export class StockClient {
  readonly events: Received[] = [];
  readonly refusals: { message: string; data?: any }[] = [];
  readonly partings: string[] = [];
  readonly socket: Socket;

  constructor(server: Server, namespace: string, options: ClientOptions = {}) {
    this.socket = io(server.url + namespace, { forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 200, ...options });
    this.socket.onAny((name: string, ...args: any[]) => this.events.push({ name, data: args[0], offset: args.at(-1) }));
    this.socket.on('connect_error', (error: Error & { data?: any }) => this.refusals.push({ message: error.message, data: error.data }));
    this.socket.on('disconnect', (reason: string) => this.partings.push(reason));
  }

  async connected(): Promise<this> {
    await vi.waitFor(() => expect(this.socket.connected, JSON.stringify(this.refusals)).toBe(true), { timeout: 10_000, interval: 10 });
    return this;
  }

  async refused(): Promise<{ message: string; data?: any }> {
    await vi.waitFor(() => expect(this.refusals).not.toHaveLength(0), { timeout: 10_000, interval: 10 });
    return this.refusals[0]!;
  }

  async got(count: number, timeout = 10_000): Promise<Received[]> {
    await vi.waitFor(() => expect(this.events.length).toBeGreaterThanOrEqual(count), { timeout, interval: 10 });
    return this.events;
  }

  get numbers(): number[] {
    return this.events.map(({ data }) => data.n);
  }

  /** Breaks the connection without a word, as a tunnel would. */
  cut(): void {
    (this.socket.io.engine as any).close();
  }

  close(): void {
    this.socket.close();
  }
}
