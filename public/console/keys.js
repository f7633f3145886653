// The API keys of the account: made here, shown once, revoked here.
import { byId, fill, h } from '../dom.js';
import { confirmed, formDialog } from './dialogs.js';
import { showError } from './errors.js';
import { date, shortDateTime } from './format.js';

/** @typedef {{ id: string, name: string, prefix: string, environment: string, scopes: string[], requires_signature: boolean, created_at: string, last_used: string | null }} Key */

export class Keys {
  #list = byId('keys');
  #problem = byId('keys-error');
  #created = byId('new-key');
  #secret = byId('new-key-value');
  #copied = byId('new-key-copied');
  #mayManage = true;
  /** @type {Key[]} */
  #keys = [];
  /** What the list was made of. */
  #shown = '';
  /** How often keys were made or revoked here. */
  changes = 0;

  /** @param {import('./api.js').Api} api @param {() => AbortSignal} signal aborted when the user leaves */
  constructor(api, signal) {
    this.api = api;
    this.signal = signal;
    byId('add-key').addEventListener('click', formDialog('key-dialog', () => this.#create()));
    byId('new-key-copy').addEventListener('click', () => this.#copy());
    byId('new-key-done').addEventListener('click', () => {
      this.#hideCreated();
      byId('add-key').focus();
    });
    this.#secret.addEventListener('focus', () => this.#secret.select());
  }

  /** @param {boolean} mayManage whether the session may create and revoke */
  allow(mayManage) {
    this.#mayManage = mayManage;
    byId('add-key').hidden = !mayManage;
    this.show(this.#keys);
  }

  clear() {
    showError(this.#problem, null);
    this.#hideCreated();
    this.#keys = [];
    this.#shown = '';
    fill(this.#list);
  }

  /** @param {Key[]} keys */
  show(keys) {
    this.#keys = keys;
    const shown = JSON.stringify([keys, this.#mayManage]);
    // Made anew, it would lose the focus.
    if (shown === this.#shown) return;
    this.#shown = shown;
    if (keys.length === 0) return fill(this.#list, h('li', { class: 'small muted' }, 'None yet. Apps sign in with one.'));
    fill(this.#list, keys.map((key) => this.#row(key)));
  }

  /** @param {Key} key */
  #row(key) {
    const can = [key.scopes.join(', '), key.environment === 'test' && 'test', key.requires_signature && 'signed requests only'].filter(Boolean);
    const used = key.last_used ? `last used ${shortDateTime(key.last_used)}` : 'never used';
    return h(
      'li',
      null,
      h('div', null, h('strong', { title: `Made on ${date(key.created_at)}` }, key.name), h('code', null, `${key.prefix}…`), h('span', { class: 'small muted' }, [...can, used].join(' · '))),
      this.#mayManage && h('button', { class: 'quiet', 'aria-label': `Revoke ${key.name}`, onclick: () => this.#revoke(key) }, 'Revoke'),
    );
  }

  async #create() {
    const signal = this.signal();
    const form = byId('key-dialog').querySelector('form');
    const body = {
      name: byId('key-name').value.trim(),
      scopes: [...form.querySelectorAll('[name=scopes]:checked')].map((box) => box.value),
      requires_signature: byId('key-signed').checked,
    };
    const created = await (await this.api.send('POST', '/api/v1/user/api-keys', body)).json();
    if (signal.aborted) return;
    byId('new-key-name').textContent = created.name;
    this.#secret.value = created.key;
    this.#created.hidden = false;
    this.changes += 1;
    this.show([...this.#keys, { ...created, last_used: null }]);
    // After the dialog has given the focus back to the button that opened it.
    setTimeout(() => byId('new-key-copy').focus());
  }

  async #copy() {
    try {
      await navigator.clipboard.writeText(this.#secret.value);
      this.#copied.textContent = 'Copied.';
    } catch {
      this.#secret.focus();
      this.#copied.textContent = 'The browser does not let the page copy: the key is selected, copy it yourself.';
    }
  }

  #hideCreated() {
    this.#created.hidden = true;
    this.#secret.value = '';
    this.#copied.textContent = '';
  }

  /** @param {Key} key */
  async #revoke(key) {
    const text = `Whoever signed in with “${key.name}” (${key.prefix}…) is signed out at once, and the key is good for nothing any more.`;
    if (!(await confirmed({ title: 'Revoke this key?', text, no: 'Keep', yes: 'Revoke' }))) return;
    const signal = this.signal();
    showError(this.#problem, null);
    try {
      await this.api.request(`/api/v1/user/api-keys/${encodeURIComponent(key.id)}`, { method: 'DELETE' });
      if (signal.aborted) return;
      if (this.#secret.value.startsWith(key.prefix)) this.#hideCreated();
      this.changes += 1;
      this.show(this.#keys.filter(({ id }) => id !== key.id));
    } catch (error) {
      if (signal.aborted) return;
      showError(this.#problem, error);
    }
    // The button that had the focus is gone.
    byId('keys-title').focus();
  }
}
