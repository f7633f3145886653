// Where the account is signed in, and how to sign out there.
import { byId, fill, h } from '../dom.js';
import { confirmed } from './dialogs.js';
import { showError } from './errors.js';
import { shortDateTime } from './format.js';
import { deviceId } from './session.js';
import { deviceName } from './user-agent.js';

/** @typedef {{ id: string, kind: string, device_id: string, device_name: string | null, place: string | null, scopes: string[], last_used_at: string, is_current: boolean }} Device */

/** How a session was opened, where it was not by password. */
const KINDS = /** @type {Record<string, string>} */ ({ key: 'API key', oauth: 'connected app' });

const SESSIONS = '/api/v1/auth/sessions';

export class Devices {
  #list = byId('devices');
  #problem = byId('devices-error');
  #endOthers = byId('end-others');
  /** What the list was made of. */
  #shown = '';
  /** Counts requests, since answers may overtake one another. */
  #turn = 0;

  /**
   * @param {import('./api.js').Api} api @param {() => AbortSignal} signal aborted when the user leaves
   * @param {(text: string) => void} say tells what was done
   */
  constructor(api, signal, say) {
    this.api = api;
    this.signal = signal;
    this.say = say;
    this.#endOthers.addEventListener('click', () => this.#signOutOthers());
  }

  /** Shows the devices; answers what this one may do. @returns {Promise<string[] | undefined>} */
  async load() {
    const turn = ++this.#turn;
    const signal = this.signal();
    showError(this.#problem, null);
    try {
      /** @type {{ sessions: Device[] }} */
      const { sessions } = await this.api.json(SESSIONS, { signal });
      if (signal.aborted || turn !== this.#turn) return undefined;
      const current = sessions.find((session) => session.is_current);
      this.#show(sessions, current?.scopes.includes('admin') ?? false);
      return current?.scopes;
    } catch (error) {
      if (!signal.aborted && turn === this.#turn) showError(this.#problem, error);
      return undefined;
    }
  }

  clear() {
    this.#turn += 1;
    showError(this.#problem, null);
    this.#endOthers.hidden = true;
    this.#shown = '';
    fill(this.#list);
  }

  /** @param {Device[]} sessions @param {boolean} mayEnd */
  #show(sessions, mayEnd) {
    const sorted = sessions.toSorted((one, other) => Number(other.is_current) - Number(one.is_current));
    const shown = JSON.stringify(sorted);
    // Made anew, it would lose the focus.
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#endOthers.hidden = !mayEnd || sessions.length < 2;
    fill(this.#list, sorted.map((session) => this.#row(session, mayEnd)));
  }

  /** @param {Device} session @param {boolean} mayEnd */
  #row(session, mayEnd) {
    const name = deviceName(session.device_name);
    const facts = [session.place, KINDS[session.kind], `last used ${shortDateTime(session.last_used_at)}`].filter(Boolean);
    return h(
      'li',
      null,
      h('div', null, h('strong', { title: session.device_name }, name), badge(session), h('span', { class: 'small muted' }, facts.join(' · '))),
      mayEnd && !session.is_current && h('button', { class: 'quiet', 'aria-label': `Sign out ${name}`, onclick: () => this.#signOut(session, name) }, 'Sign out'),
    );
  }

  /** @param {Device} session @param {string} name */
  async #signOut(session, name) {
    await this.#end(`${SESSIONS}/${encodeURIComponent(session.id)}`, async () => `${name} is signed out.`);
  }

  async #signOutOthers() {
    const text = 'Apps and browsers that use this account have to sign in again; only this one stays signed in.';
    if (!(await confirmed({ title: 'Sign out all other devices?', text, no: 'Cancel', yes: 'Sign out' }))) return;
    await this.#end(SESSIONS, async (response) => {
      const { ended } = await response.json();
      return ended === 1 ? 'One other device is signed out.' : `${ended} other devices are signed out.`;
    });
  }

  /** @param {string} path @param {(response: Response) => Promise<string>} outcome */
  async #end(path, outcome) {
    const signal = this.signal();
    this.say('');
    try {
      const text = await outcome(await this.api.request(path, { method: 'DELETE' }));
      if (signal.aborted) return;
      await this.load();
      if (!signal.aborted) this.say(text);
    } catch (error) {
      if (signal.aborted) return;
      showError(this.#problem, error);
    }
    // The button that had the focus is gone.
    byId('devices-title').focus();
  }
}

/** @param {Device} session */
function badge(session) {
  if (session.is_current) return h('span', { class: 'badge' }, 'This device');
  // Another tab, or an earlier sign-in whose tab was closed.
  if (session.device_id === deviceId()) return h('span', { class: 'badge other' }, 'Also this browser');
  return null;
}
