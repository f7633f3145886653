// Writes with an Idempotency-Key, and what the database keeps of them.
import { createHash, randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Row } from './data.ts';
import type { Server } from './server.ts';

export const KEY = 'idempotency-key';

/** A key that nobody has. */
export const newKey = (): string => randomUUID();

/** Whether an answer was given before. */
export const isReplay = (answer: Response): boolean => answer.headers.get('idempotency-replayed') === 'true';

/** An answer as a client sees it, but for what tells one request from another. */
export async function shown(answer: Response): Promise<{ status: number; type: string | null; body: unknown }> {
  const text = await answer.text();
  const type = answer.headers.get('content-type');
  const body: unknown = type?.startsWith('application/json') ? JSON.parse(text) : text;
  if (typeof body === 'object' && body !== null && 'error' in body) delete (body as { meta?: unknown }).meta;
  return { status: answer.status, type, body };
}

/** The row of a key; of nobody unless a user is given. */
export function rowOf(server: Server, key: string, userId?: string): Row | undefined {
  const owner = userId ? `user ${userId}` : 'nobody';
  const hash = createHash('sha256').update(`${owner}\n${key}`).digest('hex');
  const rows = server.data.rows('select * from idempotency_keys where key_hash = ?', hash);
  expect(rows.length).toBeLessThan(2);
  return rows[0];
}
