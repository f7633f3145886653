// One operation of the API.
import { h } from '../dom.js';
import { curl } from './curl.js';
import { prose } from './prose.js';
import { fieldView, schemaView } from './schema.js';
import { snippet } from './snippet.js';
import { refName } from './spec.js';

/** @typedef {import('./spec.js').Spec} Spec @typedef {import('./spec.js').Operation} Operation */

const PLACES = /** @type {const} */ ([['path', 'Path'], ['query', 'Query'], ['header', 'Headers'], ['cookie', 'Cookies']]);

/** @param {Spec} spec @param {Operation} operation */
export function operationView(spec, operation) {
  const { id, method, path, summary, description, parameters, body, responses } = operation;
  const [title, ...sentences] = summary.split(/\.(?: |$)/);
  return h(
    'article',
    { id, 'aria-labelledby': `${id}-title` },
    h('h3', { id: `${id}-title` }, title || id),
    h('a', { class: 'address', href: `#${id}`, title: 'Link to this operation' }, methodBadge(method), h('code', null, path)),
    prose(sentences.join('. ')),
    prose(description),
    h('p', { class: 'auth small muted' }, authText(operation)),
    PLACES.map(([place, title]) => parameterList(spec, title, parameters.filter((one) => one.in === place))).flat(),
    body && [h('h4', null, `Request body${body.required ? '' : ', optional'}`), prose(body.description), bodies(spec, body.content)],
    h('h4', null, 'Responses'),
    responseViews(spec, responses),
    h('h4', null, 'Example'),
    snippet(curl(spec, operation, location.origin)),
  );
}

/** @param {string} method */
export const methodBadge = (method) => h('span', { class: `method method-${method}` }, method === 'delete' ? 'del' : method);

/** @param {Operation} operation */
function authText({ security }) {
  const names = security.flatMap((one) => Object.keys(one)).map((name) => h('code', null, name));
  if (names.length === 0) return 'Needs no sign-in.';
  const isOptional = security.some((one) => Object.keys(one).length === 0);
  const either = names.flatMap((name, index) => (index > 0 ? [' or ', name] : [name]));
  return h('span', null, isOptional ? 'Optional ' : 'Needs ', h('a', { href: '#authentication' }, 'authentication'), ': ', ...either);
}

/** @param {Spec} spec @param {string} title @param {any[]} parameters */
function parameterList(spec, title, parameters) {
  if (parameters.length === 0) return [];
  const fields = parameters.map(({ name, schema = {}, required, description }) => fieldView(spec, { name, schema, isRequired: required, description }));
  return [h('h4', null, title), h('ul', { class: 'fields' }, fields)];
}

/** @param {Spec} spec @param {Operation['responses']} responses */
function responseViews(spec, responses) {
  const shown = new Set();
  return responses.map(([status, { description, content }]) => {
    const key = JSON.stringify(content);
    const isKnown = shown.has(key);
    if (content) shown.add(key);
    return h(
      'div',
      { class: 'response' },
      h('span', { class: `status status-${status[0]}` }, status),
      h('div', null, prose(description || (content ? '' : 'No body.')), content && (isKnown ? asAbove(content) : answerBody(spec, content))),
    );
  });
}

/** Every operation has the error envelope, so it is explained once. @param {Spec} spec @param {Record<string, any>} content */
function answerBody(spec, content) {
  const isError = Object.values(content).some(({ schema }) => refName(schema) === 'ErrorEnvelope');
  return isError ? h('p', { class: 'small' }, h('a', { href: '#errors' }, 'The error envelope')) : bodies(spec, content);
}

/** @param {Record<string, any>} content */
function asAbove(content) {
  const [name] = Object.values(content).map(({ schema }) => refName(schema));
  return name === 'ErrorEnvelope' ? null : h('p', { class: 'media' }, name ?? 'The same body', ', as above');
}

/** A body by media type. @param {Spec} spec @param {Record<string, any>} content */
function bodies(spec, content) {
  const types = Object.entries(content);
  const isShaped = (/** @type {[string, any]} */ [type, { schema }]) => /json/.test(type) && Object.keys(schema ?? {}).length > 0;
  const plain = types.filter((one) => !isShaped(one)).map(([type]) => type);
  return h(
    'div',
    { class: 'bodies' },
    types.filter(isShaped).map(([type, { schema }]) => h('div', null, h('p', { class: 'media' }, type), schemaView(spec, schema))),
    plain.length > 0 && h('p', { class: 'media' }, plain.join(', ')),
  );
}
