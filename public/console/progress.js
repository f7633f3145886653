// The bar, from the first byte that leaves to the last event that comes.
import { byId } from '../dom.js';
import { percent, size, words } from './format.js';

const [section, bar, number, stage] = ['progress', 'bar', 'percent', 'stage'].map(byId);

/** @param {string} name @param {number} bytes */
export function showUploading(name, bytes) {
  show(null, `Uploading ${name}, ${size(bytes)}`);
}

/** Before the first event. */
export function showConnecting() {
  show(null, 'Asking how far it is');
}

/** @param {import('./events.js').Status} status */
export function showStatus({ status, progress, stage }) {
  show(progress, words(stage ?? status));
}

export function showBroken() {
  stage.textContent = 'The connection broke; trying again';
}

export function hideProgress() {
  section.hidden = true;
}

/** @param {number | null} part null while unknown @param {string} text */
function show(part, text) {
  section.hidden = false;
  if (part === null) bar.removeAttribute('value');
  else bar.value = part;
  number.textContent = part === null ? '' : percent(part);
  stage.textContent = text;
}
