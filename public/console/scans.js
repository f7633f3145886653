// The user's scans, page by page.
import { byId, fill, h, markCurrent } from '../dom.js';
import { confirmed } from './dialogs.js';
import { showError } from './errors.js';
import { shortDateTime } from './format.js';

/** @typedef {{ id: string, name: string, uploaded_at: string, processing_status: string, cost: number | null, processing_id: string }} Scan */

const PER_PAGE = 8;

export class ScanList {
  #page = 1;
  #openId = '';
  /** Counts requests, since answers may overtake one another. */
  #turn = 0;
  /** @type {Set<string>} jobs that the list shows as ended */
  #ended = new Set();
  #list = byId('scans');
  #problem = byId('scans-error');

  /** @param {import('./api.js').Api} api @param {(scan: Scan) => void} onDeleted */
  constructor(api, onDeleted) {
    this.api = api;
    this.onDeleted = onDeleted;
    byId('newer').addEventListener('click', () => this.load(this.#page - 1));
    byId('older').addEventListener('click', () => this.load(this.#page + 1));
  }

  /** @param {number} [page] @returns {Promise<void>} */
  async load(page = this.#page) {
    const turn = ++this.#turn;
    showError(this.#problem, null);
    try {
      const { scans, pagination } = await this.api.json(`/api/v1/user/scans?page=${page}&per_page=${PER_PAGE}`);
      if (turn !== this.#turn) return;
      // The last scan of the last page was deleted.
      if (scans.length === 0 && page > 1) return await this.load(page - 1);
      this.#page = page;
      this.#show(scans, pagination);
    } catch (error) {
      if (turn === this.#turn) showError(this.#problem, error);
    }
  }

  /** Nothing of one user is left for the next. */
  clear() {
    this.#turn += 1;
    this.#ended.clear();
    showError(this.#problem, null);
    byId('scan-range').textContent = '';
    byId('pages').hidden = true;
    fill(this.#list);
  }

  /** Whether the list is up to date about a job that has ended. @param {string} processingId */
  knowsEndOf(processingId) {
    return this.#ended.has(processingId);
  }

  /** Marks the scan whose result is on the page. @param {string} processingId */
  mark(processingId) {
    this.#openId = processingId;
    for (const link of this.#list.querySelectorAll('a')) markCurrent(link, link.dataset.id === processingId);
  }

  /** @param {Scan[]} scans @param {{ page: number, per_page: number, total: number }} pagination */
  #show(scans, { page, per_page, total }) {
    this.#ended = new Set(scans.filter(({ processing_status: state }) => state === 'completed' || state === 'failed').map((scan) => scan.processing_id));
    const before = (page - 1) * per_page;
    byId('scan-range').textContent = total > 0 ? `${before + 1} to ${before + scans.length} of ${total}` : '';
    byId('pages').hidden = total <= per_page;
    byId('newer').disabled = page === 1;
    byId('older').disabled = before + scans.length >= total;
    if (total === 0) return fill(this.#list, h('li', { class: 'small muted' }, 'None yet.'));
    fill(this.#list, scans.map((scan) => this.#row(scan)));
    this.mark(this.#openId);
  }

  /** @param {Scan} scan */
  #row(scan) {
    const state = h('span', { class: `state-${scan.processing_status}` }, scan.processing_status);
    return h(
      'li',
      null,
      h(
        'a',
        { href: `#${scan.processing_id}`, 'data-id': scan.processing_id },
        h('strong', null, scan.name),
        h('span', { class: 'small muted' }, state, ` · ${shortDateTime(scan.uploaded_at)}`),
      ),
      h('button', { class: 'quiet cross', title: 'Delete', 'aria-label': `Delete ${scan.name}`, onclick: () => this.#delete(scan) }, '×'),
    );
  }

  /** @param {Scan} scan */
  async #delete(scan) {
    const text = `“${scan.name}” and its result will be gone for good.`;
    if (!(await confirmed({ title: 'Delete this scan?', text, no: 'Keep', yes: 'Delete' }))) return;
    try {
      await this.api.request(`/api/v1/rooms/${encodeURIComponent(scan.id)}`, { method: 'DELETE' });
      this.onDeleted(scan);
      await this.load();
    } catch (error) {
      showError(this.#problem, error);
    }
    // The button that had the focus is gone.
    byId('scans-title').focus();
  }
}
