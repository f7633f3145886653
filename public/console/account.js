// The account card: who is signed in, the quota, the password; keys and devices stand in their own
// files.
import { byId, fill, h } from '../dom.js';
import { Devices } from './devices.js';
import { formDialog } from './dialogs.js';
import { showError } from './errors.js';
import { date, words } from './format.js';
import { Keys } from './keys.js';

/** @typedef {import('./api.js').Api} Api */

export class Account {
  /** Ends what was asked for on behalf of the user who was signed in. */
  #signedIn = new AbortController();
  #person = byId('person');
  #quota = byId('quota');
  #status = byId('account-status');

  /** @param {Api} api */
  constructor(api) {
    this.api = api;
    this.keys = new Keys(api, () => this.#signedIn.signal);
    this.devices = new Devices(api, () => this.#signedIn.signal, (text) => this.#say(text));
    const open = formDialog('password-dialog', (values) => this.#changePassword(values));
    // Somebody may have signed in elsewhere meanwhile.
    document.addEventListener('visibilitychange', () => api.isSignedIn && !document.hidden && this.devices.load());
    byId('change-password').addEventListener('click', () => this.#askForPassword(open));
  }

  /** The email address of who is signed in, as far as it is known. @returns {string} */
  get email() {
    return byId('password-user').defaultValue;
  }

  /** Shows all of it. */
  open() {
    this.#loadPerson();
    this.loadQuota();
    this.devices.load().then((scopes) => {
      const mayManage = scopes?.includes('admin') ?? true;
      this.keys.allow(mayManage);
      byId('change-password').hidden = !mayManage;
      byId('may-not-manage').hidden = mayManage;
    });
  }

  /** Nothing of one user is left for the next. */
  close() {
    this.#signedIn.abort();
    this.#signedIn = new AbortController();
    this.#say('');
    byId('password-user').defaultValue = '';
    fill(this.#person);
    fill(this.#quota);
    this.keys.clear();
    this.devices.clear();
  }

  /** The quota, with the keys: they come in one answer. */
  async loadQuota() {
    const { signal } = this.#signedIn;
    const changes = this.keys.changes;
    try {
      const profile = await this.api.json('/api/v1/user/profile', { signal });
      if (signal.aborted) return;
      showQuota(this.#quota, profile);
      // An answer from before a change would take it back.
      if (changes === this.keys.changes) this.keys.show(profile.api_keys);
    } catch (error) {
      if (!signal.aborted) showProblem(this.#quota, error);
    }
  }

  async #loadPerson() {
    const { signal } = this.#signedIn;
    try {
      const { user } = await this.api.json('/api/v1/auth/me', { signal });
      if (signal.aborted) return;
      fill(this.#person, user.name && h('strong', null, user.name), h('span', { class: 'muted' }, user.email || `User ${user.id}`));
      // For password managers.
      byId('password-user').defaultValue = user.email;
    } catch (error) {
      if (!signal.aborted) showProblem(this.#person, error);
    }
  }

  /** @param {() => void} open */
  #askForPassword(open) {
    // Who came with a key may have no password yet.
    const mayHaveNone = this.api.hasKey;
    byId('current-password').required = !mayHaveNone;
    byId('no-password-yet').hidden = !mayHaveNone;
    this.#say('');
    open();
  }

  /** @param {Record<string, string>} values */
  async #changePassword({ current_password, new_password }) {
    await this.api.send('POST', '/api/v1/auth/password', { current_password: current_password || undefined, new_password });
    this.#say('The password is changed. All other devices are signed out.');
    this.devices.load();
  }

  /** @param {string} text */
  #say(text) {
    this.#status.textContent = text;
  }
}

/** @param {Element} place @param {any} profile */
function showQuota(place, { quota_used: used, quota_limit: limit, quota_reset_date, subscription_tier }) {
  fill(
    place,
    h('progress', { max: Math.max(limit, 1), value: used, 'aria-label': 'Quota used' }),
    h('p', null, h('strong', null, used), ` of ${limit.toLocaleString()} scans used this month`),
    h('p', { class: 'small muted' }, `${words(subscription_tier)} tier, starts anew on ${date(quota_reset_date)}`),
  );
}

/** @param {Element} place @param {unknown} error */
function showProblem(place, error) {
  const problem = h('div', { role: 'alert' });
  fill(place, problem);
  showError(problem, error);
}
