// The console's modules that need no page: how it stays signed in, how it names devices, and that
// the page has every element that they ask for.
import { readFileSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Api } from '../public/console/api.js';
import { timeSpan } from '../public/console/format.js';
import { deviceName } from '../public/console/user-agent.js';
import { inRepo } from './lib/paths.mjs';

/** A tab's or a browser's storage. */
class FakeStorage {
  #values = new Map();
  getItem = (/** @type {string} */ name) => this.#values.get(name) ?? null;
  setItem = (/** @type {string} */ name, /** @type {string} */ value) => void this.#values.set(name, value);
  removeItem = (/** @type {string} */ name) => void this.#values.delete(name);
}

/** The server's side of sessions, as far as the console sees it. */
class FakeServer {
  /** @type {string[]} */
  calls = [];
  /** @type {string[]} */
  loggedOut = [];
  /** Access tokens that are taken. */
  good = new Set();
  /** What a token that is not taken is answered. */
  code = 'AUTH_TOKEN_EXPIRED';
  refusesRefresh = false;
  isDown = false;
  expiresIn = 900;
  /** Runs while a refresh is on its way. */
  duringRefresh = () => {};
  #issued = 0;

  fetch = async (/** @type {string} */ path, /** @type {RequestInit} */ init = {}) => {
    // Every answer comes later, as over a network.
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (this.isDown) throw new TypeError('network');
    this.calls.push(path);
    const body = init.body ? JSON.parse(String(init.body)) : {};
    if (path.endsWith('/login') || path.endsWith('/register')) return this.#pair(body.api_key === 'revoked' ? 'AUTH_API_KEY_INVALID' : null);
    if (path.endsWith('/refresh')) {
      this.duringRefresh();
      return this.#pair(this.refusesRefresh ? 'AUTH_TOKEN_INVALID' : null);
    }
    if (path.endsWith('/logout')) {
      this.loggedOut.push(body.refresh_token);
      return Response.json({ success: true });
    }
    const token = new Headers(init.headers).get('Authorization')?.slice('Bearer '.length) ?? '';
    return this.good.has(token) ? Response.json({ token }) : refusal(this.code);
  };

  /** @param {string} what */
  count(what) {
    return this.calls.filter((path) => path.endsWith(what)).length;
  }

  /** @param {string | null} refusedBy */
  #pair(refusedBy) {
    if (refusedBy) return refusal(refusedBy);
    const number = ++this.#issued;
    this.good.add(`access-${number}`);
    return Response.json({ access_token: `access-${number}`, refresh_token: `refresh-${number}`, expires_in: this.expiresIn });
  }
}

const refusal = (/** @type {string} */ code) => Response.json({ error: { code, message: code } }, { status: 401 });

/** @type {FakeServer} */
let server;
let onSignedOut = vi.fn();

beforeEach(() => {
  server = new FakeServer();
  onSignedOut = vi.fn();
  vi.stubGlobal('fetch', server.fetch);
  vi.stubGlobal('sessionStorage', new FakeStorage());
  vi.stubGlobal('localStorage', new FakeStorage());
});
afterEach(() => void vi.unstubAllGlobals());

const stored = () => sessionStorage.getItem('outpost.session');

async function signedIn() {
  const api = new Api(onSignedOut);
  await api.signIn('anna@example.org', 'a password');
  return api;
}

const three = (/** @type {Api} */ api) => Promise.all(['/a', '/b', '/c'].map((path) => api.json(path)));

describe('a session', () => {
  test('whose token has expired is refreshed once for parallel requests', async () => {
    const api = await signedIn();
    server.good.clear();
    expect(await three(api)).toEqual(Array(3).fill({ token: 'access-2' }));
    expect(server.count('/refresh')).toBe(1);
    expect(JSON.parse(stored() ?? '')).toMatchObject({ accessToken: 'access-2', refreshToken: 'refresh-2', apiKey: null });
  });

  test('is refreshed once before its token expires, and no request is refused', async () => {
    server.expiresIn = 10;
    const api = await signedIn();
    server.expiresIn = 900;
    expect(await three(api)).toEqual(Array(3).fill({ token: 'access-2' }));
    await api.json('/d');
    expect(server.calls).toEqual(['/api/v1/auth/login', '/api/v1/auth/refresh', '/a', '/b', '/c', '/d']);
  });

  test('opened by password asks to sign in again when the refresh is refused', async () => {
    const api = await signedIn();
    server.good.clear();
    server.refusesRefresh = true;
    const outcomes = await Promise.allSettled(['/a', '/b', '/c'].map((path) => api.json(path)));
    expect(outcomes.map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
    expect(onSignedOut).toHaveBeenCalledTimes(1);
    expect(onSignedOut).toHaveBeenCalledWith(expect.objectContaining({ message: expect.stringContaining('sign in again') }), false);
    expect([api.isSignedIn, stored()]).toEqual([false, null]);
    expect(server.count('/login')).toBe(1);
  });

  test('that was ended elsewhere is not refreshed', async () => {
    const api = await signedIn();
    server.good.clear();
    server.code = 'AUTH_TOKEN_INVALID';
    await expect(api.json('/a')).rejects.toThrow();
    expect(onSignedOut).toHaveBeenCalledTimes(1);
    expect(server.count('/refresh')).toBe(0);
  });

  test('opened by key is opened anew when the refresh is refused, once', async () => {
    const api = new Api(onSignedOut);
    await api.signInWithKey('romo_live_x');
    server.good.clear();
    server.refusesRefresh = true;
    expect(await three(api)).toEqual(Array(3).fill({ token: 'access-2' }));
    expect([server.count('/refresh'), server.count('/login')]).toEqual([1, 2]);
    expect(onSignedOut).not.toHaveBeenCalled();
  });

  test('survives a refresh that did not get through', async () => {
    const api = await signedIn();
    const before = stored();
    server.isDown = true;
    await expect(api.json('/a')).rejects.toThrow('cannot be reached');
    expect(stored()).toBe(before);
    server.isDown = false;
    server.good.clear();
    expect(await api.json('/a')).toEqual({ token: 'access-2' });
  });

  test('survives a 401 that is about the request', async () => {
    const api = await signedIn();
    server.good.clear();
    server.code = 'AUTH_SIGNATURE_INVALID';
    await expect(api.json('/a')).rejects.toThrow('AUTH_SIGNATURE_INVALID');
    expect([api.isSignedIn, server.count('/refresh')]).toEqual([true, 0]);
  });

  test('is ended on the server by signing out', async () => {
    const api = await signedIn();
    const told = api.signOut();
    expect([api.isSignedIn, stored()]).toEqual([false, null]);
    await told;
    expect(server.loggedOut).toEqual(['refresh-1']);
  });

  test('stays ended when a refresh was on its way', async () => {
    const api = await signedIn();
    server.good.clear();
    server.duringRefresh = () => void api.signOut();
    await expect(api.json('/a')).rejects.toThrow();
    await vi.waitFor(() => expect(server.loggedOut.toSorted()).toEqual(['refresh-1', 'refresh-2']));
    expect([api.isSignedIn, stored()]).toEqual([false, null]);
    expect(onSignedOut).not.toHaveBeenCalled();
  });

  test('of somebody else does not repeat a request', async () => {
    const api = await signedIn();
    server.good.clear();
    const signedInAgain = /** @type {PromiseWithResolvers<void>} */ (Promise.withResolvers());
    server.duringRefresh = () => void api.signOut().then(() => api.signIn('bert', 'another one')).then(signedInAgain.resolve);
    const request = api.json('/mine');
    await expect(request).rejects.toThrow();
    await signedInAgain.promise;
    expect(server.count('/mine')).toBe(1);
  });

  test('is renewed in a duplicated tab too', async () => {
    const api = await signedIn();
    const duplicate = new Api(onSignedOut);
    server.good.clear();
    await api.json('/a');
    await vi.waitFor(async () => expect(await duplicate.json('/b')).toEqual({ token: 'access-2' }));
    expect(server.count('/refresh')).toBe(1);
  });
});

describe('a device', () => {
  test.each([
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Windows'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0', 'Edge on Windows'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1', 'Safari on iPhone'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15', 'Safari on Mac'],
    ['Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36', 'Chrome on Android'],
    ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36', 'Chrome on Linux'],
    ['Mozilla/5.0 (compatible)', 'A browser'],
    ['curl/8.5.0', 'curl 8.5.0'],
    ['Dart/3.5 (dart:io)', 'Dart 3.5'],
    ['Anna’s phone', 'Anna’s phone'],
    ['node', 'node'],
    ['  ', 'Unknown device'],
    [null, 'Unknown device'],
  ])('%s is %s', (text, name) => expect(deviceName(text)).toBe(name));
});

test.each([
  [1, '1 second'],
  [90, '90 seconds'],
  [91, '2 minutes'],
  [5401, '2 hours'],
  [777_600, '9 days'],
])('a wait of %i s is %s', (seconds, text) => expect(timeSpan(seconds)).toBe(text));

describe('the page', () => {
  const page = readFileSync(inRepo('public', 'index.html'), 'utf8');
  const ids = [...page.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id);
  const textOf = (/** @type {string} */ name) => readFileSync(inRepo('public', 'console', name), 'utf8');
  const scripts = readdirSync(inRepo('public', 'console')).filter((name) => name.endsWith('.js'));

  test('has every element that its scripts ask for, once', () => {
    expect(ids).toEqual([...new Set(ids)]);
    const asked = scripts.flatMap((name) => [...textOf(name).matchAll(/(?:byId|formDialog)\('([^']+)'/g)].map(([, id]) => id));
    expect(asked.length).toBeGreaterThan(40);
    expect(asked.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test('refers to elements that exist', () => {
    const references = [...page.matchAll(/\b(?:for|aria-controls|aria-labelledby|aria-describedby)="([^"]+)"/g)].flatMap(([, value]) => (value ?? '').split(' '));
    const made = scripts.flatMap((name) => [...textOf(name).matchAll(/\bid: '([^']+)'/g)].map(([, id]) => id));
    expect(references.filter((id) => ![...ids, ...made].includes(id))).toEqual([]);
  });

  test('tells password managers what each field is', () => {
    const hints = Object.fromEntries([...page.matchAll(/<input (?=[^>]*\bid="([^"]+)")(?=[^>]*\bautocomplete="([^"]+)")[^>]*>/g)].map(([, id, hint]) => [id, hint]));
    expect(hints).toMatchObject({
      login: 'username', password: 'current-password', name: 'name', email: 'email', 'first-password': 'new-password',
      'password-user': 'username', 'current-password': 'current-password', 'new-password': 'new-password', 'api-key': 'off', 'new-key-value': 'off',
    });
  });

  test('holds no script, style or handler of its own', () => {
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\bsrc=)/);
    for (const name of scripts) expect(textOf(name), name).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
  });
});
