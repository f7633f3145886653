// A bad network between a client and a server: a TCP proxy that cuts connections, cuts them in the
// middle of a frame, swallows bytes one way or both (a peer that is half open), delays, and stops
// reading. Its own address stays the same when the server comes back on another port.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Which bytes: those of the client on their way to the server, or the other way. */
export type Direction = 'up' | 'down';
const BOTH: readonly Direction[] = ['up', 'down'];

export class CuttingProxy {
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #isRefusing = false;
  #isBlackHole = false;
  #delayMs = 0;
  /** Connections accepted so far. */
  connections = 0;

  private constructor(private readonly target: () => string) {
    this.#server = createServer({ noDelay: true }, (client) => this.#accept(client));
  }

  /** Listens on a free port of the loopback. `target` is asked for the server's URL at every connection. */
  static async start(target: () => string): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Resets every connection, on both sides. */
  cut(): void {
    for (const link of this.#links) link.cut();
  }

  /** Resets every connection once so many more bytes have passed: in the middle of something. */
  cutAfter(bytes: number, direction: Direction = 'down'): void {
    for (const link of this.#links) link.lanes[direction].bytesLeft = bytes;
  }

  /** Bytes of the connections that are open now vanish, and nobody is told: until they are cut. */
  swallow(directions: readonly Direction[] = BOTH): void {
    for (const link of this.#links) for (const direction of directions) link.lanes[direction].isSwallowing = true;
  }

  /** Bytes of all connections vanish, of those to come as well, until it is turned off: then `cut` what is stuck. */
  blackHole(isOn: boolean): void {
    this.#isBlackHole = isOn;
    if (isOn) this.swallow();
  }

  /** The client loses its connections, the server is not told: it goes on sending to nobody for `ms`. */
  abandon(ms: number): void {
    for (const link of this.#links) link.abandon(ms);
  }

  /** Nothing is read any more, so both sides find their buffers full, until `resume`. */
  stall(directions: readonly Direction[] = BOTH): void {
    for (const link of this.#links) for (const direction of directions) link.lanes[direction].stall();
  }

  /** Goes on where `stall` stopped. */
  resume(): void {
    for (const link of this.#links) for (const direction of BOTH) link.lanes[direction].resume();
  }

  /** Each piece of data arrives so much later, on connections of now and later. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** New connections are reset at once while this is on. */
  refuse(isRefusing: boolean): void {
    this.#isRefusing = isRefusing;
  }

  async close(): Promise<void> {
    for (const link of this.#links) link.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    client.on('error', () => {});
    if (this.#isRefusing) {
      client.resetAndDestroy();
      return;
    }
    this.connections += 1;
    const { hostname, port } = new URL(this.target());
    const link = new Link(client, connect({ host: hostname, port: Number(port), noDelay: true }), () => this.#delayMs);
    this.#links.add(link);
    if (this.#isBlackHole) for (const direction of BOTH) link.lanes[direction].isSwallowing = true;
    void link.ended.then(() => this.#links.delete(link));
  }
}

/** One connection: two sockets and a lane each way. */
class Link {
  readonly lanes: Record<Direction, Lane>;
  readonly ended: Promise<void>;
  #isAbandoned = false;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    delayMs: () => number,
  ) {
    server.on('error', () => {});
    this.lanes = { up: new Lane(client, server, delayMs), down: new Lane(server, client, delayMs) };
    const upEnds = this.lanes.up.run().then(() => this.#isAbandoned || this.cut());
    const downEnds = this.lanes.down.run().then(() => this.cut());
    this.ended = Promise.all([upEnds, downEnds]).then(() => {});
  }

  /** Resets both sides. */
  cut(): void {
    this.client.resetAndDestroy();
    this.server.resetAndDestroy();
    for (const direction of BOTH) this.lanes[direction].resume();
  }

  /** Ends both sides without a reset, when all is over. */
  destroy(): void {
    this.client.destroy();
    this.server.destroy();
    for (const direction of BOTH) this.lanes[direction].resume();
  }

  abandon(ms: number): void {
    if (this.#isAbandoned) return;
    this.#isAbandoned = true;
    this.lanes.down.isSwallowing = true;
    this.lanes.down.resume();
    this.client.resetAndDestroy();
    const timer = setTimeout(() => this.cut(), ms);
    void this.ended.then(() => clearTimeout(timer));
  }
}

/** Bytes on their way from one socket to another. */
class Lane {
  isSwallowing = false;
  /** How many more bytes may pass before the connection is cut. */
  bytesLeft = Infinity;
  #gate: { promise: Promise<void>; resolve: () => void } | null = null;
  readonly #toClosed: Promise<void>;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly delayMs: () => number,
  ) {
    this.#toClosed = new Promise((resolve) => to.once('close', () => resolve()));
  }

  stall(): void {
    this.#gate ??= Promise.withResolvers<void>();
  }

  resume(): void {
    this.#gate?.resolve();
    this.#gate = null;
  }

  /** Carries bytes until the source ends, fails or is cut. */
  async run(): Promise<void> {
    try {
      for await (const chunk of this.from) {
        if (this.#gate) await this.#gate.promise;
        const delay = this.delayMs();
        if (delay > 0) await sleep(delay);
        if (this.isSwallowing) continue;
        if (!(await this.#pass(chunk as Buffer))) return;
      }
      // Half closed: what is under way in the other direction still arrives.
      if (!this.isSwallowing && this.to.writable) {
        this.to.end();
        await this.#toClosed;
      }
    } catch {
      // Reset by either side, or cut by us.
    }
  }

  /** Whether the connection goes on. */
  async #pass(chunk: Buffer): Promise<boolean> {
    const isLast = chunk.length >= this.bytesLeft;
    const piece = isLast ? chunk.subarray(0, this.bytesLeft) : chunk;
    this.bytesLeft -= piece.length;
    if (this.to.destroyed) return false;
    const isTaken = new Promise<void>((resolve) => this.to.write(piece, () => resolve()));
    // A piece that is cut short goes out before the cut; otherwise only a full buffer is waited for.
    if (isLast || this.to.writableNeedDrain) await Promise.race([isTaken, this.#toClosed]);
    return !isLast;
  }
}
