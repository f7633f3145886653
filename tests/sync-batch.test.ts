// Batches of queued operations, from phones and outboxes: a verdict for each, each once (CONTRACT 6.2,
// 6.5, 6.7).
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectError } from './support/envelope.ts';
import { timing } from './support/requests.ts';
import { inRepo } from './support/repository.ts';
import { Phone } from './support/rooms.ts';
import { sharedServer } from './support/server.ts';
import { send, type Json } from './support/sync.ts';

const server = sharedServer();
/** When something was queued: so many seconds after an hour ago. */
const HOUR_AGO = Math.floor(Date.now() / 1000) * 1000 - 3_600_000;
const at = (seconds: number): string => new Date(HOUR_AGO + seconds * 1000).toISOString();

const BATCH = '/api/v1/sync/batch';
const OUTBOX = '/api/v1/outbox/batch';

let phone: Phone;

beforeAll(async () => {
  phone = await Phone.signIn(server);
});

interface Result extends Json {
  id?: unknown;
  status: string;
  http_status: number;
  data?: Json;
  error?: { code: string; message: string };
}
interface Answer extends Json {
  results: Result[];
}

const batch = async (operations: unknown, device_id: string, as = phone): Promise<Answer> => {
  const answer = await send(as, 'POST', BATCH, { device_id, operations });
  expect(answer.status, await answer.clone().text()).toBe(200);
  return (await answer.json()) as Answer;
};
const statuses = ({ results }: Answer) => results.map(({ status }) => status);

/** An operation as the phone's queue holds it: the body is a text. */
const queued = (id: unknown, operation: string, endpoint: string, data?: unknown, over: Json = {}): Json => ({
  id, operation, endpoint, data: data === undefined ? undefined : JSON.stringify(data), created_at: at(0), retry_count: 0, max_retries: 3, priority: 0, ...over,
});

const goal = async (): Promise<string> => {
  const answer = await send(phone, 'POST', '/api/v1/goals', { title: 'Run' });
  return ((await answer.json()) as { id: string }).id;
};
const progressOf = async (id: string): Promise<unknown> => ((await (await send(phone, 'GET', `/api/v1/goals/${id}`)).json()) as Json).current_value;

describe('a batch', () => {
  test('has a verdict for each operation, in the order in which they were sent', async () => {
    const id = randomUUID();
    const answer = await batch(
      [
        queued(1, 'POST', '/api/v1/moods', { id, mood: 'happy', updated_at: '2024-12-13T10:30:00Z' }),
        queued(2, 'PUT', `moods/${id}`, { id, mood: 'sad', updated_at: '2024-12-13T09:00:00Z' }, { created_at: at(60) }),
        queued(3, 'POST', '/api/v1/nothing', {}),
        queued(4, 'PATCH', `moods/${randomUUID()}`, { note: 'x' }),
        queued(5, 'delete', 'journals', { id: randomUUID() }),
      ],
      randomUUID(),
    );
    expect(answer.results.map(({ id, status, http_status }) => [id, status, http_status])).toEqual([
      [1, 'applied', 201], [2, 'applied', 200], [3, 'rejected', 404], [4, 'rejected', 404], [5, 'applied', 200],
    ]);
    expect(answer).toMatchObject({ applied: 3, duplicates: 0, conflicts: 0, failed: 2, server_time: expect.any(String), cursor: expect.any(String) });
    expect(answer.results[2]!.error).toMatchObject({ code: 'NOT_FOUND', message: expect.any(String) });
  });

  test('sent again gives the same verdicts, and adds nothing', async () => {
    const [id, device] = [await goal(), randomUUID()];
    const operations = [
      queued(1, 'POST', `goals/${id}/progress`, { amount: 5 }),
      queued(2, 'POST', `goals/${id}/progress`, { amount: 7 }),
      queued('text-id', 'POST', `goals/${id}/progress`, { amount: 11 }),
      queued(4, 'POST', `goals/${id}/progress`, { amount: 'many' }),
      queued(9, 'POST', `goals/${id}/progress`, { amount: 13 }, { idempotency_key: 'k' + id }),
    ];
    expect(statuses(await batch(operations, device))).toEqual(['applied', 'applied', 'applied', 'rejected', 'applied']);
    for (let time = 0; time < 2; time += 1) {
      const again = await batch(operations.map((one) => ({ ...one, retry_count: time + 1 })), device);
      expect(statuses(again)).toEqual(['duplicate', 'duplicate', 'duplicate', 'rejected', 'duplicate']);
      expect(again.results[0]!.data).toMatchObject({ id, current_value: 36 });
    }
    // Twice in one batch, and all at once from several connections.
    const more = queued(10, 'POST', `goals/${id}/progress`, { amount: 100 });
    const racing = await Promise.all(Array.from({ length: 8 }, () => batch([more, more], device)));
    expect(racing.flatMap(statuses).filter((status) => status === 'applied')).toHaveLength(1);
    expect(await progressOf(id)).toBe(136);
  });

  test('of an app that was installed anew is not taken for its past', async () => {
    const [id, device] = [await goal(), randomUUID()];
    const step = (number: number, amount: number, created_at: string) => queued(number, 'POST', `goals/${id}/progress`, { amount }, { created_at });
    const first = [1, 2, 3].map((number) => step(number, 1, at(number)));
    const second = [1, 2, 3].map((number) => step(number, 10, at(1000 + number)));
    await batch(first, device);
    expect(statuses(await batch(second, device))).toEqual(['applied', 'applied', 'applied']);
    expect(statuses(await batch([...first, ...second], device))).toEqual(Array(6).fill('duplicate'));
    expect(await progressOf(id)).toBe(33);
  });

  test('goes by priority, but never lets an operation overtake another on the same record', async () => {
    const id = randomUUID();
    const answer = await batch(
      [
        queued(3, 'PATCH', `goals/${id}`, { title: 'last' }, { priority: 1, created_at: at(3) }),
        queued(1, 'POST', 'goals', { id, title: 'first' }, { priority: 4 }),
        queued(2, 'POST', `goals/${id}/progress`, { amount: 2 }, { priority: 2, created_at: at(2) }),
      ],
      randomUUID(),
    );
    expect(statuses(answer)).toEqual(['applied', 'applied', 'applied']);
    expect(answer.results[0]!.data).toMatchObject({ title: 'last', current_value: 2 });
  });

  test('tells operations that need a failed one, and delays nobody else', async () => {
    const id = randomUUID();
    const answer = await batch(
      [
        queued(1, 'POST', 'goals', { id }),
        queued(2, 'POST', 'journals', { id, title: 'about it' }, { depends_on: [1] }),
        queued(3, 'POST', 'moods', { id, mood: 'fine' }),
      ],
      randomUUID(),
    );
    expect(answer.results.map(({ status, http_status, error }) => [status, http_status, error?.code])).toEqual([
      ['rejected', 400, 'VALIDATION_ERROR'], ['rejected', 424, 'DEPENDENCY_FAILED'], ['applied', 201, undefined],
    ]);
  });

  test('says conflict where what is there is newer, and keeps the loser', async () => {
    const id = randomUUID();
    await send(phone, 'POST', '/api/v1/moods', { id, mood: 'new', updated_at: '2024-12-14T00:00:00Z' });
    const { results } = await batch([queued(1, 'PUT', `moods/${id}`, { mood: 'old', updated_at: '2024-12-13T00:00:00Z' })], randomUUID());
    expect(results[0]).toMatchObject({ status: 'conflict', http_status: 200, data: { mood: 'new' }, server_updated_at: '2024-12-14T00:00:00Z' });
  });

  test('does not touch what is somebody else’s', async () => {
    const [id, stranger] = [await goal(), await Phone.signIn(server)];
    const answer = await batch(
      [
        queued(1, 'POST', 'goals', { id, title: 'mine' }),
        queued(2, 'POST', `goals/${id}/progress`, { amount: 1 }),
        queued(3, 'DELETE', `goals/${id}`),
        queued(4, 'POST', 'goals', { id: randomUUID(), title: 'x', user_id: phone.user.user_id }),
      ],
      randomUUID(),
      stranger,
    );
    expect(answer.results.map(({ http_status }) => http_status)).toEqual([409, 404, 200, 403]);
    expect(JSON.stringify(answer)).not.toContain('Run');
    expect(await progressOf(id)).toBeNull();
  });

  test('may be a bare list, under other names, and in camelCase', async () => {
    const one = () => ({ id: randomUUID(), operation: 'create', endpoint: 'moods', data: { id: randomUUID(), mood: 'x' }, createdAt: at(0), retryCount: 2, idempotencyKey: randomUUID() });
    for (const body of [[one()], { items: [one()] }, { requests: [one()], deviceId: randomUUID() }]) {
      const answer = await send(phone, 'POST', BATCH, body);
      expect(statuses((await answer.json()) as Answer)).toEqual(['applied']);
    }
  });

  test('on records that are too large together comes through in parts', { timeout: 60_000 }, async () => {
    const [owner, device] = [await Phone.signIn(server), randomUUID()];
    const ids = Array.from({ length: 50 }, () => randomUUID());
    const half = (first: number) => ids.slice(first, first + 25).map((id, index) => queued(first + index + 1, 'POST', 'journals', { id, content: 'x'.repeat(99_000) }));
    for (const first of [0, 25]) expect((await batch(half(first), device, owner)).applied).toBe(25);
    let left = ids.map((id, index) => queued(index + 101, 'PATCH', `journals/${id}`, { title: 'changed' }, { created_at: at(60) }));
    const rounds: number[] = [];
    while (left.length > 0) {
      const { results } = await batch(left, device, owner);
      for (const { status } of results) expect(['applied', 'retry']).toContain(status);
      rounds.push(results.filter(({ status }) => status === 'applied').length);
      expect(rounds.at(-1)).toBeGreaterThan(0);
      left = left.filter((_, index) => results[index]!.status === 'retry');
    }
    expect(rounds).toEqual([41, 9]);
  });

  test('is bounded', async () => {
    await expectError(await send(phone, 'POST', BATCH, { operations: Array.from({ length: 101 }, (_, id) => ({ id })) }), 400, 'VALIDATION_ERROR');
    await expectError(await send(phone, 'POST', BATCH, {}), 400, 'VALIDATION_ERROR');
    await expectError(await send(phone, 'POST', BATCH, { operations: ['x'.repeat(5 << 20)] }), 413, 'VALIDATION_TOO_LARGE');
    expect((await batch([], randomUUID())).results).toEqual([]);
  });
});

describe('cost', () => {
  test('a hundred operations make two trips and two rows each, and three more', async () => {
    const device = randomUUID();
    const ids = Array.from({ length: 100 }, () => randomUUID());
    const create = ids.map((id, index) => queued(index + 1, 'POST', 'moods', { id, mood: 'happy', note: 'x'.repeat(100) }));
    const change = ids.map((id, index) => queued(index + 101, 'PATCH', `moods/${id}`, { mood: 'sad' }, { created_at: at(600) }));
    for (const operations of [create, change]) {
      const answer = await send(phone, 'POST', BATCH, { device_id: device, operations });
      expect(((await answer.json()) as Answer).applied).toBe(100);
      const cost = timing(answer);
      expect(cost['d1.trips']).toBe(2);
      expect(cost['d1.rows_written']).toBeLessThanOrEqual(203);
    }
    const again = await send(phone, 'POST', BATCH, { device_id: device, operations: [...create] });
    expect(((await again.json()) as Answer).duplicates).toBe(100);
    expect(timing(again)['d1.trips']).toBe(1);
    expect(timing(again)['d1.rows_written'] ?? 0).toBe(0);
  });
});

describe('an outbox', () => {
  const events = (list: unknown[]) => send(phone, 'POST', OUTBOX, { events: list });

  test('is carried out in order, each event once', async () => {
    const id = randomUUID().toUpperCase();
    const event = (event_type: string, payload: unknown, second: number) => ({ event_id: randomUUID().toUpperCase(), event_type, payload, created_at: at(second) });
    const list = [
      event('mood.created', { id, user_id: phone.user.user_id, date: '2024-12-13T10:30:00Z', mood: 'happy', note: null, created_at: '2024-12-13T10:30:00Z', updated_at: '2024-12-13T10:30:00Z' }, 1),
      event('mood.deleted', { id }, 2),
      event('goal.created', { id: randomUUID(), userId: phone.user.user_id, title: 'Swift', targetDate: 755_778_600 }, 3),
      event('mood.eaten', {}, 4),
    ];
    const answer = (await (await events(list)).json()) as Answer;
    expect(answer.results.map(({ event_id, status }) => [event_id, status])).toEqual(list.map(({ event_id }, index) => [event_id, index < 3 ? 'applied' : 'rejected']));
    const again = (await (await events(list)).json()) as Answer;
    expect(statuses(again)).toEqual(['duplicate', 'duplicate', 'duplicate', 'rejected']);
    expect((await send(phone, 'GET', `/api/v1/moods/${id}`)).status).toBe(404);
  });

  test('an addition counts once, however its event is spelled', async () => {
    const [id, event_id] = [await goal(), randomUUID()];
    const event = (id_: string) => ({ eventId: id_, eventType: 'goal.progressed', payload: { id, amount: 3 }, createdAt: at(0) });
    for (const one of [event_id, event_id.toUpperCase(), event_id]) await events([event(one)]);
    expect(await progressOf(id)).toBe(3);
  });
});

describe('recorded requests of the apps', () => {
  const folder = inRepo('tests', 'fixtures', 'clients');

  /** `POST /path`, headers, an empty line, the body; `{...}` stands for what differs by run. */
  const read = (file: string) => {
    const values: Record<string, string> = { user_id: phone.user.user_id };
    const text = readFileSync(join(folder, file), 'utf8').replace(/\{\{(\w+)\}\}/g, (_, name: string) => (values[name] ??= randomUUID()));
    const [head, ...body] = text.split('\n\n');
    const [line, ...headers] = head!.trimEnd().split('\n');
    const [method, path] = line!.split(' ');
    const content = body.join('\n\n').trimEnd();
    return { method: method!, path: path!, headers: Object.fromEntries(headers.map((header) => header.split(': ') as [string, string])), body: content || undefined };
  };

  test.each(readdirSync(folder).filter((name) => name.endsWith('.http')))('%s is understood, also the second time', async (file) => {
    const { headers, path, ...init } = read(file);
    for (let time = 0; time < 2; time += 1) {
      const answer = await phone.fetch(path, { ...init, headers });
      const expected = init.method === 'DELETE' ? 204 : /batch$/.test(path) || time === 1 ? 200 : 201;
      expect(answer.status, await answer.clone().text()).toBe(expected);
      if (!/batch$/.test(path)) continue;
      const { results } = (await answer.json()) as Answer;
      expect(results.length).toBeGreaterThan(0);
      for (const result of results) expect(result).toMatchObject({ status: time === 0 ? 'applied' : 'duplicate' });
    }
  });
});
