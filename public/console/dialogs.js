// Dialogs: a question, or a form. The browser keeps the focus inside and gives it back.
import { byId } from '../dom.js';
import { onSubmit, resetForm } from './forms.js';

/**
 * Asks before something that cannot be undone.
 * @param {{ title: string, text: string, no: string, yes: string }} question @returns {Promise<boolean>}
 */
export function confirmed({ title, text, no, yes }) {
  const dialog = byId('confirm');
  for (const [name, value] of Object.entries({ title, text, no, yes })) byId(`confirm-${name}`).textContent = value;
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}

/**
 * A dialog around a form; returns what opens it.
 * @param {string} id @param {(values: Record<string, string>) => Promise<void>} send the dialog closes when it is done
 */
export function formDialog(id, send) {
  const dialog = byId(id);
  const [form, problem] = [dialog.querySelector('form'), dialog.querySelector('[role=alert]')];
  onSubmit(form, problem, async (values) => {
    await send(values);
    dialog.close();
  });
  dialog.querySelector('[data-close]').addEventListener('click', () => dialog.close());
  // Passwords do not stay in a closed dialog.
  dialog.addEventListener('close', () => resetForm(form, problem));
  return () => dialog.showModal();
}

/** Nothing may stay open over the sign-in card. */
export function closeDialogs() {
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
}
