// The client of the API: tokens in, errors out.
import { ApiError } from './errors.js';
import { deviceId, loadSession, saveSession } from './session.js';

/** @typedef {import('./session.js').Session} Session */

/** @typedef {object} Init @property {string} [method] @property {HeadersInit} [headers] @property {BodyInit} [body] @property {AbortSignal} [signal] */

export class Api {
  #session = loadSession();
  /** @type {Promise<void> | null} */
  #renewal = null;

  /** @param {(why: ApiError) => void} onSignedOut called when neither tokens nor key are accepted any more */
  constructor(onSignedOut) {
    this.onSignedOut = onSignedOut;
  }

  get isSignedIn() {
    return this.#session !== null;
  }

  /** @param {string} apiKey */
  async signIn(apiKey) {
    this.#keep(apiKey, await this.#post('/api/v1/auth/login', { api_key: apiKey, device_id: deviceId() }));
  }

  signOut() {
    this.#session = null;
    saveSession(null);
  }

  /** A request that needs no session. @param {string} path @param {Init} [init] */
  async open(path, init) {
    const response = await send(path, init);
    if (!response.ok) throw await ApiError.of(response);
    return response;
  }

  /** A request as the caller; renews the session once if the server says that it is over. @param {string} path @param {Init} [init] */
  async request(path, init = {}) {
    const session = this.#session;
    const response = await send(path, withToken(init, session));
    if (response.ok) return response;
    const error = await ApiError.of(response);
    if (error.status !== 401 || !session) throw error;
    await this.#renew(session, error);
    return this.open(path, withToken(init, this.#session));
  }

  /** @param {string} path @param {Init} [init] @returns {Promise<any>} */
  async json(path, init) {
    return (await this.request(path, init)).json();
  }

  /** One renewal at a time: a refresh token is good for one use. @param {Session} used @param {ApiError} error */
  async #renew(used, error) {
    // Another request has done it meanwhile, or the user has signed out.
    if (used !== this.#session) return;
    this.#renewal ??= this.#renewNow(used, error).finally(() => (this.#renewal = null));
    await this.#renewal;
  }

  /** @param {Session} session @param {ApiError} error */
  async #renewNow({ apiKey, refreshToken }, error) {
    try {
      if (error.code === 'AUTH_TOKEN_EXPIRED' && (await this.#refresh(apiKey, refreshToken))) return;
      await this.signIn(apiKey);
    } catch (refusal) {
      if (refusal instanceof ApiError && refusal.status === 401) {
        this.signOut();
        this.onSignedOut(refusal);
      }
      throw refusal;
    }
  }

  /** False when the session is over and only the key can open another. @param {string} apiKey @param {string} refreshToken */
  async #refresh(apiKey, refreshToken) {
    try {
      this.#keep(apiKey, await this.#post('/api/v1/auth/refresh', { refresh_token: refreshToken, device_id: deviceId() }));
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return false;
      throw error;
    }
  }

  /** @param {string} path @param {object} body */
  async #post(path, body) {
    const headers = { 'Content-Type': 'application/json' };
    return (await this.open(path, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  }

  /** @param {string} apiKey @param {{ access_token: string, refresh_token: string }} pair */
  #keep(apiKey, { access_token, refresh_token }) {
    this.#session = { apiKey, accessToken: access_token, refreshToken: refresh_token };
    saveSession(this.#session);
  }
}

/** @param {Init} init @param {Session | null} session @returns {Init} */
function withToken(init, session) {
  const headers = new Headers(init.headers);
  if (session) headers.set('Authorization', `Bearer ${session.accessToken}`);
  return { ...init, headers };
}

/** @param {string} path @param {Init} [init] */
async function send(path, init = {}) {
  const headers = new Headers(init.headers);
  headers.set('X-Device-ID', deviceId());
  try {
    return await fetch(path, { ...init, headers });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError(0);
  }
}
