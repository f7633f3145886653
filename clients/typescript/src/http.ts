// One request: sent, waited for so long and no longer, and its answer or its error read.
import { ApiError, NetworkError, type ErrorDetail } from './errors.ts';
import type { Json } from './json.ts';

/** As the platform's `fetch`. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface HttpOptions {
  url: string;
  fetch: Fetch;
  timeoutMs: number;
  /** Sent with every request. */
  headers: Record<string, string>;
}

export interface RequestOptions {
  method?: string;
  body?: Json | undefined;
  headers?: Record<string, string>;
  timeoutMs?: number;
}

/** Error bodies as every route of the server has them. */
interface Envelope {
  error?: { code?: string; message?: string; details?: ErrorDetail[] };
  meta?: { request_id?: string };
}

export class Http {
  constructor(private readonly options: HttpOptions) {}

  /** The answer's JSON, or null of an answer without a body. */
  async request<T>(path: string, options: RequestOptions = {}): Promise<T> {
    const { fetch, timeoutMs: usualMs, url } = this.options;
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), options.timeoutMs ?? usualMs);
    try {
      const answer = await fetch(url + path, { ...this.#init(options), signal: stop.signal });
      // The body may be cut off or stall as well.
      const text = await answer.text();
      if (!answer.ok) throw refusal(answer, text);
      return parse(text) as T;
    } catch (error) {
      if (error instanceof ApiError || error instanceof NetworkError) throw error;
      throw new NetworkError(stop.signal.aborted ? 'The server did not answer in time' : 'The server was not reached', { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  #init({ method = 'GET', body, headers }: RequestOptions): RequestInit {
    const all = { accept: 'application/json', ...this.options.headers, ...headers };
    if (body === undefined) return { method, headers: all };
    return { method, headers: { ...all, 'content-type': 'application/json' }, body: JSON.stringify(body) };
  }
}

/** A 2xx that is not JSON is the login page of a café, not our server. */
function parse(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new NetworkError('Something else answered in the place of the server', { cause: error });
  }
}

/** The error that an answer tells. */
export function refusal(answer: Response, text: string): ApiError {
  const { error = {}, meta = {} } = readEnvelope(text);
  const { code = `HTTP_${answer.status}`, message = `The server answered ${answer.status}`, details } = error;
  return new ApiError(answer.status, code, message, details, meta.request_id ?? null, retryAfterMs(answer.headers.get('retry-after')));
}

function readEnvelope(text: string): Envelope {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Seconds, or a date. */
function retryAfterMs(header: string | null): number | null {
  if (header === null) return null;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1000;
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}
