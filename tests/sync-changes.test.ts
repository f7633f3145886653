// Pulling what others did, what lost, and how it stands (CONTRACT 6.3, 6.4, 6.6).
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectError } from './support/envelope.ts';
import { timing } from './support/requests.ts';
import { Phone } from './support/rooms.ts';
import { sharedServer } from './support/server.ts';
import { send, type Json } from './support/sync.ts';

const server = sharedServer();
const CHANGES = '/api/v1/sync/changes';
const CONFLICTS = '/api/v1/sync/conflicts';
const ORGANIZATIONS = '/api/v1/organizations';

interface Change extends Json {
  collection: string;
  id: string;
  op: 'upsert' | 'delete';
  data?: Json;
}
interface Page {
  changes: Change[];
  cursor: string;
  has_more: boolean;
  reset: boolean;
}

let phone: Phone;

beforeAll(async () => {
  phone = await Phone.signIn(server);
});

const pull = async (query = '', as = phone): Promise<Page> => {
  const answer = await send(as, 'GET', `${CHANGES}${query}`);
  expect(answer.status, await answer.clone().text()).toBe(200);
  return (await answer.json()) as Page;
};
const write = async (path: string, body: unknown, method = 'POST', as = phone): Promise<Json> => {
  const answer = await send(as, method, path, body);
  expect(answer.ok, await answer.clone().text()).toBe(true);
  return answer.status === 204 ? {} : ((await answer.json()) as Json);
};
const names = ({ changes }: Page) => changes.map(({ op, id }) => `${op} ${id}`);

describe('a pull', () => {
  test('tells what changed since the last, each record once, deletions too', async () => {
    const owner = await Phone.signIn(server);
    const start = await pull('', owner);
    expect(start).toEqual({ changes: [], cursor: expect.any(String), has_more: false, reset: false });
    const [a, b] = [randomUUID(), randomUUID()];
    await write('/api/v1/moods', { id: a, mood: 'one' }, 'POST', owner);
    await write('/api/v1/goals', { id: b, title: 'two' }, 'POST', owner);
    await write(`/api/v1/moods/${a}`, { mood: 'three' }, 'PATCH', owner);
    const first = await pull(`?since=${start.cursor}`, owner);
    expect(names(first)).toEqual([`upsert ${b}`, `upsert ${a}`]);
    expect(first.changes[1]).toMatchObject({ collection: 'moods', data: { id: a, mood: 'three', user_id: owner.user.user_id } });
    await write(`/api/v1/goals/${b}`, undefined, 'DELETE', owner);
    const second = await pull(`?since=${first.cursor}`, owner);
    expect(second.changes).toEqual([{ collection: 'goals', id: b, op: 'delete', updated_at: expect.any(String) }]);
    expect((await pull(`?since=${second.cursor}`, owner)).changes).toEqual([]);
    // Who has nothing need not hear of what is gone.
    expect(names(await pull('', owner))).toEqual([`upsert ${a}`]);
  });

  test('comes in pages that can be resumed, and misses nothing that changes meanwhile', async () => {
    const owner = await Phone.signIn(server);
    const ids = Array.from({ length: 25 }, () => randomUUID());
    const operations = ids.map((id, index) => ({ id: index + 1, operation: 'POST', endpoint: 'moods', data: { id, mood: `mood ${index}` } }));
    await write('/api/v1/sync/batch', { device_id: 'd', operations }, 'POST', owner);
    const seen = new Map<string, Json>();
    let page: Page = { changes: [], cursor: '', has_more: true, reset: false };
    for (let turn = 0; page.has_more; turn += 1) {
      page = await pull(`?limit=4&fields=changed&since=${page.cursor}`, owner);
      expect(page.changes.length).toBeLessThanOrEqual(4);
      for (const { id, data } of page.changes) seen.set(id, { ...seen.get(id), ...data });
      if (turn === 1) await write(`/api/v1/moods/${ids[24]}`, { note: 'changed meanwhile' }, 'PATCH', owner);
      if (turn === 2) await write(`/api/v1/moods/${ids[0]}`, { note: 'changed meanwhile' }, 'PATCH', owner);
    }
    expect([...seen.keys()].sort()).toEqual([...ids].sort());
    expect(seen.get(ids[24]!)).toMatchObject({ mood: 'mood 24', note: 'changed meanwhile' });
    expect(seen.get(ids[0]!)).toMatchObject({ mood: 'mood 0', note: 'changed meanwhile' });
  });

  test('of a large collection comes in pages that are small enough, whatever the records are', { timeout: 60_000 }, async () => {
    const owner = await Phone.signIn(server);
    const ids = Array.from({ length: 2_520 }, () => randomUUID());
    // Every hundredth or so is as large as may be, and as bad to write.
    const data = (id: string, index: number) => (index % 105 === 7 ? { id, content: '\u0001'.repeat(99_000) } : { id, title: `entry ${index}` });
    for (let first = 0; first < ids.length; first += 100) {
      const some = ids.slice(first, first + 100);
      const operations = some.map((id, index) => ({ id: first + index + 1, operation: 'POST', endpoint: 'journals', data: data(id, first + index) }));
      expect(await write('/api/v1/sync/batch', { device_id: 'd', operations }, 'POST', owner)).toMatchObject({ applied: some.length });
    }
    const seen: string[] = [];
    let page: Page = { changes: [], cursor: '', has_more: true, reset: false };
    for (let turn = 0; page.has_more; turn += 1) {
      const answer = await send(owner, 'GET', `${CHANGES}?limit=1000&since=${page.cursor}`);
      const text = await answer.text();
      expect(text.length).toBeLessThan(2_000_000);
      expect(timing(answer)['d1.trips']).toBe(1);
      page = JSON.parse(text) as Page;
      seen.push(...page.changes.map(({ id }) => id));
      expect(page.changes.length).toBeGreaterThan(0);
      expect(turn).toBeLessThan(40);
    }
    expect(seen).toEqual(ids);
  });

  test('tells differences to who asks for them', async () => {
    const made = await write('/api/v1/moods', { mood: 'one', note: 'long' });
    const { cursor } = await pull();
    await write(`/api/v1/moods/${made.id}`, { mood: 'two' }, 'PATCH');
    const [change] = (await pull(`?since=${cursor}&fields=changed`)).changes;
    expect(change).toMatchObject({ id: made.id, is_partial: true });
    expect(change!.data).toEqual({ id: made.id, mood: 'two', updated_at: expect.any(String) });
    const [whole] = (await pull(`?since=${cursor}`)).changes;
    expect(whole!.data).toMatchObject({ mood: 'two', note: 'long' });
  });

  test('is limited to chosen collections', async () => {
    const { cursor } = await pull();
    await write('/api/v1/moods', { mood: 'x' });
    await write('/api/v1/goals', { title: 'x' });
    const page = await pull(`?since=${cursor}&collections=goals,journals`);
    expect(page.changes.map(({ collection }) => collection)).toEqual(['goals']);
    await expectError(await send(phone, 'GET', `${CHANGES}?collections=secrets`), 400, 'VALIDATION_ERROR');
  });

  test('begins anew after too long an absence, or when the database was set back', async () => {
    const { id } = await write('/api/v1/moods', { mood: 'kept' });
    for (const cursor of ['c1-1-1', 'cfffffff-fffffff-ffffff']) {
      const page = await pull(`?since=${cursor}&limit=1000`);
      expect(page.reset).toBe(true);
      expect(page.changes.map((change) => change.id)).toContain(id);
      expect(page.changes.every(({ op }) => op === 'upsert')).toBe(true);
    }
    for (const cursor of ['x', 'c1', 'c1-2-3', '-1']) await expectError(await send(phone, 'GET', `${CHANGES}?since=${cursor}`), 400, 'VALIDATION_ERROR');
  });

  test('where nothing changed costs a few rows and writes none', async () => {
    const { cursor } = await pull();
    const answer = await send(phone, 'GET', `${CHANGES}?since=${cursor}`);
    const cost = timing(answer);
    expect(cost['d1.trips']).toBe(1);
    // Session and user.
    expect(cost['d1.rows_read']).toBeLessThanOrEqual(2);
    expect(cost['d1.rows_written'] ?? 0).toBe(0);
  });

  test('goes on behind a batch if the phone had everything', async () => {
    const { cursor } = await pull();
    const operation = (id: number) => ({ id, operation: 'POST', endpoint: 'moods', data: { id: randomUUID(), mood: 'x' } });
    const device_id = randomUUID();
    const after = await write('/api/v1/sync/batch', { device_id, cursor, operations: [operation(1)] });
    expect((await pull(`?since=${after.cursor}`)).changes).toEqual([]);
    await write('/api/v1/moods', { mood: 'from elsewhere' });
    const behind = await write('/api/v1/sync/batch', { device_id, cursor: after.cursor, operations: [operation(2)] });
    expect(behind.cursor).toBe(after.cursor);
    expect((await pull(`?since=${behind.cursor}`)).changes).toHaveLength(2);
  });

  test('of somebody else tells nothing', async () => {
    await write('/api/v1/moods', { mood: 'a secret' });
    const stranger = await Phone.signIn(server);
    expect((await pull('', stranger)).changes).toEqual([]);
  });
});

describe('organizations', () => {
  test('appear and disappear with the membership', async () => {
    const [boss, member] = [await Phone.signIn(server), await Phone.signIn(server)];
    const { id } = (await write(ORGANIZATIONS, { name: 'Team' }, 'POST', boss)) as { id: number };
    expect((await pull('', boss)).changes).toEqual([
      { collection: 'organizations', id: String(id), op: 'upsert', updated_at: expect.any(String), data: { id, role: 'owner', joined_at: expect.any(String) } },
    ]);
    let { cursor } = await pull('', member);
    const news = async () => {
      const page = await pull(`?since=${cursor}&collections=organizations`, member);
      cursor = page.cursor;
      return page.changes.map(({ op, id: of, data }) => [op, of, data?.role]);
    };
    await write(`${ORGANIZATIONS}/${id}/join`, {}, 'POST', member);
    expect(await news()).toEqual([['upsert', String(id), 'member']]);
    await write(`${ORGANIZATIONS}/${id}/members/${member.user.user_id}`, { role: 'admin' }, 'PUT', boss);
    expect(await news()).toEqual([['upsert', String(id), 'admin']]);
    await write(`${ORGANIZATIONS}/${id}/members/${member.user.user_id}`, undefined, 'DELETE', boss);
    expect(await news()).toEqual([['delete', String(id), undefined]]);
    await write(`${ORGANIZATIONS}/${id}/join`, {}, 'POST', member);
    await write(ORGANIZATIONS + `/${id}`, undefined, 'DELETE', boss);
    expect(await news()).toEqual([['delete', String(id), undefined]]);
    expect(await news()).toEqual([]);
  });
});

describe('what lost', () => {
  const lose = async (): Promise<{ id: string; conflict: Json }> => {
    const id = randomUUID();
    await write('/api/v1/moods', { id, mood: 'new', updated_at: '2024-12-14T00:00:00Z' });
    for (let time = 0; time < 2; time += 1) await write('/api/v1/moods', { id, mood: 'old', note: 'mine', updated_at: '2024-12-13T00:00:00Z' });
    const { conflicts } = (await (await send(phone, 'GET', `${CONFLICTS}?limit=100`)).json()) as { conflicts: Json[] };
    const own = conflicts.filter(({ record_id }) => record_id === id);
    expect(own).toHaveLength(1);
    return { id, conflict: own[0]! };
  };

  test('is kept once, and can be brought back', async () => {
    const { id, conflict } = await lose();
    expect(conflict).toMatchObject({ collection: 'moods', operation: 'update', data: { mood: 'old', note: 'mine' } });
    const path = `${CONFLICTS}/${conflict.id}/resolve`;
    for (let time = 0; time < 2; time += 1) {
      const answer = await send(phone, 'POST', path, { resolution: 'restore' });
      expect(timing(answer)['d1.trips']).toBeLessThanOrEqual(2);
      expect(await answer.json()).toMatchObject({ id: conflict.id, record: { id, mood: 'old', note: 'mine' } });
    }
    expect(await write(`/api/v1/moods/${id}`, undefined, 'GET')).toMatchObject({ mood: 'old', note: 'mine' });
  });

  test('can be left', async () => {
    const { id, conflict } = await lose();
    await write(`${CONFLICTS}/${conflict.id}/resolve`, { resolution: 'keep' });
    expect(await write(`/api/v1/moods/${id}`, undefined, 'GET')).toMatchObject({ mood: 'new' });
    const { conflicts } = (await (await send(phone, 'GET', CONFLICTS)).json()) as { conflicts: Json[] };
    expect(conflicts.map((one) => one.id)).not.toContain(conflict.id);
    await expectError(await send(phone, 'POST', `${CONFLICTS}/${conflict.id}/resolve`, { resolution: 'fight' }), 400, 'VALIDATION_ERROR');
    const stranger = await Phone.signIn(server);
    await expectError(await send(stranger, 'POST', `${CONFLICTS}/${conflict.id}/resolve`, { resolution: 'keep' }), 404, 'NOT_FOUND');
  });
});

test('the status tells how it stands', async () => {
  const owner = await Phone.signIn(server);
  const device_id = randomUUID();
  const headers = { 'x-device-id': device_id };
  const status = async () => (await (await send(owner, 'GET', '/api/v1/sync/status', undefined, headers)).json()) as Json;
  expect(await status()).toMatchObject({ user_id: owner.user.user_id, device_id, last_sync_at: null, pending: 0, failed: 0, conflicts: 0, collections: { moods: { count: 0, last_modified: null } } });
  await write('/api/v1/sync/batch', { device_id, operations: [{ id: 1, operation: 'POST', endpoint: 'moods', data: { id: randomUUID(), mood: 'x' } }] }, 'POST', owner);
  const after = await status();
  expect(after).toMatchObject({ last_sync_at: expect.any(String), collections: { moods: { count: 1, last_modified: expect.any(String) }, goals: { count: 0 } } });
  expect((await pull(`?since=${after.cursor}`, owner)).changes).toEqual([]);
});
