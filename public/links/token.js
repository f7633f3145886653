// What a link in a mail brings along, and how it is used.
import { ApiError } from '../console/errors.js';

/** The token of the link, which stands in the fragment: browsers send that to nobody. */
export const tokenOfLink = () => new URLSearchParams(location.hash.slice(1)).get('token') ?? '';

/** A token that was used helps nobody who looks at the history. */
export const forgetToken = () => history.replaceState(null, '', location.pathname);

/** POST of JSON; answers the message for the reader. @param {string} path @param {object} body @returns {Promise<string>} */
export async function post(path, body) {
  const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(path, init).catch(() => {
    throw new ApiError(0);
  });
  if (!response.ok) throw await readable(response);
  return (await response.json()).message;
}

/** Whose link was used or is too old. */
class RefusedLink extends Error {}

/** @param {unknown} error */
export const isRefusedLink = (error) => error instanceof RefusedLink;

/** The one field that is wrong says more than "Request validation failed". @param {Response} response */
async function readable(response) {
  const error = await ApiError.of(response);
  const [first] = error.details;
  if (!first) return error;
  return first.field === 'token' ? new RefusedLink(first.message) : new Error(first.message);
}

/**
 * Lets a form do its work once at a time.
 * @param {HTMLFormElement} form @param {() => Promise<void>} work @param {(error: unknown) => void} onError called with null before the work
 */
export function onSubmit(form, work, onError) {
  const button = /** @type {HTMLButtonElement} */ (form.querySelector('button'));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    onError(null);
    try {
      await work();
    } catch (error) {
      onError(error);
    } finally {
      button.disabled = false;
    }
  });
}
