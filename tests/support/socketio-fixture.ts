// The Worker of the official protocol suites, for a test file of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../scripts/lib/server-record.mjs';
import { buildFixture, startFixture } from '../../scripts/lib/socketio-fixture.mjs';

export interface Fixture {
  /** `http://localhost:<port>`. */
  url: string;
  stop(): Promise<void>;
}

/** Builds the fixture if need be and starts it on a free port. */
export async function startSocketIoFixture(): Promise<Fixture> {
  await buildFixture();
  const folder = mkdtempSync(join(tmpdir(), 'outpost-socketio-'));
  const logFile = join(folder, 'server.log');
  const server = startFixture({ port: await freePort(), persistTo: join(folder, 'state'), logFile, detached: true });
  const kill = () => void server.kill();
  process.once('exit', kill);
  await server.ready();
  return {
    url: server.url,
    async stop() {
      process.off('exit', kill);
      await server.kill();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** A WebSocket whose messages and end are awaited one by one. */
export class RawSocket {
  readonly #socket: WebSocket;
  readonly #messages: (string | Uint8Array)[] = [];
  #wake = () => {};
  #isClosed = false;
  closeCode = 0;

  constructor(url: string) {
    this.#socket = new WebSocket(url.replace('http', 'ws'));
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.addEventListener('message', ({ data }) => {
      this.#messages.push(typeof data === 'string' ? data : new Uint8Array(data));
      this.#wake();
    });
    this.#socket.addEventListener('close', ({ code }) => {
      this.#isClosed = true;
      this.closeCode = code;
      this.#wake();
    });
  }

  /** Resolves once frames can be sent. */
  async opened(): Promise<this> {
    if (this.#socket.readyState === WebSocket.OPEN) return this;
    await new Promise((resolve, reject) => {
      this.#socket.addEventListener('open', resolve, { once: true });
      this.#socket.addEventListener('error', () => reject(new Error('no WebSocket')), { once: true });
    });
    return this;
  }

  send(...frames: (string | Uint8Array<ArrayBuffer>)[]): void {
    for (const frame of frames) this.#socket.send(frame);
  }

  /** The next message. */
  async next(): Promise<string | Uint8Array> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      if (this.#isClosed) throw new Error(`closed with ${this.closeCode}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** The next message that is no ping; pings are answered. */
  async nextButPings(): Promise<string | Uint8Array> {
    for (;;) {
      const message = await this.next();
      if (message !== '2') return message;
      this.send('3');
    }
  }

  /** Resolves when the server has closed it. */
  async closed(): Promise<void> {
    while (!this.#isClosed) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  close(): void {
    this.#socket.close();
  }
}
