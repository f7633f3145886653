// Code with a button that copies it.
import { h } from '../dom.js';

/** @param {string} code */
export function snippet(code) {
  const button = h('button', { type: 'button', class: 'quiet', 'aria-live': 'polite' }, 'Copy');
  button.addEventListener('click', async () => {
    // Refused without a secure context or permission; the text can still be selected.
    const said = await navigator.clipboard?.writeText(code).then(() => 'Copied', () => 'Refused') ?? 'Refused';
    button.textContent = said;
    setTimeout(() => (button.textContent = 'Copy'), 1500);
  });
  return h('div', { class: 'snippet' }, h('pre', { tabindex: '0' }, h('code', null, code)), button);
}
