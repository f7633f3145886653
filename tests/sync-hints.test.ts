// `sync.available`: after a write the user's other devices hear that there is something to pull.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { EVENTS, EVENTS_SOCKET, EventsSocket, Owner, StreamReader, type Frame } from './support/live.ts';
import { sharedServer } from './support/server.ts';

const server = sharedServer();
const HINT = 'sync.available';

const hints = ({ frames }: EventsSocket): Frame[] => frames.filter(({ type }) => type === HINT);
const connect = async (owner: Owner, device?: string): Promise<EventsSocket> => {
  const socket = new EventsSocket(server, EVENTS_SOCKET, { headers: { ...owner.bearer, ...(device && { 'x-device-id': device }) } });
  await socket.opened();
  return socket;
};
const send = async (owner: Owner, path: string, body: unknown, device?: string): Promise<Response> => {
  const headers = { ...owner.bearer, 'content-type': 'application/json', ...(device && { 'x-device-id': device }) };
  const answer = await server.fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(answer.ok, await answer.clone().text()).toBe(true);
  return answer;
};
const mood = () => ({ id: randomUUID(), mood: 'fine' });

describe('a hint', () => {
  test('comes to the other devices, names the origin, and is not logged', async () => {
    const [owner, stranger] = [await Owner.create(server), await Owner.create(server)];
    const [a, b] = [randomUUID(), randomUUID()];
    const sockets = [await connect(owner, a), await connect(owner, b), await connect(owner), await connect(stranger)];
    const [own, other, browser, foreign] = sockets as [EventsSocket, EventsSocket, EventsSocket, EventsSocket];
    const stream = await StreamReader.open(server, EVENTS, owner.bearer);
    const picky = await StreamReader.open(server, `${EVENTS}?types=app.*`, owner.bearer);
    await send(owner, '/api/v1/moods', mood(), a);
    for (const socket of [other, browser]) {
      await vi.waitFor(() => expect(hints(socket)).toHaveLength(1), { timeout: 10_000, interval: 20 });
      expect(hints(socket)[0]).toEqual({ type: HINT, data: { collections: ['moods'], device_id: a }, timestamp: expect.any(String) });
    }
    expect(await stream.got(1)).toEqual([{ event: HINT, data: { collections: ['moods'], device_id: a } }]);
    // What is logged comes after it, from the beginning of the log.
    await owner.publishMany(1);
    for (const socket of [own, other, browser]) expect((await socket.got(1))[0]!.seq).toBe(1);
    await picky.got(1);
    expect([hints(own).length, hints(foreign).length, picky.events.length]).toEqual([0, 0, 1]);
    for (const one of [stream, picky]) one.close();
    await Promise.all(sockets.map((socket) => socket.close()));
  });

  test('stands for many writes, and the last of them is among them', async () => {
    const owner = await Owner.create(server);
    const socket = await connect(owner);
    for (let count = 0; count < 20; count += 1) await send(owner, '/api/v1/moods', mood(), count < 19 ? 'a' : 'b');
    const goal = { id: 1, operation: 'POST', endpoint: 'goals', data: { id: randomUUID(), title: 'x' } };
    await send(owner, '/api/v1/sync/batch', { device_id: 'c', operations: [goal] });
    await vi.waitFor(() => expect(hints(socket).some(({ data }) => data.collections.includes('goals'))).toBe(true), { timeout: 10_000, interval: 50 });
    expect(hints(socket)[0]!.data).toEqual({ collections: ['moods'], device_id: 'a' });
    expect(hints(socket).length).toBeLessThan(8);
    await socket.close();
  });

  test('does not come where nothing changed, and costs the write no wait', async () => {
    const owner = await Owner.create(server);
    const one = { ...mood(), updated_at: '2024-12-13T10:30:00Z' };
    await send(owner, '/api/v1/moods', one);
    await sleep(2_500);
    const socket = await connect(owner);
    await send(owner, '/api/v1/moods', one);
    await send(owner, '/api/v1/sync/batch', { device_id: 'd', operations: [{ id: 1, operation: 'PATCH', endpoint: 'moods/nowhere', data: { note: 'x' } }] });
    await owner.publishMany(1);
    await socket.got(1);
    await sleep(500);
    expect(hints(socket)).toEqual([]);
    const begun = Date.now();
    for (let count = 0; count < 3; count += 1) await send(owner, '/api/v1/moods', mood());
    expect(Date.now() - begun).toBeLessThan(1_900);
    await socket.close();
  });
});
