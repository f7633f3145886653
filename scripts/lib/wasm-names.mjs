// Dropping the names of functions from a Wasm module. They are a tenth of what is deployed, and
// panics name their source line without them.
import { isNamed, keep, sectionsOf } from './wasm-sections.mjs';

/**
 * The module without its `name` section (WebAssembly core specification, appendix 7.4).
 * @param {Buffer} module
 * @returns {Buffer}
 */
export function withoutNames(module) {
  return keep(module, sectionsOf(module).filter((section) => !isNamed(module, section, 'name')));
}
