// The feed of events as server-sent events, and events of a user's own.
import { randomUUID } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { expectError } from './support/envelope.ts';
import { EVENTS, Owner, StreamReader, event, numbers } from './support/live.ts';
import { get, post } from './support/requests.ts';
import { sharedServer } from './support/server.ts';

const server = sharedServer();
const open = (owner: Owner, query = '', headers: Record<string, string> = {}) => StreamReader.open(server, `${EVENTS}${query}`, { ...owner.bearer, ...headers });

describe('a stream', () => {
  test('shows what comes, with name, id and data', async () => {
    const owner = await Owner.create(server);
    const stream = await open(owner);
    await owner.publish({ id: 'a', name: 'job.updated', data: { text: 'line\nbreak' } }, { ...event(2), channel: 'frames' }, event(3));
    expect(await stream.got(2)).toEqual([
      { id: '1', event: 'job.updated', data: { text: 'line\nbreak' } },
      { id: '3', event: 'app.n', data: { n: 3 } },
    ]);
    stream.close();
  });

  test('goes on after ?after=, and Last-Event-ID counts more', async () => {
    const owner = await Owner.create(server);
    await owner.publishMany(600);
    const streams = [await open(owner, '?after=0'), await open(owner, '?after=0', { 'last-event-id': '590' })];
    await owner.publishMany(5, 601);
    await streams[0]!.got(605);
    await streams[1]!.got(15);
    expect(streams[0]!.numbers).toEqual(numbers(605));
    expect(streams[1]!.numbers).toEqual(numbers(15, 591));
    for (const stream of streams) stream.close();
  });

  test('of the future is told, with an id that it can go on from', async () => {
    const owner = await Owner.create(server);
    await owner.publishMany(3);
    const stream = await open(owner, '', { 'last-event-id': '99' });
    await owner.publishMany(1, 4);
    expect((await stream.got(2))[0]).toEqual({ id: '3', event: 'gap', data: { after: 99, oldest: 1, newest: 3, reason: 'unknown_position' } });
    expect(stream.numbers).toEqual([4]);
    stream.close();
  });

  test('shows only the names that are asked for', async () => {
    const owner = await Owner.create(server);
    const named = (name: string, n: number) => ({ id: randomUUID(), name, data: { n } });
    await owner.publish(named('job.updated', 1), named('app.x', 2), named('application', 3), named('scan:progress', 4));
    const stream = await open(owner, '?after=0&types=app.*,scan:progress');
    await owner.publish(named('job.updated', 5), named('app.y', 6));
    await stream.got(3);
    expect(stream.numbers).toEqual([2, 4, 6]);
    stream.close();
  });

  test('takes its token as ?token=, which the log never shows', async () => {
    const owner = await Owner.create(server);
    const stream = await StreamReader.open(server, `${EVENTS}?token=${owner.token}`, {});
    await owner.publish(event(1));
    await stream.got(1);
    stream.close();
    expect(server.rawLog()).not.toContain(owner.token.split('.')[1]);
  });

  test('says in between that it is there', async () => {
    const owner = await Owner.create(server);
    const stream = await open(owner);
    await vi.waitFor(() => expect(stream.comments).toEqual([': still here']), { timeout: 20_000, interval: 100 });
    stream.close();
  }, 30_000);

  test.each([['?after=x', {}, 'after'], ['', { 'last-event-id': 'x' }, 'last_event_id'], ['?after=-1', {}, 'after'], ['?types=', {}, 'types']])('%s %j is refused', async (query, headers, field) => {
    const owner = await Owner.create(server);
    const { error } = await expectError(await server.fetch(EVENTS + query, { headers: { ...owner.bearer, ...headers } as Record<string, string> }), 400, 'VALIDATION_ERROR');
    expect(error.details!.map((detail) => detail.field)).toEqual([field]);
  });

  test('ends with its session, whatever it has not read', async () => {
    const owner = await Owner.create(server);
    const stream = await open(owner);
    await post(server, '/api/v1/auth/logout', { refresh_token: owner.tokens.refresh_token });
    await vi.waitFor(() => expect(stream.ended).toBe(true), { timeout: 1_000, interval: 10 });
    await expectError(await get(server, EVENTS, owner.token), 401, 'AUTH_TOKEN_INVALID');
  });
});

describe('an event of one’s own', () => {
  const send = (owner: Owner, body: unknown) => post(server, EVENTS, body, owner.bearer);

  test('reaches the own devices, once however often it is sent', async () => {
    const owner = await Owner.create(server);
    const [socket, stream] = [await owner.connect(), await open(owner)];
    const body = { type: 'app.theme-changed', data: { camelCase: true, snake_case: [1] }, id: 'mine' };
    const first = await send(owner, body);
    expect(first.status).toBe(201);
    expect(await first.json()).toEqual({ id: 'app:mine', seq: 1 });
    const again = await send(owner, body);
    expect(again.status).toBe(200);
    expect(await again.json()).toEqual({ id: 'app:mine', seq: 1 });
    const [frame] = await socket.got(1);
    expect(frame).toMatchObject({ type: 'app.theme-changed', data: body.data, id: 'app:mine', seq: 1 });
    expect((await stream.got(1))[0]).toEqual({ id: '1', event: 'app.theme-changed', data: body.data });
    expect((await (await send(owner, { type: 'app.x' })).json()) as object).toMatchObject({ seq: 2 });
    await socket.got(2);
    expect(socket.events).toHaveLength(2);
    stream.close();
    await socket.close();
  });

  test('cannot take the id of an event of the service', async () => {
    const owner = await Owner.create(server);
    expect((await send(owner, { type: 'app.x', id: 'job:Completed:1' })).status).toBe(201);
    expect(await owner.publish({ id: 'job:Completed:1', name: 'job.updated', data: {} })).toEqual({ seqs: [2], added: 1 });
  });

  test.each([
    [{ type: 'job.updated' }, 'type'],
    [{ type: 'app.' }, 'type'],
    [{ type: 'app.x\nevent: gap' }, 'type'],
    [{ type: `app.${'x'.repeat(61)}` }, 'type'],
    [{}, 'type'],
    [{ type: 'app.x', id: '' }, 'id'],
    [{ type: 'app.x', id: 'x'.repeat(129) }, 'id'],
    [{ type: 'app.x', data: 'x'.repeat(65_536) }, 'data'],
  ])('%.40j is refused', async (body, field) => {
    const owner = await Owner.create(server);
    const { error } = await expectError(await send(owner, body), 400, 'VALIDATION_ERROR');
    expect(error.details!.map((detail) => detail.field)).toEqual([field]);
    expect((await owner.status()).newest).toBe(0);
  });

  test('has a budget', async () => {
    const owner = await Owner.create(server);
    const statuses = await Promise.all(numbers(140).map(async (n) => (await send(owner, { type: 'app.x', id: String(n) })).status));
    expect(statuses).toContain(429);
    expect(statuses.filter((status) => status === 201).length).toBeGreaterThanOrEqual(100);
  });
});

test('the producer of tests is in no document', async () => {
  const document = await (await server.fetch('/openapi.json')).text();
  expect(document).not.toContain('faults/publish');
});
