// The sign-in card: an account, a new account, or an API key.
import { byId } from '../dom.js';
import { showError } from './errors.js';
import { clearErrors, onSubmit, resetForm } from './forms.js';

/** @typedef {import('./api.js').Api} Api */

/** The forms, by the tab that shows them. */
const MODES = /** @type {const} */ ({ account: 'sign-in', register: 'register', key: 'key-sign-in' });

/** @typedef {keyof typeof MODES} Mode */

const NAMES = /** @type {Mode[]} */ (Object.keys(MODES));

const [tab, form] = [(/** @type {Mode} */ mode) => byId(`${mode}-tab`), (/** @type {Mode} */ mode) => byId(MODES[mode])];
const problem = byId('sign-in-error');

/** @param {Api} api @param {() => void} onSignedIn */
export function setUpSignIn(api, onSignedIn) {
  const actions = /** @type {Record<Mode, (values: any) => Promise<void>>} */ ({
    account: ({ login, password }) => api.signIn(login.trim(), password),
    register: ({ email, password, name }) => api.register({ email, password, name: name.trim() || undefined }),
    key: ({ api_key }) => api.signInWithKey(api_key.trim()),
  });
  for (const mode of NAMES) {
    onSubmit(form(mode), problem, async (values) => {
      await actions[mode](values);
      forgetInput();
      onSignedIn();
    });
    tab(mode).addEventListener('click', () => choose(mode));
    tab(mode).addEventListener('keydown', moveByKey);
  }
}

/** Shows why one has to sign in, if there is a reason. @param {unknown} [why] @param {Mode} [mode] @param {string} [email] */
export function askToSignIn(why, mode, email = '') {
  if (mode) choose(mode);
  showError(problem, why);
  byId('login').value = email;
  const shown = NAMES.find((name) => !form(name).hidden) ?? 'account';
  const inputs = /** @type {HTMLInputElement[]} */ ([...form(shown).querySelectorAll('input')]);
  (inputs.find((input) => input.value === '') ?? inputs[0]).focus();
}

/** Passwords and keys do not stay in hidden fields. */
function forgetInput() {
  for (const mode of NAMES) resetForm(form(mode), problem);
}

/** @param {Mode} chosen */
function choose(chosen) {
  for (const mode of NAMES) {
    const isChosen = mode === chosen;
    clearErrors(form(mode), problem);
    form(mode).hidden = !isChosen;
    tab(mode).ariaSelected = String(isChosen);
    tab(mode).tabIndex = isChosen ? 0 : -1;
  }
  // Whoever finds that the account exists already need not type the address again.
  const [login, email] = [byId('login'), byId('email')];
  if (chosen === 'account') login.value ||= email.value;
  if (chosen === 'register' && login.value.includes('@')) email.value ||= login.value;
}

/** The keys of tabs: https://www.w3.org/WAI/ARIA/apg/patterns/tabs/ @param {KeyboardEvent} event */
function moveByKey(event) {
  const now = NAMES.findIndex((mode) => tab(mode) === event.currentTarget);
  const next = { ArrowRight: now + 1, ArrowLeft: now - 1 + NAMES.length, Home: 0, End: NAMES.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  const mode = NAMES[next % NAMES.length];
  choose(mode);
  tab(mode).focus();
}
