// Dropping the names of functions from a Wasm module. They are a tenth of what is deployed, and
// panics name their source line without them.

const HEADER_BYTES = 8;
const CUSTOM_SECTION = 0;

/**
 * The module without its `name` section (WebAssembly core specification, 5.5 and appendix 7.4).
 * @param {Buffer} module
 * @returns {Buffer}
 */
export function withoutNames(module) {
  const kept = [module.subarray(0, HEADER_BYTES)];
  for (let at = HEADER_BYTES; at < module.length; ) {
    const { value: length, end: start } = leb128(module, at + 1);
    const end = start + length;
    if (module[at] !== CUSTOM_SECTION || nameOf(module, start) !== 'name') kept.push(module.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}

/** The name of a custom section. @param {Buffer} module @param {number} at */
function nameOf(module, at) {
  const { value: length, end } = leb128(module, at);
  return module.toString('utf8', end, end + length);
}

/** An unsigned number of variable length. @param {Buffer} module @param {number} at */
function leb128(module, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = module[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, end: at };
  }
}
