// Reading and writing the binary form of a WebAssembly module (core specification, chapter 5).

const HEADER_BYTES = 8;

/** Kinds of sections. */
export const CUSTOM = 0;
export const IMPORTS = 2;
export const CODE = 10;

/** The part of the `name` section that names functions (appendix 7.4). */
const FUNCTION_NAMES = 1;
/** What a module imports, by the byte that says so. */
const IMPORTED = { func: 0, table: 1, memory: 2, global: 3, tag: 4 };
/** The field name of a group of imports of one module is empty, and this follows it (compact import section). */
const GROUP = 0x7f;

/**
 * The sections of a module, in order: `start` to `end` with the section's head, `content` to `end` without.
 * @param {Buffer} module
 */
export function sectionsOf(module) {
  const sections = [];
  for (let start = HEADER_BYTES; start < module.length; ) {
    const { value, next: content } = readNumber(module, start + 1);
    const end = content + value;
    sections.push({ kind: module[start] ?? CUSTOM, start, content, end });
    start = end;
  }
  return sections;
}

/** Whether it is the custom section of this name. @param {Buffer} module @param {Section} section @param {string} name */
export function isNamed(module, section, name) {
  return section.kind === CUSTOM && readText(module, section.content).text === name;
}

/** The module with only these of its sections. @param {Buffer} module @param {Section[]} sections */
export function keep(module, sections) {
  return Buffer.concat([module.subarray(0, HEADER_BYTES), ...sections.map(({ start, end }) => module.subarray(start, end))]);
}

/** The functions that the module has itself, as bytes. @param {Buffer} module */
export function functionsOf(module) {
  const code = sectionsOf(module).find((section) => section.kind === CODE);
  if (!code) return [];
  const count = readNumber(module, code.content);
  const functions = [];
  for (let at = count.next; functions.length < count.value; ) {
    const length = readNumber(module, at);
    const end = length.next + length.value;
    functions.push(module.subarray(at, end));
    at = end;
  }
  return functions;
}

/** How many functions it imports: they are numbered before its own. @param {Buffer} module */
export function importedFunctions(module) {
  const section = sectionsOf(module).find(({ kind }) => kind === IMPORTS);
  if (!section) return 0;
  const count = readNumber(module, section.content);
  let [at, functions] = [count.next, 0];
  const one = () => {
    functions += module[at] === IMPORTED.func ? 1 : 0;
    at = afterImport(module, at);
  };
  for (let read = 0; read < count.value; read++) {
    const field = readText(module, readText(module, at).next);
    at = field.next;
    if (field.text !== '' || module[at] !== GROUP) {
      one();
      continue;
    }
    const grouped = readNumber(module, at + 1);
    at = grouped.next;
    for (let member = 0; member < grouped.value; member++) {
      at = readText(module, at).next;
      one();
    }
  }
  if (at !== section.end) throw new Error('the import section of the module cannot be read');
  return functions;
}

/** @param {Buffer} module @param {number} at */
function afterImport(module, at) {
  const kind = module[at++];
  if (kind === IMPORTED.global) return at + 2;
  if (kind !== IMPORTED.func) at++;
  if (kind === IMPORTED.func || kind === IMPORTED.tag) return readNumber(module, at).next;
  const hasMaximum = (module[kind === IMPORTED.memory ? at - 1 : at++] ?? 0) & 1;
  at = readNumber(module, at).next;
  return hasMaximum ? readNumber(module, at).next : at;
}

/** The names of functions, by their number. @param {Buffer} module @returns {Map<number, string>} */
export function functionNamesOf(module) {
  const names = new Map();
  const section = sectionsOf(module).find((one) => isNamed(module, one, 'name'));
  for (let at = section ? readText(module, section.content).next : 0; section && at < section.end; ) {
    const length = readNumber(module, at + 1);
    if (module[at] === FUNCTION_NAMES) {
      const count = readNumber(module, length.next);
      for (let entry = count.next; names.size < count.value; ) {
        const index = readNumber(module, entry);
        const name = readText(module, index.next);
        names.set(index.value, name.text);
        entry = name.next;
      }
    }
    at = length.next + length.value;
  }
  return names;
}

/** A `name` section that gives each function a name, by its number. @param {Map<number, string>} names */
export function nameSection(names) {
  const entries = [...names].map(([index, name]) => Buffer.concat([number(index), text(name)]));
  const functionNames = Buffer.concat([number(names.size), ...entries]);
  const content = Buffer.concat([text('name'), Buffer.from([FUNCTION_NAMES]), number(functionNames.length), functionNames]);
  return Buffer.concat([Buffer.from([CUSTOM]), number(content.length), content]);
}

/** An unsigned number of variable length (LEB128). @param {Buffer} module @param {number} at */
function readNumber(module, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = module[at++] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, next: at };
  }
}

/** @param {Buffer} module @param {number} at */
function readText(module, at) {
  const { value, next } = readNumber(module, at);
  return { text: module.toString('utf8', next, next + value), next: next + value };
}

/** @param {number} value */
function number(value) {
  const bytes = [];
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>>= 7;
  } while (value);
  return Buffer.from(bytes);
}

/** @param {string} value */
function text(value) {
  const bytes = Buffer.from(value);
  return Buffer.concat([number(bytes.length), bytes]);
}

/** @typedef {{ kind: number, start: number, content: number, end: number }} Section */
