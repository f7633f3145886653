// Many WebSockets in one process that costs next to nothing: bare TCP sockets that read into one
// shared buffer and only count frames. So a measurement shows the server's work, not the client's.
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

const BUFFER_BYTES = 256 * 1024;
const AT_ONCE = 50;
const OPEN_TIMEOUT_MS = 20_000;
const PONG = 0xa;
const PING = 0x9;
const TEXT = 0x1;
const CLOSE = 0x8;

/**
 * How a client of a protocol behaves.
 * @typedef {object} Manners
 * @property {string} path of the upgrade, with its query
 * @property {Record<string, string>} [headers]
 * @property {(text: string, send: (text: string) => void) => 'connected' | 'event' | 'other'} read sees each text message
 */

/** The stock client's way in: Engine.IO over WebSocket, then CONNECT. @param {string} token @returns {Manners} */
export const socketIoManners = (token) => ({
  path: '/socket.io/?EIO=4&transport=websocket',
  read: (text, send) => {
    // The most frequent first: '4' is a message, '2' in it an event.
    if (text.startsWith('42')) return 'event';
    if (text === '2') send('3');
    else if (text.startsWith('0')) send(`40/events,${JSON.stringify({ token })}`);
    else if (text.startsWith('40')) return 'connected';
    else throw new Error(`a socket got ${text}`);
    return 'other';
  },
});

/** The events channel, from now on. @param {string} token @param {number} after @returns {Manners} */
export const eventsManners = (token, after) => ({
  path: `/api/v1/ws/events?after=${after}`,
  headers: { Authorization: `Bearer ${token}` },
  read: (text, send) => {
    if (text.includes('"type":"ping"')) send('{"type":"pong"}');
    else if (text.includes('"seq":')) return 'event';
    else if (text.includes('"type":"connection_established"')) return 'connected';
    return 'other';
  },
});

export class LeanSockets {
  /** Events received by all sockets together. */
  received = 0;
  /** Called when `received` reaches `awaited`. @type {() => void} */
  onAwaited = () => {};
  awaited = Infinity;
  /** Sockets that ended though nobody asked them to. */
  lost = 0;
  #isClosing = false;
  /** @type {import('node:net').Socket[]} */
  #sockets = [];
  // The runtime hands out one read at a time, so all sockets may share it.
  #buffer = Buffer.allocUnsafe(BUFFER_BYTES);

  /** @param {string} url @param {Manners} manners */
  constructor(url, manners) {
    this.url = new URL(url);
    this.manners = manners;
  }

  get count() {
    return this.#sockets.length;
  }

  /** Opens sockets until there are so many. @param {number} count */
  async growTo(count) {
    while (this.count < count) {
      const missing = Math.min(AT_ONCE, count - this.count);
      this.#sockets.push(...(await Promise.all(Array.from({ length: missing }, () => this.#open()))));
    }
  }

  close() {
    this.#isClosing = true;
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets = [];
  }

  /** Resolves when so many more events have come, with the time of the last. @param {number} events @returns {Promise<number>} */
  next(events) {
    this.awaited = this.received + events;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${this.awaited - this.received} of ${events} events did not come; ${this.lost} of ${this.count} sockets were lost`)), OPEN_TIMEOUT_MS);
      this.onAwaited = () => {
        const at = performance.now();
        clearTimeout(timer);
        resolve(at);
      };
    });
  }

  /** @returns {Promise<import('node:net').Socket>} */
  #open() {
    const { promise, resolve, reject } = Promise.withResolvers();
    const { path, headers = {}, read } = this.manners;
    let isUpgraded = false;
    /** What is left of a frame that has not come whole. @type {Buffer | null} */
    let rest = null;
    const timer = setTimeout(() => reject(new Error('a socket did not connect')), OPEN_TIMEOUT_MS);
    const send = (/** @type {string} */ text) => socket.write(frame(TEXT, Buffer.from(text)));
    /** @param {Buffer} payload */
    const takeText = (payload) => {
      const kind = read(payload.toString('latin1'), send);
      if (kind === 'event') {
        this.received += 1;
        if (this.received === this.awaited) this.onAwaited();
      } else if (kind === 'connected') {
        clearTimeout(timer);
        resolve(socket);
      }
    };
    /** @param {number} opcode @param {Buffer} payload */
    const takeFrame = (opcode, payload) => {
      if (opcode === TEXT) takeText(payload);
      else if (opcode === PING) socket.write(frame(PONG, payload));
      else if (opcode === CLOSE) socket.destroy();
    };
    /** @param {Buffer} chunk */
    const take = (chunk) => {
      const bytes = rest ? Buffer.concat([rest, chunk]) : chunk;
      const start = isUpgraded ? 0 : endOfHead(bytes);
      isUpgraded = true;
      const end = eachFrame(bytes, start, takeFrame);
      // The shared buffer is overwritten by the next read.
      rest = end < bytes.length ? Buffer.from(bytes.subarray(end)) : null;
    };
    const socket = connect({
      host: this.url.hostname,
      port: Number(this.url.port),
      noDelay: true,
      onread: {
        buffer: this.#buffer,
        callback: (size, buffer) => {
          try {
            take(/** @type {Buffer} */ (buffer).subarray(0, size));
          } catch (error) {
            reject(error);
            socket.destroy();
          }
          return true;
        },
      },
    });
    socket.on('error', reject);
    socket.on('close', () => {
      if (!this.#isClosing) this.lost += 1;
      reject(new Error('a socket was closed'));
    });
    const lines = Object.entries({ Host: this.url.host, Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': randomBytes(16).toString('base64'), ...headers });
    socket.write(`GET ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
    return promise;
  }
}

/** Where the head of the answer ends; throws unless it is an upgrade. @param {Buffer} bytes */
function endOfHead(bytes) {
  const end = bytes.indexOf('\r\n\r\n');
  const head = bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
  if (end < 0 || !head.startsWith('HTTP/1.1 101')) throw new Error(`no upgrade: ${bytes.toString('latin1').slice(0, 300)}`);
  return end + 4;
}

/** Calls `take` for each whole frame; returns where they end. @param {Buffer} bytes @param {number} start @param {(opcode: number, payload: Buffer) => void} take */
function eachFrame(bytes, start, take) {
  let at = start;
  while (bytes.length - at >= 2) {
    const short = bytes[at + 1] & 0x7f;
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length - at < header) break;
    const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    if (bytes.length - at < header + length) break;
    take(bytes[at] & 0x0f, bytes.subarray(at + header, at + header + length));
    at += header + length;
  }
  return at;
}

/** A client's frame; a mask of zeros is a mask. @param {number} opcode @param {Buffer} payload below 64 kB */
function frame(opcode, payload) {
  const head = payload.length < 126 ? [0x80 | opcode, 0x80 | payload.length] : [0x80 | opcode, 0x80 | 126, payload.length >> 8, payload.length & 0xff];
  return Buffer.concat([Buffer.from(head), Buffer.alloc(4), payload]);
}
