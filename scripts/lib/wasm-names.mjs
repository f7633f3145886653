// The names of functions: a tenth of a Wasm module, so it is deployed without. They are kept beside
// it, for reading the stack of a panic.
import { functionNamesOf, isNamed, keep, sectionsOf } from './wasm-sections.mjs';

/**
 * The module without its `name` section (WebAssembly core specification, appendix 7.4).
 * @param {Buffer} module
 * @returns {Buffer}
 */
export function withoutNames(module) {
  return keep(module, sectionsOf(module).filter((section) => !isNamed(module, section, 'name')));
}

/** The names of its functions, each at the place of its number. @param {Buffer} module @returns {string[]} */
export function functionNames(module) {
  const names = functionNamesOf(module);
  const most = Math.max(-1, ...names.keys());
  return Array.from({ length: most + 1 }, (_, index) => readable(names.get(index) ?? ''));
}

/**
 * A text in which functions of the module are named as well as numbered.
 * @param {string} stack @param {string[]} names
 */
export function withNames(stack, names) {
  return stack.replaceAll(/wasm-function\[(\d+)\]/g, (whole, index) => (names[Number(index)] ? `${whole} ${names[Number(index)]}` : whole));
}

/** The identifiers of a mangled Rust name (v0: each stands behind its length). @param {string} mangled */
function readable(mangled) {
  const start = mangled.indexOf('_R');
  if (start < 0) return mangled.replace(/^\d+/, '');
  const parts = [];
  for (let rest = mangled.slice(start + 2); rest; ) {
    const [head = '', disambiguator, length] = /^(?:C?s[0-9A-Za-z]*_)?()(\d+)_?/.exec(rest) ?? [];
    const name = rest.slice(head.length, head.length + Number(length));
    if (disambiguator === '' && /^[A-Za-z_]\w*$/.test(name) && name.length === Number(length)) parts.push(name);
    rest = rest.slice(parts.at(-1) === name && name ? head.length + name.length : 1);
  }
  return parts.join('::') || mangled;
}
