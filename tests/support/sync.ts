// Requests about records.
import type { Phone } from './rooms.ts';

export type Json = Record<string, unknown>;

/** A request of a phone, with a JSON body if there is one. */
export const send = (phone: Phone, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  phone.fetch(path, { method, headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) }, body: body === undefined ? undefined : JSON.stringify(body) });
