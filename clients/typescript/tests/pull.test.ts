// What others did arrives once, whole, and in the same transaction as the cursor.
import { describe, expect, test } from 'vitest';
import { MemoryStore, type StoreChange } from '../src/index.ts';
import { FakeServer, error } from './fake-server.ts';
import { expectSettled, pass, play } from './support.ts';

const { close, open } = play();
const sinces = (server: FakeServer) => server.callsTo('/sync/changes').map(({ path }) => new URLSearchParams(path.split('?')[1]).get('since'));
const many = (server: FakeServer, count: number) => {
  for (let number = 0; number < count; number += 1) server.write('moods', `m${number}`, { mood: String(number) });
};

describe('a pull', () => {
  test('goes page by page, and from then on only for what is new', async () => {
    const server = new FakeServer();
    many(server, 25);
    const client = await open(server, { pageSize: 10 });
    await pass(1_000);
    expect(sinces(server)).toEqual([null, 'v10', 'v20']);
    expect(client.collection('moods').list()).toHaveLength(25);
    expect(client.status.isComplete).toBe(true);
    server.write('moods', 'm3', { mood: 'new' });
    server.write('moods', 'm4', null);
    await pass(31_000);
    expect(sinces(server).slice(3)).toEqual(['v25']);
    expect(client.collection('moods').get('m3')).toMatchObject({ mood: 'new' });
    expect(client.collection('moods').get('m4')).toBeUndefined();
    const [first, last] = [server.callsTo('/sync/changes')[0]!, server.callsTo('/sync/changes').at(-1)!];
    expect([first.path.includes('fields='), last.path.includes('fields=changed')]).toEqual([false, true]);
  });

  test('that was cut off goes on where it was, also after a restart', async () => {
    const [server, store] = [new FakeServer(), new MemoryStore()];
    many(server, 25);
    const client = await open(server, { store, pageSize: 10 });
    server.faults.push(() => undefined, 'lost');
    await pass(100);
    expect(client.collection('moods').list()).toHaveLength(10);
    expect(client.status.isComplete).toBe(false);
    await close(client);
    const again = await open(server, { store, pageSize: 10 });
    await pass(1_000);
    expect(sinces(server)).toEqual([null, 'v10', 'v10', 'v20']);
    expect(again.collection('moods').list()).toHaveLength(25);
  });

  test('stores a page and its cursor at once', async () => {
    const server = new FakeServer();
    many(server, 3);
    const writes: string[][] = [];
    const store = new (class extends MemoryStore {
      override write(changes: readonly StoreChange[]): Promise<void> {
        writes.push(changes.map(([key]) => key));
        return super.write(changes);
      }
    })();
    await open(server, { store });
    await pass(1_000);
    expect(writes.filter((keys) => keys.includes('sync/position'))).toEqual([['records/moods/m0', 'records/moods/m1', 'records/moods/m2', 'sync/position']]);
  });

  test('that brings nothing writes nothing', async () => {
    const server = new FakeServer();
    let writes = 0;
    const store = new (class extends MemoryStore {
      override write(changes: readonly StoreChange[]): Promise<void> {
        writes += 1;
        return super.write(changes);
      }
    })();
    await open(server, { store });
    await pass(1_000);
    const before = writes;
    await pass(300_000);
    expect(server.callsTo('/sync/changes').length).toBeGreaterThan(8);
    expect(writes).toBe(before);
  });

  test('of chosen collections begins anew when the choice changes', async () => {
    const [server, store] = [new FakeServer(), new MemoryStore()];
    server.write('moods', 'm', { mood: 'x' });
    server.write('goals', 'g', { title: 'x' });
    const client = await open(server, { store });
    await pass(1_000);
    await close(client);
    const choosy = await open(server, { store, collections: ['goals'] });
    await pass(1_000);
    expect(sinces(server).at(-1)).toBeNull();
    expect([choosy.collection('moods').list().length, choosy.collection('goals').list().length]).toEqual([0, 1]);
  });

  test('merges what is partial, and asks for all of what it lacks', async () => {
    const server = new FakeServer();
    server.write('moods', 'a', { mood: 'x', note: 'long' });
    const client = await open(server);
    await pass(1_000);
    const partial = (id: string) => Response.json({ changes: [{ collection: 'moods', id, op: 'upsert', is_partial: true, data: { id, mood: 'y' } }], cursor: 'v1', has_more: false, reset: false });
    server.faults.push(() => partial('a'));
    await pass(30_000);
    expect(client.collection('moods').get('a')).toMatchObject({ mood: 'y', note: 'long' });
    server.write('moods', 'b', { mood: 'z', note: 'whole' });
    server.faults.push(() => partial('b'));
    await pass(30_000);
    expect(client.collection('moods').get('b')).toMatchObject({ mood: 'z', note: 'whole' });
  });
});

describe('a cursor that is no good any more', () => {
  test('leads to everything anew; what is gone goes, but not before', async () => {
    for (const refuse of [(server: FakeServer) => server.faults.push(() => error(400, 'VALIDATION_ERROR', {}, [{ field: 'since', message: '', type: '' }])), (server: FakeServer) => server.faults.push(() => reset(server))]) {
      const server = new FakeServer();
      many(server, 25);
      const client = await open(server, { pageSize: 10 });
      await pass(1_000);
      server.forget('moods', 'm7');
      server.forget('moods', 'm24');
      refuse(server);
      await pass(29_000);
      const shown: number[] = [];
      client.listen(() => void shown.push(client.collection('moods').list().length));
      await pass(31_000);
      expect(client.collection('moods').list()).toHaveLength(23);
      expect(Math.min(...shown)).toBeGreaterThanOrEqual(23);
      expectSettled(client);
    }
  });

  /** The first page of everything, as after a long absence. */
  const reset = (server: FakeServer): Response => {
    const changes = ['m0', 'm1'].map((id) => ({ collection: 'moods', id, op: 'upsert', data: server.record('moods', id) }));
    return Response.json({ changes, cursor: 'v2', has_more: true, reset: true });
  };
});

describe('the view', () => {
  test('shows at once what was done here, over what the server told', async () => {
    const server = new FakeServer();
    server.write('goals', 'g', { title: 'run', current_value: 10 });
    const client = await open(server);
    await pass(1_000);
    server.isDown = true;
    const goals = client.collection<{ title?: string; current_value?: number }>('goals');
    await goals.add('g', 5);
    await goals.patch('g', { title: 'walk' });
    const { id } = await goals.put({ title: 'new' });
    expect(goals.get('g')).toMatchObject({ title: 'walk', current_value: 15 });
    expect(goals.get(id)).toMatchObject({ id, title: 'new' });
    expect([goals.isPending('g'), goals.list().length]).toEqual([true, 2]);
    await goals.delete(id);
    await goals.patch('missing', { title: 'x' });
    expect(goals.list()).toHaveLength(1);
    // What others do meanwhile shows under it.
    server.isDown = false;
    server.write('goals', 'g', { title: 'theirs', current_value: 100 });
    await pass(20_000);
    expect(goals.get('g')).toMatchObject({ title: 'walk', current_value: 105 });
    expect(goals.isPending('g')).toBe(false);
  });

  test('never goes back when a verdict comes', async () => {
    const server = new FakeServer();
    const client = await open(server);
    await pass(1_000);
    const goals = client.collection('goals');
    const values: unknown[] = [];
    client.listen((event) => void (event.type === 'record' && values.push(goals.get('g')?.current_value)));
    await goals.put({ id: 'g', title: 'run', current_value: 0 });
    for (let count = 0; count < 30; count += 1) {
      await goals.add('g', 1);
      await pass(7);
    }
    await pass(40_000);
    expect(values).toEqual([...values].sort((one, other) => Number(one) - Number(other)));
    expect(values.at(-1)).toBe(30);
  });

  test('goes on behind its own batches without a pull of them', async () => {
    const server = new FakeServer();
    const client = await open(server);
    await pass(1_000);
    await client.collection('moods').put({ id: 'a', mood: 'x' });
    await pass(1_000);
    await client.collection('moods').patch('a', { mood: 'y' });
    await pass(1_000);
    expect(server.callsTo('/sync/batch').map(({ body }) => body.cursor)).toEqual(['v0', 'v1']);
    expect(server.callsTo('/sync/batch')[1]!.body.operations[0].data.base).toBe('v1');
    expect(server.callsTo('/sync/changes')).toHaveLength(1);
    // Somebody else wrote: the batch does not hide it.
    server.write('moods', 'b', { mood: 'theirs' });
    await client.collection('moods').patch('a', { mood: 'z' });
    await pass(100);
    expect(client.collection('moods').list()).toHaveLength(2);
  });
});

test('what lost can be listed and brought back', async () => {
  const server = new FakeServer();
  const client = await open(server);
  await pass(1_000);
  expect(await client.conflicts.list()).toEqual([{ id: 'c1' }]);
  const pulls = server.callsTo('/sync/changes').length;
  expect(await client.conflicts.resolve('c1', 'restore')).toMatchObject({ resolution: 'restore' });
  await pass(10);
  expect(server.callsTo('/sync/changes')).toHaveLength(pulls + 1);
});
