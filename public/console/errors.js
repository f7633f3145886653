// Errors, from the wire's envelope to the page.
import { fill, h } from '../dom.js';
import { timeSpan } from './format.js';

/** @typedef {{ field: string, message: string }} Detail */

/** A refusal by the server, or no answer at all (status 0). */
export class ApiError extends Error {
  /** @param {number} status @param {any} [envelope] @param {number} [retryAfter] seconds */
  constructor(status, envelope, retryAfter = 0) {
    const error = envelope?.error;
    super(error?.message ?? (status ? `The server answered ${status}` : 'The server cannot be reached'));
    this.status = status;
    this.code = error?.code ?? null;
    /** @type {Detail[]} */
    this.details = error?.details ?? [];
    this.requestId = envelope?.meta?.request_id ?? null;
    this.retryAfter = retryAfter;
  }

  /** @param {Response} response */
  static async of(response) {
    // What stands between us and the server may answer something else than our envelope, and
    // Retry-After may be a date.
    const retryAfter = Number(response.headers.get('Retry-After'));
    return new ApiError(response.status, await response.json().catch(() => null), retryAfter > 0 ? retryAfter : 0);
  }

  /** Whether the same request may succeed later. */
  get isTemporary() {
    return this.status === 0 || this.status >= 500;
  }
}

/** Shows an error, or with `null` takes it away. @param {Element} place an alert region @param {unknown} error */
export function showError(place, error) {
  if (!error) return fill(place);
  const { message, details = [], requestId, retryAfter } = /** @type {ApiError} */ (error);
  fill(
    place,
    h(
      'div',
      { class: 'alert' },
      h('strong', null, message),
      details.length > 0 && h('ul', null, details.map((one) => h('li', null, h('code', null, one.field), `: ${one.message}`))),
      retryAfter > 0 && h('p', null, `Try again in ${timeSpan(retryAfter)}.`),
      requestId && h('p', { class: 'small muted' }, 'Request ', h('code', null, requestId)),
    ),
  );
}
