// Who is connected in one's name.
import { expect, test, vi } from 'vitest';
import { EVENTS, Owner, StreamReader, event } from './support/live.ts';
import { sharedServer } from './support/server.ts';
import { decode } from './support/tokens.ts';

const server = sharedServer();

test('nobody is connected, and the log is empty', async () => {
  const owner = await Owner.create(server);
  expect(await owner.status()).toEqual({ count: 0, limits: { connections: 64, own: 0 }, oldest: 1, newest: 0, connections: [] });
});

test('sockets and streams are shown with session, time and position', async () => {
  const owner = await Owner.create(server);
  const other = await owner.signIn();
  const socket = await owner.connect('', other.access_token);
  await owner.publish(event(1), event(2));
  await socket.got(2);
  const stream = await StreamReader.open(server, `${EVENTS}?after=0`, owner.bearer);
  await stream.got(2);
  const status = await owner.status();
  expect(status).toMatchObject({ count: 2, oldest: 1, newest: 2 });
  const common = { id: expect.stringMatching(/^[0-9a-f-]{36}$/), connected_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/), device_id: null, position: 2, behind: 0 };
  expect(status.connections).toEqual([
    { ...common, protocol: 'events', transport: 'websocket', session_id: decode(other.access_token).claims.sid },
    { ...common, protocol: 'events', transport: 'sse', session_id: decode(owner.token).claims.sid },
  ]);
  stream.close();
  await socket.close();
  await owner.publish(event(3));
  await vi.waitFor(async () => expect((await owner.status()).count).toBe(0), { timeout: 20_000, interval: 200 });
});

test('nobody sees the connections of others', async () => {
  const [owner, stranger] = await Promise.all([Owner.create(server), Owner.create(server)]);
  const socket = await owner.connect();
  expect((await stranger.status()).count).toBe(0);
  await socket.close();
});
