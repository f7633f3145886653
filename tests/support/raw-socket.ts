// A WebSocket client made of nothing but a TCP connection and RFC 6455, as Dart's and Kotlin's are:
// no event loop in between, no automatic answers, and whatever a hostile client may send.
import { createHash, randomBytes } from 'node:crypto';
import { connect, type Socket as TcpSocket } from 'node:net';

/** The opcodes of RFC 6455, section 5.2. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** What the upgrade was answered with. */
export interface Handshake {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** How a socket ended; 1006 if without a close frame. */
export interface Ended {
  code: number;
  reason: string;
}

export interface RawOptions {
  headers?: Record<string, string>;
  /** Text frames sent in the same breath as the handshake, before its answer is read. */
  early?: string[];
}

/** The upgrade was answered with something else than 101. */
export class Refused extends Error {
  constructor(readonly handshake: Handshake) {
    super(`the upgrade was answered with ${handshake.status}: ${handshake.body.slice(0, 200)}`);
  }
}

/** An open socket; every message is kept, with the time at which it came. */
export class RawSocket {
  readonly messages: { text: string; at: number }[] = [];
  readonly ended: Promise<Ended>;
  #tcp: TcpSocket;
  #rest: Buffer;
  #fragments: Buffer[] = [];
  #end!: (ended: Ended) => void;
  #waiting = new Set<() => void>();
  #isOpen = true;

  private constructor(tcp: TcpSocket, rest: Buffer) {
    this.#tcp = tcp;
    this.#rest = rest;
    this.ended = new Promise((resolve) => (this.#end = resolve));
    tcp.on('data', (data) => this.#read(data));
    tcp.on('close', () => this.#finish({ code: 1006, reason: '' }));
    this.#read(Buffer.alloc(0));
  }

  /** Connects, or throws {@link Refused}. */
  static async open(url: string, { headers = {}, early = [] }: RawOptions = {}): Promise<RawSocket> {
    const { hostname, port, pathname, search, host } = new URL(url);
    const tcp = connect({ host: hostname, port: Number(port), noDelay: true });
    const key = randomBytes(16).toString('base64');
    const lines = { host, upgrade: 'websocket', connection: 'Upgrade', 'sec-websocket-key': key, 'sec-websocket-version': '13', ...headers };
    const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`).join('');
    tcp.write(`GET ${pathname}${search} HTTP/1.1\r\n${head}\r\n`);
    for (const text of early) tcp.write(encode(OPCODE.text, Buffer.from(text)));
    const { handshake, rest } = await readHandshake(tcp);
    if (handshake.status !== 101) {
      tcp.destroy();
      throw new Refused(handshake);
    }
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    if (handshake.headers['sec-websocket-accept'] !== accept) throw new Error('the handshake has a wrong Sec-WebSocket-Accept');
    return new RawSocket(tcp, rest);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Sends JSON in a text frame. */
  send(frame: unknown): void {
    this.sendText(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  sendText(text: string): void {
    this.sendFrame(OPCODE.text, Buffer.from(text));
  }

  sendFrame(opcode: number, payload: Buffer, isFinal = true): void {
    this.#tcp.write(encode(opcode, payload, isFinal));
  }

  /** Says goodbye as the protocol wants it. */
  async close(code = 1000, reason = 'Client disconnect'): Promise<Ended> {
    const payload = Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]);
    if (this.#isOpen) this.sendFrame(OPCODE.close, payload);
    return this.ended;
  }

  /** Reads no more, until {@link resume}. */
  pause(): void {
    this.#tcp.pause();
  }

  resume(): void {
    this.#tcp.resume();
  }

  /** Cuts the connection without a word. */
  cut(): void {
    this.#tcp.destroy();
  }

  /** Waits until `found` finds something among the messages so far. */
  async until<T>(found: () => T | undefined | false, patienceMs = 10_000): Promise<T> {
    const end = Date.now() + patienceMs;
    for (;;) {
      const it = found();
      if (it !== undefined && it !== false) return it;
      if (Date.now() > end || !this.#isOpen) {
        const last = this.messages.slice(-5).map(({ text }) => text.slice(0, 300));
        throw new Error(`it did not come; ${this.#isOpen ? 'still open' : 'closed'}; the last messages:\n${last.join('\n')}`);
      }
      await this.#news(Math.max(1, end - Date.now()));
    }
  }

  #news(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#waiting.add(done);
    });
  }

  #tell(): void {
    for (const waiting of [...this.#waiting]) waiting();
  }

  #finish(ended: Ended): void {
    this.#isOpen = false;
    this.#end(ended);
    this.#tcp.destroy();
    this.#tell();
  }

  #read(data: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, data]);
    for (let frame = decode(this.#rest); frame; frame = decode(this.#rest)) {
      this.#rest = this.#rest.subarray(frame.length);
      this.#take(frame);
    }
  }

  #take({ opcode, isFinal, payload }: Frame): void {
    if (opcode === OPCODE.close) {
      if (this.#isOpen) this.sendFrame(OPCODE.close, payload);
      const code = payload.length >= 2 ? payload.readUInt16BE() : 1005;
      return this.#finish({ code, reason: payload.subarray(2).toString() });
    }
    if (opcode === OPCODE.ping) return this.sendFrame(OPCODE.pong, payload);
    if (opcode !== OPCODE.text && opcode !== OPCODE.continuation) return;
    this.#fragments.push(payload);
    if (!isFinal) return;
    this.messages.push({ text: Buffer.concat(this.#fragments).toString(), at: Date.now() });
    this.#fragments = [];
    this.#tell();
  }
}

/** Asks for an upgrade and gives whatever comes. */
export async function handshake(url: string, options: RawOptions = {}): Promise<Handshake> {
  try {
    const socket = await RawSocket.open(url, options);
    await socket.close();
    return { status: 101, headers: {}, body: '' };
  } catch (error) {
    if (error instanceof Refused) return error.handshake;
    throw error;
  }
}

interface Frame {
  opcode: number;
  isFinal: boolean;
  payload: Buffer;
  length: number;
}

/** The first frame, once all of it is there. Servers do not mask. */
function decode(data: Buffer): Frame | undefined {
  if (data.length < 2) return undefined;
  const short = data[1]! & 127;
  const start = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (data.length < start) return undefined;
  const size = short === 126 ? data.readUInt16BE(2) : short === 127 ? Number(data.readBigUInt64BE(2)) : short;
  const length = start + size;
  if (data.length < length) return undefined;
  return { opcode: data[0]! & 15, isFinal: data[0]! >= 128, payload: Buffer.from(data.subarray(start, length)), length };
}

/** A frame of a client, which has to mask. */
function encode(opcode: number, payload: Buffer, isFinal = true): Buffer {
  const size = payload.length;
  const head = Buffer.alloc(size < 126 ? 2 : size < 65_536 ? 4 : 10);
  head[0] = (isFinal ? 128 : 0) | opcode;
  head[1] = 128 | (size < 126 ? size : size < 65_536 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(size, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(size), 2);
  const mask = randomBytes(4);
  const masked = Buffer.from(payload);
  for (let index = 0; index < size; index += 1) masked[index]! ^= mask[index % 4]!;
  return Buffer.concat([head, mask, masked]);
}

/** Reads the head of the answer; of a refusal the body too. */
function readHandshake(tcp: TcpSocket): Promise<{ handshake: Handshake; rest: Buffer }> {
  return new Promise((resolve, reject) => {
    let all = Buffer.alloc(0);
    const finish = (isOver: boolean) => {
      const end = all.indexOf('\r\n\r\n');
      if (end < 0) return isOver && reject(new Error(`no handshake: ${all.toString().slice(0, 200)}`));
      const [first = '', ...lines] = all.subarray(0, end).toString().split('\r\n');
      const headers = Object.fromEntries(lines.map((line) => [line.split(':', 1)[0]!.toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
      const status = Number(first.split(' ')[1]);
      const rest = Buffer.from(all.subarray(end + 4));
      const isWhole = status === 101 || isOver || isBodyWhole(headers, rest);
      if (!isWhole) return;
      tcp.removeAllListeners('data').removeAllListeners('close').removeAllListeners('error').on('error', () => {});
      resolve({ handshake: { status, headers, body: status === 101 ? '' : bodyOf(headers, rest) }, rest });
    };
    tcp.on('data', (data) => {
      all = Buffer.concat([all, data]);
      finish(false);
    });
    tcp.on('close', () => finish(true));
    tcp.on('error', reject);
  });
}

const isBodyWhole = (headers: Record<string, string>, body: Buffer): boolean =>
  headers['transfer-encoding'] === 'chunked' ? body.includes('\r\n0\r\n\r\n') || body.toString() === '0\r\n\r\n' : body.length >= Number(headers['content-length'] ?? 0);

function bodyOf(headers: Record<string, string>, body: Buffer): string {
  if (headers['transfer-encoding'] !== 'chunked') return body.toString();
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf('\r\n', at);
    const size = parseInt(body.subarray(at, end).toString(), 16);
    if (!size) break;
    parts.push(body.subarray(end + 2, end + 2 + size));
    at = end + size + 4;
  }
  return Buffer.concat(parts).toString();
}
