// Operations reach the server once each, in order, whatever the network does.
import { describe, expect, test } from 'vitest';
import { MemoryStore, type ClientEvent, type StoreChange, type Verdict } from '../src/index.ts';
import { fullJitter } from '../src/backoff.ts';
import { FakeServer, error } from './fake-server.ts';
import { START, expectSettled, pass, play } from './support.ts';

const { close, open } = play();
const backoff = { baseMs: 1_000, capMs: 8_000 };
const batches = (server: FakeServer): number[][] => server.callsTo('/sync/batch').map(({ body }) => body.operations.map(({ id }: { id: number }) => id));
const rejected = { status: 'rejected', http_status: 400, error: { code: 'VALIDATION_ERROR', message: 'no' } } satisfies Partial<Verdict>;

test('waits are between nothing and a bound that doubles', () => {
  const bounds = [1, 2, 3, 4, 5, 99].map((failures) => fullJitter(backoff, failures, () => 1));
  expect(bounds).toEqual([1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
  expect(fullJitter(backoff, 3, () => 0)).toBe(0);
  expect(fullJitter(backoff, 3, () => 0.5)).toBe(2_000);
});

describe('operations', () => {
  test('queued within a moment go together, numbered, each with its time', async () => {
    const server = new FakeServer();
    const client = await open(server);
    await pass(100);
    const moods = client.collection('moods');
    await moods.put({ id: 'a', mood: 'happy' }, { priority: 2 });
    await moods.patch('a', { note: 'x' });
    await client.collection('goals').add('g', 3, { dependsOn: [1] });
    await moods.delete('b');
    await client.queue({ method: 'POST', path: '/api/v1/assets/7/rate', data: { rating: 5 } });
    await pass(100);
    const { body } = server.callsTo('/sync/batch')[0]!;
    expect(body.device_id).toBe(client.deviceId);
    expect(body.operations).toMatchObject([
      { id: 1, operation: 'PUT', endpoint: '/api/v1/moods/a', priority: 2, data: { id: 'a', mood: 'happy', updated_at: expect.any(String) } },
      { id: 2, operation: 'PATCH', endpoint: '/api/v1/moods/a', data: { note: 'x' } },
      { id: 3, operation: 'POST', endpoint: '/api/v1/goals/g/progress', data: { amount: 3 }, depends_on: [1] },
      { id: 4, operation: 'DELETE', endpoint: '/api/v1/moods/b' },
      { id: 5, operation: 'POST', endpoint: '/api/v1/assets/7/rate', data: { rating: 5 } },
    ]);
    const times = body.operations.map(({ created_at }: { created_at: string }) => Date.parse(created_at));
    expect(times).toEqual([...new Set(times)].sort((one: any, other: any) => one - other));
    expectSettled(client);
  });

  test('that keep coming do not put each other off', async () => {
    const server = new FakeServer();
    const client = await open(server, { lingerMs: 30 });
    await pass(1_000);
    for (let count = 0; count < 20; count += 1) {
      await client.collection('moods').put({ mood: 'x' });
      await pass(10);
    }
    expect(batches(server).length).toBeGreaterThanOrEqual(4);
  });

  test('go in batches of bounded size', async () => {
    const server = new FakeServer();
    server.isDown = true;
    const client = await open(Object.assign(server, { isDown: false }), { batchSize: 40 });
    server.isDown = true;
    for (let count = 0; count < 100; count += 1) await client.collection('moods').put({ mood: 'x' });
    server.isDown = false;
    server.calls.length = 0;
    await pass(20_000);
    expect(batches(server).map(({ length }) => length)).toEqual([40, 40, 20]);
    const large = await open(server, { batchSize: 100 });
    server.calls.length = 0;
    for (let count = 0; count < 5; count += 1) await large.collection('journals').put({ content: 'x'.repeat(400_000) });
    await pass(1_000);
    expect(batches(server).map(({ length }) => length)).toEqual([2, 2, 1]);
  });

  test('survive a restart, and go on being numbered', async () => {
    const [server, store] = [new FakeServer(), new MemoryStore()];
    const client = await open(server, { store });
    await pass(100);
    server.isDown = true;
    await client.collection('moods').put({ id: 'a', mood: 'x' });
    await close(client);
    server.isDown = false;
    const again = await open(server, { store });
    expect(again.collection('moods').get('a')).toMatchObject({ mood: 'x' });
    expect(again.deviceId).toBe(client.deviceId);
    await again.collection('moods').put({ id: 'b', mood: 'x' });
    await pass(1_000);
    expect(batches(server).at(-1)).toEqual([1, 2]);
    expectSettled(again);
  });

  test('are later than all before and than what they change, whatever the clock says', async () => {
    const server = new FakeServer();
    server.write('moods', 'a', { mood: 'x' });
    server.record('moods', 'a')!.updated_at = '2026-11-21T10:04:00Z';
    const client = await open(server);
    await pass(1_000);
    await client.collection('moods').patch('a', { note: 'y' });
    expect(client.pending[0]!.createdAt).toBe('2026-11-21T10:04:01.000Z');
    await client.collection('moods').put({ id: 'b', mood: 'x' });
    expect(client.pending[1]!.createdAt).toBe('2026-11-21T10:04:01.001Z');
  });
});

describe('a reply that got lost', () => {
  test('leads to the same operations again, with what is new, and counts once', async () => {
    const server = new FakeServer();
    const client = await open(server, { backoff });
    await pass(100);
    await client.collection('goals').put({ id: 'g', title: 'run' });
    server.faults.push('lost');
    await client.collection('goals').add('g', 5);
    await pass(100);
    expect(client.status.pending).toBe(2);
    await client.collection('goals').add('g', 7);
    await pass(1_000);
    const calls = server.callsTo('/sync/batch');
    expect(batches(server)).toEqual([[1, 2], [1, 2, 3]]);
    expect(calls[1]!.body.operations.slice(0, 2)).toEqual(calls[0]!.body.operations);
    expect([...server.effects.values()]).toEqual([1, 1, 1]);
    expect(client.collection('goals').get('g')).toMatchObject({ current_value: 12 });
    expectSettled(client);
  });
});

describe('a verdict', () => {
  test('of conflict brings what is there, and is told', async () => {
    const server = new FakeServer();
    server.write('moods', 'a', { mood: 'theirs' });
    const client = await open(server);
    await pass(1_000);
    const told: string[] = [];
    client.listen((event) => void (event.type === 'verdict' && told.push(event.verdict.status)));
    server.verdicts.set(1, [{ status: 'conflict', http_status: 200, data: { id: 'a', mood: 'newer' } }]);
    await client.collection('moods').put({ id: 'a', mood: 'mine' });
    await pass(1_000);
    expect(told).toEqual(['conflict']);
    expect(client.collection('moods').get('a')).toMatchObject({ mood: 'newer' });
    expect(client.status).toMatchObject({ pending: 0, setAside: 0 });
  });

  test('that the store could not keep is asked for again', async () => {
    const server = new FakeServer();
    let isFull = false;
    const store = new (class extends MemoryStore {
      override async write(changes: readonly StoreChange[]): Promise<void> {
        if (isFull) throw new Error('full');
        return super.write(changes);
      }
    })();
    const client = await open(server, { store, backoff });
    await pass(1_000);
    await client.collection('goals').put({ id: 'g', title: 'run' });
    await client.collection('goals').add('g', 5);
    isFull = true;
    await pass(100);
    expect(client.status).toMatchObject({ pending: 2, problem: { message: 'full' } });
    expect(client.collection('goals').get('g')).toMatchObject({ current_value: 5 });
    isFull = false;
    await pass(2_000);
    expect(batches(server)).toEqual([[1, 2], [1, 2]]);
    expect([...server.effects.values()]).toEqual([1, 1]);
    expect(client.collection('goals').get('g')).toMatchObject({ current_value: 5 });
    expectSettled(client);
  });

  test('that is missing counts as not given', async () => {
    const server = new FakeServer();
    const client = await open(server, { backoff });
    await pass(1_000);
    server.faults.push(() => Response.json({ results: [], cursor: 'v0' }));
    await client.collection('moods').put({ mood: 'x' });
    await pass(2_000);
    expect(batches(server)).toEqual([[1], [1]]);
    expectSettled(client);
  });
});

describe('an outage', () => {
  test('is waited out with nobody doing anything', async () => {
    const server = new FakeServer();
    const client = await open(server, { backoff });
    await pass(100);
    server.isDown = true;
    await client.collection('moods').put({ mood: 'x' });
    await pass(3_600_000);
    expect(client.status).toMatchObject({ pending: 1 });
    expect(client.status.problem).toMatchObject({ name: 'NetworkError' });
    // Once in eight seconds, not more.
    expect(server.calls.length).toBeLessThan(3_600 / 8 + 20);
    server.isDown = false;
    await pass(8_000);
    expectSettled(client);
  });

  test('that is over by what the platform says is over at once', async () => {
    const server = new FakeServer();
    const client = await open(server, { backoff: { baseMs: 1e6, capMs: 1e6 } });
    await pass(100);
    server.isDown = true;
    await client.collection('moods').put({ mood: 'x' });
    await pass(1_000);
    server.isDown = false;
    client.wake();
    await pass(10);
    expectSettled(client);
  });

  test.each([[429, 'SYSTEM_RATE_LIMITED'], [503, 'SYSTEM_UNAVAILABLE']])('of %i lasts as long as the server says, whoever asks', async (status, code) => {
    const server = new FakeServer();
    const client = await open(server, { backoff });
    await pass(100);
    server.faults.push(() => error(status, code, { 'retry-after': '60' }));
    await client.collection('moods').put({ mood: 'x' });
    await pass(100);
    const calls = server.calls.length;
    client.wake();
    await client.collection('moods').put({ mood: 'y' });
    await pass(59_000);
    expect(server.calls).toHaveLength(calls);
    await pass(2_000);
    expectSettled(client);
  });
});

describe('a poisonous operation', () => {
  test('is set aside with its verdict, and delays nobody', async () => {
    const server = new FakeServer();
    const client = await open(server);
    const verdicts: ClientEvent[] = [];
    client.listen((event) => void (event.type === 'verdict' && verdicts.push(event)));
    server.verdicts.set(1, [rejected]);
    await client.collection('moods').put({ id: 'bad', mood: '' });
    await client.collection('moods').put({ id: 'good', mood: 'x' });
    await pass(1_000);
    expect(client.status).toMatchObject({ pending: 0, setAside: 1 });
    expect(client.setAside).toMatchObject([{ operation: { number: 1 }, verdict: rejected }]);
    expect(client.collection('moods').list().map(({ id }) => id)).toEqual(['good']);
    expect(verdicts).toMatchObject([{ verdict: { status: 'rejected' } }, { verdict: { status: 'applied' } }]);
    // Once more as a new one, or not at all.
    expect(await client.retry(1)).toBe(3);
    server.verdicts.set(3, [rejected]);
    await pass(1_000);
    await client.dismiss(3);
    expect(client.status).toMatchObject({ pending: 0, setAside: 0 });
    await expect(client.retry(3)).rejects.toThrow(RangeError);
  });

  test('that spoils a whole batch is found', async () => {
    const server = new FakeServer();
    const client = await open(server);
    await pass(100);
    const isSpoiled = ({ path, body }: any) => (path.endsWith('/sync/batch') && body.operations.some(({ data }: any) => data.note === 'huge') ? error(413, 'VALIDATION_TOO_LARGE') : undefined);
    server.faults = Array(40).fill(isSpoiled);
    for (let count = 1; count <= 20; count += 1) await client.collection('moods').put({ mood: 'x', note: count === 13 ? 'huge' : '' });
    await pass(1_000);
    server.faults = [];
    expect(client.setAside).toMatchObject([{ operation: { number: 13 }, verdict: { http_status: 413, error: { code: 'VALIDATION_TOO_LARGE' } } }]);
    expect(client.status.pending).toBe(0);
    expect(server.effects.size).toBe(19);
  });

  test('that shall be sent again holds up what is about the same record, and nobody else', async () => {
    const server = new FakeServer();
    const client = await open(server, { backoff });
    await pass(100);
    server.verdicts.set(1, [{ status: 'retry', http_status: 503 }, { status: 'retry', http_status: 503, retry_after: 10 }]);
    await client.collection('moods').put({ id: 'a', mood: 'x' });
    await pass(100);
    await client.collection('moods').patch('a', { note: 'later' });
    await client.collection('journals').put({ id: 'j', title: 'needs a' }, { dependsOn: [1] });
    await client.collection('moods').put({ id: 'b', mood: 'x' });
    await pass(100);
    expect(batches(server)).toEqual([[1], [4]]);
    await pass(9_000);
    expect(batches(server)).toEqual([[1], [4], [1, 2, 3]]);
    await pass(2_000);
    expect(batches(server)).toEqual([[1], [4], [1, 2, 3], [1]]);
    expectSettled(client);
    expect(server.callsTo('/sync/batch').at(-1)!.body.operations[0]).toMatchObject({ retry_count: 2, created_at: new Date(START.getTime() + 100).toISOString() });
  });
});
