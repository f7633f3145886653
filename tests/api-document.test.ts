// /openapi.json is the list of all operations, so it drives these tests: a new route is covered the
// moment it exists.
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { inRepo } from './support/repository.ts';
import { expectEnvelope, expectError, type Envelope } from './support/envelope.ts';
import { PASSWORD, PICTURES, Person, USERS, bytes, unique } from './support/people.ts';
import { get, post } from './support/requests.ts';
import { Phone, boxRoom, ply, roomScan } from './support/rooms.ts';
import { sharedServer } from './support/server.ts';
import { decode, sign } from './support/tokens.ts';

interface Operation {
  summary?: string;
  operationId?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  parameters?: { name: string; in: string; required?: boolean }[];
  requestBody?: unknown;
  'x-rate-limit'?: object;
  responses: Record<string, { description?: string; content?: Record<string, { schema?: object }> }>;
}

interface Route {
  method: string;
  path: string;
  operation: Operation;
}

/** Private is what needs a token. Whatever is not private must be on this list, which may only shrink. */
const PUBLIC = [
  'GET /.well-known/jwks.json',
  'GET /api/v1/health',
  'GET /api/v1/users/{id}',
  'GET /api/v1/users/{id}/avatar',
  'GET /health',
  'GET /health/ready',
  'POST /api/v1/auth/login',
  'POST /api/v1/auth/logout',
  'POST /api/v1/auth/refresh',
  'POST /api/v1/auth/register',
  'POST /api/v1/users',
];

/** Deleting what is gone already is a success (CONTRACT R12). */
const FORGIVING = ['DELETE /api/v1/rooms/{scan_id}'];

/** Whose account it is, is no secret: changing another one reads as forbidden, there or not (CONTRACT A15). */
const FORBIDDEN = [
  'PUT /api/v1/users/{id}',
  'PATCH /api/v1/users/{id}',
  'DELETE /api/v1/users/{id}',
  'POST /api/v1/users/{id}/avatar',
  'DELETE /api/v1/users/{id}/avatar',
];

const server = sharedServer();
const document = (await (await server.fetch('/openapi.json')).json()) as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; securitySchemes: Record<string, { type: string; scheme: string }> };
};

const routes: Route[] = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);
const nameOf = ({ method, path }: Route): string => `${method} ${path}`;
const needsToken = ({ operation }: Route): boolean => (operation.security ?? []).length > 0 && operation.security!.every((way) => 'token' in way);
const table = (chosen: Route[]): [string, Route][] => chosen.map((route) => [nameOf(route), route]);
const privateRoutes = routes.filter(needsToken);

/** Calls an operation with these values in its path. */
const call = ({ method, path }: Route, ids: (name: string) => string, authorization?: string): Promise<Response> => {
  const hasBody = ['POST', 'PUT', 'PATCH'].includes(method);
  return server.fetch(path.replace(/\{(\w+)\}/g, (_, name: string) => ids(name)), {
    method,
    headers: { ...(authorization && { authorization }), ...(hasBody && { 'content-type': 'application/json' }) },
    body: hasBody ? '{}' : undefined,
  });
};

/** What an operation answers for things that are not the caller's. */
async function expectHidden(name: string, answer: Response): Promise<void> {
  if (FORGIVING.includes(name)) expect(answer.status).toBe(204);
  else if (FORBIDDEN.includes(name)) await expectError(answer, 403, 'AUTH_PERMISSION_DENIED');
  else await expectError(answer, 404, 'NOT_FOUND');
}

describe('the document', () => {
  test('is valid OpenAPI 3.1 and complete in itself', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
    expect(document.openapi).toMatch(/^3\.1\./);
    const used = new Set([...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name));
    expect([...used].filter((name) => !(name! in document.components.schemas))).toEqual([]);
  });

  test('knows both credentials', () => {
    const { token, api_key } = document.components.securitySchemes;
    for (const scheme of [token, api_key]) expect(scheme).toMatchObject({ type: 'http', scheme: 'bearer' });
  });

  test('lists as public exactly what is meant to be', () => {
    const open = routes.filter((route) => !needsToken(route)).map(nameOf);
    expect(open.sort()).toEqual(PUBLIC);
  });

  test.each(table(routes))('%s says what it does', (_, { path, operation }) => {
    expect(operation.summary).toMatch(/^[A-Z].*\.$/);
    expect(operation.operationId).toMatch(/^[a-z_]+$/);
    expect(operation.tags).toHaveLength(1);
    expect(Object.keys(operation.responses).some((status) => status.startsWith('2'))).toBe(true);
    for (const { description } of Object.values(operation.responses)) expect(description).toBeTruthy();
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path').map(({ name }) => name);
    expect(declared).toEqual(inPath);
  });

  test.each(table(privateRoutes))('%s says how it fails', (_, { operation }) => {
    for (const status of ['4XX', '5XX']) {
      const schema = operation.responses[status]?.content?.['application/json']?.schema;
      expect(schema).toEqual({ $ref: '#/components/schemas/ErrorEnvelope' });
    }
  });

  test('has every route of the code', () => {
    const inCode = rustFiles().flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/#\[utoipa::path\(\s*\w+,\s*path = "([^"]+)"/g)].map(([, path]) => path!),
    );
    expect(inCode.length).toBeGreaterThan(20);
    expect([...new Set(inCode)].sort()).toEqual(Object.keys(document.paths).sort());
  });

  test.each(table(routes))('%s tells its budget', (_, { operation }) => {
    expect(operation['x-rate-limit']).toMatchObject({ name: expect.any(String), burst: expect.any(Number), window_seconds: expect.any(Number) });
  });
});

describe('without a good token', () => {
  let expired: string;
  let foreign: string;

  beforeAll(async () => {
    const { token } = await Phone.signIn(server);
    const { claims } = decode(token);
    expired = sign({ ...claims, exp: Math.floor(Date.now() / 1000) - 1 });
    foreign = `${token.slice(0, -20)}${'A'.repeat(20)}`;
  });

  test.each(table(privateRoutes))('%s is 401', async (_, route) => {
    await expectError(await call(route, () => randomUUID()), 401, 'AUTH_TOKEN_INVALID');
    await expectError(await call(route, () => randomUUID(), 'Bearer garbage'), 401, 'AUTH_TOKEN_INVALID');
    await expectError(await call(route, () => randomUUID(), `Bearer ${foreign}`), 401, 'AUTH_TOKEN_INVALID');
    await expectError(await call(route, () => randomUUID(), `Bearer ${expired}`), 401, 'AUTH_TOKEN_EXPIRED');
  });

  test.each(table(privateRoutes))('%s is 401 for a session that was revoked', async (_, route) => {
    const phone = await Phone.signIn(server);
    await server.accounts.revoke(phone.user.key_id);
    const answer = await call(route, () => randomUUID(), `Bearer ${phone.token}`);
    // A body that does not validate may be found out first: that tells nothing about anybody.
    if (answer.status !== 400) await expectError(answer, 401, 'AUTH_TOKEN_INVALID');
    else expect(route.operation.requestBody).toBeDefined();
  });
});

const withIds = privateRoutes.filter(({ path }) => path.includes('{'));

describe('ids that are nobody’s', () => {
  test.each(table(withIds))('%s is hidden', async (name, route) => {
    const phone = await Phone.signIn(server);
    for (const id of [randomUUID(), 'no-uuid', '0']) {
      await expectHidden(name, await call(route, () => id, `Bearer ${phone.token}`));
    }
  });
});

describe('with data', () => {
  let phone: Phone;
  let ids: Record<string, string>;
  /** `id` is a user's below /users, a key's elsewhere. */
  const idsOf = ({ path }: Route) => (name: string): string => (name === 'id' && path.startsWith('/api/v1/users/') ? phone.user.user_id : ids[name]!);

  beforeAll(async () => {
    phone = await Phone.signIn(server);
    const scan = roomScan([]);
    const form = new FormData();
    form.append('room_scan', new Blob([JSON.stringify(scan)], { type: 'application/json' }));
    form.append('file', new Blob([new Uint8Array(ply(boxRoom(4, 3, 2.5), 'binary_little_endian'))]), 'cloud.ply');
    const answer = await phone.fetch('/api/v1/rooms/upload', { method: 'POST', body: form });
    expect(answer.status).toBe(202);
    const { processing_id, scan_id } = (await answer.json()) as Record<string, string>;
    await phone.result(processing_id!);
    ids = { processing_id: processing_id!, scan_id: scan_id!, id: phone.user.key_id };
    await phone.fetch(`${USERS}/me/avatar`, { method: 'POST', body: bytes(PICTURES.webp), headers: { 'content-type': 'image/webp' } });
    await phone.fetch(`${USERS}/me/export`, { method: 'POST' });
    await vi.waitFor(async () => expect((await phone.json(`${USERS}/me/export`)).status).toBe('completed'), { timeout: 20_000, interval: 100 });
  });

  test.each(table(routes.filter(({ method }) => method === 'GET')))('%s answers as documented', async (_, route) => {
    const answer = await call(route, idsOf(route), `Bearer ${phone.token}`);
    expect(answer.status).toBe(200);
    await expectDocumented(route, answer);
  });

  test.each(table(withIds))('%s of another user is hidden, as if it were not there', async (name, route) => {
    const stranger = await Phone.signIn(server);
    const answer = await call(route, idsOf(route), `Bearer ${stranger.token}`);
    await expectHidden(name, answer);
    expect((await phone.fetch(`/api/v1/processing/${ids.processing_id}/result`)).status).toBe(200);
    expect((await phone.fetch(`/api/v1/rooms/${ids.scan_id}`)).status).toBe(200);
  });

  test('writes answer as documented too', async () => {
    const find = (name: string) => routes.find((route) => nameOf(route) === name)!;
    const bearer = { authorization: `Bearer ${phone.token}` };
    const login = await post(server, '/api/v1/auth/login', { api_key: phone.user.key, device_id: 'device' });
    const { refresh_token } = (await login.clone().json()) as { refresh_token: string };
    await expectDocumented(find('POST /api/v1/auth/login'), login);
    await expectDocumented(find('POST /api/v1/auth/refresh'), await post(server, '/api/v1/auth/refresh', { refresh_token }));
    await expectDocumented(find('POST /api/v1/user/api-keys'), await post(server, '/api/v1/user/api-keys', { name: 'x', environment: 'test' }, bearer));
    const account = { username: unique(), email: `${unique()}@example.org`, password: PASSWORD };
    await expectDocumented(find('POST /api/v1/users'), await post(server, USERS, account));
    const anna = await Person.create(server);
    for (const method of ['PUT', 'PATCH']) await expectDocumented(find(`${method} /api/v1/users/{id}`), await anna.change({ bio: method }, method));
    await expectDocumented(find('POST /api/v1/users/{id}/export'), await anna.fetch('/export', { method: 'POST' }));
    const picture = { method: 'POST', body: bytes(PICTURES.png), headers: { 'content-type': 'image/png' } };
    await expectDocumented(find('POST /api/v1/users/{id}/avatar'), await anna.fetch('/avatar', picture));
    await expectDocumented(find('DELETE /api/v1/users/{id}/avatar'), await anna.fetch('/avatar', { method: 'DELETE' }));
    await expectDocumented(find('DELETE /api/v1/users/{id}'), await anna.send('DELETE', `${USERS}/me`, { password: PASSWORD }));
    const scan = roomScan(boxRoom(3, 3, 2.4, 1000));
    for (const status of [202, 200]) {
      const answer = await phone.upload(scan);
      expect(answer.status).toBe(status);
      await expectDocumented(find('POST /api/v1/rooms/upload'), answer);
    }
    const scanId = scan.room_scan.id;
    await expectDocumented(find('DELETE /api/v1/rooms/{scan_id}'), await phone.fetch(`/api/v1/rooms/${scanId}`, { method: 'DELETE' }));
  });

  test('errors answer as documented too', async () => {
    const login = routes.find((route) => nameOf(route) === 'POST /api/v1/auth/login')!;
    for (const answer of [await post(server, login.path, {}), await post(server, login.path, { api_key: 'x', device_id: 'y' })]) await expectDocumented(login, answer);
    const ready = routes.find((route) => nameOf(route) === 'GET /health/ready')!;
    await expectDocumented(ready, await server.fetch('/health/ready', { headers: { 'x-fault': 'database' } }));
  });

  test('the connection test takes either credential', async () => {
    for (const credential of [phone.token, phone.user.key]) expect((await get(server, '/api/v1/health', credential)).status).toBe(200);
  });
});

const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
for (const width of ['int32', 'int64', 'uint32', 'uint64']) ajv.addFormat(width, { type: 'number', validate: Number.isInteger });
ajv.addSchema(document, 'document');

/** Status, content type and body are among those that the document promises. */
async function expectDocumented(route: Route, answer: Response): Promise<void> {
  const { responses } = route.operation;
  const status = String(answer.status);
  const key = [status, `${status[0]}XX`].find((candidate) => candidate in responses);
  expect(key, `${nameOf(route)} answered ${status}`).toBeDefined();
  const { content } = responses[key!]!;
  if (!content) return expect(await answer.text()).toBe('');
  const type = answer.headers.get('content-type')!.split(';')[0]!;
  expect(Object.keys(content)).toContain(type);
  if (type !== 'application/json') return void (await answer.arrayBuffer());
  const body = await answer.json();
  const pointer = ['paths', route.path, route.method.toLowerCase(), 'responses', key!, 'content', type, 'schema'];
  const check = ajv.compile({ $ref: `document#/${pointer.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}` });
  check(body);
  expect(check.errors ?? []).toEqual([]);
  if (answer.status >= 400) expectEnvelope(body as Envelope);
}

function rustFiles(): string[] {
  return ['src', 'functions'].flatMap((folder) =>
    readdirSync(inRepo(folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.rs'))
      .map((name) => join(inRepo(folder), name)),
  );
}
