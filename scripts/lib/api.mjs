// The app's side of the wire: sign in, upload a room scan, follow the work, fetch what came out.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { Failure } from './failure.mjs';

const POLL_MS = 250;
const GIVE_UP_MS = 10 * 60_000;

/** @typedef {{ processing_id: string, status: string, progress: number, stage?: string | null, error_message?: string | null }} Status */

export class Api {
  /** @param {string} url @param {string} [token] */
  constructor(url, token) {
    this.url = url.replace(/\/+$/, '');
    this.token = token;
  }

  /** Signs in with an API key, or with email and password. @param {string} url @param {string | { email: string, password: string }} credentials */
  static async signIn(url, credentials) {
    const api = new Api(url);
    const fields = typeof credentials === 'string' ? { api_key: credentials } : credentials;
    const { access_token } = await api.json('POST', '/api/v1/auth/login', { ...fields, device_id: randomUUID() });
    return new Api(url, access_token);
  }

  /**
   * A request whose failure is an exception with the server's own message.
   * @param {string} method @param {string} path @param {RequestInit} [init]
   */
  async request(method, path, init = {}) {
    const headers = new Headers(init.headers);
    if (this.token) headers.set('authorization', `Bearer ${this.token}`);
    const answer = await fetch(this.url + path, { ...init, method, headers }).catch(() => {
      throw new Failure(`nobody answers at ${this.url}; is the server running? (npm start)`);
    });
    if (answer.ok) return answer;
    const text = await answer.text();
    throw new Failure(`${method} ${path}: ${answer.status} ${messageOf(text)}`);
  }

  /** A request with JSON in and out. @param {string} method @param {string} path @param {object} [body] @returns {Promise<any>} */
  async json(method, path, body) {
    const init = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    return (await this.request(method, path, init)).json();
  }

  /** Uploads a packed room scan. @param {Uint8Array<ArrayBuffer>} packed @returns {Promise<string>} the processing id */
  async upload(packed) {
    const answer = await this.request('POST', '/api/v1/rooms/upload', {
      body: packed,
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    });
    return (await answer.json()).processing_id;
  }

  /** @param {string} id @returns {Promise<Status>} */
  status(id) {
    return this.json('GET', `/api/v1/processing/${id}/status`);
  }

  /** @param {string} id */
  result(id) {
    return this.json('GET', `/api/v1/processing/${id}/result`);
  }

  /** A file that belongs to a result. @param {string} id @param {string} name */
  async file(id, name) {
    return Buffer.from(await (await this.request('GET', `/api/v1/processing/${id}/${name}`)).arrayBuffer());
  }

  /**
   * Follows the work to its end: live events, or polling where they break off.
   * @param {string} id @param {(status: Status) => void} onStatus
   * @returns {Promise<Status>} the last status
   */
  async follow(id, onStatus) {
    const last = await this.#followEvents(id, onStatus).catch(() => null);
    return last && isFinal(last) ? last : this.#poll(id, onStatus);
  }

  /** @param {string} id @param {(status: Status) => void} onStatus */
  async #followEvents(id, onStatus) {
    const answer = await this.request('GET', `/api/v1/processing/${id}/events`, { headers: { accept: 'text/event-stream' } });
    let text = '';
    const body = /** @type {AsyncIterable<Uint8Array>} */ (/** @type {unknown} */ (answer.body));
    const decoder = new TextDecoder();
    for await (const chunk of body) {
      const events = (text + decoder.decode(chunk, { stream: true })).split('\n\n');
      text = events.pop() ?? '';
      for (const status of events.flatMap(statusIn)) {
        onStatus(status);
        if (isFinal(status)) return status;
      }
    }
    return null;
  }

  /** @param {string} id @param {(status: Status) => void} onStatus */
  async #poll(id, onStatus) {
    const deadline = Date.now() + GIVE_UP_MS;
    while (Date.now() < deadline) {
      const status = await this.status(id);
      onStatus(status);
      if (isFinal(status)) return status;
      await sleep(POLL_MS);
    }
    throw new Failure(`job ${id} did not end within ${GIVE_UP_MS / 60_000} minutes`);
  }
}

/** A room scan as the app sends it: JSON, gzipped. @param {object} scan */
export const pack = (scan) => new Uint8Array(gzipSync(JSON.stringify(scan), { level: 1 }));

/** The status in a server-sent event, if it holds one. @param {string} event @returns {Status[]} */
function statusIn(event) {
  const data = event.split('\n').filter((line) => line.startsWith('data:')).map((line) => line.slice(5)).join('\n');
  try {
    const status = JSON.parse(data);
    return typeof status?.status === 'string' ? [status] : [];
  } catch {
    return [];
  }
}

/** @param {Status} status */
const isFinal = ({ status }) => status === 'completed' || status === 'failed';

/** @param {string} text */
function messageOf(text) {
  try {
    const { error } = JSON.parse(text);
    return [error.message, ...(error.details ?? []).map((/** @type {any} */ one) => `${one.field}: ${one.message}`)].join('; ');
  } catch {
    return text.slice(0, 200);
  }
}
