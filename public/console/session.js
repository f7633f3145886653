// What the console remembers. Key and tokens end with the tab; the device stays the same device.

const SESSION = 'outpost.session';
const DEVICE = 'outpost.device';

/**
 * @typedef {object} Session
 * @property {string} signIn one per sign-in; a renewed session keeps it, and so does a duplicated tab
 * @property {string | null} apiKey null for a session opened by password
 * @property {string} accessToken
 * @property {string} refreshToken
 * @property {number} expiresAt of the access token, by this machine's clock
 */

/** @returns {Session | null} */
export function loadSession() {
  return JSON.parse(sessionStorage.getItem(SESSION) ?? 'null');
}

/** @param {Session | null} session */
export function saveSession(session) {
  if (session) sessionStorage.setItem(SESSION, JSON.stringify(session));
  else sessionStorage.removeItem(SESSION);
}

/** The id of this installation, made at the first use. */
export function deviceId() {
  const known = localStorage.getItem(DEVICE);
  if (known) return known;
  const id = crypto.randomUUID();
  localStorage.setItem(DEVICE, id);
  return id;
}
