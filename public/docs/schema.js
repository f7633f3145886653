// A schema as a list of fields. What is nested is drawn when it is opened, so schemas may refer to
// themselves.
import { h } from '../dom.js';
import { inline, prose } from './prose.js';
import { alternatives, isNullable, refName } from './spec.js';

/** @typedef {import('./spec.js').Spec} Spec @typedef {import('./spec.js').Schema} Schema */

/** Constraints in words, in the order in which they are said. @type {[string, (value: any) => string][]} */
const CONSTRAINTS = [
  ['const', (value) => `always \`${JSON.stringify(value)}\``],
  ['enum', (values) => `one of ${values.map((/** @type {any} */ value) => `\`${value}\``).join(', ')}`],
  ['format', (value) => (/^(int|uint|float|double)/.test(value) ? '' : value)],
  ['pattern', (value) => `matches \`${value}\``],
  ['minLength', (value) => (value === 1 ? 'not empty' : `at least ${value} characters`)],
  ['maxLength', (value) => `at most ${value} characters`],
  ['minimum', (value) => `at least ${value}`],
  ['exclusiveMinimum', (value) => `more than ${value}`],
  ['maximum', (value) => `at most ${value}`],
  ['exclusiveMaximum', (value) => `less than ${value}`],
  ['multipleOf', (value) => `a multiple of ${value}`],
  ['minItems', (value) => `at least ${value} items`],
  ['maxItems', (value) => `at most ${value} items`],
  ['default', (value) => `\`${JSON.stringify(value)}\` unless sent`],
];

/** The fields of a body. @param {Spec} spec @param {Schema} schema */
export function schemaView(spec, schema) {
  const resolved = spec.resolve(schema);
  return h('div', null, prose(resolved.description), constraints(spec, resolved), inside(spec, schema) ?? h('p', { class: 'type' }, typeName(spec, schema)));
}

/**
 * One field or parameter.
 * @param {Spec} spec @param {{ name: string, schema: Schema, isRequired?: boolean, description?: string }} field
 */
export function fieldView(spec, { name, schema, isRequired, description }) {
  const resolved = spec.resolve(schema);
  const [only, ...others] = alternatives(resolved);
  // `Option<T>` is written as "T or null" with the field's words at the T.
  const words = description ?? resolved.description ?? (others.length === 0 ? spec.resolve(only)?.description : undefined);
  return h(
    'li',
    null,
    h('div', { class: 'field' }, h('code', null, name), h('span', { class: 'type' }, typeName(spec, schema)), isRequired && h('span', { class: 'required' }, 'required')),
    prose(words),
    constraints(spec, resolved),
    nested(spec, schema),
  );
}

/** A type in a word or two: `string`, `Wall[]`, `Measure or null`. @param {Spec} spec @param {Schema} schema @returns {string} */
export function typeName(spec, schema) {
  const name = refName(schema);
  if (name) return name;
  const orNull = isNullable(schema) ? ' or null' : '';
  const options = alternatives(schema);
  if (options.length > 0) return options.map((one) => typeName(spec, one)).join(' or ') + orNull;
  const types = [schema.type ?? []].flat().filter((type) => type !== 'null');
  return types.map((type) => (type === 'array' ? arrayName(spec, schema) : type)).join(' or ') + orNull || 'any JSON';
}

/** @param {Spec} spec @param {Schema} schema */
function arrayName(spec, { items, prefixItems }) {
  if (prefixItems) return `[${prefixItems.map((/** @type {Schema} */ one) => typeName(spec, one)).join(', ')}]`;
  const name = typeName(spec, items ?? {});
  return name.includes(' ') ? `(${name})[]` : `${name}[]`;
}

/** @param {Spec} spec @param {Schema} schema */
function constraints(spec, schema) {
  const [only, ...others] = alternatives(schema);
  const stated = others.length === 0 && only ? { ...spec.resolve(only), ...schema } : schema;
  const said = CONSTRAINTS.filter(([key]) => key in stated).map(([key, say]) => say(stated[key])).filter(Boolean).join('; ');
  return said && h('p', { class: 'constraints' }, inline(`${said.charAt(0).toUpperCase()}${said.slice(1)}.`));
}

/** A closed box with what is inside a field. @param {Spec} spec @param {Schema} schema */
function nested(spec, schema) {
  if (!hasInside(spec, schema)) return null;
  const box = h('details', { class: 'nested' }, h('summary', null, `Fields of ${innermostName(spec, schema)}`));
  box.addEventListener('toggle', () => box.append(/** @type {Node} */ (inside(spec, schema))), { once: true });
  return box;
}

/** @param {Spec} spec @param {Schema} schema @returns {boolean} */
function hasInside(spec, schema) {
  const { properties, items, additionalProperties, ...resolved } = spec.resolve(schema);
  if (properties) return true;
  return [items, additionalProperties, ...alternatives(resolved)].some((one) => one && typeof one === 'object' && hasInside(spec, one));
}

/** @param {Spec} spec @param {Schema} schema @returns {HTMLElement | null} */
function inside(spec, schema) {
  const resolved = spec.resolve(schema);
  if (resolved.properties) return fieldsOf(spec, resolved);
  const parts = [resolved.items, resolved.additionalProperties, ...alternatives(resolved)].filter((one) => one && typeof one === 'object' && hasInside(spec, one));
  if (parts.length === 0) return null;
  if (parts.length === 1) return inside(spec, parts[0]);
  return h('div', { class: 'variants' }, parts.map((one) => [h('p', { class: 'type' }, typeName(spec, one)), inside(spec, one)]).flat());
}

/** @param {Spec} spec @param {Schema} schema */
function fieldsOf(spec, { properties, required = [] }) {
  const fields = Object.entries(properties).map(([name, schema]) => fieldView(spec, { name, schema, isRequired: required.includes(name) }));
  return h('ul', { class: 'fields' }, fields);
}

/** @param {Spec} spec @param {Schema} schema @returns {string} */
function innermostName(spec, schema) {
  const name = refName(schema);
  if (name) return name;
  const [only, ...others] = [schema.items, schema.additionalProperties, ...alternatives(schema)].filter((one) => one && typeof one === 'object');
  return only && others.length === 0 ? innermostName(spec, only) : 'it';
}
