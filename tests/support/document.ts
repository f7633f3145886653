// The API document as the list of all operations: a test that walks it covers a new route the moment
// it exists.
import type { Server } from './server.ts';

export interface Operation {
  summary?: string;
  operationId?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  parameters?: { name: string; in: string; required?: boolean }[];
  requestBody?: unknown;
  'x-rate-limit'?: object;
  responses: Record<string, { description?: string; content?: Record<string, { schema?: object }> }>;
}

export interface Route {
  method: string;
  path: string;
  operation: Operation;
}

export type ApiDocument = {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; securitySchemes: Record<string, { type: string; scheme: string }> };
};

/** The document that a server shows, and its operations. */
export async function readDocument(server: Server): Promise<{ document: ApiDocument; routes: Route[] }> {
  const document = (await (await server.fetch('/openapi.json')).json()) as ApiDocument;
  const routes = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  return { document, routes };
}

export const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

/** Whether there is no way in without a token. */
export const needsToken = ({ operation }: Route): boolean => (operation.security ?? []).length > 0 && operation.security!.every((way) => 'token' in way);

/** The scopes that an operation wants: `read`, `upload`, `admin`, `role:admin`. */
export const scopesOf = ({ operation }: Route): string[] => operation.security?.flatMap((way) => way.token ?? []) ?? [];

/** The text of an answer; of an event stream, which may never end, nothing. */
export async function textOf(answer: Response): Promise<string> {
  if (answer.headers.get('content-type') !== 'text/event-stream') return answer.text();
  await answer.body!.cancel();
  return '';
}

/** For `test.each`. */
export const table = (chosen: Route[]): [string, Route][] => chosen.map((route) => [nameOf(route), route]);

/** Calls an operation with these values in its path. */
export function call(server: Server, { method, path }: Route, ids: (name: string) => string, token?: string, body: unknown = {}, more: Record<string, string> = {}): Promise<Response> {
  const hasBody = method !== 'GET' && method !== 'DELETE';
  return server.fetch(path.replace(/\{(\w+)\}/g, (_, name: string) => ids(name)), {
    method,
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...(hasBody && { 'content-type': 'application/json' }), ...more },
    body: hasBody ? JSON.stringify(body) : undefined,
  });
}
