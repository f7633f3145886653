// A WebSocket client on a bare TCP socket with frames made by hand, as an app in Dart or Python
// brings its own: nothing of a browser's habits, and no library that forgives.
import { createHash, randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

const CONTINUATION = 0x0;
const TEXT = 0x1;
const BINARY = 0x2;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
const FINAL = 0x80;
const MASKED = 0x80;
const HANDSHAKE_TIMEOUT_MS = 5_000;
const KEY_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** How a connection ended: by a close frame, or without one. */
export interface Ending {
  code: number;
  reason: string;
}

/** Without a close frame. */
const VANISHED: Ending = { code: 1006, reason: '' };

export interface RawOptions {
  headers?: Record<string, string>;
  /** May be called before `open` has returned. */
  onText: (text: string, socket: RawWebSocket) => void;
  onBinary?: (bytes: Buffer, socket: RawWebSocket) => void;
  onEnd?: (ending: Ending) => void;
  /** Given up when nothing at all arrives for so long; never unless given. */
  silenceMs?: number;
  /** Leaves pings of the peer unanswered. */
  isMute?: boolean;
}

/** The server answered the upgrade with something else. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(`refused with ${status}`);
  }
}

export class RawWebSocket {
  readonly ended: Promise<Ending>;
  #end!: (ending: Ending) => void;
  #unread: Buffer = Buffer.alloc(0);
  #fragments: Buffer[] = [];
  #fragmentsOf = TEXT;
  #ending: Ending = VANISHED;

  private constructor(
    private readonly socket: Socket,
    private readonly options: RawOptions,
  ) {
    this.ended = new Promise((resolve) => (this.#end = resolve));
    void this.ended.then((ending) => options.onEnd?.(ending));
    socket.on('close', () => this.#end(this.#ending));
    // The listener is that of the handshake.
    socket.setTimeout(options.silenceMs ?? 0);
  }

  /** Opens a connection. Throws `Refused` when the server answers anything but 101. */
  static async open(url: string, options: RawOptions): Promise<RawWebSocket> {
    const { hostname, port, pathname, search, host } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    socket.on('error', () => {});
    socket.setTimeout(HANDSHAKE_TIMEOUT_MS, () => socket.destroy());
    const key = randomBytes(16).toString('base64');
    const headers = Object.entries({
      Host: host,
      Upgrade: 'websocket',
      Connection: 'Upgrade',
      'Sec-WebSocket-Key': key,
      'Sec-WebSocket-Version': '13',
      ...options.headers,
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`GET ${pathname}${search} HTTP/1.1\r\n${headers.join('')}\r\n`);
    const { head, rest } = await answerOf(socket);
    const status = Number(head.split(' ')[1]);
    if (status !== 101) {
      const body = await bodyOf(socket, head, rest);
      socket.destroy();
      throw new Refused(status, body);
    }
    const proof = createHash('sha1').update(key + KEY_SUFFIX).digest('base64');
    if (!head.includes(proof)) throw new Error('the server did not prove that it had read the key');
    const opened = new RawWebSocket(socket, options);
    socket.on('data', (chunk) => opened.#take(chunk as Buffer));
    opened.#take(rest);
    socket.resume();
    return opened;
  }

  sendText(text: string): void {
    this.#send(TEXT, Buffer.from(text));
  }

  sendBinary(bytes: Uint8Array): void {
    this.#send(BINARY, Buffer.from(bytes));
  }

  /** A text in pieces of so many bytes, with a ping between them. */
  sendFragmented(text: string, size: number): void {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) {
      const isLast = at + size >= bytes.length;
      this.#send(at === 0 ? TEXT : CONTINUATION, bytes.subarray(at, at + size), isLast);
      if (!isLast) this.#send(PING, Buffer.from('between'));
    }
  }

  /** Bytes that may be no frame at all. */
  sendBytes(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  /** Says goodbye; `ended` tells the answer. */
  close(code = 1000, reason = ''): void {
    const body = Buffer.alloc(2 + Buffer.byteLength(reason));
    body.writeUInt16BE(code);
    body.write(reason, 2);
    this.#send(CLOSE, body);
  }

  /** Is gone without a word. */
  destroy(): void {
    this.socket.resetAndDestroy();
  }

  /** Stops reading, so that the peer's data stays in the network. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  get isOpen(): boolean {
    return !this.socket.destroyed;
  }

  #send(opcode: number, payload: Buffer, isFinal = true): void {
    if (this.socket.writable) this.socket.write(frame(opcode, payload, isFinal));
  }

  #take(chunk: Buffer): void {
    this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
    for (let parsed = parse(this.#unread); parsed; parsed = parse(this.#unread)) {
      this.#unread = this.#unread.subarray(parsed.size);
      this.#takeFrame(parsed);
    }
  }

  #takeFrame({ opcode, isFinal, payload }: Frame): void {
    if (opcode === PING) {
      if (!this.options.isMute) this.#send(PONG, payload);
    } else if (opcode === CLOSE) {
      this.#ending = payload.length >= 2 ? { code: payload.readUInt16BE(0), reason: payload.toString('utf8', 2) } : { code: 1005, reason: '' };
      this.#send(CLOSE, payload.subarray(0, 2));
      this.socket.end();
    } else if (opcode === TEXT || opcode === BINARY || opcode === CONTINUATION) {
      if (opcode !== CONTINUATION) this.#fragmentsOf = opcode;
      this.#fragments.push(payload);
      if (isFinal) this.#takeMessage();
    }
  }

  #takeMessage(): void {
    const whole = this.#fragments.length === 1 ? this.#fragments[0]! : Buffer.concat(this.#fragments);
    this.#fragments = [];
    if (this.#fragmentsOf === TEXT) this.options.onText(whole.toString('utf8'), this);
    else this.options.onBinary?.(whole, this);
  }
}

interface Frame {
  opcode: number;
  isFinal: boolean;
  payload: Buffer;
  /** With its header. */
  size: number;
}

/** The first frame, once it is whole. A server's frames are not masked. */
function parse(bytes: Buffer): Frame | null {
  if (bytes.length < 2) return null;
  const short = bytes[1]! & 0x7f;
  const headerSize = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < headerSize) return null;
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const size = headerSize + length;
  if (bytes.length < size) return null;
  return { opcode: bytes[0]! & 0x0f, isFinal: (bytes[0]! & FINAL) !== 0, payload: bytes.subarray(headerSize, size), size };
}

/** A client's frame, masked as the protocol demands. */
function frame(opcode: number, payload: Buffer, isFinal: boolean): Buffer {
  const extended = payload.length < 126 ? 0 : payload.length < 65_536 ? 2 : 8;
  const bytes = Buffer.alloc(2 + extended + 4 + payload.length);
  bytes[0] = opcode | (isFinal ? FINAL : 0);
  bytes[1] = MASKED | (extended === 0 ? payload.length : extended === 2 ? 126 : 127);
  if (extended === 2) bytes.writeUInt16BE(payload.length, 2);
  if (extended === 8) bytes.writeBigUInt64BE(BigInt(payload.length), 2);
  const mask = randomBytes(4);
  mask.copy(bytes, 2 + extended);
  const start = 6 + extended;
  for (let index = 0; index < payload.length; index += 1) bytes[start + index] = payload[index]! ^ mask[index & 3]!;
  return bytes;
}

/** The head of an HTTP answer, and what came with it. The socket is left paused. */
function answerOf(socket: Socket): Promise<{ head: string; rest: Buffer }> {
  return new Promise((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0);
    const onClose = () => reject(new Error('cut before the answer'));
    const onData = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) return;
      socket.pause();
      socket.off('data', onData);
      socket.off('close', onClose);
      resolve({ head: bytes.toString('latin1', 0, end), rest: bytes.subarray(end + 4) });
    };
    socket.on('data', onData);
    socket.once('close', onClose);
  });
}

/** The body of a refusal: as long as its head says. */
async function bodyOf(socket: Socket, head: string, rest: Buffer): Promise<string> {
  const length = Number(head.match(/^content-length: (\d+)/im)?.[1] ?? 0);
  let bytes = rest;
  if (bytes.length < length) {
    for await (const chunk of socket) {
      bytes = Buffer.concat([bytes, chunk as Buffer]);
      if (bytes.length >= length) break;
    }
  }
  return bytes.toString('utf8', 0, length);
}
