// ETag and conditional GET, for every answer that is read (CONTRACT 6.8, RFC 9110 section 13).
import { beforeAll, describe, expect, test } from 'vitest';
import { API_KEYS, LOGIN, PROFILE, post } from './support/requests.ts';
import { Phone, boxRoom, roomScan } from './support/rooms.ts';
import { sharedServer } from './support/server.ts';

const server = sharedServer();
let phone: Phone;

beforeAll(async () => {
  phone = await Phone.signIn(server);
});

const PATHS = ['/health', '/.well-known/jwks.json', PROFILE, '/api/v1/user/scans'];
const etagOf = async (path: string): Promise<string> => (await phone.fetch(path)).headers.get('etag') ?? '';
const ask = (path: string, tag: string, method = 'GET') => phone.fetch(path, { method, headers: { 'if-none-match': tag } });

describe.each(PATHS)('%s', (path) => {
  test('has a tag that stays while the answer does', async () => {
    const tag = await etagOf(path);
    expect(tag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(await etagOf(path)).toBe(tag);
  });

  test.each(['GET', 'HEAD'])('is 304 without a body to a %s that knows it', async (method) => {
    const tag = await etagOf(path);
    const answer = await ask(path, tag, method);
    expect(answer.status).toBe(304);
    expect(await answer.text()).toBe('');
    expect(answer.headers.get('etag')).toBe(tag);
    expect(answer.headers.get('content-type')).toBeNull();
    expect(answer.headers.get('cache-control')).toBe((await phone.fetch(path)).headers.get('cache-control'));
    expect(answer.headers.get('x-request-id')).toMatch(/^req_/);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });

  test('is sent whole to who knows another version', async () => {
    const answer = await ask(path, '"00000000000000000000000000000000"');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toBeTypeOf('object');
  });
});

describe('what is stored or drawn', () => {
  let paths: Record<string, string>;

  beforeAll(async () => {
    const scan = roomScan(boxRoom(4, 3, 2.5, 2000));
    const job = await phone.process(scan);
    await phone.finished(job);
    const processing = `/api/v1/processing/${job}`;
    paths = { result: `${processing}/result`, plan: `${processing}/floorplan.svg`, scene: `${processing}/scene.glb`, model: `${processing}/model.ifc`, scan: `/api/v1/rooms/${scan.room_scan.id}` };
  });

  test.each(['result', 'plan', 'scene', 'model', 'scan'])('the %s has a tag, is 304 to who knows it, and can be asked for by HEAD', async (what) => {
    const path = paths[what]!;
    const whole = await phone.fetch(path);
    expect((await whole.arrayBuffer()).byteLength).toBeGreaterThan(0);
    const tag = whole.headers.get('etag')!;
    expect(tag).toMatch(/^"[^"]+"$/);
    const head = await phone.fetch(path, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(await head.text()).toBe('');
    for (const header of ['etag', 'content-type', 'content-disposition', 'cache-control', 'vary']) expect(head.headers.get(header), header).toBe(whole.headers.get(header));
    for (const method of ['GET', 'HEAD']) {
      const known = await ask(path, tag, method);
      expect(known.status).toBe(304);
      expect(await known.text()).toBe('');
      expect(known.headers.get('etag')).toBe(tag);
    }
  });
});

test('HEAD of a stream of events opens none', async () => {
  const job = await phone.process(roomScan(boxRoom(3, 3, 2.5, 500)));
  const answer = await phone.fetch(`/api/v1/processing/${job}/events`, { method: 'HEAD' });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  expect(answer.headers.get('cache-control')).toContain('no-store');
  expect(await answer.text()).toBe('');
});

describe('If-None-Match', () => {
  test('matches weak tags, lists and the star', async () => {
    const tag = await etagOf('/.well-known/jwks.json');
    for (const known of [`W/${tag}`, `"other", ${tag}`, `W/"other",W/${tag}`, '*']) {
      expect((await ask('/.well-known/jwks.json', known)).status, known).toBe(304);
    }
  });

  test.each(['', '"', 'not-quoted', '""', '"\u00e9"', ', ,', '"x" "y"'])('%j matches nothing and harms nothing', async (tag) => {
    expect((await ask('/health', tag)).status).toBe(200);
  });

  test('does not hide an error', async () => {
    expect((await ask('/nothing', '*')).status).toBe(404);
    expect((await server.fetch(PROFILE, { headers: { 'if-none-match': '*' } })).status).toBe(401);
  });

  test('does not stop a write', async () => {
    const answer = await post(server, LOGIN, { api_key: phone.user.key, device_id: 'device' }, { 'if-none-match': '*' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('etag')).toBeNull();
  });
});

test('a change gives another tag', async () => {
  const before = await etagOf(PROFILE);
  await phone.fetch(API_KEYS, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name": "another"}' });
  const answer = await ask(PROFILE, before);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('etag')).not.toBe(before);
});

test('equal questions of different users have different tags', async () => {
  const other = await Phone.signIn(server);
  expect((await other.fetch(PROFILE)).headers.get('etag')).not.toBe(await etagOf(PROFILE));
});

describe('shared caches', () => {
  test.each([PROFILE, '/api/v1/user/scans', '/api/v1/health'])('keep nothing of %s', async (path) => {
    expect((await phone.fetch(path)).headers.get('cache-control')).toBe('private, no-cache');
  });

  test.each(['/openapi.json', '/.well-known/jwks.json'])('may keep %s for a while', async (path) => {
    expect((await server.fetch(path)).headers.get('cache-control')).toBe('public, max-age=300');
  });

  test('keep no token', async () => {
    const answer = await post(server, LOGIN, { api_key: phone.user.key, device_id: 'device' });
    expect(answer.headers.get('cache-control')).toMatch(/no-store/);
  });
});
