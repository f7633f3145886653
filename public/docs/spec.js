// Reading an OpenAPI 3.1 document.

/** @typedef {any} Schema JSON Schema 2020-12, as OpenAPI 3.1 has it */

/**
 * @typedef {object} Operation
 * @property {string} id @property {string} method @property {string} path @property {string} tag
 * @property {string} summary @property {string} description
 * @property {any[]} parameters @property {any} body @property {[string, any][]} responses
 * @property {Record<string, string[]>[]} security alternatives, each a set of schemes
 */

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'trace'];

export class Spec {
  /** @param {any} document */
  constructor(document) {
    this.document = document;
    this.operations = this.#readOperations();
  }

  /** Operations by tag, in the order of the document. @returns {Map<string, Operation[]>} */
  get byTag() {
    return Map.groupBy(this.operations, ({ tag }) => tag);
  }

  /** What the document says of a tag. @param {string} name @returns {string} */
  tagDescription(name) {
    return this.document.tags?.find((/** @type {any} */ tag) => tag.name === name)?.description ?? '';
  }

  /** @returns {[string, any][]} */
  get securitySchemes() {
    return Object.entries(this.document.components?.securitySchemes ?? {});
  }

  /**
   * Follows references. What stands beside a `$ref` (3.1 allows it) wins over what it points to.
   * @template T @param {T} value @returns {any}
   */
  resolve(value) {
    let current = /** @type {any} */ (value);
    for (let depth = 0; current?.$ref && depth < 20; depth++) {
      const { $ref, ...beside } = current;
      current = { ...this.#lookUp($ref), ...beside };
    }
    return current;
  }

  /** @param {string} pointer such as `#/components/schemas/Login` (RFC 6901) */
  #lookUp(pointer) {
    const keys = pointer.split('/').slice(1).map((key) => decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~'));
    return keys.reduce((value, key) => value?.[key], this.document);
  }

  /** @returns {Operation[]} */
  #readOperations() {
    const { paths = {}, security = [] } = this.document;
    return Object.entries(paths).flatMap(([path, item]) =>
      METHODS.filter((method) => item[method]).map((method) => {
        const operation = item[method];
        const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((one) => this.resolve(one));
        return {
          id: operation.operationId ?? `${method}-${path}`,
          method,
          path,
          tag: operation.tags?.[0] ?? 'other',
          summary: operation.summary ?? '',
          description: operation.description ?? '',
          parameters,
          body: this.resolve(operation.requestBody),
          responses: Object.entries(operation.responses ?? {}).map(([status, one]) => /** @type {[string, any]} */ ([status, this.resolve(one)])),
          security: operation.security ?? security,
        };
      }),
    );
  }
}

/** The name of what a `$ref` points to. @param {Schema} schema @returns {string | null} */
export const refName = (schema) => schema?.$ref?.split('/').pop() ?? null;

/** Alternatives without null, which is said as "or null". @param {Schema} schema @returns {Schema[]} */
export function alternatives(schema) {
  const all = schema.oneOf ?? schema.anyOf ?? [];
  return all.filter((/** @type {Schema} */ one) => one.type !== 'null');
}

/** @param {Schema} schema */
export function isNullable(schema) {
  const all = schema.oneOf ?? schema.anyOf ?? [];
  return [schema.type].flat().includes('null') || all.some((/** @type {Schema} */ one) => one.type === 'null');
}

/** Whether a body is bytes rather than JSON or text. @param {string} mediaType */
export const isBinary = (mediaType) => !/json|^text\/|xml/.test(mediaType);
