// The search box: hides what does not hold every word.
import { byId } from '../dom.js';

/** @typedef {import('./spec.js').Operation} Operation */

/** @param {Operation[]} operations */
export function setUpFilter(operations) {
  const input = byId('search');
  const texts = new Map(operations.map((operation) => [operation.id, searchText(operation)]));

  const apply = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const [id, text] of texts) {
      const isShown = words.every((/** @type {string} */ word) => text.includes(word));
      count += Number(isShown);
      byId(id).hidden = !isShown;
      byId(`link-${id}`).hidden = !isShown;
    }
    for (const group of all('[data-tag]')) group.hidden = !group.querySelector('article:not([hidden]), [id^="link-"]:not([hidden])');
    for (const chapter of all('[data-preface]')) chapter.hidden = words.length > 0;
    byId('matches').textContent = words.length === 0 ? '' : `${count || 'No'} ${count === 1 ? 'operation matches' : 'operations match'}`;
  };

  const clear = () => {
    input.value = '';
    apply();
  };
  input.addEventListener('input', apply);
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target instanceof HTMLInputElement;
    if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      input.focus();
    } else if (event.key === 'Escape' && event.target === input) clear();
  });
  return { clear };
}

/** @param {string} selector @returns {Iterable<HTMLElement>} */
const all = (selector) => document.querySelectorAll(selector);

/** @param {Operation} operation */
function searchText({ id, method, path, tag, summary, description, parameters }) {
  return [id, method, path, tag, summary, description, ...parameters.map(({ name }) => name)].join(' ').toLowerCase();
}
