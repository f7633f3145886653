// Saving what only a token can fetch: a plain link could not send it.
import { h } from '../dom.js';
import { showError } from './errors.js';

/**
 * A button that saves a file of the API.
 * @param {import('./api.js').Api} api @param {string} path @param {string} name @param {string} text
 */
export function saveButton(api, path, name, text) {
  const button = h('button', { type: 'button', class: 'quiet' }, text);
  const problem = h('div', { role: 'alert' });
  button.addEventListener('click', async () => {
    button.disabled = true;
    showError(problem, null);
    try {
      const url = URL.createObjectURL(await (await api.request(path)).blob());
      h('a', { href: url, download: name }).click();
      // The browser has begun to read it by then.
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (error) {
      showError(problem, error);
    } finally {
      button.disabled = false;
    }
  });
  return [button, problem];
}
