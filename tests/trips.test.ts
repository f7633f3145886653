// DESIGN 2.4: a read makes at most one trip to D1, a write at most two. Told by Server-Timing.
import { beforeAll, describe, expect, test } from 'vitest';
import { API_KEYS, CONNECTION, LOGIN, PROFILE, REFRESH, logIn, post, timing } from './support/requests.ts';
import { Phone, boxRoom, roomScan } from './support/rooms.ts';
import { addScans } from './support/scans.ts';
import { sharedServer } from './support/server.ts';

const server = sharedServer();
const scan = roomScan(boxRoom(4, 3, 2.5, 2000));
let phone: Phone;
let job: string;

beforeAll(async () => {
  phone = await Phone.signIn(server);
  job = await phone.process(scan);
  await phone.finished(job);
});

const tripsOf = async (answer: Response, status: number): Promise<number> => {
  await answer.arrayBuffer();
  expect(answer.status).toBe(status);
  return timing(answer)['d1.trips']!;
};

describe('no trip', () => {
  test.each(['/health', CONNECTION, '/.well-known/jwks.json'])('%s', async (path) => {
    expect(await tripsOf(await server.fetch(path), 200)).toBe(0);
  });

  test('a request without a good token', async () => {
    expect(await tripsOf(await server.fetch(PROFILE), 401)).toBe(0);
    expect(await tripsOf(await server.fetch(PROFILE, { headers: { authorization: 'Bearer a.b.c' } }), 401)).toBe(0);
  });

  test('a request whose body does not validate', async () => {
    expect(await tripsOf(await post(server, LOGIN, {}), 400)).toBe(0);
  });
});

describe('one trip', () => {
  test('login', async () => {
    expect(await tripsOf(await post(server, LOGIN, { api_key: phone.user.key, device_id: 'device' }), 200)).toBe(1);
  });

  test('refresh, the first time and when it is repeated', async () => {
    const { refresh_token } = await logIn(server, phone.user.key);
    for (let time = 0; time < 2; time += 1) expect(await tripsOf(await post(server, REFRESH, { refresh_token }), 200)).toBe(1);
  });

  test('the connection test with a key', async () => {
    const answer = await server.fetch(CONNECTION, { headers: { authorization: `Bearer ${phone.user.key}` } });
    expect(await tripsOf(answer, 200)).toBe(1);
  });

  test.each([
    PROFILE,
    CONNECTION,
    '/api/v1/user/scans',
    '/api/v1/realtime/status',
    '/api/v1/moods',
    '/api/v1/sync/changes',
    '/api/v1/sync/status',
    '/api/v1/sync/conflicts',
    '/api/v1/user/scans?page=2&per_page=1',
    `/api/v1/rooms/${scan.room_scan.id}`,
    '/api/v1/processing/{job}/status',
    '/api/v1/processing/{job}/events',
    '/api/v1/processing/{job}/result',
    '/api/v1/processing/{job}/floorplan.svg',
    '/api/v1/processing/{job}/scene.glb',
    '/api/v1/processing/{job}/model.ifc',
  ])('GET %s', async (path) => {
    expect(await tripsOf(await phone.fetch(path.replace('{job}', job)), 200)).toBe(1);
  });

  test('a socket, an event stream, and an event of one’s own', async () => {
    for (const path of ['/api/v1/ws/events', '/api/v1/ws/query']) expect(await tripsOf(await phone.fetch(path), 426)).toBe(1);
    const stream = await phone.fetch('/api/v1/events');
    expect(timing(stream)['d1.trips']).toBe(1);
    await stream.body!.cancel();
    const sent = await phone.fetch('/api/v1/events', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"type": "app.x"}' });
    expect(await tripsOf(sent, 201)).toBe(1);
  });

  test.each(['/api/v1/rooms/nobody', '/api/v1/processing/nobody/result'])('GET %s, which is not there', async (path) => {
    expect(await tripsOf(await phone.fetch(path), 404)).toBe(1);
  });

  test('creating and revoking a key', async () => {
    const answer = await phone.fetch(API_KEYS, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name": "key"}' });
    const { id } = (await answer.clone().json()) as { id: string };
    expect(await tripsOf(answer, 201)).toBe(1);
    expect(await tripsOf(await phone.fetch(`${API_KEYS}/${id}`, { method: 'DELETE' }), 204)).toBe(1);
  });
});

describe('two trips', () => {
  test('a session that has ended: the second asks why', async () => {
    const owner = await Phone.signIn(server);
    await server.accounts.revoke(owner.user.key_id);
    expect(await tripsOf(await owner.fetch(PROFILE), 401)).toBe(2);
  });
});

describe('at most two trips', () => {
  test('an upload, and the same again', async () => {
    const fresh = roomScan(boxRoom(3, 3, 2.5, 1000));
    expect(await tripsOf(await phone.upload(fresh), 202)).toBeLessThanOrEqual(2);
    expect(await tripsOf(await phone.upload(fresh), 200)).toBeLessThanOrEqual(2);
  });

  test('combining scans, and the same again', async () => {
    const scans = [1, 2].map((seed) => roomScan(boxRoom(3, 3, 2.5, 1000, seed)));
    for (const one of scans) await phone.process(one);
    const [first, second] = scans.map((one) => one.room_scan.id);
    const fuse = () => post(server, `/api/v1/rooms/${first}/fuse`, { scan_ids: [second] }, { authorization: `Bearer ${phone.token}` });
    for (const status of [202, 200]) expect(await tripsOf(await fuse(), status)).toBeLessThanOrEqual(2);
  });

  test('deleting a scan, and again', async () => {
    const fresh = roomScan(boxRoom(3, 3, 2.5, 1000));
    await phone.finished(await phone.process(fresh));
    const remove = () => phone.fetch(`/api/v1/rooms/${fresh.room_scan.id}`, { method: 'DELETE' });
    for (let time = 0; time < 2; time += 1) expect(await tripsOf(await remove(), 204)).toBeLessThanOrEqual(2);
  });
});

describe('rows', () => {
  test('a list reads about as many rows as it shows, however many there are', async () => {
    const owner = await Phone.signIn(server);
    await addScans(server, owner.user.user_id, 30);
    const answer = await owner.fetch('/api/v1/user/scans?per_page=5');
    expect(((await answer.json()) as { scans: unknown[] }).scans).toHaveLength(5);
    // Two a shown row, one for each in the count, and those of the session.
    expect(timing(answer)['d1.rows_read']).toBeLessThan(2 * 5 + 30 + 20);
  });

  test('creating a key does not read the sessions, however many there are', async () => {
    const owner = await Phone.signIn(server);
    const { user_id, key_id } = owner.user;
    await server.data.write(
      `with recursive number (n) as (select 1 union all select n + 1 from number where n < 500)
       insert into sessions (id, user_id, api_key_id, device_id, refresh_jti, refreshed_at, refreshed_by, created_at, expires_at)
       select ? || n, ?, ?, 'device' || n, 'jti', 0, 'test', 0, 0 from number`,
      user_id, user_id, key_id,
    );
    const answer = await owner.fetch(API_KEYS, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name": "key"}' });
    expect(answer.status).toBe(201);
    expect(timing(answer)['d1.rows_read']).toBeLessThan(30);
  });

  test('a failed login reads next to nothing and writes nothing', async () => {
    const counts = timing(await post(server, LOGIN, { api_key: 'romo_live_nobody', device_id: 'device' }));
    expect(counts['d1.rows_read']).toBeLessThan(5);
    expect(counts['d1.rows_written']).toBe(0);
  });
});
