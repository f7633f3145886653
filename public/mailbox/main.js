// The mailbox of development: asks every few seconds and shows what is new on top.
import { ApiError, showError } from '../console/errors.js';
import { byId, fill, h } from '../dom.js';

/** @typedef {{ id: string, to: string, subject: string, text: string, html: string, received_at: string }} Mail */

const EVERY_MS = 2_000;

/** Only what differs is drawn, so that a reader keeps the place. */
let shown = '';

async function load() {
  // Nobody looks; the next look asks at once.
  if (document.hidden) return;
  try {
    const mails = await ask();
    showError(byId('problem'), null);
    show(mails);
  } catch (error) {
    showError(byId('problem'), error);
  }
}

/** @returns {Promise<Mail[]>} */
async function ask() {
  const response = await fetch('/api/v1/dev/mailbox').catch(() => {
    throw new ApiError(0);
  });
  if (response.status === 404) throw new Error('This server sends its mails: the mailbox exists only in development');
  if (!response.ok) throw await ApiError.of(response);
  return (await response.json()).mails;
}

/** @param {Mail[]} mails */
function show(mails) {
  const ids = mails.map(({ id }) => id).join();
  if (ids === shown && byId('count').textContent) return;
  shown = ids;
  fill(byId('count'), mails.length === 0 ? 'No mail yet' : `${mails.length} newest`);
  fill(byId('mails'), mails.map(item));
}

/** @param {Mail} mail */
function item({ to, subject, text, html, received_at }) {
  const when = h('time', { datetime: received_at }, new Date(received_at).toLocaleString());
  return h(
    'li',
    null,
    h(
      'article',
      { class: 'card' },
      h('h2', null, subject),
      h('p', { class: 'small muted' }, 'To ', h('code', null, to), ', ', when),
      h('p', { class: 'body' }, withLinks(text)),
      h('details', null, h('summary', null, 'HTML'), h('pre', null, html)),
    ),
  );
}

/** The text with its addresses as links. @param {string} text */
function withLinks(text) {
  return text.split(/(https?:\/\/\S+)/).map((piece, index) => (index % 2 === 1 ? h('a', { href: piece }, piece) : piece));
}

setInterval(load, EVERY_MS);
document.addEventListener('visibilitychange', load);
load();
