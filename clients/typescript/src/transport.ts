// Requests of somebody who is signed in.
import { ApiError } from './errors.ts';
import type { Http, RequestOptions } from './http.ts';
import type { Session } from './session.ts';

/** Refusals of the token. Others, such as that of an app's key, are not healed by another one. */
const TOKEN_CODES = ['AUTH_TOKEN_EXPIRED', 'AUTH_TOKEN_INVALID'];

export class Transport {
  constructor(
    private readonly http: Http,
    private readonly session: Session,
  ) {}

  /**
   * Sends a request with a token that is good. If the server refuses it all the same, the request is
   * sent once more with a new one.
   *
   * @throws {ApiError} the server said no
   * @throws {NetworkError} no answer
   * @throws {SignedOutError} nobody is signed in any more
   */
  async request<T>(path: string, options: RequestOptions = {}): Promise<T> {
    const token = await this.session.accessToken();
    try {
      return await this.#send<T>(path, options, token);
    } catch (error) {
      if (!isTokenRefused(error)) throw error;
      return this.#send<T>(path, options, await this.session.renew(token));
    }
  }

  #send<T>(path: string, options: RequestOptions, token: string): Promise<T> {
    return this.http.request<T>(path, { ...options, headers: { ...options.headers, authorization: `Bearer ${token}` } });
  }
}

/** Whether a new token may help. */
export function isTokenRefused(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401 && TOKEN_CODES.includes(error.code);
}
