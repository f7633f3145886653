// What comes before the operations: what the API is, how to sign in, how it says that it failed.
import { h } from '../dom.js';
import { inline, prose } from './prose.js';
import { schemaView } from './schema.js';
import { snippet } from './snippet.js';

/** @typedef {import('./spec.js').Spec} Spec */

const ERROR = {
  error: {
    code: 'VALIDATION_ERROR',
    message: 'Request validation failed',
    type: 'validation_error',
    details: [{ field: 'room_scan.id', message: 'Field is required', type: 'missing_field' }],
  },
  meta: { request_id: 'req_3def7151b85047559d07e34e0d4ca118', timestamp: '2026-11-21T10:30:00.000Z', path: '/api/v1/rooms/upload' },
};

/** @param {Spec} spec */
export function introduction(spec) {
  const { title, version, description } = spec.document.info;
  return h(
    'section',
    { class: 'intro', id: 'introduction' },
    h('h1', null, `${title} API`),
    prose(description),
    h('dl', { class: 'facts' }, fact('Version', version), fact('Base URL', h('code', null, location.origin)), fact('Document', h('a', { href: '/openapi.json' }, 'openapi.json'))),
  );
}

/** @param {Spec} spec */
export function authentication(spec) {
  const schemes = spec.securitySchemes.map(([name, { scheme, description }]) =>
    fact(h('code', null, name), h('span', null, inline(description ?? ''), scheme === 'bearer' && h('span', { class: 'muted' }, ', sent as ', h('code', null, 'Authorization: Bearer …')))),
  );
  const hasLogin = spec.operations.some(({ id }) => id === 'login');
  return h(
    'section',
    { class: 'chapter', id: 'authentication' },
    h('h2', null, 'Authentication'),
    hasLogin && h('p', null, 'Exchange an API key for a pair of tokens with ', h('a', { href: '#login' }, 'login'), '; when the access token has expired, get the next pair with ', h('a', { href: '#refresh_tokens' }, 'refresh'), '. The examples below take the access token from ', h('code', null, '$TOKEN'), ':'),
    hasLogin && snippet(`TOKEN=$(curl -s "${location.origin}/api/v1/auth/login" \\\n  -H "Content-Type: application/json" \\\n  -d "{\\"api_key\\": \\"$API_KEY\\", \\"device_id\\": \\"$(uuidgen)\\"}" | jq -r .access_token)`),
    h('dl', { class: 'facts' }, schemes),
  );
}

/** The envelope that every operation shares, said once. @param {Spec} spec */
export function errors(spec) {
  const hasSchema = spec.document.components?.schemas?.ErrorEnvelope;
  return h(
    'section',
    { class: 'chapter', id: 'errors' },
    h('h2', null, 'Errors'),
    prose('Whatever goes wrong, at whatever address, the body is this envelope. Programs decide by `error.code`, which is stable; people read `error.message`. `error.details` names every field that is wrong and is absent when none is. Quote `meta.request_id` when you ask about a failure: the log has it.'),
    prose('- 4xx: the request has to change before it can succeed, except 401 `AUTH_TOKEN_EXPIRED` (refresh, then send it again) and 429 (wait as long as `Retry-After` says).\n- 5xx: nothing was wrong with the request. Send it again, after `Retry-After` seconds if it is there; uploads are recognized and never done twice.'),
    snippet(JSON.stringify(ERROR, null, 2)),
    hasSchema && schemaView(spec, { $ref: '#/components/schemas/ErrorEnvelope', description: '' }),
  );
}

/** @param {string | Node} name @param {string | Node} value */
const fact = (name, value) => [h('dt', null, name), h('dd', null, value)];
