// Batches while the network loses answers and the power goes: nothing is lost, nothing counts twice.
// And what needs a server of its own: keys of apps, erasure, export.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { expectError } from './support/envelope.ts';
import { PASSWORD, Person, USERS } from './support/people.ts';
import { Phone, random } from './support/rooms.ts';
import { startTestServer, type OwnServer } from './support/server.ts';
import { send, type Json } from './support/sync.ts';

let server: OwnServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server?.stop());

interface Result {
  id: number;
  status: string;
}

/** A phone whose answers get lost: it sends what it is not sure of again, with what is new. */
class Outbox {
  readonly device_id = randomUUID();
  #queue: Json[] = [];
  #number = 0;
  added = 0;

  constructor(
    private readonly phone: Phone,
    private readonly goals: string[],
    private readonly next: () => number,
  ) {}

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  queue(): void {
    const amount = 1 + Math.floor(this.next() * 9);
    const goal = this.goals[Math.floor(this.next() * this.goals.length)];
    this.#number += 1;
    this.added += amount;
    this.#queue.push({ id: this.#number, operation: 'POST', endpoint: `goals/${goal}/progress`, data: { amount }, created_at: new Date().toISOString(), priority: this.#number % 5 });
  }

  /** One attempt; the answer is read, or lost. */
  async flush(isLost: boolean): Promise<void> {
    const operations = this.#queue.slice(0, 50);
    if (operations.length === 0) return;
    try {
      const answer = await send(this.phone, 'POST', '/api/v1/sync/batch', { device_id: this.device_id, operations });
      if (isLost || answer.status !== 200) return void (await answer.arrayBuffer());
      const { results } = (await answer.json()) as { results: Result[] };
      for (const { status } of results) expect(['applied', 'duplicate']).toContain(status);
      const done = new Set(results.map(({ id }) => id));
      this.#queue = this.#queue.filter(({ id }) => !done.has(id as number));
    } catch {
      // The power is out.
    }
  }
}

test('thousands of additions through lost answers, races and power cuts make the sum', { timeout: 240_000 }, async () => {
  const next = random(7);
  const phone = await Phone.signIn(server);
  const goals = [randomUUID(), randomUUID(), randomUUID()];
  for (const id of goals) expect((await send(phone, 'POST', '/api/v1/goals', { id, title: 'sum' })).status).toBe(201);
  const outboxes = Array.from({ length: 5 }, () => new Outbox(phone, goals, next));
  for (let round = 0; round < 12; round += 1) {
    for (const outbox of outboxes) for (let count = 0; count < 50; count += 1) outbox.queue();
    const isCut = round % 4 === 3;
    const flushing = outboxes.flatMap((outbox) => [outbox.flush(next() < 0.4), outbox.flush(next() < 0.4)]);
    if (isCut) {
      await server.kill();
      await Promise.all(flushing);
      await server.restart();
    }
    await Promise.all(flushing);
  }
  await vi.waitFor(
    async () => {
      await Promise.all(outboxes.map((outbox) => outbox.flush(false)));
      expect(outboxes.every((outbox) => outbox.isEmpty)).toBe(true);
    },
    { timeout: 60_000, interval: 10 },
  );
  const expected = outboxes.reduce((sum, { added }) => sum + added, 0);
  const values = await Promise.all(goals.map(async (id) => ((await (await send(phone, 'GET', `/api/v1/goals/${id}`)).json()) as { current_value: number }).current_value));
  expect(values.reduce((sum, value) => sum + value, 0)).toBe(expected);
  expect(expected).toBeGreaterThan(3000);
});

test('keys of apps are wanted as soon as there is one, on the routes of outboxes only', async () => {
  const phone = await Phone.signIn(server);
  const ask = (headers: Record<string, string> = {}, path = '/api/v1/moods') => send(phone, 'GET', path, undefined, headers);
  expect((await ask()).status).toBe(200);
  const { key, id } = await server.accounts.appKey('Lume');
  try {
    for (const path of ['/api/v1/moods', '/api/v1/journals', '/api/v1/goals']) await expectError(await ask({}, path), 401, 'AUTH_API_KEY_INVALID');
    await expectError(await send(phone, 'POST', '/api/v1/outbox/batch', { events: [] }), 401, 'AUTH_API_KEY_INVALID');
    await expectError(await send(phone, 'POST', '/api/v1/moods', { mood: 'x' }), 401, 'AUTH_API_KEY_INVALID');
    // The same in a batch, as far as it is about records.
    const batch = (endpoint: string, headers = {}) => send(phone, 'POST', '/api/v1/sync/batch', { operations: [{ id: 1, operation: 'POST', endpoint, data: { id: randomUUID(), mood: 'x', name: 'team' } }] }, headers);
    await expectError(await batch('moods'), 401, 'AUTH_API_KEY_INVALID');
    await expectError(await batch('organizations', { 'x-api-key': `${key}x` }), 401, 'AUTH_API_KEY_INVALID');
    for (const answer of [await batch('organizations'), await batch('moods', { 'x-api-key': key })]) expect(answer.status).toBe(200);
    expect((await ask({ 'x-api-key': key })).status).toBe(200);
    expect((await send(phone, 'POST', '/api/v1/moods', { mood: 'x' }, { 'x-api-key': key })).status).toBe(201);
    await expectError(await ask({ 'x-api-key': `${key}x` }), 401, 'AUTH_API_KEY_INVALID');
    for (const path of ['/api/v1/user/profile', '/api/v1/sync/changes', '/api/v1/sync/status']) {
      expect((await ask({}, path)).status).toBe(200);
      expect((await ask({ 'x-api-key': key }, path)).status).toBe(200);
      await expectError(await ask({ 'x-api-key': 'other' }, path), 401, 'AUTH_API_KEY_INVALID');
    }
    expect(await server.accounts.appKeys()).toMatchObject([{ id, name: 'Lume', revoked_at: null }]);
  } finally {
    await server.accounts.revokeAppKey(id);
  }
  expect((await ask()).status).toBe(200);
  await expectError(await ask({ 'x-api-key': key }), 401, 'AUTH_API_KEY_INVALID');
});

describe('the records of a person', () => {
  test('are erased with the account, and all that is remembered of the devices', async () => {
    const anna = await Person.create(server);
    const user_id = anna.user.uuid;
    const id = randomUUID();
    const write = (body: Json) => anna.send('POST', '/api/v1/moods', body);
    await write({ id, mood: 'a', updated_at: '2024-12-14T00:00:00Z' });
    await write({ id, mood: 'b', updated_at: '2024-12-13T00:00:00Z' });
    await anna.send('POST', '/api/v1/organizations', { name: 'Alone' });
    const created_at = new Date().toISOString();
    await anna.send('POST', '/api/v1/sync/batch', { device_id: 'd', operations: [1, 'x'].map((number) => ({ id: number, operation: 'POST', endpoint: 'moods', data: { id: randomUUID(), mood: 'c' }, created_at })) });
    const tables = ['records', 'sync_devices', 'sync_keys', 'conflicts'];
    const left = () => tables.map((table) => server.data.row(`select count(*) as count from ${table} where user_id = ?`, user_id)!.count as number);
    expect(left().every((count) => count > 0)).toBe(true);
    expect((await anna.send('DELETE', `${USERS}/me`, { password: PASSWORD })).ok).toBe(true);
    await vi.waitFor(() => expect(left()).toEqual([0, 0, 0, 0]), { timeout: 30_000, interval: 200 });
  });
});
