// A look behind the wire, for assertions and for injecting faults only: rows of D1, objects of R2.
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { databaseFile } from '../../scripts/lib/database-file.mjs';
import { explorerUrl, serverDatabase } from '../../scripts/lib/database-server.mjs';
import type { Server } from './server.ts';

const BUCKET = 'outpost-files';

export type Row = Record<string, any>;

export class Data {
  constructor(private readonly server: Server) {}

  /** Reads rows; also while the server is down. */
  rows(sql: string, ...params: SQLInputValue[]): Row[] {
    const db = new DatabaseSync(databaseFile(this.server.place.persistTo), { readOnly: true, timeout: 5_000 });
    try {
      return db.prepare(sql).all(...params).map((row) => ({ ...row }));
    } finally {
      db.close();
    }
  }

  /** The first row, or undefined. */
  row(sql: string, ...params: SQLInputValue[]): Row | undefined {
    return this.rows(sql, ...params)[0];
  }

  /** Changes rows through the running server, so that it never finds the database locked. */
  async write(sql: string, ...params: (string | number | null)[]): Promise<void> {
    await serverDatabase(this.server.url).batch([{ sql, params }]);
  }

  /** Keys of the stored objects that begin with `prefix`. */
  async objects(prefix = ''): Promise<string[]> {
    const answer = await this.#r2('GET', `?prefix=${encodeURIComponent(prefix)}&per_page=1000`);
    const body = (await answer.json()) as { result: { key: string }[] };
    return body.result.map(({ key }) => key);
  }

  /** The bytes of a stored object. */
  async object(key: string): Promise<Uint8Array> {
    const answer = await this.#r2('GET', `/${encodeURIComponent(key)}`);
    return new Uint8Array(await answer.arrayBuffer());
  }

  /** Loses a stored object. */
  async deleteObject(key: string): Promise<void> {
    await this.#r2('DELETE', `/${encodeURIComponent(key)}`);
  }

  /** Stores an object, or spoils the one that is there. */
  async putObject(key: string, bytes: Uint8Array<ArrayBuffer> | string): Promise<void> {
    await this.#r2('PUT', `/${encodeURIComponent(key)}`, bytes);
  }

  async #r2(method: string, path: string, body?: Uint8Array<ArrayBuffer> | string): Promise<Response> {
    const answer = await fetch(`${explorerUrl(this.server.url)}/r2/buckets/${BUCKET}/objects${path}`, { method, body });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }
}
