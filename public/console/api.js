// The client of the API: tokens in, errors out.
import { ApiError } from './errors.js';
import { deviceId, loadSession, saveSession } from './session.js';

/** @typedef {import('./session.js').Session} Session */

/** @typedef {object} Init @property {string} [method] @property {HeadersInit} [headers] @property {BodyInit} [body] @property {AbortSignal} [signal] @property {boolean} [keepalive] */

/** An access token is renewed this long before it expires: a request takes time to arrive. */
const EARLY_MS = 30_000;

/** Refusals after which a session is renewed or over; others are about the request. */
const SESSION_CODES = ['AUTH_TOKEN_EXPIRED', 'AUTH_TOKEN_INVALID', 'AUTH_USER_NOT_FOUND'];

export class Api {
  #session = loadSession();
  /** @type {{ of: Session, done: Promise<void> } | null} */
  #renewal = null;
  /** Tabs that were duplicated share a session, and a refresh token is good for one use. */
  #tabs = new BroadcastChannel('outpost.session');

  /** @param {(why: Error, hadKey: boolean) => void} onSignedOut called when nothing is accepted any more */
  constructor(onSignedOut) {
    this.onSignedOut = onSignedOut;
    this.#tabs.onmessage = ({ data }) => {
      if (data.signIn !== this.#session?.signIn) return;
      this.#session = data;
      saveSession(data);
    };
  }

  get isSignedIn() {
    return this.#session !== null;
  }

  /** Whether an API key opened the session, not an account's password. */
  get hasKey() {
    return Boolean(this.#session?.apiKey);
  }

  /** With email or username. @param {string} login @param {string} password */
  async signIn(login, password) {
    const name = login.includes('@') ? 'email' : 'username';
    this.#keep(await this.#openSession('login', { [name]: login, password }));
  }

  /** @param {string} apiKey */
  async signInWithKey(apiKey) {
    this.#keep(await this.#openSession('login', { api_key: apiKey }));
  }

  /** @param {{ email: string, password: string, name?: string }} account */
  async register(account) {
    this.#keep(await this.#openSession('register', account));
  }

  /** Here at once; throws when the server could not be told. */
  async signOut() {
    const session = this.#session;
    this.#forget();
    if (session) await this.#end(session);
  }

  /** A request that needs no session. @param {string} path @param {Init} [init] */
  async open(path, init) {
    const response = await send(path, init);
    if (!response.ok) throw await ApiError.of(response);
    return response;
  }

  /** A request as the caller; renews the session once if the server says that it is over. @param {string} path @param {Init} [init] */
  async request(path, init = {}) {
    await this.#renewEarly();
    const session = this.#session;
    const response = await send(path, withToken(init, session));
    if (response.ok) return response;
    const error = await ApiError.of(response);
    if (!session || !SESSION_CODES.includes(error.code)) throw error;
    await this.#renew(session, error.code === 'AUTH_TOKEN_EXPIRED');
    // Somebody else may have signed in meanwhile: that person did not ask for this.
    if (this.#session?.signIn !== session.signIn) throw error;
    return this.open(path, withToken(init, this.#session));
  }

  /** @param {string} path @param {Init} [init] @returns {Promise<any>} */
  async json(path, init) {
    return (await this.request(path, init)).json();
  }

  /** A request with a JSON body. @param {string} method @param {string} path @param {object} body */
  async send(method, path, body) {
    return this.request(path, withJson(method, body));
  }

  async #renewEarly() {
    const session = this.#session;
    if (!session || !(Date.now() > session.expiresAt - EARLY_MS)) return;
    try {
      await this.#renew(session, true);
    } catch (error) {
      // Otherwise the old token may still do, and if not, the request itself says why.
      if (!this.isSignedIn) throw error;
    }
  }

  /** One renewal at a time, however many requests ask for it. @param {Session} used @param {boolean} mayRefresh */
  async #renew(used, mayRefresh) {
    // Another request has done it meanwhile, or the user has signed out.
    if (used !== this.#session) return;
    if (this.#renewal?.of !== used) this.#renewal = { of: used, done: this.#renewNow(used, mayRefresh) };
    try {
      await this.#renewal.done;
    } finally {
      if (this.#renewal?.of === used) this.#renewal = null;
    }
  }

  /** @param {Session} session @param {boolean} mayRefresh */
  async #renewNow(session, mayRefresh) {
    try {
      const next = mayRefresh ? await this.#refresh(session) : await this.#signInAgain(session);
      if (session === this.#session) return this.#keep(next);
      // The user has signed out while this was on its way; unless another tab was faster.
      if (next.signIn !== this.#session?.signIn) await this.#end(next);
    } catch (error) {
      if (session === this.#session && error instanceof ApiError && error.status === 401) {
        this.#forget();
        const hadKey = session.apiKey !== null;
        this.onSignedOut(hadKey ? error : new Error('Your session is over: it expired, or it was ended on another device. Please sign in again.'), hadKey);
      }
      throw error;
    }
  }

  /** @param {Session} session @returns {Promise<Session>} */
  async #refresh(session) {
    try {
      const pair = await this.#post('refresh', { refresh_token: session.refreshToken, device_id: deviceId() });
      return successor(session, pair);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return this.#signInAgain(session, error);
      throw error;
    }
  }

  /** Only a key can open another session unasked. @param {Session} session @param {ApiError} [refusal] */
  async #signInAgain(session, refusal = new ApiError(401)) {
    if (session.apiKey === null) throw refusal;
    return { ...(await this.#openSession('login', { api_key: session.apiKey })), signIn: session.signIn };
  }

  /** @param {'login' | 'register'} way @param {Record<string, string | undefined>} credentials @returns {Promise<Session>} */
  async #openSession(way, credentials) {
    const pair = await this.#post(way, { ...credentials, device_id: deviceId() });
    const signIn = crypto.randomUUID();
    return successor({ signIn, apiKey: credentials.api_key ?? null, accessToken: '', refreshToken: '', expiresAt: 0 }, pair);
  }

  /** The tab may close before the answer. @param {Session} session */
  async #end({ refreshToken }) {
    await this.#post('logout', { refresh_token: refreshToken }, { keepalive: true });
  }

  /** @param {string} what @param {object} body @param {Init} [init] */
  async #post(what, body, init) {
    return (await this.open(`/api/v1/auth/${what}`, { ...withJson('POST', body), ...init })).json();
  }

  /** @param {Session} session */
  #keep(session) {
    this.#session = session;
    saveSession(session);
    this.#tabs.postMessage(session);
  }

  #forget() {
    this.#session = null;
    saveSession(null);
  }
}

/** @param {Session} session @param {{ access_token: string, refresh_token: string, expires_in: number }} pair @returns {Session} */
function successor(session, { access_token, refresh_token, expires_in }) {
  return { ...session, accessToken: access_token, refreshToken: refresh_token, expiresAt: Date.now() + expires_in * 1000 };
}

/** @param {string} method @param {object} body @returns {Init} */
function withJson(method, body) {
  return { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
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
