// A user's room from outside: publishing into it, and stock Socket.IO clients that listen to it.
import { randomUUID } from 'node:crypto';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { expect, vi } from 'vitest';
import { get, post } from '../requests.ts';
import type { Server } from '../server.ts';
import { RawWebSocket, type Ending } from './raw-websocket.ts';

/** Publishes numbered events as a producer inside of the server does; answers their places in the log. */
export async function publish(server: Server, token: string, numbers: number[], id: (number: number) => string = () => randomUUID()): Promise<number[]> {
  const events = numbers.map((number) => ({ id: id(number), topic: 'test', name: 'app.numbered', data: { number } }));
  const answer = await post(server, '/api/v1/faults/publish', events, { authorization: `Bearer ${token}` });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { seqs: number[] }).seqs;
}

/** What `GET /api/v1/realtime/status` says. */
export async function status(server: Server, token: string): Promise<any> {
  const answer = await get(server, '/api/v1/realtime/status', token);
  expect(answer.status).toBe(200);
  return answer.json();
}

export type Transport = 'polling' | 'websocket';

/** A stock client of the namespace `/events`, and what happened to it. */
export class StockClient {
  readonly socket: Socket;
  /** The numbers that came, in order. */
  readonly numbers: number[] = [];
  /** Everything that came, with offsets. */
  readonly events: [name: string, ...args: any[]][] = [];
  readonly disconnects: string[] = [];
  readonly refusals: string[] = [];
  connects = 0;

  constructor(url: string, auth: Record<string, unknown> | (() => Record<string, unknown>), transports?: Transport[], options: Partial<ManagerOptions & SocketOptions> = {}) {
    this.socket = io(`${url}/events`, {
      ...(transports && { transports }),
      auth: typeof auth === 'function' ? (answer: (value: object) => void) => answer(auth()) : auth,
      forceNew: true,
      reconnectionDelay: 20,
      reconnectionDelayMax: 200,
      timeout: 4_000,
      ...options,
    });
    this.socket.onAny((name: string, ...args: any[]) => {
      this.events.push([name, ...args]);
      if (name === 'app.numbered') this.numbers.push(args[0].number);
    });
    this.socket.on('connect', () => (this.connects += 1));
    this.socket.on('disconnect', (reason) => this.disconnects.push(reason));
    this.socket.on('connect_error', (error) => this.refusals.push(error.message));
  }

  /** Resolves when it is connected, for the first time or again. */
  async connected(times = 1, timeout = 20_000): Promise<this> {
    await vi.waitFor(() => expect(this.connects, this.refusals.join('; ')).toBeGreaterThanOrEqual(times), { timeout });
    return this;
  }

  /** Resolves when these numbers, and no others, have come in this order. */
  async has(numbers: number[], timeout = 20_000): Promise<void> {
    await vi.waitFor(() => expect(this.numbers).toEqual(numbers), { timeout });
  }

  close(): void {
    this.socket.disconnect();
  }
}

/** A Socket.IO connection spoken by hand. */
export class HandMade {
  readonly packets: string[] = [];
  #socket: RawWebSocket | null = null;

  /** Connects to `/events` with whatever it is told. */
  static async open(url: string, auth: unknown, options: { isMute?: boolean } = {}): Promise<HandMade> {
    const client = new HandMade();
    client.#socket = await RawWebSocket.open(`${url}/socket.io/?EIO=4&transport=websocket`, {
      onText: (text, socket) => {
        if (text.startsWith('0')) socket.sendText(`40/events,${JSON.stringify(auth)}`);
        else if (text === '2') options.isMute || socket.sendText('3');
        else client.packets.push(text);
      },
    });
    return client;
  }

  get ended(): Promise<Ending> {
    return this.#socket!.ended;
  }

  get isOpen(): boolean {
    return this.#socket!.isOpen;
  }

  /** The answer to CONNECT. */
  async accepted(): Promise<{ sid: string; pid: string }> {
    const packet = await this.packet('40/events,');
    return JSON.parse(packet.slice('40/events,'.length));
  }

  /** The first packet that begins so. */
  async packet(start: string): Promise<string> {
    return vi.waitFor(() => {
      const found = this.packets.find((packet) => packet.startsWith(start));
      expect(found, `${start} among ${this.packets.join(' ')}`).toBeDefined();
      return found!;
    }, 10_000);
  }

  /** The events so far: name, data, offset. */
  events(): [name: string, data: any, offset: string][] {
    return this.packets.filter((packet) => packet.startsWith('42/events,')).map((packet) => JSON.parse(packet.slice('42/events,'.length)));
  }

  numbers(): number[] {
    return this.events().flatMap(([name, data]) => (name === 'app.numbered' ? [data.number] : []));
  }

  send(text: string): void {
    this.#socket!.sendText(text);
  }

  close(): void {
    this.#socket!.destroy();
  }
}
