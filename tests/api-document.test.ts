// /openapi.json is the list of all operations, so it drives these tests: a new route is covered the
// moment it exists.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { call, nameOf, needsToken, readDocument, scopesOf, table, textOf, type Route } from './support/document.ts';
import { Vault, noise } from './support/backups.ts';
import { DEVICES, TEST, googleToken } from './support/push.ts';
import { inRepo } from './support/repository.ts';
import { expectEnvelope, type Envelope } from './support/envelope.ts';
import { PASSWORD, PICTURES, Person, USERS, bytes, unique } from './support/people.ts';
import { get, post } from './support/requests.ts';
import { Phone, boxRoom, ply, roomScan } from './support/rooms.ts';
import { sharedServer } from './support/server.ts';

/** Private is what needs a token. Whatever is not private must be on this list, which may only shrink. */
const PUBLIC = [
  'GET /.well-known/jwks.json',
  'GET /.well-known/oauth-authorization-server',
  'GET /api/v1/dev/mailbox',
  'GET /api/v1/health',
  'GET /api/v1/oauth/authorize',
  'GET /api/v1/organizations',
  'GET /api/v1/organizations/{id}',
  'GET /api/v1/users/{id}',
  'GET /api/v1/users/{id}/avatar',
  'GET /health',
  'GET /health/ready',
  'OPTIONS /api/v1/backups/uploads',
  'POST /api/v1/auth/email/verify',
  'POST /api/v1/auth/login',
  'POST /api/v1/auth/logout',
  'POST /api/v1/auth/password/forgot',
  'POST /api/v1/auth/password/reset',
  'POST /api/v1/auth/refresh',
  'POST /api/v1/auth/register',
  'POST /api/v1/oauth/authorize',
  'POST /api/v1/oauth/revoke',
  'POST /api/v1/oauth/token',
  'POST /api/v1/users',
];

const server = sharedServer();
const { document, routes } = await readDocument(server);
const privateRoutes = routes.filter(needsToken);

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
    expect(Object.keys(operation.responses).some((status) => /^[123]/.test(status))).toBe(true);
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

const UNLIKE_OTHERS: Record<string, number> = { 'GET /api/v1/oauth/authorize': 400, 'GET /api/v1/ws/events': 426, 'GET /api/v1/ws/query': 426 };

describe('with data', () => {
  let phone: Phone;
  let admin: Phone;
  let ids: Record<string, string>;
  let organization: string;
  const records: Record<string, string> = {};
  let backup: string;
  let upload: string;
  let message: string;

  beforeAll(async () => {
    phone = await Phone.signIn(server);
    admin = await Phone.signIn(server, { role: 'admin' });
    const created = await post(server, '/api/v1/organizations', { name: 'Documented' }, { authorization: `Bearer ${phone.token}` });
    organization = String(((await created.json()) as { id: number }).id);
    const scan = roomScan([]);
    const form = new FormData();
    form.append('room_scan', new Blob([JSON.stringify(scan)], { type: 'application/json' }));
    form.append('file', new Blob([new Uint8Array(ply(boxRoom(4, 3, 2.5), 'binary_little_endian'))]), 'cloud.ply');
    const answer = await phone.fetch('/api/v1/rooms/upload', { method: 'POST', body: form });
    expect(answer.status).toBe(202);
    const { processing_id, scan_id } = (await answer.json()) as Record<string, string>;
    await phone.result(processing_id!);
    const bearer = { authorization: `Bearer ${phone.token}` };
    for (const [collection, body] of Object.entries({ moods: { mood: 'x' }, journals: { title: 'x' }, goals: { title: 'x', target_value: 3 } })) {
      const created = await post(server, `/api/v1/${collection}`, body, bearer);
      records[collection] = ((await created.json()) as { id: string }).id;
    }
    await post(server, '/api/v1/moods', { id: records.moods, mood: 'older', updated_at: '2024-01-01T00:00:00Z' }, bearer);
    const vault = Vault.of(server, phone);
    backup = (await vault.saved(noise(100))).id;
    upload = (await vault.begun(100)).split('/').at(-1)!;
    await post(server, DEVICES, { platform: 'android', token: googleToken() }, bearer);
    message = ((await (await post(server, TEST, {}, bearer)).json()) as { id: string }).id;
    ids = { processing_id: processing_id!, scan_id: scan_id!, id: phone.user.key_id };
    await phone.fetch(`${USERS}/me/avatar`, { method: 'POST', body: bytes(PICTURES.webp), headers: { 'content-type': 'image/webp' } });
    await phone.fetch(`${USERS}/me/export`, { method: 'POST' });
    await vi.waitFor(async () => expect((await phone.json(`${USERS}/me/export`)).status).toBe('completed'), { timeout: 20_000, interval: 100 });
  });

  /** Where `{id}` is not that of a key. */
  const idOf = (path: string, name: string): string => {
    if (path.startsWith('/api/v1/organizations/{id}')) return organization;
    const [, collection] = path.match(/^\/api\/v1\/(moods|journals|goals)\//) ?? [];
    if (collection) return records[collection]!;
    if (path.startsWith('/api/v1/backups/uploads/')) return upload;
    if (path.startsWith('/api/v1/backups/')) return backup;
    if (path.startsWith('/api/v1/push/messages/')) return message;
    const isUser = name === 'id' && /^\/api\/v1\/(admin\/)?users\//.test(path);
    return isUser ? phone.user.user_id : ids[name]!;
  };

  test.each(table(routes.filter(({ method }) => method === 'GET')))('%s answers as documented', async (_, route) => {
    const caller = scopesOf(route).includes('role:admin') ? admin : phone;
    const answer = await call(server, route, (name) => idOf(route.path, name), caller.token);
    // A page that an app must send people to, with parameters that it chooses; a socket.
    expect(answer.status).toBe(UNLIKE_OTHERS[nameOf(route)] ?? 200);
    await expectDocumented(route, answer);
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
    const member = await Phone.signIn(server);
    const asks: [Phone, string, string, unknown?][] = [
      [phone, 'POST', '/api/v1/organizations', { name: 'Documented too' }],
      [phone, 'PUT', '/api/v1/organizations/{id}', { description: 'x' }],
      [phone, 'PATCH', '/api/v1/organizations/{id}', { description: null }],
      [member, 'POST', '/api/v1/organizations/{id}/join', {}],
      [phone, 'PUT', '/api/v1/organizations/{id}/members/{user_id}', { role: 'admin' }],
      [phone, 'POST', '/api/v1/organizations/{id}/invite-code'],
      [phone, 'DELETE', '/api/v1/organizations/{id}/invite-code'],
      [phone, 'DELETE', '/api/v1/organizations/{id}/members/{user_id}'],
      [member, 'POST', '/api/v1/organizations/{id}/leave'],
      [phone, 'DELETE', '/api/v1/organizations/{id}'],
      [admin, 'PATCH', '/api/v1/admin/users/{id}', { quota_limit: 1000 }],
      [admin, 'DELETE', '/api/v1/admin/users/{id}/sessions'],
    ];
    for (const [caller, method, path, body] of asks) {
      const route = find(`${method} ${path}`);
      const userId = path.includes('/admin/') ? member.user.user_id : organization;
      const answer = await call(server, route, (name) => (name === 'user_id' ? member.user.user_id : userId), caller.token, body);
      expect(answer.ok, nameOf(route)).toBe(true);
      await expectDocumented(route, answer);
    }
    for (const status of [201, 200]) {
      const answer = await post(server, '/api/v1/events', { type: 'app.documented', id: 'documented' }, bearer);
      expect(answer.status).toBe(status);
      await expectDocumented(find('POST /api/v1/events'), answer);
    }
    for (const [collection, body] of Object.entries({ moods: { mood: 'y' }, journals: { title: 'y' }, goals: { title: 'y' } })) {
      const path = `/api/v1/${collection}`;
      await expectDocumented(find(`POST ${path}`), await post(server, path, body, bearer));
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        const route = find(`${method} ${path}/{id}`);
        if (collection === 'goals' && method === 'DELETE') {
          const progress = find(`POST ${path}/{id}/progress`);
          await expectDocumented(progress, await call(server, progress, () => records[collection]!, phone.token, { amount: 1 }));
        }
        await expectDocumented(route, await call(server, route, () => records[collection]!, phone.token, body));
      }
    }
    const operations = [{ id: 1, operation: 'POST', endpoint: 'moods', data: { id: 'documented', mood: 'x' } }, { id: 2, operation: 'POST', endpoint: 'nowhere' }];
    await expectDocumented(find('POST /api/v1/sync/batch'), await post(server, '/api/v1/sync/batch', { operations }, bearer));
    const events = [{ event_id: unique(), event_type: 'mood.created', payload: { mood: 'x', id: unique() } }];
    await expectDocumented(find('POST /api/v1/outbox/batch'), await post(server, '/api/v1/outbox/batch', { events }, bearer));
    const [conflict] = ((await phone.json('/api/v1/sync/conflicts')) as unknown as { conflicts: { id: string }[] }).conflicts;
    const resolve = find('POST /api/v1/sync/conflicts/{id}/resolve');
    await expectDocumented(resolve, await call(server, resolve, () => conflict!.id, phone.token, { resolution: 'keep' }));
    const scan = roomScan(boxRoom(3, 3, 2.4, 1000));
    for (const status of [202, 200]) {
      const answer = await phone.upload(scan);
      expect(answer.status).toBe(status);
      await expectDocumented(find('POST /api/v1/rooms/upload'), answer);
    }
    const second = roomScan(boxRoom(3, 3, 2.4, 1000, 2));
    await phone.upload(second);
    const fuse = find('POST /api/v1/rooms/{scan_id}/fuse');
    for (const status of [202, 200]) {
      const answer = await call(server, fuse, () => scan.room_scan.id, phone.token, { scan_ids: [second.room_scan.id] });
      expect(answer.status).toBe(status);
      await expectDocumented(fuse, answer);
    }
    const owner = await Phone.signIn(server);
    const vault = Vault.of(server, owner);
    const content = noise(50);
    for (const status of [201, 200]) {
      const answer = await vault.put(content);
      expect(answer.status).toBe(status);
      await expectDocumented(find('PUT /api/v1/backups'), answer);
    }
    const created = await vault.create(100);
    const path = new URL(created.headers.get('location')!).pathname;
    await expectDocumented(find('POST /api/v1/backups/uploads'), created);
    await expectDocumented(find('PATCH /api/v1/backups/uploads/{id}'), await vault.append(path, 0, noise(100)));
    await expectDocumented(find('DELETE /api/v1/backups/uploads/{id}'), await vault.fetch(await vault.begun(100), { method: 'DELETE' }));
    const part = await vault.content((await vault.list())[0]!.id, { range: 'bytes=0-9' });
    expect(part.status).toBe(206);
    await expectDocumented(find('GET /api/v1/backups/{id}/content'), part);
    await expectDocumented(find('DELETE /api/v1/backups/{id}'), await vault.fetch(`/api/v1/backups/${(await vault.list())[0]!.id}`, { method: 'DELETE' }));
    await expectDocumented(find('OPTIONS /api/v1/backups/uploads'), await server.fetch('/api/v1/backups/uploads', { method: 'OPTIONS' }));
    const as = { authorization: `Bearer ${owner.token}` };
    const registered = await post(server, DEVICES, { platform: 'web', token: googleToken() }, as);
    const { id: device } = (await registered.clone().json()) as { id: string };
    await expectDocumented(find('POST /api/v1/push/devices'), registered);
    await expectDocumented(find('POST /api/v1/push/test'), await post(server, TEST, {}, as));
    await expectDocumented(find('DELETE /api/v1/push/devices/{id}'), await owner.fetch(`${DEVICES}/${device}`, { method: 'DELETE' }));
    await expectDocumented(find('DELETE /api/v1/push/devices'), await owner.fetch(DEVICES, { method: 'DELETE' }));
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
  if (type !== 'application/json') return void (await textOf(answer));
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
