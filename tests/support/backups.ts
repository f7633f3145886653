// Backups as an app makes them: in one piece, or in parts over a network that breaks.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { createServer, connect, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import type { Server } from './server.ts';
import { Phone } from './rooms.ts';

export const BACKUPS = '/api/v1/backups';
export const UPLOADS = `${BACKUPS}/uploads`;
export const MIB = 1 << 20;

export interface Backup {
  id: string;
  device_id: string;
  size_bytes: number;
  sha256: string;
  created_at: string;
  url: string;
}

export type Bytes = Uint8Array<ArrayBuffer>;

export const noise = (length: number): Bytes => new Uint8Array(randomBytes(length));
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
export const reprDigest = (bytes: Uint8Array): string => `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;

/** A phone with a database to back up. */
export class Vault {
  private constructor(
    readonly server: Server,
    readonly phone: Phone,
    readonly deviceId: string,
  ) {}

  static async open(server: Server, tier = 'professional'): Promise<Vault> {
    return Vault.of(server, await Phone.signIn(server, { tier }));
  }

  static of(server: Server, phone: Phone, deviceId: string = randomUUID()): Vault {
    return new Vault(server, phone, deviceId);
  }

  /** Another device of the same person. */
  async other(): Promise<Vault> {
    return Vault.of(this.server, await Phone.of(this.server, this.phone.user));
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return this.phone.fetch(path, { ...init, headers: { 'x-device-id': this.deviceId, ...(init.headers as Record<string, string>) } });
  }

  put(body: Bytes, headers: Record<string, string> = {}): Promise<Response> {
    return this.fetch(BACKUPS, { method: 'PUT', body, headers: { 'content-type': 'application/octet-stream', ...headers } });
  }

  async saved(body: Bytes): Promise<Backup> {
    const answer = await this.put(body);
    if (!answer.ok) throw new Error(`put: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Backup;
  }

  create(length: number, headers: Record<string, string> = {}): Promise<Response> {
    return this.fetch(UPLOADS, { method: 'POST', headers: { 'tus-resumable': '1.0.0', 'upload-length': String(length), ...headers } });
  }

  /** Begins an upload and gives its path. */
  async begun(length: number, headers: Record<string, string> = {}): Promise<string> {
    const answer = await this.create(length, headers);
    if (answer.status !== 201) throw new Error(`create: ${answer.status} ${await answer.text()}`);
    return new URL(answer.headers.get('location')!).pathname;
  }

  append(path: string, offset: number, body: Bytes, headers: Record<string, string> = {}): Promise<Response> {
    return this.fetch(path, {
      method: 'PATCH',
      body,
      headers: { 'tus-resumable': '1.0.0', 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset), ...headers },
    });
  }

  /** All of it, part by part. Gives the upload's path. */
  async uploaded(body: Bytes, partBytes = 5 * MIB): Promise<string> {
    const path = await this.begun(body.length);
    for (let offset = 0; offset < body.length; offset += partBytes) {
      const answer = await this.append(path, offset, body.slice(offset, offset + partBytes));
      if (answer.status !== 204) throw new Error(`append at ${offset}: ${answer.status} ${await answer.text()}`);
    }
    return path;
  }

  async list(query = ''): Promise<Backup[]> {
    return ((await (await this.fetch(BACKUPS + query)).json()) as { backups: Backup[] }).backups;
  }

  content(id: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.fetch(`${BACKUPS}/${id}/content`, { headers });
  }

  async bytes(id: string): Promise<Buffer> {
    return Buffer.from(await (await this.content(id)).arrayBuffer());
  }

  /** The files in storage. */
  files(): Promise<string[]> {
    return this.server.data.objects(`backups/${this.phone.user.user_id}/`);
  }

  /** The files that rows name. */
  named(): string[] {
    const rows = this.server.data.rows('select id, user_id, parts from kept_backups where user_id = ?', this.phone.user.user_id);
    return rows.flatMap(({ id, user_id, parts }) => (JSON.parse(parts) as [string, number][]).map(([name]) => `backups/${user_id}/${id}/${name}`)).sort();
  }
}

/** What a bad network does to the next connection. */
export type Cut = { afterBytesUp: number } | 'before the answer' | 'never';

/** A proxy that cuts connections. Each connection meets the next cut of the plan. */
export class BadNetwork {
  readonly #server: TcpServer;
  readonly #sockets = new Set<Socket>();

  private constructor(target: () => string, next: () => Cut) {
    this.#server = createServer((client) => {
      const { hostname, port } = new URL(target());
      const upstream = connect(Number(port), hostname);
      const cut = next();
      let up = 0;
      const end = () => {
        client.destroy();
        upstream.destroy();
      };
      for (const socket of [client, upstream]) {
        this.#sockets.add(socket);
        socket.on('error', end).on('close', end);
      }
      client.on('data', (chunk) => {
        up += chunk.length;
        if (typeof cut === 'object' && up > cut.afterBytesUp) return end();
        upstream.write(chunk);
      });
      upstream.on('data', (chunk) => {
        if (cut === 'before the answer') return end();
        client.write(chunk);
      });
    });
  }

  static async start(target: () => string, next: () => Cut): Promise<BadNetwork> {
    const network = new BadNetwork(target, next);
    await new Promise<void>((resolve) => network.#server.listen(0, '127.0.0.1', resolve));
    return network;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A request on a connection of its own; undefined when the connection broke. */
export function ask(url: string, method: string, headers: Record<string, string>, body?: Bytes): Promise<{ status: number; headers: Record<string, any> } | undefined> {
  return new Promise((resolve) => {
    const asking = request(url, { method, agent: false, headers: { ...headers, 'content-length': String(body?.length ?? 0) } }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers }));
      answer.on('error', () => resolve(undefined));
    });
    asking.on('error', () => resolve(undefined));
    asking.end(body);
  });
}
