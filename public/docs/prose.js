// The little Markdown that doc comments use: paragraphs, lists, `code`. Everything else stays text.
import { h } from '../dom.js';

/** @param {string | undefined} text */
export function prose(text) {
  if (!text) return null;
  return h('div', { class: 'prose' }, text.trim().split(/\n\s*\n/).map(block));
}

/** @param {string} text */
function block(text) {
  const lines = text.split('\n');
  if (lines.every((line) => /^\s*([-*] |\s)/.test(line))) {
    // A line without a mark goes on with the item before.
    const items = text.split(/^\s*[-*] /m).slice(1);
    return h('ul', null, items.map((item) => h('li', null, inline(item))));
  }
  return h('p', null, inline(text));
}

/** @param {string} text */
export function inline(text) {
  return text.trim().split('`').map((part, index) => (index % 2 === 1 ? h('code', null, part) : part));
}
