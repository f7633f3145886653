// A command line for an operation, to be pasted as it is: what the caller has to fill in is a shell
// variable.
import { alternatives, isBinary } from './spec.js';

/** @typedef {import('./spec.js').Spec} Spec @typedef {import('./spec.js').Schema} Schema @typedef {import('./spec.js').Operation} Operation */

/** @param {Spec} spec @param {Operation} operation @param {string} origin */
export function curl(spec, operation, origin) {
  const { method, path, parameters, body, responses, security } = operation;
  const query = parameters.filter((one) => one.in === 'query' && one.required).map(({ name }) => `${name}=${variable(name)}`);
  const address = origin + path.replace(/\{(\w+)\}/g, (_, name) => variable(name)) + (query.length > 0 ? `?${query.join('&')}` : '');
  const [answerType] = Object.keys(responses.find(([status]) => status.startsWith('2'))?.[1].content ?? {});
  return [
    `curl${answerType === 'text/event-stream' ? ' -N' : ''}${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} "${address}"`,
    ...authorization(security),
    ...sentBody(spec, body),
    ...(answerType && isBinary(answerType) ? [`-o ${path.split('/').pop()}`] : []),
  ].join(' \\\n  ');
}

/** `processing_id` as `$PROCESSING_ID`. @param {string} name */
const variable = (name) => `$${name.replace(/\W/g, '_').toUpperCase()}`;

/** The strongest way in. @param {Operation['security']} security */
function authorization(security) {
  const schemes = security.flatMap((one) => Object.keys(one));
  if (schemes.length === 0) return [];
  return [`-H "Authorization: Bearer $${schemes.includes('token') ? 'TOKEN' : variable(schemes[0]).slice(1)}"`];
}

/** @param {Spec} spec @param {any} body */
function sentBody(spec, body) {
  const types = Object.keys(body?.content ?? {});
  const type = types.find((one) => !isBinary(one)) ?? types[0];
  if (!type) return [];
  const media = body.content[type];
  const header = `-H "Content-Type: ${type}"`;
  const schema = spec.resolve(media.schema ?? {});
  // Without fields to show, the body is a file.
  if (isBinary(type) || !(schema.properties || media.example)) return [header, `--data-binary @body${/json/.test(type) ? '.json' : ''}`];
  const json = JSON.stringify(media.example ?? example(spec, schema), null, 2).replaceAll("'", "'\\''");
  return [header, `-d '${json.replaceAll('\n', '\n  ')}'`];
}

/** A value that fits a schema; optional fields are left out. @param {Spec} spec @param {Schema} schema @param {string} [name] @returns {any} */
function example(spec, schema, name = 'string') {
  const resolved = spec.resolve(schema);
  const given = resolved.example ?? resolved.examples?.[0] ?? resolved.default ?? resolved.const ?? resolved.enum?.[0];
  if (given !== undefined) return given;
  const [option] = alternatives(resolved);
  if (option) return example(spec, option, name);
  const [type] = [resolved.type].flat();
  if (resolved.properties) {
    const shown = Object.entries(resolved.properties).filter(([key]) => resolved.required?.includes(key));
    return Object.fromEntries(shown.map(([key, value]) => [key, example(spec, value, key)]));
  }
  if (type === 'array') return resolved.items ? [example(spec, resolved.items, name)] : [];
  if (type === 'integer' || type === 'number') return resolved.minimum ?? 0;
  if (type === 'boolean') return true;
  return type === 'string' ? `<${name}>` : {};
}
