// A server as the client sees it, in memory: tokens, batches that count each operation once, and
// changes with cursors. And a network that loses what the test says.
import type { Fields } from '../src/index.ts';
import type { BatchAnswer, Verdict } from '../src/operation.ts';

export interface Call {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: any;
}

/** What becomes of a request: carried out and its answer lost, not carried out, answered otherwise. */
export type Fault = 'lost' | 'down' | 'hangs' | ((call: Call) => Response | undefined);

interface Row {
  collection: string;
  id: string;
  version: number;
  data: Fields | null;
}

export const error = (status: number, code: string, headers: Record<string, string> = {}, details: unknown[] = []): Response =>
  new Response(JSON.stringify({ error: { code, message: `about ${code}`, details }, meta: { request_id: 'req_1' } }), { status, headers });

export class FakeServer {
  readonly calls: Call[] = [];
  /** What happens to the next requests, one each; then all is well. */
  faults: Fault[] = [];
  isDown = false;
  /** Numbers of operations that it refuses, or wants again, with what it says. */
  readonly verdicts = new Map<number, Partial<Verdict>[]>();
  accessToken = 'access-1';
  refreshToken = 'refresh-1';
  #version = 0;
  #tokens = 1;
  readonly #rows = new Map<string, Row>();
  readonly #seen = new Map<string, Verdict>();
  /** How often each operation took effect. */
  readonly effects = new Map<string, number>();

  readonly fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const { pathname, search } = new URL(url);
    const call: Call = {
      method: init.method ?? 'GET',
      path: pathname + search,
      headers: init.headers as Record<string, string>,
      body: init.body === undefined ? undefined : JSON.parse(init.body as string),
    };
    this.calls.push(call);
    if (this.isDown) throw new TypeError('fetch failed');
    const fault = this.faults.shift();
    if (fault === 'down') throw new TypeError('fetch failed');
    if (fault === 'hangs') await new Promise((_, reject) => init.signal!.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))));
    const answer = typeof fault === 'function' ? (fault(call) ?? this.#answer(call)) : this.#answer(call);
    if (fault === 'lost') throw new TypeError('terminated');
    return answer;
  };

  get paths(): string[] {
    return this.calls.map(({ method, path }) => `${method} ${path.split('?')[0]!.replace('/api/v1', '')}`);
  }

  callsTo(path: string): Call[] {
    return this.calls.filter((call) => call.path.startsWith(`/api/v1${path}`));
  }

  /** Another device writes, or deletes. */
  write(collection: string, id: string, data: Fields | null): void {
    this.#version += 1;
    this.#rows.set(`${collection}/${id}`, { collection, id, version: this.#version, data: data && { ...data, id, updated_at: '2024-12-13T10:30:00Z' } });
  }

  /** As if tombstones had expired, or the database were another one. */
  forget(collection: string, id: string): void {
    this.#rows.delete(`${collection}/${id}`);
  }

  record(collection: string, id: string): Fields | null | undefined {
    return this.#rows.get(`${collection}/${id}`)?.data;
  }

  /** New tokens; the old access token is refused from now on. */
  expire(): void {
    this.accessToken = 'expired elsewhere';
  }

  tokens(): object {
    return { access_token: this.accessToken, refresh_token: this.refreshToken, expires_in: 900, user_id: 'user-1' };
  }

  #answer(call: Call): Response {
    const path = call.path.split('?')[0]!.replace('/api/v1', '');
    if (path === '/auth/login' || path === '/auth/register') return this.#issue();
    if (path === '/auth/refresh') return call.body.refresh_token === this.refreshToken ? this.#issue() : error(401, 'AUTH_TOKEN_INVALID');
    if (path === '/auth/logout') return new Response(null, { status: 204 });
    if (call.headers.authorization !== `Bearer ${this.accessToken}`) return error(401, 'AUTH_TOKEN_EXPIRED');
    if (path === '/sync/batch') return Response.json(this.#batch(call.body));
    if (path === '/sync/changes') return this.#changes(new URLSearchParams(call.path.split('?')[1]));
    if (path === '/sync/conflicts') return Response.json({ conflicts: [{ id: 'c1' }] });
    if (path === '/sync/conflicts/c1/resolve') return Response.json({ id: 'c1', resolution: call.body.resolution, record: null });
    return error(404, 'NOT_FOUND');
  }

  #issue(): Response {
    this.#tokens += 1;
    [this.accessToken, this.refreshToken] = [`access-${this.#tokens}`, `refresh-${this.#tokens}`];
    return Response.json(this.tokens());
  }

  #batch({ device_id, operations, cursor }: any): BatchAnswer {
    const hadEverything = cursor === `v${this.#version}`;
    const results = operations.map((operation: any) => this.#carryOut(device_id, operation));
    return { results, cursor: hadEverything ? `v${this.#version}` : (cursor ?? 'v0') };
  }

  #carryOut(device: string, operation: any): Verdict {
    const key = `${device}:${operation.id}`;
    const scripted = this.verdicts.get(operation.id)?.shift();
    if (scripted) return { id: operation.id, http_status: 400, status: 'rejected', ...scripted };
    const before = this.#seen.get(key);
    if (before) return { ...before, status: 'duplicate', http_status: 200 };
    this.effects.set(key, (this.effects.get(key) ?? 0) + 1);
    const [collection, id, below] = operation.endpoint.replace('/api/v1/', '').split('/');
    const there = this.record(collection, id);
    const { base: _, ...data } = operation.data ?? {};
    if (operation.operation === 'DELETE') this.write(collection, id, null);
    else if (below === 'progress') this.write(collection, id, { ...there, current_value: Number(there?.current_value ?? 0) + data.amount });
    else this.write(collection, id, operation.operation === 'PATCH' ? { ...there, ...data } : data);
    const now = this.record(collection, id);
    const verdict: Verdict = { id: operation.id, status: 'applied', http_status: 200, data: now ?? { id, deleted_at: '2024-12-13T10:30:00Z' } };
    this.#seen.set(key, verdict);
    return verdict;
  }

  #changes(query: URLSearchParams): Response {
    const since = query.get('since') ?? 'v0';
    if (!/^v\d+$/.test(since)) return error(400, 'VALIDATION_ERROR', {}, [{ field: 'since', message: 'x', type: 'invalid_value' }]);
    const isReset = Number(since.slice(1)) > this.#version;
    const from = isReset ? 0 : Number(since.slice(1));
    const wanted = query.get('collections')?.split(',');
    const rows = [...this.#rows.values()].filter((row) => row.version > from && (wanted?.includes(row.collection) ?? true)).sort((one, other) => one.version - other.version);
    const page = rows.slice(0, Number(query.get('limit')));
    const changes = page.map(({ collection, id, data }) => ({ collection, id, op: data ? 'upsert' : 'delete', ...(data && { data }) }));
    const has_more = rows.length > page.length;
    return Response.json({ changes, cursor: `v${has_more ? page.at(-1)!.version : this.#version}`, has_more, reset: isReset });
  }
}
