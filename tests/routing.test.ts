// Paths, methods and the three dialects (CONTRACT 0.3, 0.4, 0.5, 1.6).
import { request } from 'node:http';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectEnvelope, expectError, type Envelope } from './support/envelope.ts';
import { API_KEYS, CONNECTION, LOGIN, PROFILE, REFRESH, fetchRaw, post } from './support/requests.ts';
import { Phone } from './support/rooms.ts';
import { sharedServer } from './support/server.ts';

const server = sharedServer();
let phone: Phone;

beforeAll(async () => {
  phone = await Phone.signIn(server);
});

describe('slashes', () => {
  test.each(['//api/v1/health', '/api/v1/health/', '/api//v1///health', '///api/v1/health//', '//health', '/health/'])(
    '%s finds what is meant',
    async (path) => {
      expect((await fetchRaw(server, path)).status).toBe(200);
    },
  );

  test('a doubled slash keeps method, body and query', async () => {
    const answer = await fetchRaw(server, '//api/v1//auth/login/?from=app', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ api_key: phone.user.key, device_id: 'device' }),
    });
    expect(answer.status).toBe(200);
  });

  test('the normalized path is what the error names', async () => {
    const { meta } = await expectError(await fetchRaw(server, '//v1///nothing//?q=1'), 404);
    expect(meta.path).toBe('/v1/nothing');
  });
});

describe('unknown paths', () => {
  test.each(['/nothing', '/api', '/api/v1', '/api/v1/nothing', '/v1/nothing', '/scans', '/api/v1/auth', '/api/v2/health', '/API/V1/HEALTH'])(
    '%s is 404',
    async (path) => {
      const { error } = await expectError(await server.fetch(path), 404, 'NOT_FOUND');
      expect(error.type).toBe('http_error');
    },
  );

  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s on an unknown path is 404', async (method) => {
    await expectError(await server.fetch('/api/v1/nothing', { method }), 404, 'NOT_FOUND');
  });
});

describe('wrong methods', () => {
  const cases: [string, string, string[]][] = [
    ['GET', LOGIN, ['POST']],
    ['DELETE', REFRESH, ['POST']],
    ['PUT', '/v1/auth/login', ['POST']],
    ['GET', '/api/auth/login', ['POST']],
    ['POST', PROFILE, ['GET', 'HEAD']],
    ['POST', '/health', ['GET', 'HEAD']],
    ['GET', API_KEYS, ['POST']],
    ['PATCH', '/api/v1/rooms/some-scan', ['DELETE', 'GET', 'HEAD']],
    ['PROPFIND', '/health', ['GET', 'HEAD']],
  ];
  test.each(cases)('%s %s is 405 and names what is allowed', async (method, path, allowed) => {
    const answer = await server.fetch(path, { method });
    const allow = answer.headers.get('allow') ?? '';
    expect(allow.split(/,\s*/).sort()).toEqual(allowed);
    await expectError(answer, 405, 'METHOD_NOT_ALLOWED');
  });
});

describe('HEAD', () => {
  const VARYING = ['date', 'ratelimit', 'server-timing', 'traceparent', 'x-request-id', 'connection', 'keep-alive', 'transfer-encoding'];
  // The connection in front of the Worker compresses only what has a body.
  const plain = { headers: { 'accept-encoding': 'identity' } };
  const headersOf = (answer: Response) => Object.fromEntries([...answer.headers].filter(([name]) => !VARYING.includes(name)));

  test.each(['/health', '/health/ready', '/.well-known/jwks.json', PROFILE, '/api/v1/user/scans', '/nothing', '/api/v1/rooms/none', LOGIN])(
    'of %s has the headers of GET and no body',
    async (path) => {
      const [whole, head] = [await phone.fetch(path, plain), await phone.fetch(path, { ...plain, method: 'HEAD' })];
      expect(head.status).toBe(whole.status);
      expect(headersOf(head)).toEqual(headersOf(whole));
      expect(head.headers.get('content-length')).toBe(String((await whole.arrayBuffer()).byteLength));
      expect(await head.text()).toBe('');
    },
  );
});

describe('CORS', () => {
  const ALLOWED = ['authorization', 'content-type', 'content-encoding', 'x-device-id', 'x-api-key', 'idempotency-key', 'x-request-id', 'traceparent', 'tracestate', 'x-signature', 'x-timestamp', 'x-nonce'];
  const EXPOSED = ['x-request-id', 'retry-after', 'etag', 'x-total-count'];
  const list = (answer: Response, header: string) => (answer.headers.get(header) ?? '').toLowerCase().split(/,\s*/);

  test.each([PROFILE, LOGIN, '/api/v1/rooms/upload', '/api/v1/rooms/some-scan', '/v1/auth/login', '/api/auth/refresh', '/health'])(
    'a preflight of %s is answered without credentials',
    async (path) => {
      const answer = await server.fetch(path, {
        method: 'OPTIONS',
        headers: { origin: 'https://app.example.org', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
      });
      expect(answer.status).toBe(204);
      expect(await answer.text()).toBe('');
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      expect(list(answer, 'access-control-allow-headers')).toEqual(expect.arrayContaining(ALLOWED));
      expect(list(answer, 'access-control-allow-methods')).toEqual(expect.arrayContaining(['get', 'post', 'put', 'patch', 'delete', 'options']));
      expect(Number(answer.headers.get('access-control-max-age'))).toBeGreaterThan(0);
    },
  );

  test('a preflight of an unknown path lets the script see the 404 that follows', async () => {
    const answer = await server.fetch('/api/v1/nothing', { method: 'OPTIONS', headers: { 'access-control-request-method': 'GET' } });
    expect(answer.status).toBe(204);
  });

  test('OPTIONS names the methods of the path', async () => {
    const answer = await server.fetch('/api/v1/rooms/some-scan', { method: 'OPTIONS' });
    expect(list(answer, 'allow').sort()).toEqual(['delete', 'get', 'head']);
  });

  test.each(['/health', '/nothing', PROFILE])('scripts of any origin may read the answer of %s and its headers', async (path) => {
    const answer = await server.fetch(path, { headers: { origin: 'https://app.example.org' } });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(list(answer, 'access-control-expose-headers')).toEqual(expect.arrayContaining(EXPOSED));
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });
});

describe('dialects', () => {
  test.each([
    [LOGIN, 400],
    ['/v1/auth/login', 422],
    ['/api/auth/login', 400],
    [REFRESH, 400],
    ['/v1/auth/refresh', 422],
    ['/api/auth/refresh', 400],
  ])('%s answers a missing field with %i', async (path, status) => {
    await expectError(await post(server, path, {}), status, 'VALIDATION_ERROR');
  });

  test.each([
    [LOGIN, 400],
    ['/v1/auth/login', 422],
    ['/api/auth/login', 400],
  ])('%s answers a body that is not JSON with %i', async (path, status) => {
    const answer = await server.fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' });
    await expectError(answer, status, 'VALIDATION_INVALID_FORMAT');
  });

  test('paths without a version repeat status and message at the top', async () => {
    const body = await expectError(await post(server, '/api/auth/login', {}), 400);
    expect(body).toMatchObject({ statusCode: 400, message: body.error.message });
    const missing = await expectError(await server.fetch('/scans/nothing'), 404);
    expect(missing).toMatchObject({ statusCode: 404, message: missing.error.message });
  });

  test.each([LOGIN, '/v1/auth/login'])('%s has nothing but error and meta at the top', async (path) => {
    const answer = await post(server, path, {});
    expect(Object.keys((await answer.json()) as Envelope).sort()).toEqual(['error', 'meta']);
  });

  test.each(['/v1/auth/login', '/api/auth/login'])('%s signs in as the canonical path does', async (path) => {
    const answer = await post(server, path, { api_key: phone.user.key, device_id: 'device' });
    expect(answer.status).toBe(200);
    const { refresh_token } = (await answer.json()) as { refresh_token: string };
    const renewed = await post(server, path.replace('login', 'refresh'), { refresh_token });
    expect(renewed.status).toBe(200);
  });

  test.each([
    ['/v1/health', CONNECTION],
    ['/api/health', CONNECTION],
    ['/api/v1/health/ready', '/health/ready'],
    ['/v1/health/ready', '/health/ready'],
  ])('%s answers as %s', async (alias, canonical) => {
    const [one, other] = await Promise.all([server.fetch(alias), server.fetch(canonical)]);
    expect(one.status).toBe(other.status);
    expect(Object.keys((await one.json()) as object)).toEqual(Object.keys((await other.json()) as object));
  });
});

describe('odd addresses never break the server', () => {
  /** Sends the path byte for byte: fetch would tidy it up. */
  const send = (path: string, method = 'GET'): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(server.url);
      const headers = { authorization: `Bearer ${phone.token}` };
      const outgoing = request({ hostname, port, path, method, headers, agent: false }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      });
      outgoing.on('error', reject);
      outgoing.end();
    });

  /** workerd does not ask the Worker when the bytes are no URI. */
  const isRefusedByRuntime = (status: number, text: string) => status === 400 && text === 'invalid URI';

  const segments = [
    '%', '%%', '%zz', '%0', '%00', '%ff', '%FF%FE', '%c3%28', '%ed%a0%80', '%2F', '%2f%2f', '..%2f..%2fetc', '%2e%2e', '..', '.', '...',
    '|', '{}', '^', '`', '"', '<script>', '[]', '\\', '\\\\host', "'--", ';', ':', '@', '~', '!$&\'()*+,;=', '{scan_id}', '*', '%E2%82%AC', '%F0%9F%8F%A0',
    '%0d%0aX-Evil:%201', '%20', '+', 'a%20b', '\u00e9', 'null', '-1', '0', '1e999', 'a'.repeat(300), '%41'.repeat(2000), 'a'.repeat(8000),
  ];
  test.each(segments.map((segment) => [segment.length > 60 ? `${segment.slice(0, 12)}... (${segment.length})` : segment, segment]))(
    'the segment %s',
    async (_, segment) => {
      for (const path of [`/${segment}`, `/api/v1/rooms/${segment}`, `/api/v1/processing/${segment}/status`, `/health?q=${segment}`, `/api/v1/user/scans?page=${segment}`]) {
        const { status, text } = await send(path);
        expect(status, `${path}: ${text}`).toBeLessThan(500);
        if (status >= 400 && !isRefusedByRuntime(status, text)) expectEnvelope(JSON.parse(text) as Envelope);
      }
      // 405 where the segment leads up to the collection.
      const { status, text } = await send(`/api/v1/user/api-keys/${segment}`, 'DELETE');
      if (!isRefusedByRuntime(status, text)) expect([404, 405], text).toContain(status);
    },
  );

  test.each(['?', '?&&&', '?=', '?a', '?page', '?page=1&page=2', '?%ff=%ff', `?${'a=1&'.repeat(2000)}`, '?page=%00', '?a[b][c]=1', '#fragment'])(
    'the query %.40s',
    async (query) => {
      const { status, text } = await send(`/api/v1/user/scans${query}`);
      expect([200, 400], text).toContain(status);
    },
  );

  test('an address as long as a client can send gets an answer', async () => {
    const { status } = await send(`/api/v1/rooms/${'a'.repeat(15_000)}`);
    expect(status).toBe(404);
  });
});
