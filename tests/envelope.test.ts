// Whatever is wrong with a request, it reads the same (CONTRACT 4), and the server lives on.
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectEnvelope, expectError, type Envelope } from './support/envelope.ts';
import { API_KEYS, CONNECTION, LOGIN, PROFILE, REFRESH, post } from './support/requests.ts';
import { Phone } from './support/rooms.ts';
import { sharedServer } from './support/server.ts';

const server = sharedServer();
let phone: Phone;

beforeAll(async () => {
  phone = await Phone.signIn(server);
});

const JSON_TYPE = { 'content-type': 'application/json' };
const MEBIBYTE = 1 << 20;
const credentials = () => ({ api_key: phone.user.key, device_id: 'device' });
const send = (body: BodyInit, headers: Record<string, string>): Promise<Response> =>
  server.fetch(LOGIN, { method: 'POST', headers, body });

describe('every status has the envelope', () => {
  const scan = '00000000-0000-4000-8000-000000000000';
  const cases: [number, string, () => Promise<Response>][] = [
    [400, 'VALIDATION_ERROR', () => post(server, LOGIN, {})],
    [400, 'VALIDATION_INVALID_FORMAT', () => send('{', JSON_TYPE)],
    [401, 'AUTH_TOKEN_INVALID', () => server.fetch(PROFILE)],
    [401, 'AUTH_API_KEY_INVALID', () => post(server, LOGIN, { api_key: 'romo_live_nobody', device_id: 'device' })],
    [404, 'NOT_FOUND', () => phone.fetch(`/api/v1/rooms/${scan}`)],
    [405, 'METHOD_NOT_ALLOWED', () => server.fetch(LOGIN)],
    [413, 'VALIDATION_TOO_LARGE', () => send('x'.repeat(MEBIBYTE + 1), JSON_TYPE)],
    [415, 'UNSUPPORTED_MEDIA_TYPE', () => send('a=b', { 'content-type': 'application/x-www-form-urlencoded' })],
    [422, 'VALIDATION_ERROR', () => post(server, '/v1/auth/login', {})],
    [500, 'SYSTEM_INTERNAL_ERROR', () => server.fetch('/health', { headers: { 'x-fault': 'panic' } })],
    [503, 'SYSTEM_DATABASE_ERROR', () => phone.fetch(PROFILE, { headers: { 'x-fault': 'database' } })],
  ];
  test.each(cases)('%i %s', async (status, code, ask) => {
    const answer = await ask();
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('etag')).toBeNull();
    await expectError(answer, status, code);
  });

  test('the path is that of the request, without its query', async () => {
    const { meta } = await expectError(await server.fetch('/api/v1/user/profile?token=secret'), 401);
    expect(meta.path).toBe('/api/v1/user/profile');
  });

  test('the timestamp is now', async () => {
    const { meta } = await expectError(await server.fetch('/nothing'), 404);
    expect(Math.abs(Date.parse(meta.timestamp) - Date.now())).toBeLessThan(5_000);
  });
});

describe('fields that do not validate', () => {
  const fieldsOf = async (body: unknown, path = LOGIN) => {
    const { error } = await expectError(await post(server, path, body), 400, 'VALIDATION_ERROR');
    expect(error.type).toBe('validation_error');
    return Object.fromEntries((error.details ?? []).map(({ field, type }) => [field, type]));
  };
  const TOO_LONG = 'x'.repeat(257);

  test('are all reported at once', async () => {
    expect(await fieldsOf({})).toEqual({ api_key: 'missing_field', device_id: 'missing_field' });
    expect(await fieldsOf({ api_key: 1, device_id: [] })).toEqual({ api_key: 'invalid_format', device_id: 'invalid_format' });
    expect(await fieldsOf({ api_key: '', device_id: TOO_LONG })).toEqual({ api_key: 'too_small', device_id: 'too_long' });
  });

  test('are all reported at once, also when they are wrong in different ways', async () => {
    expect(await fieldsOf({ api_key: TOO_LONG })).toEqual({ api_key: 'too_long', device_id: 'missing_field' });
    expect(await fieldsOf({ api_key: null, device_id: '' })).toEqual({ api_key: 'invalid_format', device_id: 'too_small' });
    expect(await fieldsOf({ refresh_token: '', device_id: 7 }, REFRESH)).toEqual({ refresh_token: 'too_small', device_id: 'invalid_format' });
  });

  test.each([null, true, 1, 1.5, [], [{}], {}])('a field of type %j is refused where a text belongs', async (value) => {
    expect(await fieldsOf({ api_key: value, device_id: 'device' })).toEqual({ api_key: 'invalid_format' });
  });

  test.each([null, true, 42, 'text', []])('a body of %j is refused as a whole', async (body) => {
    expect(await fieldsOf(body)).toEqual({ body: 'invalid_format' });
  });

  test('an unknown choice is refused with the choices there are', async () => {
    const answer = await phone.fetch(API_KEYS, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ name: ' ', environment: 'staging' }) });
    const { error } = await expectError(answer, 400, 'VALIDATION_ERROR');
    expect(error.details?.map(({ field }) => field).sort()).toEqual(['environment', 'name']);
    expect(error.details?.find(({ field }) => field === 'environment')?.message).toContain('live, test');
  });

  test('query parameters are reported as fields too', async () => {
    const { error } = await expectError(await phone.fetch('/api/v1/user/scans?page=0&per_page=101&offset=x'), 400, 'VALIDATION_ERROR');
    expect(error.details?.map(({ field }) => field).sort()).toEqual(['offset', 'page', 'per_page']);
  });

  test('a message never repeats the value, which may be a secret', async () => {
    const answer = await post(server, LOGIN, { api_key: { nested: 'romo_live_secret' }, device_id: 'device' });
    expect(await answer.text()).not.toContain('romo_live_secret');
  });
});

describe('bodies', () => {
  test.each([
    ['snake_case', () => credentials()],
    ['camelCase', () => ({ apiKey: phone.user.key, deviceId: 'device' })],
    ['both, with snake_case winning', () => ({ ...credentials(), apiKey: 'wrong' })],
    ['unknown fields beside it', () => ({ ...credentials(), appVersion: '1.2.3', extra: { deep: [1] } })],
  ])('%s is understood', async (_, body) => {
    expect((await post(server, LOGIN, body())).status).toBe(200);
  });

  test.each([
    ['nothing', ''],
    ['no JSON', 'hello'],
    ['half of it', '{"api_key": "a'],
    ['two documents', '{} {}'],
    ['a trailing comma', '{"api_key": "a",}'],
    ['NaN', '{"api_key": NaN}'],
    ['100,000 open brackets', '['.repeat(100_000)],
    ['100,000 open objects', '{"a":'.repeat(100_000)],
    ['a lone surrogate', '{"api_key": "\\ud800", "device_id": "d"}'],
    ['a control character', '{"api_key": "\u0001"}'],
  ])('%s is an invalid format', async (_, body) => {
    await expectError(await send(body, JSON_TYPE), 400, 'VALIDATION_INVALID_FORMAT');
  });

  test('bytes that are not UTF-8 are an invalid format', async () => {
    await expectError(await send(new Uint8Array([0x22, 0xff, 0xfe, 0x22]), JSON_TYPE), 400, 'VALIDATION_INVALID_FORMAT');
  });

  test('numbers beyond any machine are refused, not fatal', async () => {
    await expectError(await send('{"api_key": 1e999999, "device_id": 123456789012345678901234567890}', JSON_TYPE), 400);
  });

  test.each(['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/vnd.outpost+json'])('%s counts as JSON', async (type) => {
    expect((await send(JSON.stringify(credentials()), { 'content-type': type })).status).toBe(200);
  });

  test('no content type counts as JSON', async () => {
    expect((await send(Buffer.from(JSON.stringify(credentials())), {})).status).toBe(200);
  });

  test.each(['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'json', ';', 'image/png'])('%s is not supported', async (type) => {
    await expectError(await send(JSON.stringify(credentials()), { 'content-type': type }), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });
});

describe('compressed bodies', () => {
  const zipped = (body: BodyInit, encoding = 'gzip') => send(body, { ...JSON_TYPE, 'content-encoding': encoding });

  test.each(['gzip', 'GZIP', 'x-gzip'])('%s is understood', async (encoding) => {
    expect((await zipped(gzipSync(JSON.stringify(credentials())), encoding)).status).toBe(200);
  });

  test('gzip in several members is understood', async () => {
    const text = JSON.stringify(credentials());
    const members = [text.slice(0, 20), text.slice(20)].map((half) => gzipSync(half));
    expect((await zipped(Buffer.concat(members))).status).toBe(200);
  });

  test('gzip that is none, broken or cut is an invalid format', async () => {
    const whole = gzipSync(JSON.stringify(credentials()));
    const broken = Buffer.from(whole);
    broken[broken.length - 6]! ^= 0xff;
    for (const body of ['{}', broken, whole.subarray(0, -9), whole.subarray(0, 5)]) {
      await expectError(await zipped(body), 400, 'VALIDATION_INVALID_FORMAT');
    }
  });

  test('a bomb is refused before it unfolds', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * MEBIBYTE, ' '), { level: 9 });
    expect(bomb.length).toBeLessThan(MEBIBYTE);
    await expectError(await zipped(bomb), 413, 'VALIDATION_TOO_LARGE');
  });

  test.each(['br', 'deflate', 'zstd', 'gzip, gzip', 'compress'])('%s is not supported', async (encoding) => {
    await expectError(await zipped('{}', encoding), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });
});

describe('size', () => {
  test('a body of exactly the limit is read', async () => {
    const frame = JSON.stringify({ ...credentials(), padding: '' });
    const padding = ' '.repeat(MEBIBYTE - frame.length);
    expect((await send(JSON.stringify({ ...credentials(), padding }), JSON_TYPE)).status).toBe(200);
  });

  test('a longer one is refused, and the message says the limit', async () => {
    const { error } = await expectError(await send('x'.repeat(3 * MEBIBYTE), JSON_TYPE), 413, 'VALIDATION_TOO_LARGE');
    expect(error.message).toContain(String(MEBIBYTE));
  });

  test('a longer one is refused that does not tell its length', async () => {
    const chunk = new Uint8Array(64 << 10).fill(0x20);
    let left = 40;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (left-- > 0) controller.enqueue(chunk);
        else controller.close();
      },
    });
    const answer = await server.fetch(LOGIN, { method: 'POST', headers: JSON_TYPE, body, duplex: 'half' } as RequestInit);
    await expectError(answer, 413, 'VALIDATION_TOO_LARGE');
  });
});

describe('a large body that nobody wants', () => {
  // An answer that overtakes its request breaks the connection, and the client sees no answer at all.
  const large = new Uint8Array(20 * MEBIBYTE).fill(0x20);
  const streamed = (): ReadableStream<Uint8Array> => new Blob([large]).stream();
  const cases: [number, string, Record<string, string>][] = [
    [401, '/api/v1/rooms/upload', {}],
    [404, '/nothing', {}],
    [405, '/health', {}],
    [413, LOGIN, {}],
    [415, LOGIN, { 'content-type': 'text/plain' }],
    [500, LOGIN, { 'x-fault': 'panic' }],
  ];
  test.each(cases)('is answered with %i at %s all the same', async (status, path, headers) => {
    for (const body of [large, streamed(), large, streamed()]) {
      const answer = await server.fetch(path, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body, duplex: 'half' } as RequestInit);
      await expectError(answer, status);
    }
  });
});

describe('failures of our own', () => {
  const fault = (name: string) => ({ headers: { 'x-fault': name } });

  test('a panic costs one request and tells nothing about itself', async () => {
    const body = await expectError(await phone.fetch(PROFILE, fault('panic')), 500, 'SYSTEM_INTERNAL_ERROR');
    expect(body.error).toEqual({ code: 'SYSTEM_INTERNAL_ERROR', message: 'An internal error occurred', type: 'server_error' });
    expect((await phone.fetch(PROFILE)).status).toBe(200);
  });

  test('panics in the middle of other requests leave those alone', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const panics = index % 2 === 0;
        const answer = await phone.fetch(PROFILE, panics ? fault('panic') : {});
        await answer.text();
        return [panics ? 500 : 200, answer.status];
      }),
    );
    for (const [expected, status] of answers) expect(status).toBe(expected);
  });

  test('a panic of a request with a body leaves the connection usable', async () => {
    for (const headers of [{ 'x-fault': 'panic' }, {}]) {
      const answer = await post(server, LOGIN, credentials(), headers as Record<string, string>);
      expect(answer.status).toBe('x-fault' in headers ? 500 : 200);
      await answer.text();
    }
  });

  test.each([
    ['reading', () => phone.fetch(PROFILE, fault('database'))],
    ['writing', () => phone.fetch(API_KEYS, { method: 'POST', headers: { ...JSON_TYPE, 'x-fault': 'database' }, body: '{"name": "key"}' })],
    ['login', () => post(server, LOGIN, credentials(), { 'x-fault': 'database' })],
    ['the connection test with a key', () => server.fetch(CONNECTION, { headers: { authorization: `Bearer ${phone.user.key}`, 'x-fault': 'database' } })],
    ['the connection test with a token', () => phone.fetch(CONNECTION, fault('database'))],
  ])('a database that fails while %s is 503 and says when to come again', async (_, ask) => {
    const answer = await ask();
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    const { error } = await expectError(answer, 503, 'SYSTEM_DATABASE_ERROR');
    expect(error).toMatchObject({ type: 'server_error', message: 'The service is temporarily unavailable' });
  });

  test('liveness does not need the database', async () => {
    expect((await server.fetch('/health', fault('database'))).status).toBe(200);
    expect((await server.fetch(CONNECTION, fault('database'))).status).toBe(200);
  });

  test('readiness names what failed, beside the envelope', async () => {
    const answer = await server.fetch('/health/ready', fault('database'));
    expect(answer.status).toBe(503);
    const body = (await answer.json()) as Envelope & { status: string; checks: Record<string, string> };
    expectEnvelope(body);
    expect(body.error.code).toBe('SYSTEM_UNAVAILABLE');
    expect(body.status).toBe('unavailable');
    expect(body.checks).toEqual({ d1: 'failed', kv: 'ok', r2: 'ok', queue: 'ok', do: 'ok' });
  });
});
