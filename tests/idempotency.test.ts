// Idempotency-Key (CONTRACT 0.5, 6.7): a write is carried out once and answered as often as it comes,
// whatever happens in between.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { call, nameOf, needsToken, readDocument, scopesOf, table } from './support/document.ts';
import { expectError } from './support/envelope.ts';
import { KEY, isReplay, newKey, rowOf, shown } from './support/keyed.ts';
import { StreamReader } from './support/live.ts';
import { PASSWORD, Person, USERS, unique } from './support/people.ts';
import { API_KEYS, LOGIN, PROFILE, get, logIn, post, timing } from './support/requests.ts';
import { Phone, boxRoom, packed, roomScan } from './support/rooms.ts';
import { sharedServer, startTestServer, type OwnServer, type Server } from './support/server.ts';

const server = sharedServer();
const { document, routes } = await readDocument(server);
const writes = routes.filter(({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(method));

/** Creates an API key: a write that would be seen if it were done twice. */
const createKey = (owner: Phone, key: string, name = 'a key', headers: Record<string, string> = {}): Promise<Response> =>
  owner.fetch(API_KEYS, { method: 'POST', headers: { 'content-type': 'application/json', [KEY]: key, ...headers }, body: JSON.stringify({ name }) });

/** How many keys of this name a user has. */
const keysOf = (where: Server, owner: Phone, name = 'a key'): number =>
  where.data.row('select count(*) as count from api_keys where user_id = ? and name = ?', owner.user.user_id, name)!.count;

describe('every write', () => {
  let phone: Phone;
  let admin: Phone;
  let member: Phone;

  beforeAll(async () => {
    [phone, admin, member] = await Promise.all([Phone.signIn(server), Phone.signIn(server, { role: 'admin' }), Phone.signIn(server)]);
  });

  test.each(table(writes))('%s is documented to take a key', (_, { operation }) => {
    const parameter = (operation.parameters ?? []).filter(({ name }) => name === 'Idempotency-Key');
    expect(parameter).toMatchObject([{ in: 'header', required: false, schema: { type: 'string', maxLength: 255 } }]);
  });

  test.each(table(routes.filter((route) => !writes.includes(route))))('%s is not', (_, { operation }) => {
    expect((operation.parameters ?? []).map(({ name }) => name)).not.toContain('Idempotency-Key');
  });

  const organizationOf = async (owner: Phone, name: string = randomUUID()): Promise<string> => {
    const created = await post(server, '/api/v1/organizations', { name, is_public: true }, { authorization: `Bearer ${owner.token}` });
    return String(((await created.json()) as { id: number }).id);
  };
  const ownKey = async (): Promise<string> => (await server.accounts.key(phone.user)).id;
  const account = () => ({ username: unique(), email: `${unique()}@example.org`, password: PASSWORD });

  /** Requests that succeed. An operation that is not here is sent an empty object: its refusal counts as well. */
  const GOOD: Record<string, () => Promise<{ body?: unknown; id?: string; user_id?: string; as?: Phone }>> = {
    'POST /api/v1/auth/register': async () => ({ body: account() }),
    'POST /api/v1/auth/login': async () => ({ body: { api_key: phone.user.key, device_id: randomUUID() } }),
    'POST /api/v1/auth/refresh': async () => ({ body: { refresh_token: (await logIn(server, phone.user.key)).refresh_token } }),
    'POST /api/v1/auth/logout': async () => ({ body: { refresh_token: (await logIn(server, phone.user.key)).refresh_token } }),
    'POST /api/v1/auth/password/forgot': async () => ({ body: { email: `${unique()}@example.org` } }),
    'POST /api/v1/users': async () => ({ body: account() }),
    'POST /api/v1/user/api-keys': async () => ({ body: { name: 'walk' } }),
    'DELETE /api/v1/user/api-keys/{id}': async () => ({ id: await ownKey() }),
    'PUT /api/v1/users/{id}': async () => ({ id: 'me', body: { bio: randomUUID() } }),
    'PATCH /api/v1/users/{id}': async () => ({ id: 'me', body: { bio: randomUUID() } }),
    'DELETE /api/v1/users/{id}/avatar': async () => ({ id: 'me' }),
    'POST /api/v1/users/{id}/export': async () => ({ id: 'me', as: await Phone.signIn(server) }),
    'POST /api/v1/organizations': async () => ({ body: { name: randomUUID() } }),
    'PUT /api/v1/organizations/{id}': async () => ({ id: await organizationOf(phone), body: { description: 'x' } }),
    'PATCH /api/v1/organizations/{id}': async () => ({ id: await organizationOf(phone), body: { description: null } }),
    'DELETE /api/v1/organizations/{id}': async () => ({ id: await organizationOf(phone) }),
    'POST /api/v1/organizations/{id}/join': async () => ({ id: await organizationOf(admin), body: {} }),
    'POST /api/v1/organizations/{id}/invite-code': async () => ({ id: await organizationOf(phone) }),
    'DELETE /api/v1/organizations/{id}/invite-code': async () => ({ id: await organizationOf(phone) }),
    'PATCH /api/v1/admin/users/{id}': async () => ({ id: member.user.user_id, body: { quota_limit: 777 } }),
    'DELETE /api/v1/admin/users/{id}/sessions': async () => ({ id: member.user.user_id }),
  };

  const succeeded: string[] = [];

  test.each(table(writes))('%s is carried out once under a key', async (name, route) => {
    const wanted: Awaited<ReturnType<(typeof GOOD)[string]>> = (await GOOD[name]?.()) ?? {};
    const isPublic = !needsToken(route);
    const as = wanted.as ?? (scopesOf(route).includes('role:admin') ? admin : phone);
    const key = newKey();
    const send = (body: unknown = wanted.body) => {
      const id = (parameter: string) => (parameter === 'user_id' ? wanted.user_id : wanted.id) ?? randomUUID0;
      return call(server, route, id, isPublic ? undefined : as.token, body ?? {}, { [KEY]: key });
    };
    const first = await send();
    expect(isReplay(first)).toBe(false);
    if (first.ok) succeeded.push(name);
    const { status } = first;
    const rowsBefore = timing(first)['d1.rows_written'];
    const seen = await shown(first);
    const again = await send();
    if ([401, 403, 429].includes(status)) {
      expect(isReplay(again), `${status}`).toBe(false);
      return expect(again.status).toBe(status);
    }
    expect(status).toBeLessThan(500);
    expect(isReplay(again), JSON.stringify(seen)).toBe(true);
    expect(timing(again)).toMatchObject({ 'd1.trips': 1, 'd1.rows_written': 0 });
    expect(await shown(again)).toEqual(seen);
    expect(rowsBefore).toBeGreaterThan(0);
    const row = rowOf(server, key, isPublic ? undefined : as.user.user_id)!;
    expect(row.answer).toBeTypeOf('string');
    // Nothing is written down when nothing was changed.
    if (status >= 400) expect(row.committed_at).toBeNull();
    if (route.method !== 'DELETE') await expectError(await send({ another: 'body' }), 409, 'IDEMPOTENCY_CONFLICT');
  });

  const randomUUID0 = '00000000-0000-4000-8000-000000000000';

  test('that should have succeeded did', () => {
    expect(Object.keys(GOOD).filter((name) => !succeeded.includes(name))).toEqual([]);
  });

  test('needs a key that cannot be guessed where nobody is signed in, as documented', () => {
    for (const route of writes) {
      const parameter = route.operation.parameters!.find(({ name }) => name === 'Idempotency-Key') as unknown as { schema: { minLength: number } };
      expect(parameter.schema.minLength, nameOf(route)).toBe(needsToken(route) ? 1 : 32);
    }
    expect(JSON.stringify(document)).toContain('Idempotency-Replayed');
  });
});

describe('a key', () => {
  let phone: Phone;
  beforeAll(async () => {
    phone = await Phone.signIn(server);
  });

  test.each([['empty', ''], ['too long', 'x'.repeat(256)], ['not ASCII', 'schl\u00fcssel'], ['a tab within', 'a\tb']])('that is %s is refused', async (_, key) => {
    const { error } = await expectError(await createKey(phone, key, 'refused'), 400, 'VALIDATION_ERROR');
    expect(error.details).toMatchObject([{ field: 'idempotency_key', type: 'invalid_value', message: expect.stringContaining('Idempotency-Key') }]);
    expect(keysOf(server, phone, 'refused')).toBe(0);
  });

  test.each([['one character', '1'], ['255 characters', 'x'.repeat(255)], ['a quoted text', '"with blanks and ~"']])('may be %s', async (_, key) => {
    const name = randomUUID();
    for (let time = 0; time < 2; time += 1) expect((await createKey(phone, key, name)).status).toBe(201);
    expect(keysOf(server, phone, name)).toBe(1);
  });

  test('must be long where nobody is signed in', async () => {
    const answer = await post(server, LOGIN, { api_key: phone.user.key, device_id: 'device' }, { [KEY]: 'x'.repeat(31) });
    const { error } = await expectError(answer, 400, 'VALIDATION_ERROR');
    expect(error.details).toMatchObject([{ field: 'idempotency_key' }]);
  });

  test.each(['GET', 'HEAD'])('says nothing to a %s', async (method) => {
    const key = newKey();
    for (let time = 0; time < 2; time += 1) {
      const answer = await phone.fetch(PROFILE, { method, headers: { [KEY]: key } });
      expect(answer.status).toBe(200);
      expect(isReplay(answer)).toBe(false);
      expect(timing(answer)['d1.trips']).toBe(1);
    }
    expect(rowOf(server, key, phone.user.user_id)).toBeUndefined();
    expect((await phone.fetch(PROFILE, { method, headers: { [KEY]: 'x'.repeat(300) } })).status).toBe(200);
  });

  test('belongs to a user, whatever the device or the session', async () => {
    const [key, name] = [newKey(), randomUUID()];
    const first = await shown(await createKey(phone, key, name));
    const tablet = await Phone.of(server, phone.user);
    const again = await createKey(tablet, key, name, { 'x-device-id': randomUUID() });
    expect(isReplay(again)).toBe(true);
    expect(await shown(again)).toEqual(first);
    const stranger = await Phone.signIn(server);
    const other = await createKey(stranger, key, name);
    expect(isReplay(other)).toBe(false);
    expect(await shown(other)).not.toEqual(first);
    expect([keysOf(server, phone, name), keysOf(server, stranger, name)]).toEqual([1, 1]);
  });

  test('is for one request: method, address and body', async () => {
    const key = newKey();
    expect((await createKey(phone, key)).status).toBe(201);
    await expectError(await createKey(phone, key, 'another'), 409, 'IDEMPOTENCY_CONFLICT');
    const send = (method: string, path: string) => phone.fetch(path, { method, headers: { 'content-type': 'application/json', [KEY]: key }, body: '{"name":"a key"}' });
    await expectError(await send('POST', `${API_KEYS}?x=1`), 409, 'IDEMPOTENCY_CONFLICT');
    await expectError(await send('POST', '/api/v1/organizations'), 409, 'IDEMPOTENCY_CONFLICT');
    await expectError(await send('PATCH', `${USERS}/me`), 409, 'IDEMPOTENCY_CONFLICT');
    expect(keysOf(server, phone)).toBe(1);
  });

  test('is refused in the envelope of its dialect', async () => {
    const answer = await phone.fetch('/v1/user/api-keys', { method: 'POST', headers: { [KEY]: '' }, body: '{"name":"x"}' });
    await expectError(answer, 422, 'VALIDATION_ERROR');
  });

  test('is no way in for a session that has ended, nor for one with too few rights', async () => {
    const owner = await Phone.signIn(server);
    const key = newKey();
    expect((await createKey(owner, key)).status).toBe(201);
    const lesser = await server.fetch(API_KEYS, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${owner.token}` }, body: '{"name":"lesser","scopes":["read"]}' });
    const reader = await Phone.of(server, owner.user, ((await lesser.json()) as { key: string }).key);
    await expectError(await createKey(reader, key), 403, 'AUTH_PERMISSION_DENIED');
    await server.accounts.revoke(owner.user.key_id);
    await expectError(await createKey(owner, key), 401, 'AUTH_TOKEN_INVALID');
    await expectError(await createKey(owner, newKey()), 401, 'AUTH_TOKEN_INVALID');
  });

  test('costs two trips more the first time, and one in all when it comes again', async () => {
    const owner = await Phone.signIn(server);
    const plain = await post(server, API_KEYS, { name: 'plain' }, { authorization: `Bearer ${owner.token}` });
    const trips = timing(plain)['d1.trips']!;
    const key = newKey();
    const first = timing(await createKey(owner, key));
    expect(first['d1.trips']).toBe(trips + 2);
    // The row: reserved, committed, answered.
    expect(first['d1.rows_written']).toBe(timing(plain)['d1.rows_written']! + 3);
    expect(timing(await createKey(owner, key))).toMatchObject({ 'd1.trips': 1, 'd1.rows_written': 0 });
  });

  test('counts for 24 hours and is cleaned up', async () => {
    const [old, recent] = [newKey(), newKey()];
    for (const key of [old, recent]) expect((await createKey(phone, key, 'aging')).status).toBe(201);
    const before = keysOf(server, phone, 'aging');
    const hash = rowOf(server, old, phone.user.user_id)!.key_hash;
    await server.data.write('update idempotency_keys set day = day - 1, created_at = created_at - 86400000 where key_hash = ?', hash);
    expect(isReplay(await createKey(phone, recent, 'aging'))).toBe(true);
    const anew = await createKey(phone, old, 'aging');
    expect([anew.status, isReplay(anew)]).toEqual([201, false]);
    expect(keysOf(server, phone, 'aging')).toBe(before + 1);
    await server.data.write('update idempotency_keys set day = day - 3 where key_hash = ?', hash);
    const rows = () => server.data.rows('select day from idempotency_keys where key_hash = ?', hash);
    expect(rows()).toHaveLength(2);
    await server.runCron('17 3 * * *');
    await vi.waitFor(() => expect(rows()).toHaveLength(0), { timeout: 10_000 });
    expect(rowOf(server, recent, phone.user.user_id)).toBeDefined();
  });
});

describe('what does not count', () => {
  test('a 401: the right password may follow the wrong one only under another key, and the same may come again', async () => {
    const key = newKey();
    const phone = await Phone.signIn(server);
    const attempt = { api_key: `${phone.user.key.slice(0, -1)}#`, device_id: 'device' };
    for (let time = 0; time < 2; time += 1) {
      const answer = await post(server, LOGIN, attempt, { [KEY]: key });
      expect(isReplay(answer)).toBe(false);
      expect(answer.status).toBe(401);
      expect(rowOf(server, key)).toBeUndefined();
    }
    expect((await post(server, LOGIN, { ...attempt, api_key: phone.user.key }, { [KEY]: key })).status).toBe(200);
  });

  test('a 429 and a 503', async () => {
    const phone = await Phone.signIn(server, { quota: 0 });
    const key = newKey();
    const scan = roomScan(boxRoom(3, 3, 2.5, 500));
    const upload = () => phone.upload(scan, { [KEY]: key });
    await expectError(await upload(), 429, 'QUOTA_EXCEEDED');
    expect(rowOf(server, key, phone.user.user_id)).toBeUndefined();
    await server.data.write('update users set quota_limit = 5 where id = ?', phone.user.user_id);
    const failed = await createKey(phone, newKey(), 'x', { 'x-fault': 'database' });
    expect(failed.status).toBe(503);
    expect((await upload()).status).toBe(202);
    expect(isReplay(await upload())).toBe(true);
  });

  test('but what is not there or not valid stays so', async () => {
    const phone = await Phone.signIn(server);
    const [missing, invalid] = [newKey(), newKey()];
    const change = () => phone.fetch('/api/v1/organizations/123456789', { method: 'PATCH', headers: { 'content-type': 'application/json', [KEY]: missing, 'x-request-id': `req_${randomUUID()}` }, body: '{"name":"x"}' });
    await expectError(await change(), 404, 'NOT_FOUND');
    const again = await change();
    expect(isReplay(again)).toBe(true);
    // The envelope names this request, not the first.
    await expectError(again, 404, 'NOT_FOUND');
    const unnamed = () => phone.fetch(API_KEYS, { method: 'POST', headers: { 'content-type': 'application/json', [KEY]: invalid }, body: '{}' });
    const { error } = await expectError(await unnamed(), 400, 'VALIDATION_ERROR');
    const second = await unnamed();
    expect(isReplay(second)).toBe(true);
    expect((await expectError(second, 400, 'VALIDATION_ERROR')).error).toEqual(error);
  });
});

describe('answers with secrets', () => {
  test('come again, and nobody reads them off the table', async () => {
    const phone = await Phone.signIn(server);
    const keys = [newKey(), newKey()];
    const login = () => post(server, LOGIN, { api_key: phone.user.key, device_id: 'device' }, { [KEY]: keys[0]! });
    const first = (await (await login()).json()) as Record<string, string>;
    expect(await (await login()).json()).toEqual(first);
    expect((await get(server, PROFILE, first.access_token!)).status).toBe(200);
    const created = (await (await createKey(phone, keys[1]!)).json()) as { key: string };
    const rows = [rowOf(server, keys[0]!)!, rowOf(server, keys[1]!, phone.user.user_id)!];
    for (const row of rows) {
      const kept = JSON.stringify(row) + Buffer.from(row.answer, 'base64').toString('latin1');
      for (const secret of [first.access_token!, first.refresh_token!, created.key, phone.user.key, phone.user.email, keys[0]!, keys[1]!, 'access_token', '"key"']) expect(kept).not.toContain(secret);
    }
    // The same answer is never encrypted the same way.
    await server.data.write('update idempotency_keys set answer = ? where key_hash = ?', rows[0]!.answer, rows[1]!.key_hash);
    await expectError(await createKey(phone, keys[1]!), 409, 'IDEMPOTENCY_ANSWER_LOST');
  });
});

describe('a streamed upload', () => {
  const scan = roomScan(boxRoom(4, 3, 2.5, 3000));
  const multipart = (content: unknown): FormData => {
    const form = new FormData();
    form.append('room_scan', new Blob([JSON.stringify(content)], { type: 'application/json' }));
    return form;
  };

  test.each([
    ['JSON', () => JSON.stringify(scan), 'application/json'],
    ['gzip', () => packed(JSON.stringify(scan)), 'application/gzip'],
    ['a form with a boundary of its own each time', () => multipart(scan), undefined],
  ])('as %s is known by its content', async (_, body, type) => {
    const phone = await Phone.signIn(server);
    const key = newKey();
    const send = (what: BodyInit = body()) => phone.fetch('/api/v1/rooms/upload', { method: 'POST', body: what, headers: { [KEY]: key, ...(type && { 'content-type': type }) } });
    const first = await send();
    expect(first.status).toBe(202);
    const seen = await shown(first);
    const again = await send();
    expect(isReplay(again)).toBe(true);
    expect(await shown(again)).toEqual(seen);
    const other = roomScan(boxRoom(5, 3, 2.5, 3000));
    await expectError(await send(type ? (type === 'application/gzip' ? packed(JSON.stringify(other)) : JSON.stringify(other)) : multipart(other)), 409, 'IDEMPOTENCY_CONFLICT');
    expect(await phone.quotaUsed()).toBe(1);
  });

  test('that comes many times at once is one', async () => {
    const phone = await Phone.signIn(server);
    const key = newKey();
    const answers = await Promise.all(Array.from({ length: 6 }, () => phone.upload(scan, { [KEY]: key })));
    expect(answers.filter((answer) => !isReplay(answer))).toHaveLength(1);
    const bodies = await Promise.all(answers.map(shown));
    for (const body of bodies) expect(body).toEqual(bodies[0]);
    expect(bodies[0]!.status).toBe(202);
    expect(await phone.quotaUsed()).toBe(1);
  });
});

test('a request that comes many times at once is one', async () => {
  const phone = await Phone.signIn(server);
  const key = newKey();
  const answers = await Promise.all(Array.from({ length: 12 }, () => createKey(phone, key)));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
  expect(answers.filter((answer) => !isReplay(answer))).toHaveLength(1);
  const bodies = await Promise.all(answers.map(shown));
  for (const body of bodies) expect(body).toEqual(bodies[0]);
  expect(keysOf(server, phone)).toBe(1);
});

test('an account is created once, and its owner gets the tokens that were lost', async () => {
  const key = newKey();
  const account = { username: unique(), email: `${unique()}@example.org`, password: PASSWORD };
  const register = (change = {}) => post(server, USERS, { ...account, ...change }, { [KEY]: key });
  const first = await shown(await register());
  expect(first.status).toBe(201);
  expect(await shown(await register())).toEqual(first);
  await expectError(await register({ password: 'another password' }), 409, 'IDEMPOTENCY_CONFLICT');
});

test('who deletes the own account has no session left to ask again with', async () => {
  const anna = await Person.create(server);
  const key = newKey();
  const remove = () => anna.fetch('', { method: 'DELETE', headers: { 'content-type': 'application/json', [KEY]: key }, body: JSON.stringify({ password: PASSWORD }) });
  expect((await remove()).status).toBe(202);
  expect((await remove()).status).toBe(401);
});

describe('on a server of its own', () => {
  let own: OwnServer;
  let phone: Phone;

  beforeAll(async () => {
    own = await startTestServer();
    phone = await Phone.signIn(own);
  });
  afterAll(() => own?.stop());

  const again = async (key: string, name: string) => {
    phone = await Phone.of(own, phone.user);
    return createKey(phone, key, name);
  };

  /** Sends a write that rests at a point, and ends the server there. */
  async function cut(point: string, isThere: (row: Record<string, unknown>) => boolean): Promise<{ key: string; name: string }> {
    const [key, name] = [newKey(), randomUUID()];
    const lost = createKey(phone, key, name, { 'x-fault': point }).catch(() => null);
    await vi.waitFor(() => expect(isThere(rowOf(own, key, phone.user.user_id) ?? {})).toBe(true), { timeout: 20_000, interval: 20 });
    await own.kill();
    expect(await lost).toBeNull();
    await own.restart();
    return { key, name };
  }

  test('a power cut before the write: it is carried out when it comes again', async () => {
    const { key, name } = await cut('hold-reserved', (row) => row.run_id !== undefined);
    expect(keysOf(own, phone, name)).toBe(0);
    const answer = await again(key, name);
    expect([answer.status, isReplay(answer)]).toEqual([201, false]);
    expect(isReplay(await again(key, name))).toBe(true);
    expect(keysOf(own, phone, name)).toBe(1);
  }, 120_000);

  test('a power cut between the write and its answer: said so, for good, and never done twice', async () => {
    const { key, name } = await cut('hold-committed', (row) => row.committed_at !== undefined && row.committed_at !== null);
    expect(keysOf(own, phone, name)).toBe(1);
    for (let time = 0; time < 2; time += 1) await expectError(await again(key, name), 409, 'IDEMPOTENCY_ANSWER_LOST');
    await expectError(await createKey(phone, key, 'another'), 409, 'IDEMPOTENCY_CONFLICT');
    expect(keysOf(own, phone, name)).toBe(1);
  }, 120_000);

  test('a power cut after an event went into the log, which D1 knows nothing of: it is not there twice', async () => {
    const key = newKey();
    const tell = (fault: Record<string, string> = {}) =>
      phone.fetch('/api/v1/events', { method: 'POST', headers: { 'content-type': 'application/json', [KEY]: key, ...fault }, body: JSON.stringify({ type: 'app.told', data: { once: true } }) });
    const log = () => StreamReader.open(own, '/api/v1/events?after=0', { authorization: `Bearer ${phone.token}` });
    const lost = tell({ 'x-fault': 'hold-committed' }).catch(() => null);
    const before = await log();
    const [first] = await before.got(1, 20_000);
    await own.kill();
    expect(await lost).toBeNull();
    await own.restart();
    phone = await Phone.of(own, phone.user);
    expect((await tell()).status).toBe(200);
    const other = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ type: 'app.other' }) };
    expect((await phone.fetch('/api/v1/events', other)).status).toBe(201);
    const after = await log();
    expect((await after.got(2, 20_000)).map(({ id, event }) => [id, event])).toEqual([[first!.id, 'app.told'], [String(Number(first!.id) + 1), 'app.other']]);
    after.close();
  }, 120_000);

  test('a power cut after the answer was kept: it is given', async () => {
    const { key, name } = await cut('hold-stored', (row) => typeof row.answer === 'string');
    const answer = await again(key, name);
    expect([answer.status, isReplay(answer)]).toEqual([201, true]);
    const { key: secret } = (await answer.json()) as { key: string };
    expect((await post(own, LOGIN, { api_key: secret, device_id: 'device' })).status).toBe(200);
    expect(keysOf(own, phone, name)).toBe(1);
  }, 120_000);

  test('a request that only seemed dead does not commit after its successor', async () => {
    const [key, name] = [newKey(), randomUUID()];
    const slow = createKey(phone, key, name, { 'x-fault': 'hold-reserved' });
    await vi.waitFor(() => expect(rowOf(own, key, phone.user.user_id)).toBeDefined(), { timeout: 10_000, interval: 20 });
    const successor = await createKey(phone, key, name);
    expect([successor.status, isReplay(successor)]).toEqual([201, false]);
    const late = await slow;
    expect(late.headers.get('retry-after')).toBe('2');
    await expectError(late, 409, 'IDEMPOTENCY_IN_PROGRESS');
    expect(keysOf(own, phone, name)).toBe(1);
    expect(await shown(await createKey(phone, key, name))).toEqual(await shown(successor));
  }, 60_000);

  test('who waits in vain is told so', async () => {
    const [key, name] = [newKey(), randomUUID()];
    const slow = createKey(phone, key, name, { 'x-fault': 'hold-committed' });
    await vi.waitFor(() => expect(keysOf(own, phone, name)).toBe(1), { timeout: 10_000, interval: 20 });
    await own.data.write('update idempotency_keys set lease_until = ? where committed_at is not null and answer is null', Date.now() + 60_000);
    const impatient = await createKey(phone, key, name);
    expect(impatient.headers.get('retry-after')).toBe('2');
    await expectError(impatient, 409, 'IDEMPOTENCY_IN_PROGRESS');
    expect((await slow).status).toBe(201);
    expect(isReplay(await createKey(phone, key, name))).toBe(true);
    expect(keysOf(own, phone, name)).toBe(1);
  }, 60_000);
});
