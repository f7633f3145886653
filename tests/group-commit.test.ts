// Operations of a batch that are none on records: they take the same way as requests from outside, and
// what they ask the database travels together.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectError } from './support/envelope.ts';
import { KEY, newKey, rowOf } from './support/keyed.ts';
import { PASSWORD, USERS, unique } from './support/people.ts';
import { API_KEYS, PROFILE, logIn, post, timing } from './support/requests.ts';
import { Phone, boxRoom, roomScan } from './support/rooms.ts';
import { sharedServer, startTestServer, type OwnServer, type Server } from './support/server.ts';

const BATCH = '/api/v1/sync/batch';
const ORGANIZATIONS = '/api/v1/organizations';
const server = sharedServer();

interface Operation {
  id?: number | string | null;
  operation: string;
  endpoint: string;
  data?: unknown;
  [more: string]: unknown;
}

interface Result {
  id: unknown;
  status: string;
  http_status: number;
  data?: any;
  error?: { code: string; message: string };
  retry_after?: number;
}

type Cost = Record<string, number>;

/** Sends a batch; operations that have no id are numbered, `null` is for none. */
async function run(where: Server, token: string, operations: Operation[], device_id: string = randomUUID()): Promise<{ results: Result[]; cost: Cost }> {
  const numbered = operations.map((operation, index) => ({ id: index + 1, ...operation }));
  const answer = await post(where, BATCH, { device_id, operations: numbered }, { authorization: `Bearer ${token}` });
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  const { results } = JSON.parse(text) as { results: Result[] };
  expect(results.map(({ id }) => id)).toEqual(numbered.map(({ id }) => id));
  return { results, cost: timing(answer) };
}

const create = (name: string, more: object = {}): Operation => ({ operation: 'POST', endpoint: API_KEYS, data: { name }, ...more });
const found = (name: string, more: object = {}): Operation => ({ operation: 'create', endpoint: 'organizations', data: { name }, ...more });
/** A hundred operations of three routes: of none may there be too many. */
const hundred = (more: object = {}): Operation[] => {
  const join = () => ({ operation: 'join', endpoint: `organizations/${team}/join`, ...more });
  return Array.from({ length: 100 }, (_, index) => (index < 45 ? create : index < 60 ? found : join)(`the ${index}th`, more));
};
const keysOf = (where: Server, owner: Phone, name: string): number => where.data.row('select count(*) as count from api_keys where user_id = ? and name = ?', owner.user.user_id, name)!.count;
const statuses = (results: Result[]) => results.map(({ status }) => status);
const failed = ({ status, http_status, error }: Result) => [status, http_status, error?.code];

let phone: Phone;
/** An organization that anybody may join. */
let team: number;
beforeAll(async () => {
  phone = await Phone.signIn(server);
  const made = await post(server, ORGANIZATIONS, { name: 'everybody', is_public: true }, { authorization: `Bearer ${phone.token}` });
  team = ((await made.json()) as { id: number }).id;
});

describe('a hundred operations', () => {
  test('take the trips of one, and ask for the session once', async () => {
    const owner = await Phone.signIn(server);
    const alone = timing(await post(server, API_KEYS, { name: 'alone' }, { authorization: `Bearer ${owner.token}` }));
    const joined = timing(await post(server, `${ORGANIZATIONS}/${team}/join`, {}, { authorization: `Bearer ${owner.token}` }));
    const { results, cost } = await run(server, owner.token, hundred({ id: null }));
    expect(results.map(({ status, http_status }) => [status, http_status])).toEqual(results.map((_, index) => ['applied', index < 60 ? 201 : 200]));
    for (const [index, { data }] of results.entries()) if (index < 60) expect(data.name).toBe(`the ${index}th`);
    expect(new Set(results.flatMap(({ data }) => data.key ?? [])).size).toBe(45);
    // One more for what is known of the queue, and one because only the first of those who join does.
    expect(Math.max(alone['d1.trips']!, joined['d1.trips']!)).toBe(1);
    expect(cost['d1.trips']).toBeLessThanOrEqual(3);
    for (let index = 0; index < 100; index += 1) expect(keysOf(server, owner, `the ${index}th`)).toBe(index < 45 ? 1 : 0);
  });

  test('with ids take a few more, once; sent again they get the first answers for two and write nothing', async () => {
    const owner = await Phone.signIn(server);
    const operations = hundred();
    const device = randomUUID();
    const first = await run(server, owner.token, operations, device);
    expect(statuses(first.results)).toEqual(operations.map(() => 'applied'));
    // What is known; reserve; two of the routes; keep; and, for memberships count as changes, write twice.
    expect(first.cost['d1.trips']).toBeLessThanOrEqual(8);
    for (let time = 0; time < 2; time += 1) {
      const again = await run(server, owner.token, operations, device);
      expect(again.results).toEqual(first.results.map((result) => ({ ...result, status: 'duplicate' })));
      expect(again.cost).toMatchObject({ 'd1.trips': 2, 'd1.rows_written': 0 });
    }
    for (let index = 0; index < 100; index += 1) expect(keysOf(server, owner, `the ${index}th`)).toBe(index < 45 ? 1 : 0);
    expect(server.data.row('select count(*) as count from organization_members where user_id = ?', owner.user.user_id)!.count).toBe(16);
  });

  test('on one thing are done one after the other, and what is too much comes back', async () => {
    const owner = await Phone.signIn(server);
    const made = await run(server, owner.token, [{ operation: 'POST', endpoint: ORGANIZATIONS, data: { name: 'team' } }]);
    const path = `organizations/${made.results[0]!.data.id}`;
    const rename = (name: string): Operation => ({ operation: 'PATCH', endpoint: path, data: { name } });
    const operations = Array.from({ length: 20 }, (_, index) => rename(`name ${index}`));
    const device = randomUUID();
    const { results, cost } = await run(server, owner.token, operations, device);
    expect(statuses(results)).toEqual(operations.map((_, index) => (index < 12 ? 'applied' : 'retry')));
    expect(cost['d1.trips']).toBeLessThan(60);
    const again = await run(server, owner.token, operations, device);
    expect(statuses(again.results)).toEqual(operations.map((_, index) => (index < 12 ? 'duplicate' : 'applied')));
    const answer = await owner.fetch(`${ORGANIZATIONS}/${made.results[0]!.data.id}`);
    expect(await answer.json()).toMatchObject({ name: 'name 19' });
  });
});

describe('an operation', () => {
  test('may come with records, and may need them or be needed', async () => {
    const [good, bad] = [randomUUID(), randomUUID()];
    const { results } = await run(server, phone.token, [
      { operation: 'POST', endpoint: 'moods', data: { id: good, mood: 'fine' } },
      create('needs a record', { depends_on: [1] }),
      { operation: 'POST', endpoint: 'journals', data: { id: randomUUID(), title: 'needs both' }, depends_on: [2] },
      { operation: 'POST', endpoint: 'moods', data: { id: bad } },
      create('needs what fails', { depends_on: [4] }),
      create('needs that', { depends_on: [5] }),
      { operation: 'DELETE', endpoint: 'organizations/987654321' },
      { operation: 'POST', endpoint: 'moods', data: { id: bad, mood: 'x' }, depends_on: [7] },
      create('needs nothing'),
      create('needs its neighbor', { depends_on: [9] }),
    ]);
    expect(results.map(failed)).toEqual([
      ['applied', 201, undefined], ['applied', 201, undefined], ['applied', 201, undefined],
      ['rejected', 400, 'VALIDATION_ERROR'], ['rejected', 424, 'DEPENDENCY_FAILED'], ['rejected', 424, 'DEPENDENCY_FAILED'],
      ['rejected', 404, 'NOT_FOUND'], ['rejected', 424, 'DEPENDENCY_FAILED'],
      ['applied', 201, undefined], ['applied', 201, undefined],
    ]);
    expect([keysOf(server, phone, 'needs a record'), keysOf(server, phone, 'needs what fails')]).toEqual([1, 0]);
  });

  test('has the dialect of its path, and an error that says which field', async () => {
    const { results } = await run(server, phone.token, [
      { operation: 'POST', endpoint: '/v1/user/api-keys', data: {} },
      { operation: 'POST', endpoint: '/api/v1/user/api-keys', data: {} },
      { operation: 'POST', endpoint: '//api/v1/nowhere/' },
      { operation: 'DELETE', endpoint: API_KEYS },
      { operation: 'update', endpoint: `https://api.example.org${ORGANIZATIONS}/987654321` },
    ]);
    expect(results.map(failed)).toEqual([
      ['rejected', 422, 'VALIDATION_ERROR'], ['rejected', 400, 'VALIDATION_ERROR'], ['rejected', 404, 'NOT_FOUND'],
      ['rejected', 405, 'METHOD_NOT_ALLOWED'], ['rejected', expect.any(Number), expect.any(String)],
    ]);
    expect(results[0]!.error!.message).toContain('name: ');
    expect(results[4]!.http_status).not.toBe(405);
  });

  test('needs the scope that it needs outside', async () => {
    const created = await post(server, API_KEYS, { name: 'writer', scopes: ['read', 'upload'] }, { authorization: `Bearer ${phone.token}` });
    const writer = await logIn(server, ((await created.json()) as { key: string }).key);
    const { results } = await run(server, writer.access_token, [
      create('x'),
      { operation: 'POST', endpoint: ORGANIZATIONS, data: { name: 'mine' } },
      { operation: 'PATCH', endpoint: `admin/users/${phone.user.user_id}`, data: { role: 'admin' } },
    ]);
    expect(results.map(failed)).toEqual([['rejected', 403, 'AUTH_PERMISSION_DENIED'], ['applied', 201, undefined], ['rejected', 403, 'AUTH_PERMISSION_DENIED']]);
  });

  test('of an administrator is not done for a user, nor on what is somebody else’s', async () => {
    const boss = await Phone.signIn(server);
    const made = await run(server, boss.token, [{ operation: 'POST', endpoint: ORGANIZATIONS, data: { name: 'mine', is_public: false } }]);
    const { results } = await run(server, phone.token, [
      { operation: 'PATCH', endpoint: `admin/users/${phone.user.user_id}`, data: { role: 'admin' } },
      { operation: 'PATCH', endpoint: `organizations/${made.results[0]!.data.id}`, data: { name: 'stolen' } },
      create('beside'),
    ]);
    expect(results.map(failed)).toEqual([['rejected', 403, 'AUTH_PERMISSION_DENIED'], ['rejected', 404, 'NOT_FOUND'], ['applied', 201, undefined]]);
    expect(server.data.row('select role from users where id = ?', phone.user.user_id)!.role).toBe('user');
  });

  test('may be for nobody in particular', async () => {
    const account = { username: unique(), email: `${unique()}@example.org`, password: PASSWORD };
    const { results } = await run(server, phone.token, [{ operation: 'POST', endpoint: USERS, data: JSON.stringify(account) }]);
    expect(results[0]).toMatchObject({ status: 'applied', http_status: 201, data: { username: account.username } });
  });

  test('that reads, uploads, signs in or is a batch itself is refused with a reason', async () => {
    const nested = { operations: [{ id: 1, operation: 'POST', endpoint: 'moods', data: { mood: 'x' } }] };
    const { results } = await run(server, phone.token, [
      { operation: 'POST', endpoint: '/api/v1/rooms/upload', data: roomScan(boxRoom(3, 3, 2, 100)) },
      { operation: 'GET', endpoint: PROFILE },
      { operation: 'POST', endpoint: BATCH, data: nested },
      { operation: 'POST', endpoint: '//v1//outbox/batch', data: nested },
      { operation: 'POST', endpoint: 'auth/login', data: { api_key: phone.user.key, device_id: 'x' } },
      { operation: 'POST', endpoint: '/v1/auth/logout' },
      { operation: 'POST', endpoint: '', data: {} },
      create('beside'),
    ]);
    expect(results.map(failed)).toEqual([
      ['rejected', 415, 'UNSUPPORTED_MEDIA_TYPE'],
      ...Array.from({ length: 6 }, () => ['rejected', 400, 'VALIDATION_ERROR']),
      ['applied', 201, undefined],
    ]);
    expect(results[0]!.error!.message).toMatch(/batch/);
    expect(results[2]!.error!.message).toMatch(/cannot stand in a batch/);
  });

  test('that panics costs one verdict, and what needs it waits', async () => {
    const owner = await Phone.signIn(server);
    const operations = [create('before'), create('in time', { fault: 'panic' }), create('next', { depends_on: [2] }), create('after')];
    const device = randomUUID();
    const { results } = await run(server, owner.token, operations, device);
    expect(results.map(failed)).toEqual([
      ['applied', 201, undefined], ['retry', 500, 'SYSTEM_INTERNAL_ERROR'], ['retry', 503, undefined], ['applied', 201, undefined],
    ]);
    expect(keysOf(server, owner, 'in time')).toBe(0);
    const resent = operations.map((operation) => ({ ...operation, fault: undefined }));
    const again = await run(server, owner.token, resent, device);
    expect(statuses(again.results)).toEqual(['duplicate', 'applied', 'applied', 'duplicate']);
  });

  test('whose database fails costs one verdict, which says when to come back', async () => {
    const { results } = await run(server, phone.token, [create('one', { id: null }), create('two', { id: null, fault: 'database' })]);
    expect(results.map(({ status, http_status, retry_after }) => [status, http_status, retry_after])).toEqual([['applied', 201, undefined], ['retry', 503, 2]]);
  });

  test('that waits for something else than the database delays nobody', async () => {
    const owner = await Phone.signIn(server);
    const account = { username: unique(), email: `${unique()}@example.org`, password: PASSWORD };
    const operations = [{ operation: 'POST', endpoint: USERS, data: account }, ...Array.from({ length: 20 }, (_, index) => create(`quick ${index}`))];
    const { results, cost } = await run(server, owner.token, operations.map((operation) => ({ ...operation, id: null })));
    expect(statuses(results)).toEqual(operations.map(() => 'applied'));
    expect(cost['d1.trips']).toBeLessThanOrEqual(5);
  });

  test('has its budget: ordinary ones never make a batch wait, scarce ones stay scarce', async () => {
    const owner = await Phone.signIn(server);
    const many = Array.from({ length: 100 }, (_, index) => ({ operation: 'PATCH', endpoint: `organizations/${900_000 + index}`, data: { name: 'x' } }));
    for (let time = 0; time < 4; time += 1) for (const result of (await run(server, owner.token, many)).results) expect(failed(result)).toEqual(['rejected', 404, 'NOT_FOUND']);
    const exports = Array.from({ length: 12 }, () => ({ operation: 'POST', endpoint: `${USERS}/me/export` }));
    const { results } = await run(server, owner.token, exports);
    const late = results.filter(({ http_status }) => http_status === 429);
    expect(late).toHaveLength(7);
    for (const result of late) expect(result).toMatchObject({ status: 'retry', error: { code: 'SYSTEM_RATE_LIMITED' }, retry_after: expect.any(Number) });
  });
});

describe('a key', () => {
  test('is of the user, in a batch as outside', async () => {
    const [key, name] = [newKey(), randomUUID()];
    const outside = await phone.fetch(API_KEYS, { method: 'POST', headers: { 'content-type': 'application/json', [KEY]: key }, body: JSON.stringify({ name }) });
    const { results } = await run(server, phone.token, [create(name, { idempotency_key: key })]);
    expect(results[0]).toMatchObject({ status: 'duplicate', http_status: 201, data: await outside.json() });
    const { results: again } = await run(server, phone.token, [create(name, { idempotency_key: key })]);
    expect(again[0]).toMatchObject({ status: 'duplicate', http_status: 201, data: { name } });
    expect(keysOf(server, phone, name)).toBe(1);
  });

  test('that comes twice in one batch is carried out once', async () => {
    const [key, name] = [newKey(), randomUUID()];
    const { results } = await run(server, phone.token, Array.from({ length: 5 }, () => create(name, { idempotency_key: key })));
    expect(statuses(results).sort()).toEqual(['applied', 'duplicate', 'duplicate', 'duplicate', 'duplicate']);
    for (const { data } of results) expect(data).toEqual(results[0]!.data);
    expect(keysOf(server, phone, name)).toBe(1);
  });

  test('of a whole batch replays its answer, and never stands in its way', async () => {
    const [key, id] = [newKey(), randomUUID()];
    const body = { device_id: randomUUID(), operations: [create('in a batch with a key', { id: 1 }), { id: 2, operation: 'POST', endpoint: 'moods', data: { id, mood: 'x', note: 'y' } }] };
    const send = () => post(server, BATCH, body, { authorization: `Bearer ${phone.token}`, [KEY]: key });
    const first = await (await send()).json();
    const again = await send();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await again.json()).toEqual(first);
    // Nobody knows the answer any more: the operations know by themselves that they were carried out.
    await server.data.write('update idempotency_keys set answer = null, lease_until = 0 where key_hash = ?', rowOf(server, key, phone.user.user_id)!.key_hash);
    const { results } = (await (await send()).json()) as { results: Result[] };
    expect(statuses(results)).toEqual(['duplicate', 'duplicate']);
    expect(keysOf(server, phone, 'in a batch with a key')).toBe(1);
    // As long as batches may be, and longer than an answer that is kept.
    const long = { operations: Array.from({ length: 40 }, (_, index) => ({ id: index, operation: 'POST', endpoint: 'journals', data: { id: randomUUID(), content: 'x'.repeat(90_000) } })) };
    const [longKey, headers] = [newKey(), { authorization: `Bearer ${phone.token}` }];
    for (const status of ['applied', 'duplicate']) {
      const answer = await post(server, BATCH, { device_id: 'long', ...long }, { ...headers, [KEY]: longKey });
      expect(answer.status, await answer.clone().text()).toBe(200);
      expect(statuses(((await answer.json()) as { results: Result[] }).results)).toEqual(long.operations.map(() => status));
    }
  });
});

test('a session that has ended does nothing', async () => {
  const owner = await Phone.signIn(server);
  await server.accounts.revoke(owner.user.key_id);
  const operations = [create('a'), create('b', { idempotency_key: newKey() })].map((operation, index) => ({ id: index, ...operation }));
  await expectError(await post(server, BATCH, { operations }, { authorization: `Bearer ${owner.token}` }), 401, 'AUTH_TOKEN_INVALID');
  expect(keysOf(server, owner, 'a') + keysOf(server, owner, 'b')).toBe(0);
});

describe('on a server of its own', () => {
  let own: OwnServer;
  let owner: Phone;

  beforeAll(async () => {
    own = await startTestServer();
    owner = await Phone.signIn(own);
    await own.data.write("create trigger poison before insert on api_keys when new.name like 'poison%' begin select raise(abort, 'poisoned'); end");
  });
  afterAll(() => own?.stop());

  test('a poisonous operation fails alone, and the trips stay few', async () => {
    const operations = Array.from({ length: 32 }, (_, index) => create(index === 21 ? 'poison' : `healthy ${index}`, { id: null }));
    const { results, cost } = await run(own, owner.token, operations);
    results.forEach((result, index) => expect(failed(result)).toEqual(index === 21 ? ['retry', 503, 'SYSTEM_DATABASE_ERROR'] : ['applied', 201, undefined]));
    for (let index = 0; index < 32; index += 1) expect(keysOf(own, owner, `healthy ${index}`)).toBe(index === 21 ? 0 : 1);
    // What is known of the queue; all at once; then two halves on each of five levels.
    expect(cost['d1.trips']).toBe(12);
  });

  test('neither does one with an id take others along, and it may be sent again', async () => {
    owner = await Phone.signIn(own);
    const device = randomUUID();
    const operations = Array.from({ length: 8 }, (_, index) => create(index === 3 ? 'poison numbered' : `fine ${index}`));
    const first = await run(own, owner.token, operations, device);
    expect(statuses(first.results)).toEqual(operations.map((_, index) => (index === 3 ? 'retry' : 'applied')));
    await own.data.write('drop trigger poison');
    const again = await run(own, owner.token, operations, device);
    expect(statuses(again.results)).toEqual(operations.map((_, index) => (index === 3 ? 'applied' : 'duplicate')));
    for (let index = 0; index < 8; index += 1) expect(keysOf(own, owner, index === 3 ? 'poison numbered' : `fine ${index}`)).toBe(1);
  });

  test('when answers are forgotten verdicts are not', async () => {
    const device = randomUUID();
    const operations = [create('remembered'), found('remembered'), create('')];
    const before = await run(own, owner.token, operations, device);
    expect(statuses(before.results)).toEqual(['applied', 'applied', 'rejected']);
    await own.data.write('update idempotency_keys set created_at = 0');
    const later = await run(own, owner.token, operations, device);
    expect(later.results.map(({ status, data }) => [status, data])).toEqual([['duplicate', undefined], ['duplicate', undefined], ['rejected', undefined]]);
    expect(keysOf(own, owner, 'remembered')).toBe(1);
  });

  test('a power cut in a batch: sent again until it is through, each is done once', async () => {
    const keys = Array.from({ length: 20 }, () => newKey());
    const operations = keys.map((key, index) => create(`cut ${index}`, { id: index, idempotency_key: key, ...(index === 7 && { fault: 'hold-reserved' }) }));
    const lost = post(own, BATCH, { operations }, { authorization: `Bearer ${owner.token}` }).catch(() => null);
    await expect.poll(() => keysOf(own, owner, 'cut 0'), { timeout: 20_000, interval: 20 }).toBe(1);
    await own.restart();
    expect(await lost).toBeNull();
    expect(rowOf(own, keys[7]!, owner.user.user_id)).toBeDefined();
    owner = await Phone.of(own, owner.user);
    const { results } = await run(own, owner.token, operations.map((operation) => ({ ...operation, fault: undefined })));
    for (const { status } of results) expect(['applied', 'duplicate']).toContain(status);
    for (let index = 0; index < 20; index += 1) expect(keysOf(own, owner, `cut ${index}`)).toBe(1);
  }, 120_000);
});
