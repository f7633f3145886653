// Moods, journals and goals one by one: what the outboxes of existing apps expect (CONTRACT M1 to M8,
// 6.6, 6.7).
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectError } from './support/envelope.ts';
import { post, timing } from './support/requests.ts';
import { Phone } from './support/rooms.ts';
import { sharedServer } from './support/server.ts';
import { send, type Json } from './support/sync.ts';

const server = sharedServer();
const MOODS = '/api/v1/moods';
const GOALS = '/api/v1/goals';

const mood = (over: Json = {}): Json => ({
  id: randomUUID(), date: '2024-12-13T10:30:00Z', mood: 'happy', note: 'sun', created_at: '2024-12-13T10:30:00Z', updated_at: '2024-12-13T10:30:00Z', ...over,
});

let phone: Phone;
let other: Phone;

beforeAll(async () => {
  phone = await Phone.signIn(server);
  other = await Phone.signIn(server);
});

const ask = async (method: string, path: string, body?: unknown, status = 200, as = phone): Promise<Json> => {
  const answer = await send(as, method, path, body);
  expect(answer.status, await answer.clone().text()).toBe(status);
  return status === 204 ? {} : ((await answer.json()) as Json);
};

describe('a mood', () => {
  test('is created once, and the same again is a replay', async () => {
    const one = mood();
    const created = await ask('POST', MOODS, one, 201);
    expect(created).toEqual({ ...one, user_id: phone.user.user_id });
    expect(await ask('POST', MOODS, one)).toEqual(created);
    expect(await ask('GET', `${MOODS}/${one.id}`)).toEqual(created);
  });

  test('is overwritten by what is newer, and not by what is older', async () => {
    const one = mood();
    await ask('POST', MOODS, one, 201);
    const newer = await ask('POST', MOODS, { ...one, mood: 'sad', updated_at: '2024-12-13T11:00:00Z' });
    expect(newer).toMatchObject({ mood: 'sad', updated_at: '2024-12-13T11:00:00Z' });
    const older = await ask('PUT', `${MOODS}/${one.id}`, { ...one, mood: 'angry', updated_at: '2024-12-13T10:45:00Z' });
    expect(older).toEqual(newer);
    // The first, resent late, is no conflict: it was written once.
    expect(await ask('POST', MOODS, one)).toEqual(newer);
    const { conflicts } = await ask('GET', '/api/v1/sync/conflicts');
    const own = (conflicts as Json[]).filter(({ record_id }) => record_id === one.id);
    expect(own).toHaveLength(1);
    expect(own[0]).toMatchObject({ collection: 'moods', operation: 'update', data: { mood: 'angry' }, written_at: '2024-12-13T10:45:00Z' });
  });

  test('is deleted whether or not it is there, and a late creation does not bring it back', async () => {
    const one = mood();
    await ask('DELETE', `${MOODS}/${one.id}`, undefined, 204);
    await ask('DELETE', `${MOODS}/${one.id}`, undefined, 204);
    const late = await ask('POST', MOODS, one);
    expect(late).toMatchObject({ id: one.id, deleted_at: expect.any(String) });
    await expectError(await send(phone, 'GET', `${MOODS}/${one.id}`), 404, 'NOT_FOUND');
    await expectError(await send(phone, 'PATCH', `${MOODS}/${one.id}`, { note: 'x' }), 404, 'NOT_FOUND');
    const later = await ask('POST', MOODS, { ...one, updated_at: new Date(Date.now() + 60_000).toISOString() }, 201);
    expect(later).not.toHaveProperty('deleted_at');
  });

  test('is changed in part', async () => {
    const one = mood();
    await ask('POST', MOODS, one, 201);
    const changed = await ask('PATCH', `${MOODS}/${one.id}`, { note: null });
    expect(changed).toMatchObject({ mood: 'happy', note: null });
    expect(changed.updated_at).not.toBe(one.updated_at);
    await expectError(await send(phone, 'PATCH', `${MOODS}/${randomUUID()}`, { note: 'x' }), 404, 'NOT_FOUND');
    await expectError(await send(phone, 'PATCH', `${MOODS}/${one.id}`, { mood: null }), 400, 'VALIDATION_ERROR');
  });

  test('may be written without an id, a date or a time', async () => {
    const made = await ask('POST', MOODS, { mood: 'calm' }, 201);
    expect(made).toMatchObject({ mood: 'calm', note: null, date: made.created_at });
    const put = await ask('PUT', `${MOODS}/${made.id}`, { mood: 'wild' });
    expect(put).toMatchObject({ id: made.id, mood: 'wild' });
    const id = randomUUID();
    await ask('PUT', `${MOODS}/${id}`, { mood: 'new' }, 201);
    await expectError(await send(phone, 'PUT', `${MOODS}/${id}`, { id: randomUUID(), mood: 'new' }), 400, 'VALIDATION_ERROR');
  });

  test('with a base changes only what its writer changed', async () => {
    const one = mood({ mood: 'a', note: 'b' });
    const created = await ask('POST', MOODS, one, 201);
    await ask('PATCH', `${MOODS}/${one.id}`, { mood: 'changed elsewhere', updated_at: '2024-12-13T11:00:00Z' });
    const merged = await ask('PUT', `${MOODS}/${one.id}`, { ...one, note: 'changed here', updated_at: '2024-12-13T12:00:00Z', base_updated_at: created.updated_at });
    expect(merged).toMatchObject({ mood: 'changed elsewhere', note: 'changed here' });
  });

  test('of somebody else is neither seen nor touched', async () => {
    const one = mood({ note: 'secret' });
    const created = await ask('POST', MOODS, one, 201);
    await expectError(await send(other, 'POST', MOODS, one), 409, 'CONFLICT');
    await expectError(await send(other, 'PUT', `${MOODS}/${one.id}`, one), 409, 'CONFLICT');
    await expectError(await send(other, 'PATCH', `${MOODS}/${one.id}`, { note: 'x' }), 404, 'NOT_FOUND');
    await expectError(await send(other, 'GET', `${MOODS}/${one.id}`), 404, 'NOT_FOUND');
    await ask('DELETE', `${MOODS}/${one.id}`, undefined, 204, other);
    expect(await ask('GET', `${MOODS}/${one.id}`)).toEqual(created);
    await expectError(await send(phone, 'POST', MOODS, mood({ user_id: other.user.user_id })), 403, 'AUTH_PERMISSION_DENIED');
    await ask('POST', MOODS, mood({ userId: phone.user.user_id }), 201);
  });

  test.each([
    [{}, ['mood']],
    [{ mood: '' }, ['mood']],
    [{ mood: 'x'.repeat(65) }, ['mood']],
    [{ mood: 7, note: [], date: 'yesterday' }, ['date', 'mood', 'note']],
    [{ mood: 'x', updated_at: 12 }, ['updated_at']],
    [{ mood: 'x', id: 'a/b' }, ['id']],
    [{ mood: 'x', note: 'n'.repeat(10_001) }, ['note']],
  ])('%j is refused', async (body, fields) => {
    const { error } = await expectError(await send(phone, 'POST', MOODS, body), 400, 'VALIDATION_ERROR');
    expect(error.details!.map(({ field }) => field).sort()).toEqual(fields);
  });

  test('clocks far ahead count as now', async () => {
    const made = await ask('POST', MOODS, mood({ updated_at: '2199-01-01T00:00:00Z' }), 201);
    expect(Math.abs(Date.parse(made.updated_at as string) - Date.now())).toBeLessThan(60_000);
  });
});

describe('journals and goals', () => {
  test('take camelCase keys and seconds since 2001, as Swift’s stock encoder sends them', async () => {
    const id = randomUUID().toUpperCase();
    const journal = { id, userId: phone.user.user_id, title: 'A day', content: 'long', moodId: null, tags: ['a', 'b'], date: 755_778_600.25, createdAt: 755_778_600, updatedAt: 755_778_600 };
    const made = await ask('POST', '/api/v1/journals', journal, 201);
    expect(made).toEqual({
      id, user_id: phone.user.user_id, title: 'A day', content: 'long', mood_id: null, tags: ['a', 'b'],
      date: '2024-12-13T10:30:00Z', created_at: '2024-12-13T10:30:00Z', updated_at: '2024-12-13T10:30:00Z',
    });
    expect(await ask('GET', `/api/v1/journal/${id}`)).toEqual(made);
    const list = await ask('GET', '/api/v1/journal');
    expect((list.journals as Json[]).map((one) => one.id)).toContain(id);
    await ask('DELETE', `/api/v1/journals/${id}`, undefined, 204);
  });

  test('a goal has its defaults and its choices', async () => {
    const made = await ask('POST', GOALS, { title: 'Run' }, 201);
    expect(made).toMatchObject({ title: 'Run', status: 'active', current_value: null, target_date: null });
    await ask('PATCH', `${GOALS}/${made.id}`, { status: 'completed' });
    await expectError(await send(phone, 'PATCH', `${GOALS}/${made.id}`, { status: 'done' }), 400, 'VALIDATION_ERROR');
  });

  test('progress adds up, once for each id, however many come at the same time', async () => {
    const { id } = await ask('POST', GOALS, { title: 'Run', target_value: 100 }, 201);
    const path = `${GOALS}/${id}/progress`;
    const steps = Array.from({ length: 12 }, (_, index) => ({ amount: index + 1, id: randomUUID() }));
    const answers = await Promise.all([...steps, ...steps].map((step) => send(phone, 'POST', path, step)));
    for (const answer of answers) expect(answer.status, await answer.clone().text()).toBe(200);
    for (const step of steps) await ask('POST', path, step);
    expect(await ask('GET', `${GOALS}/${id}`)).toMatchObject({ current_value: 78 });
    await expectError(await send(phone, 'POST', path, {}), 400, 'VALIDATION_ERROR');
    await expectError(await send(phone, 'POST', `${GOALS}/${randomUUID()}/progress`, { amount: 1 }), 404, 'NOT_FOUND');
  });
});

describe('a list', () => {
  let owner: Phone;
  const ids: string[] = [];

  beforeAll(async () => {
    owner = await Phone.signIn(server);
    for (let day = 1; day <= 9; day += 1) {
      const one = mood({ date: `2024-01-0${day}T12:00:00Z`, updated_at: `2024-01-0${day}T12:00:00Z` });
      await ask('POST', MOODS, one, 201, owner);
      ids.unshift(one.id as string);
    }
    await ask('POST', GOALS, { title: 'not a mood' }, 201, owner);
    await ask('DELETE', `${MOODS}/${ids.pop()}`, undefined, 204, owner);
  });

  const list = async (query = '') => {
    const { moods, pagination } = (await ask('GET', `${MOODS}${query}`, undefined, 200, owner)) as { moods: Json[]; pagination: Json };
    return { ids: moods.map(({ id }) => id), pagination };
  };

  test('shows what changed last first, in both styles of paging', async () => {
    expect((await list()).ids).toEqual(ids);
    expect(await list('?page=2&per_page=3')).toEqual({ ids: ids.slice(3, 6), pagination: { page: 2, per_page: 3, total: 8 } });
    expect(await list('?limit=3&offset=3')).toEqual({ ids: ids.slice(3, 6), pagination: { page: 2, per_page: 3, total: 8 } });
  });

  test('is filtered by date and by when something was written', async () => {
    expect((await list('?from=2024-01-03T12:00:00Z&to=2024-01-05T12:00:00Z')).ids).toEqual(ids.slice(4, 7));
    expect((await list('?from=2024-01-08&to=2024-01-09')).ids).toEqual(ids.slice(0, 2));
    const since = new Date(Date.now() + 1000).toISOString();
    expect((await list(`?updated_since=${since}`)).ids).toEqual([]);
    expect((await list('?updated_since=2024-01-01T00:00:00Z')).ids).toHaveLength(8);
    await expectError(await send(owner, 'GET', `${MOODS}?from=soon`), 400, 'VALIDATION_ERROR');
  });

  test('is bare under /v1', async () => {
    expect(await ask('GET', '/v1/moods', undefined, 200, owner)).toHaveLength(8);
  });
});

describe('cost', () => {
  const costs = async (answer: Response) => {
    await answer.arrayBuffer();
    const { 'd1.trips': trips, 'd1.rows_written': written } = timing(answer) as Record<string, number>;
    return { trips, written };
  };

  test('a write makes two trips, a read one', async () => {
    const one = mood();
    const created = await costs(await send(phone, 'POST', MOODS, one));
    expect(created.trips).toBe(2);
    expect((await costs(await send(phone, 'POST', MOODS, one))).trips).toBe(1);
    expect((await costs(await send(phone, 'GET', MOODS))).trips).toBe(1);
    expect((await costs(await send(phone, 'GET', `${MOODS}/${one.id}`))).trips).toBe(1);
    expect((await costs(await send(phone, 'DELETE', `${MOODS}/${one.id}`))).trips).toBe(2);
  });
});

describe('the key of the app', () => {
  test('is not wanted while there is none, and must be good where it is sent', async () => {
    const answer = await send(phone, 'GET', MOODS, undefined, { 'x-api-key': 'nonsense' });
    await expectError(answer, 401, 'AUTH_API_KEY_INVALID');
    expect((await send(phone, 'GET', MOODS)).status).toBe(200);
    await expectError(await post(server, '/api/v1/auth/login', {}, { 'x-api-key': 'nonsense' }), 401, 'AUTH_API_KEY_INVALID');
  });
});
