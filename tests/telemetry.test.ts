// What a request says about itself: ids, trace, Server-Timing, one log line (CONTRACT 10.3, 10.4).
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectError } from './support/envelope.ts';
import { API_KEYS, LOGIN, PROFILE, logsOf, post, timing } from './support/requests.ts';
import { Phone } from './support/rooms.ts';
import { sharedServer, startTestServer, type OwnServer } from './support/server.ts';

const server = sharedServer();
let phone: Phone;

beforeAll(async () => {
  phone = await Phone.signIn(server);
});

const unique = (): string => `req_${randomUUID().replaceAll('-', '')}`;

describe('X-Request-ID', () => {
  const idOf = async (id?: string) => {
    const answer = await server.fetch('/health', { headers: id === undefined ? {} : { 'x-request-id': id } });
    return answer.headers.get('x-request-id');
  };

  test.each(['req_abc123', 'a', '0f9a-77:3.x_Z', 'x'.repeat(128)])('%s comes back', async (id) => {
    expect(await idOf(id)).toBe(id);
  });

  test.each(['', 'two words', '"><script>', '{"level":"ERROR"}', 'a,b', 'caf\u00e9', 'x'.repeat(129), '\\u0000', '../../etc'])('%j is replaced', async (id) => {
    expect(await idOf(id)).toMatch(/^req_[0-9a-f]{32}$/);
  });

  test('each request without one gets its own', async () => {
    const [one, other] = [await idOf(), await idOf()];
    expect(one).toMatch(/^req_[0-9a-f]{32}$/);
    expect(other).not.toBe(one);
  });

  test('it is the one in the envelope', async () => {
    const id = unique();
    const { meta } = await expectError(await server.fetch('/nothing', { headers: { 'x-request-id': id } }), 404);
    expect(meta.request_id).toBe(id);
  });
});

describe('traceparent', () => {
  const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
  const PARENT = '00f067aa0ba902b7';
  const FORM = /^00-([0-9a-f]{32})-([0-9a-f]{16})-(0[01])$/;
  const ask = async (traceparent?: string): Promise<string[]> => {
    const answer = await server.fetch('/health', { headers: traceparent === undefined ? {} : { traceparent } });
    const found = FORM.exec(answer.headers.get('traceparent') ?? '');
    expect(found).not.toBeNull();
    return found!.slice(1);
  };

  test.each(['00', '01'])('a trace goes on in a span of our own and keeps its flag %s', async (flag) => {
    const [trace, span, sampled] = await ask(`00-${TRACE}-${PARENT}-${flag}`);
    expect(trace).toBe(TRACE);
    expect(span).not.toBe(PARENT);
    expect(sampled).toBe(flag);
  });

  test('a later version of the header is understood', async () => {
    expect((await ask(`cc-${TRACE}-${PARENT}-01-what-the-future-brings`))[0]).toBe(TRACE);
  });

  test.each([
    undefined,
    '',
    'junk',
    `00-${TRACE}-${PARENT}`,
    `00-${TRACE}-${PARENT}-01-more`,
    `ff-${TRACE}-${PARENT}-01`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-0g`,
    `00-${TRACE}0-${PARENT}-01`,
  ])('%j starts a new trace', async (traceparent) => {
    const [trace] = await ask(traceparent);
    expect(trace).not.toBe(TRACE);
    expect(trace).not.toBe('0'.repeat(32));
  });

  test('about one new trace in ten is sampled', async () => {
    const flags = await Promise.all(Array.from({ length: 200 }, async () => (await ask())[2]));
    const sampled = flags.filter((flag) => flag === '01').length;
    // 20 expected; outside of these bounds once in a million runs.
    expect(sampled).toBeGreaterThan(2);
    expect(sampled).toBeLessThan(45);
  });
});

describe('Server-Timing', () => {
  const FORM = new RegExp(
    '^d1;desc="trips=\\d+ rows_read=\\d+ rows_written=\\d+", kv;desc="reads=\\d+ writes=\\d+", ' +
      'r2;desc="a=\\d+ b=\\d+", queue;desc="ops=\\d+", do;desc="calls=\\d+", total;dur=\\d+$',
  );

  test.each(['/health', '/nothing', PROFILE])('%s counts its operations', async (path) => {
    expect((await server.fetch(path)).headers.get('server-timing')).toMatch(FORM);
  });

  test('what a request does is what it counts', async () => {
    expect(timing(await server.fetch('/health'))).toMatchObject({ 'd1.trips': 0, 'kv.reads': 0, 'r2.b': 0 });
    const profile = timing(await phone.fetch(PROFILE));
    expect(profile['d1.trips']).toBe(1);
    expect(profile['d1.rows_read']).toBeGreaterThan(0);
    expect(profile['d1.rows_written']).toBe(0);
    expect(timing(await server.fetch('/health/ready'))).toMatchObject({ 'd1.trips': 1, 'kv.reads': 1, 'r2.b': 1, 'do.calls': 1 });
  });

  test('a request that fails counts too', async () => {
    const answer = await phone.fetch(PROFILE, { headers: { 'x-fault': 'database' } });
    expect(timing(answer)['d1.trips']).toBe(1);
  });
});

describe('the log', () => {
  test('has one line for a request, with all that CONTRACT 10.3 asks for', async () => {
    const id = unique();
    const device = randomUUID();
    const answer = await phone.fetch(`${PROFILE}?looks=secret`, { headers: { 'x-request-id': id, 'x-device-id': device } });
    const lines = await logsOf(server, id);

    expect(lines).toHaveLength(1);
    const line = lines[0]!;
    expect(line).toMatchObject({
      level: 'INFO',
      service: 'backend',
      request_id: id,
      trace_id: answer.headers.get('traceparent')!.split('-')[1],
      user_id: phone.user.user_id,
      device_id: device,
      method: 'GET',
      path: PROFILE,
      status: 200,
      d1_trips: 1,
    });
    expect(line.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(line.latency_ms).toBeTypeOf('number');
    expect(line.message).toContain(id);
    expect(JSON.stringify(line)).not.toContain('secret');
  });

  test.each([
    ['GET', '/nothing', 404],
    ['DELETE', '/health', 405],
    ['OPTIONS', '/health', 204],
    ['HEAD', '/health', 200],
    ['GET', PROFILE, 401],
  ])('%s %s is logged with status %i', async (method, path, status) => {
    const id = unique();
    await server.fetch(path, { method, headers: { 'x-request-id': id } });
    const lines = await logsOf(server, id);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 'INFO', method, path, status, user_id: null, device_id: null });
  });

  test('knows who signed in, and who was refused', async () => {
    const [well, badly] = [unique(), unique()];
    await post(server, LOGIN, { api_key: phone.user.key, device_id: 'device' }, { 'x-request-id': well });
    await post(server, LOGIN, { api_key: 'romo_live_nobody', device_id: 'device' }, { 'x-request-id': badly });
    expect((await logsOf(server, well))[0]).toMatchObject({ user_id: phone.user.user_id, status: 200 });
    expect((await logsOf(server, badly))[0]).toMatchObject({ user_id: null, status: 401 });
  });

  test('tells why a request failed on our side, which the answer does not', async () => {
    const id = unique();
    const answer = await phone.fetch(PROFILE, { headers: { 'x-request-id': id, 'x-fault': 'panic' } });
    expect(await answer.text()).not.toContain('asked to panic');
    await logsOf(server, id);
    expect(server.rawLog()).toMatch(new RegExp(`"error":"panic: asked to panic by a test","level":"ERROR"[^}]*"${id}"`));
  });

  test('a hostile device id does not get in', async () => {
    const id = unique();
    await server.fetch('/health', { headers: { 'x-request-id': id, 'x-device-id': 'a"},{"level":"ERROR' } });
    expect((await logsOf(server, id))[0]!.device_id).toBeNull();
  });
});

describe('the price of a request', () => {
  const costOf = async (ask: (id: string) => Promise<Response>) => {
    const id = unique();
    const answer = await ask(id);
    const line = (await logsOf(server, id)).find(({ cost_nano_dollars }) => cost_nano_dollars !== undefined);
    return { counts: timing(answer), cost: line!.cost_nano_dollars };
  };
  const headers = (id: string) => ({ 'x-request-id': id, 'content-type': 'application/json' });

  test('of one that does nothing is that of being called', async () => {
    const { cost } = await costOf((id) => server.fetch('/health', { headers: headers(id) }));
    expect(cost).toBe(300);
  });

  test('of a read is a nano-dollar more for each row', async () => {
    const { counts, cost } = await costOf((id) => phone.fetch(PROFILE, { headers: headers(id) }));
    expect(cost).toBe(300 + counts['d1.rows_read']!);
  });

  test('of a write is a thousand more for each row', async () => {
    const { counts, cost } = await costOf((id) => phone.fetch(API_KEYS, { method: 'POST', headers: headers(id), body: '{"name": "priced"}' }));
    expect(counts['d1.rows_written']).toBeGreaterThan(0);
    expect(cost).toBe(300 + counts['d1.rows_read']! + 1000 * counts['d1.rows_written']!);
  });

  test('of readiness counts KV, R2, the room and the queue', async () => {
    const { counts, cost } = await costOf((id) => server.fetch('/health/ready', { headers: headers(id) }));
    expect(cost).toBe(300 + counts['d1.rows_read']! + 500 + 360 + 150 + 400);
  });
});

describe('in production', () => {
  let production: OwnServer;

  beforeAll(async () => {
    production = await startTestServer({ vars: { ENVIRONMENT: 'production' } });
  });
  afterAll(() => production.stop());

  test('there is no Server-Timing and only HTTPS', async () => {
    const answer = await production.fetch('/health');
    expect(answer.headers.get('server-timing')).toBeNull();
    expect(answer.headers.get('strict-transport-security')).toMatch(/max-age=\d{8}/);
    expect(answer.headers.get('x-request-id')).toMatch(/^req_/);
  });

  test.each(['panic', 'database'])('nobody can ask for the fault %s', async (fault) => {
    const user = await production.accounts.user();
    const answer = await post(production, LOGIN, { api_key: user.key, device_id: 'device' }, { 'x-fault': fault });
    expect(answer.status).toBe(200);
  });

  test('requests are still logged with their price', async () => {
    const id = unique();
    await production.fetch('/health', { headers: { 'x-request-id': id } });
    expect(await logsOf(production, id)).toMatchObject([{ status: 200, cost_nano_dollars: 300 }]);
  });
});
