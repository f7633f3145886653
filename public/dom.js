// Elements without HTML: everything becomes attributes and text nodes, so nothing that a server or a
// file says can turn into markup.

/** @typedef {Node | string | number | null | undefined | false | any[]} Child lists may be nested */

/**
 * An element. Functions among the properties become listeners (`onclick`), `true` an attribute
 * without a value; `false`, `null` and `undefined` leave the attribute out.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Record<string, unknown> | null} [properties] @param {Child[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  fill(element, ...children);
  return element;
}

/** Replaces what is in an element. @param {Element} element @param {Child[]} children */
export function fill(element, ...children) {
  const present = children.flat(Infinity).filter((child) => child != null && child !== false && child !== '');
  element.replaceChildren(...present.map((child) => (child instanceof Node ? child : String(child))));
}

/** An element of the page that has to be there. @param {string} id @returns {any} */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no #${id}`);
  return element;
}

/** Says of one link among others whether it leads to what is shown. @param {Element} link @param {boolean} isCurrent */
export function markCurrent(link, isCurrent) {
  if (isCurrent) link.setAttribute('aria-current', 'true');
  else link.removeAttribute('aria-current');
}
