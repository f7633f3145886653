// Requests inside a request: they take the same way as those from outside, and what they ask the
// database travels together. Through a route that exists for tests only.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectEnvelope, expectError, type Envelope } from './support/envelope.ts';
import { KEY, newKey, rowOf } from './support/keyed.ts';
import { PASSWORD, PICTURES, USERS, bytes, unique } from './support/people.ts';
import { API_KEYS, PROFILE, logIn, post, timing } from './support/requests.ts';
import { Phone, boxRoom, roomScan } from './support/rooms.ts';
import { sharedServer, startTestServer, type OwnServer, type Server } from './support/server.ts';

const BATCH = '/api/v1/faults/batch';
const server = sharedServer();

interface Operation {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
}

interface Outcome {
  status: number;
  headers: Record<string, string>;
  body: any;
}

/** Runs lanes side by side; the operations of a lane one after the other. */
async function run(where: Server, token: string, lanes: Operation[][], headers: Record<string, string> = {}): Promise<{ outcomes: Outcome[][]; cost: Record<string, number> }> {
  const answer = await post(where, BATCH, lanes, { authorization: `Bearer ${token}`, ...headers });
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  const outcomes = JSON.parse(text) as Outcome[][];
  expect(outcomes.map((lane) => lane.length)).toEqual(lanes.map((lane) => lane.length));
  return { outcomes, cost: timing(answer) };
}

const create = (name: string, headers: Record<string, string> = {}): Operation => ({ method: 'POST', path: API_KEYS, headers, body: { name } });
const keysOf = (where: Server, owner: Phone, name: string): number => where.data.row('select count(*) as count from api_keys where user_id = ? and name = ?', owner.user.user_id, name)!.count;
const failed = (outcome: Outcome, status: number, code: string): void => {
  expectEnvelope(outcome.body as Envelope);
  expect([outcome.status, outcome.body.error.code]).toEqual([status, code]);
};

let phone: Phone;
beforeAll(async () => {
  phone = await Phone.signIn(server);
});

describe('a hundred operations', () => {
  test('take the trips of one, and ask for the session once', async () => {
    const owner = await Phone.signIn(server);
    const alone = await post(server, API_KEYS, { name: 'alone' }, { authorization: `Bearer ${owner.token}` });
    const names = Array.from({ length: 40 }, (_, index) => `many ${index}`);
    const reads = Array.from({ length: 60 }, () => [{ method: 'GET', path: PROFILE }]);
    const { outcomes, cost } = await run(server, owner.token, [...names.map((name) => [create(name)]), ...reads]);
    const created = outcomes.flat().slice(0, 40);
    expect(created.map(({ status }) => status)).toEqual(names.map(() => 201));
    expect(created.map(({ body }) => body.name)).toEqual(names);
    expect(new Set(created.map(({ body }) => body.key)).size).toBe(40);
    for (const { status, body } of outcomes.flat().slice(40)) expect([status, body.user_id]).toEqual([200, owner.user.user_id]);
    expect(cost['d1.trips']).toBe(timing(alone)['d1.trips']);
    expect(cost['d1.rows_written']).toBe(40 * timing(alone)['d1.rows_written']!);
    for (const name of names) expect(keysOf(server, owner, name)).toBe(1);
  });

  test('with a key each take two trips more, once; and one when they come again', async () => {
    const owner = await Phone.signIn(server);
    const lanes = Array.from({ length: 40 }, (_, index) => [create(`keyed ${index}`, { [KEY]: newKey() })]);
    const first = await run(server, owner.token, lanes);
    expect(first.outcomes.flat().map(({ status }) => status)).toEqual(lanes.map(() => 201));
    expect(first.cost['d1.trips']).toBe(3);
    const again = await run(server, owner.token, lanes);
    expect(again.outcomes.flat().map(({ body }) => body)).toEqual(first.outcomes.flat().map(({ body }) => body));
    expect(again.outcomes.flat().map(({ headers }) => headers['idempotency-replayed'])).toEqual(lanes.map(() => 'true'));
    expect(again.cost).toMatchObject({ 'd1.trips': 1, 'd1.rows_written': 0 });
    for (let index = 0; index < 40; index += 1) expect(keysOf(server, owner, `keyed ${index}`)).toBe(1);
  });

  test('of many lanes and steps are all answered, each in its place', async () => {
    const owner = await Phone.signIn(server);
    const lanes = Array.from({ length: 12 }, (_, lane) => Array.from({ length: 1 + (lane % 4) }, (_, step) => create(`${lane}.${step}`)));
    const { outcomes, cost } = await run(server, owner.token, lanes);
    outcomes.forEach((lane, index) => lane.forEach(({ status, body }, step) => expect([status, body.name]).toEqual([201, `${index}.${step}`])));
    expect(cost['d1.trips']).toBeLessThanOrEqual(6);
  });
});

describe('an operation', () => {
  test('has the dialect of its path and the envelope of every error', async () => {
    const { outcomes } = await run(server, phone.token, [
      [{ method: 'POST', path: '/v1/user/api-keys', body: {} }],
      [{ method: 'POST', path: '/api/v1/user/api-keys', body: {} }],
      [{ method: 'POST', path: '/api/user/api-keys', body: {} }],
      [{ method: 'GET', path: '//api/v1/nowhere/' }],
      [{ method: 'PUT', path: API_KEYS, body: {} }],
      [{ method: 'GET', path: `${PROFILE}?x=1` }],
    ]);
    const [v1, api, scans, nowhere, method, profile] = outcomes.map(([outcome]) => outcome!);
    failed(v1!, 422, 'VALIDATION_ERROR');
    failed(api!, 400, 'VALIDATION_ERROR');
    expect(scans!.body.statusCode).toBe(400);
    failed(nowhere!, 404, 'NOT_FOUND');
    failed(method!, 405, 'METHOD_NOT_ALLOWED');
    expect(profile!).toMatchObject({ status: 200, body: { user_id: phone.user.user_id } });
  });

  test('is done by the caller of the batch, whatever it says itself', async () => {
    const stranger = await Phone.signIn(server);
    const { outcomes } = await run(server, stranger.token, [[{ method: 'GET', path: PROFILE, headers: { authorization: `Bearer ${phone.token}` } }]]);
    expect(outcomes[0]![0]!.body.user_id).toBe(stranger.user.user_id);
  });

  test('needs the scope that it needs outside', async () => {
    const created = await post(server, API_KEYS, { name: 'reader', scopes: ['read'] }, { authorization: `Bearer ${phone.token}` });
    const reader = await logIn(server, ((await created.json()) as { key: string }).key);
    const { outcomes } = await run(server, reader.access_token, [[create('x')], [{ method: 'GET', path: PROFILE }], [{ method: 'GET', path: '/api/v1/admin/users' }]]);
    failed(outcomes[0]![0]!, 403, 'AUTH_PERMISSION_DENIED');
    expect(outcomes[1]![0]!.status).toBe(200);
    failed(outcomes[2]![0]!, 403, 'AUTH_PERMISSION_DENIED');
  });

  test('of an administrator is not done for a user', async () => {
    const { outcomes } = await run(server, phone.token, [[{ method: 'GET', path: '/api/v1/admin/users' }], [create('beside')]]);
    failed(outcomes[0]![0]!, 403, 'AUTH_PERMISSION_DENIED');
    expect(outcomes[1]![0]!.status).toBe(201);
  });

  test('may be for nobody in particular', async () => {
    const account = { username: unique(), email: `${unique()}@example.org`, password: PASSWORD };
    const { outcomes } = await run(server, phone.token, [[{ method: 'POST', path: USERS, body: account }], [{ method: 'GET', path: '/api/v1/organizations' }]]);
    expect(outcomes.map(([outcome]) => outcome!.status)).toEqual([201, 200]);
  });

  test('that uploads, downloads or is a batch itself is refused', async () => {
    await phone.fetch(`${USERS}/me/avatar`, { method: 'POST', body: bytes(PICTURES.png), headers: { 'content-type': 'image/png' } });
    const { outcomes } = await run(server, phone.token, [
      [{ method: 'POST', path: '/api/v1/rooms/upload', body: roomScan(boxRoom(3, 3, 2, 100)) }],
      [{ method: 'GET', path: `${USERS}/${phone.user.user_id}/avatar` }],
      [{ method: 'POST', path: BATCH, body: [] }],
      [create('beside')],
    ]);
    failed(outcomes[0]![0]!, 415, 'UNSUPPORTED_MEDIA_TYPE');
    failed(outcomes[1]![0]!, 400, 'VALIDATION_INVALID_FORMAT');
    failed(outcomes[2]![0]!, 400, 'VALIDATION_INVALID_FORMAT');
    expect(outcomes[3]![0]!.status).toBe(201);
  });

  test('that panics costs one answer', async () => {
    const owner = await Phone.signIn(server);
    const { outcomes } = await run(server, owner.token, [[create('before')], [create('never', { 'x-fault': 'panic' }), create('next')], [create('after')]]);
    expect(outcomes.flat().map(({ status }) => status)).toEqual([201, 500, 201, 201]);
    failed(outcomes[1]![0]!, 500, 'SYSTEM_INTERNAL_ERROR');
    expect(keysOf(server, owner, 'never')).toBe(0);
  });

  test('whose database fails costs one answer', async () => {
    const { outcomes } = await run(server, phone.token, [[create('one')], [create('two', { 'x-fault': 'database' })]]);
    expect(outcomes.flat().map(({ status, headers }) => [status, headers['retry-after']])).toEqual([[201, undefined], [503, '2']]);
  });

  test('that waits for something else than the database delays nobody', async () => {
    const owner = await Phone.signIn(server);
    const account = { username: unique(), email: `${unique()}@example.org`, password: PASSWORD };
    const lanes = [[{ method: 'POST', path: USERS, body: account }], ...Array.from({ length: 20 }, (_, index) => [create(`quick ${index}`)])];
    const { outcomes, cost } = await run(server, owner.token, lanes);
    expect(outcomes.flat().every(({ status }) => status === 201)).toBe(true);
    expect(cost['d1.trips']).toBeLessThanOrEqual(4);
  });

  test('has its budget: ordinary ones never make a batch wait, scarce ones stay scarce', async () => {
    const owner = await Phone.signIn(server);
    const many = Array.from({ length: 400 }, () => [{ method: 'GET', path: PROFILE }]);
    const { outcomes } = await run(server, owner.token, many);
    expect(outcomes.flat().every(({ status }) => status === 200)).toBe(true);
    const exports = Array.from({ length: 12 }, () => [{ method: 'POST', path: `${USERS}/me/export` }]);
    const { outcomes: started } = await run(server, owner.token, exports);
    expect(started.flat().filter(({ status }) => status === 429)).toHaveLength(7);
  });
});

describe('a key', () => {
  test('is of the user, in a batch as outside', async () => {
    const [key, name] = [newKey(), randomUUID()];
    const outside = await phone.fetch(API_KEYS, { method: 'POST', headers: { 'content-type': 'application/json', [KEY]: key }, body: JSON.stringify({ name }) });
    const { outcomes } = await run(server, phone.token, [[create(name, { [KEY]: key })], [create('other', { [KEY]: key })]]);
    expect(outcomes[0]![0]).toMatchObject({ status: 201, body: (await outside.json()) as object, headers: { 'idempotency-replayed': 'true' } });
    failed(outcomes[1]![0]!, 409, 'IDEMPOTENCY_CONFLICT');
    expect(keysOf(server, phone, name)).toBe(1);
  });

  test('that comes twice in one batch is carried out once', async () => {
    const [key, name] = [newKey(), randomUUID()];
    const { outcomes } = await run(server, phone.token, Array.from({ length: 5 }, () => [create(name, { [KEY]: key })]));
    const all = outcomes.flat();
    for (const { status, body } of all) expect([status, body]).toEqual([201, all[0]!.body]);
    expect(all.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(4);
    expect(keysOf(server, phone, name)).toBe(1);
  });
});

test('a session that has ended does nothing', async () => {
  const owner = await Phone.signIn(server);
  await server.accounts.revoke(owner.user.key_id);
  const { outcomes } = await run(server, owner.token, [[create('a')], [create('b', { [KEY]: newKey() })], [{ method: 'GET', path: PROFILE }]]);
  for (const outcome of outcomes.flat()) failed(outcome, 401, 'AUTH_TOKEN_INVALID');
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
    const lanes = Array.from({ length: 32 }, (_, index) => [create(index === 21 ? 'poison' : `healthy ${index}`)]);
    const { outcomes, cost } = await run(own, owner.token, lanes);
    outcomes.forEach(([outcome], index) => expect(outcome!.status).toBe(index === 21 ? 503 : 201));
    failed(outcomes[21]![0]!, 503, 'SYSTEM_DATABASE_ERROR');
    for (let index = 0; index < 32; index += 1) expect(keysOf(own, owner, `healthy ${index}`)).toBe(index === 21 ? 0 : 1);
    // All at once, then two halves on each of five levels.
    expect(cost['d1.trips']).toBe(11);
  });

  test('neither does one with a key take others along, and it may be sent again', async () => {
    owner = await Phone.signIn(own);
    const keys = Array.from({ length: 8 }, () => newKey());
    const lanes = keys.map((key, index) => [create(index === 3 ? 'poison keyed' : `fine ${index}`, { [KEY]: key })]);
    const first = await run(own, owner.token, lanes);
    expect(first.outcomes.flat().map(({ status }) => status)).toEqual(keys.map((_, index) => (index === 3 ? 503 : 201)));
    expect(rowOf(own, keys[3]!, owner.user.user_id)).toBeUndefined();
    await own.data.write('drop trigger poison');
    const again = await run(own, owner.token, lanes);
    expect(again.outcomes.flat().map(({ status, headers }) => [status, headers['idempotency-replayed']])).toEqual(keys.map((_, index) => [201, index === 3 ? undefined : 'true']));
    for (let index = 0; index < 8; index += 1) expect(keysOf(own, owner, index === 3 ? 'poison keyed' : `fine ${index}`)).toBe(1);
  });

  test('a power cut in a batch of keyed operations: sent again until it is through, each is done once', async () => {
    const lanes = Array.from({ length: 20 }, (_, index) => [create(`cut ${index}`, { [KEY]: newKey(), ...(index === 7 && { 'x-fault': 'hold-reserved' }) })]);
    const lost = post(own, BATCH, lanes, { authorization: `Bearer ${owner.token}` }).catch(() => null);
    await expect.poll(() => keysOf(own, owner, 'cut 0'), { timeout: 20_000, interval: 20 }).toBe(1);
    await own.restart();
    expect(await lost).toBeNull();
    owner = await Phone.of(own, owner.user);
    const resent = lanes.map(([operation]) => [{ ...operation!, headers: { [KEY]: operation!.headers![KEY]! } }]);
    const { outcomes } = await run(own, owner.token, resent);
    for (const { status, body } of outcomes.flat()) if (status !== 201) expect(body.error.code).toBe('IDEMPOTENCY_ANSWER_LOST');
    for (let index = 0; index < 20; index += 1) expect(keysOf(own, owner, `cut ${index}`)).toBe(1);
  }, 120_000);

  test('the route of these tests is nowhere without faults', async () => {
    await own.restart({ FAULTS: 'off' });
    await expectError(await post(own, BATCH, [], { authorization: `Bearer ${owner.token}` }), 404, 'NOT_FOUND');
  }, 60_000);
});
