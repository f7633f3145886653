// Requests that many tests make, and the headers that many look at.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { LogLine, Server } from './server.ts';

export const LOGIN = '/api/v1/auth/login';
export const REFRESH = '/api/v1/auth/refresh';
export const PROFILE = '/api/v1/user/profile';
export const API_KEYS = '/api/v1/user/api-keys';
export const CONNECTION = '/api/v1/health';

/** What a login or refresh answers, without the camelCase twins. */
export interface SignedIn {
  access_token: string;
  refresh_token: string;
  expires_in: number;
  user_id: string;
  quota_remaining: number;
  subscription_tier: string;
}

/** POST of JSON. */
export const post = (server: Server, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  server.fetch(path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });

/** GET with a bearer credential. */
export const get = (server: Server, path: string, credential: string, headers: Record<string, string> = {}): Promise<Response> =>
  server.fetch(path, { headers: { authorization: `Bearer ${credential}`, ...headers } });

/** Logs in and gives the tokens. */
export async function logIn(server: Server, api_key: string, device_id: string = randomUUID()): Promise<SignedIn> {
  const answer = await post(server, LOGIN, { api_key, device_id });
  expect(answer.status).toBe(200);
  return (await answer.json()) as SignedIn;
}

/** Exchanges a refresh token. */
export const refresh = (server: Server, refresh_token: string, device_id?: string): Promise<Response> =>
  post(server, REFRESH, { refresh_token, device_id });

/** A path as it is: `new URL` would take `//api/v1` for a host. */
export const fetchRaw = (server: Server, path: string, init?: RequestInit): Promise<Response> => fetch(server.url + path, init);

/** The operation counts of `Server-Timing`. */
export function timing(answer: Response): Record<string, number> {
  const header = answer.headers.get('server-timing') ?? '';
  const entries = [...header.matchAll(/([a-z0-9]+);desc="([^"]*)"/g)].flatMap(([, name, counts]) =>
    counts!.split(' ').map((count): [string, number] => {
      const [what, times] = count.split('=');
      return [`${name}.${what}`, Number(times)];
    }),
  );
  return Object.fromEntries(entries);
}

/** The lines that the Worker logged for a request, once the last of them is there. */
export async function logsOf(server: Server, requestId: string): Promise<LogLine[]> {
  const end = Date.now() + 10_000;
  for (;;) {
    const lines = server.logs().filter((line) => line.request_id === requestId);
    if (lines.some((line) => typeof line.status === 'number')) return lines;
    if (Date.now() > end) throw new Error(`request ${requestId} was not logged`);
    await sleep(50);
  }
}
