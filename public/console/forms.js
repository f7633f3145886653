// Forms that are sent without leaving the page, and say beside each field what is wrong with it.
import { h } from '../dom.js';
import { ApiError, showError } from './errors.js';

/**
 * Checks and sends a form, one time at a time. Fields stand in `.field` elements whose
 * `data-field` holds the names that the API's errors call them by.
 * @param {HTMLFormElement} form @param {Element} problem an alert region for what is no field's fault
 * @param {(values: Record<string, string>) => Promise<void>} send
 */
export function onSubmit(form, problem, send) {
  for (const secret of form.querySelectorAll('.secret')) addReveal(secret);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (form.ariaBusy) return;
    clearErrors(form, problem);
    hideSecrets(form);
    if (!isComplete(form)) return;
    form.ariaBusy = 'true';
    try {
      await send(/** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form))));
    } catch (error) {
      showFormError(form, problem, error);
    } finally {
      form.ariaBusy = null;
    }
  });
}

/** Empties a form, errors and all. @param {HTMLFormElement} form @param {Element} problem */
export function resetForm(form, problem) {
  form.reset();
  hideSecrets(form);
  clearErrors(form, problem);
}

/** @param {HTMLFormElement} form @param {Element} problem */
export function clearErrors(form, problem) {
  showError(problem, null);
  for (const note of form.querySelectorAll('.field-error')) note.remove();
  for (const control of form.querySelectorAll('[aria-invalid]')) {
    control.removeAttribute('aria-invalid');
    describe(control, null);
  }
}

/** What the browser itself can tell. @param {HTMLFormElement} form */
function isComplete(form) {
  const invalid = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll(':invalid:not(fieldset)')]);
  for (const control of invalid) markField(/** @type {Element} */ (control.closest('.field')), control.validationMessage);
  invalid[0]?.focus();
  return invalid.length === 0;
}

/** @param {HTMLFormElement} form @param {Element} problem @param {unknown} error */
function showFormError(form, problem, error) {
  if (!(error instanceof ApiError)) return showError(problem, error);
  const others = error.details.filter(({ field, message }) => {
    // A list's error may name an element of it: `scopes[0]`.
    const name = field.split(/[.[]/)[0];
    const place = form.querySelector(`.field[data-field~="${CSS.escape(name)}"]`);
    if (place) markField(place, message);
    return !place;
  });
  const isAllSaid = error.details.length > 0 && others.length === 0;
  if (!isAllSaid) showError(problem, Object.assign(new Error(error.message), { ...error, details: others }));
  /** @type {HTMLElement | null} */ (form.querySelector('[aria-invalid]'))?.focus();
}

/** @param {Element} field @param {string} message */
function markField(field, message) {
  const control = /** @type {Element} */ (field.querySelector('input'));
  const id = `${control.id}-error`;
  control.setAttribute('aria-invalid', 'true');
  describe(control, id);
  field.append(h('p', { class: 'field-error', id }, message));
}

/** A control is described by its hint, and by its error first. @param {Element} control @param {string | null} errorId */
function describe(control, errorId) {
  const hint = control.closest('.field')?.querySelector('.hint')?.id;
  const ids = [errorId, hint].filter(Boolean).join(' ');
  if (ids) control.setAttribute('aria-describedby', ids);
  else control.removeAttribute('aria-describedby');
}

/** A button that shows what is typed. @param {Element} secret holds the input */
function addReveal(secret) {
  const input = /** @type {HTMLInputElement} */ (secret.querySelector('input'));
  const what = input.labels?.[0]?.textContent?.toLowerCase() ?? 'it';
  const button = h('button', { type: 'button', class: 'quiet', 'aria-controls': input.id });
  const show = (/** @type {boolean} */ isShown) => {
    input.type = isShown ? 'text' : 'password';
    button.textContent = isShown ? 'Hide' : 'Show';
    button.setAttribute('aria-label', `${button.textContent} ${what}`);
  };
  button.addEventListener('click', () => show(input.type === 'password'));
  input.addEventListener('conceal', () => show(false));
  show(false);
  secret.append(button);
}

/** Browsers remember what is typed into fields that are not secret. @param {HTMLFormElement} form */
function hideSecrets(form) {
  for (const input of form.querySelectorAll('.secret input')) input.dispatchEvent(new Event('conceal'));
}
