// The query socket as its clients know it (CONTRACT 2.1, traps T1 to T6 and T18). Every frame that
// comes is checked for its exact keys (support/query-socket.ts).
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectEnvelope } from './support/envelope.ts';
import { Answers, QueryClient, joined, sentence } from './support/query-socket.ts';
import { OPCODE, RawSocket, handshake } from './support/raw-socket.ts';
import { get, logIn, post } from './support/requests.ts';
import { sharedServer } from './support/server.ts';
import { decode, sign } from './support/tokens.ts';

const server = sharedServer();
const PATHS = ['/v1/ws/query', '/api/v1/ws/query', '/api/ws/query'];
let user: Awaited<ReturnType<typeof server.accounts.user>>;
let token: string;
let answers: Answers;

beforeAll(async () => {
  user = await server.accounts.user();
  token = (await logIn(server, user.key)).access_token;
  answers = new Answers(server, token);
});

const open = (options?: Parameters<typeof QueryClient.open>[2]) => QueryClient.open(server, token, options);
const ready = () => QueryClient.ready(server, token);

describe('the upgrade', () => {
  const claims = () => decode(token).claims;
  const bad: [string, () => Promise<string> | string, string][] = [
    ['no token', () => '', 'AUTH_TOKEN_INVALID'],
    ['garbage', () => '?token=garbage', 'AUTH_TOKEN_INVALID'],
    ['an expired token', () => `?token=${sign({ ...claims(), exp: Math.floor(Date.now() / 1000) - 1 })}`, 'AUTH_TOKEN_EXPIRED'],
    ['a refresh token', async () => `?token=${(await logIn(server, user.key)).refresh_token}`, 'AUTH_TOKEN_INVALID'],
    ['a foreign signature', () => `?token=${token.slice(0, -20)}${'A'.repeat(20)}`, 'AUTH_TOKEN_INVALID'],
    [
      'a revoked session',
      async () => {
        const signedIn = await logIn(server, (await server.accounts.user()).key);
        await post(server, '/api/v1/auth/logout', { refresh_token: signedIn.refresh_token });
        return `?token=${signedIn.access_token}`;
      },
      'AUTH_TOKEN_INVALID',
    ],
  ];

  test.each(bad)('with %s is answered with 401 and the envelope, and no handshake', async (_, query, code) => {
    const search = await query();
    for (const path of PATHS) {
      const refused = await handshake(`${server.url}${path}${search}`);
      expect(refused.status).toBe(401);
      expect(refused.headers['content-type']).toBe('application/json');
      const body = JSON.parse(refused.body);
      expect(body.error.code).toBe(code);
      expectEnvelope(body);
    }
  });

  test('is missing in a plain GET, which is 426', async () => {
    for (const path of PATHS) {
      const answer = await get(server, path, token);
      expect(answer.status).toBe(426);
      expectEnvelope(await answer.json());
    }
  });

  test.each(PATHS)('at %s leads to connection_established within two seconds', async (path) => {
    const asked = Date.now();
    const client = await open({ path });
    const first = await client.next('connection_established');
    expect(first.at - asked).toBeLessThan(2000);
    expect(client.frames).toHaveLength(1);
    expect(first.data).toEqual({ userId: user.user_id });
    expect(await client.close()).toEqual({ code: 1000, reason: '' });
  });

  test('takes the token in the Authorization header, as Android may send it', async () => {
    const socket = await RawSocket.open(`${server.url}/v1/ws/query`, { headers: { authorization: `Bearer ${token}` } });
    await socket.until(() => socket.messages[0]);
    await socket.close();
  });

  test('is followed by frames in the same breath, which are served (T18)', async () => {
    const frames = [{ type: 'heartbeat' }, { type: 'subscribe_query', queryId: 'early' }, { type: 'submit_query', query: 'Why?' }];
    const client = await open({ early: frames.map((frame) => JSON.stringify(frame)) });
    await client.next('error');
    expect(client.frames.map(({ type }) => type)).toEqual(['connection_established', 'heartbeat', 'subscription_confirmed', 'error']);
    await client.close();
  });
});

describe('what is no request', () => {
  test.each(['heartbeat', 'Heartbeat', 'com.amaima.app.data.WebSocketMessage.Heartbeat'])('%s is answered with a heartbeat (T3)', async (type) => {
    const client = await ready();
    client.send(type);
    const { data } = await client.next('heartbeat');
    expect(data).toEqual({});
    await client.close();
  });

  test('junk is ignored, without an error and without a close', async () => {
    const client = await ready();
    for (const text of ['', 'ping?', 'null', '[]', '{}', '{"type":5}', '{"type":"hello"}', '{"type":"error"}', `{"type":"x","y":${'['.repeat(5000)}`, '{"type":"unsubscribe_query"}', '\u0000']) client.raw.sendText(text);
    client.raw.sendFrame(OPCODE.binary, Buffer.from('{"type":"heartbeat"}'));
    client.raw.sendFrame(OPCODE.text, Buffer.from('{"type":"he'), false);
    client.raw.sendFrame(OPCODE.continuation, Buffer.from('artbeat"}'));
    await client.next('heartbeat');
    await client.settled();
    expect(client.frames.map(({ type }) => type)).toEqual(['connection_established', 'heartbeat', 'heartbeat']);
    await client.close();
  });

  test('a frame of more than 1 MiB closes with 1009', async () => {
    const client = await ready();
    client.raw.sendText(JSON.stringify({ type: 'heartbeat', x: 'x'.repeat(1 << 20) }));
    expect((await client.ended).code).toBe(1009);
  });

  test('a flood closes with 4429', async () => {
    const client = await ready();
    for (let count = 0; count < 500; count += 1) client.send('pong');
    expect((await client.ended).code).toBe(4429);
  });
});

describe('a query', () => {
  const text = sentence(60);

  test('streams word by word to whoever subscribed: processing, chunks, the end (T1, T6)', async () => {
    const [client, other, stranger] = await Promise.all([ready(), ready(), QueryClient.ready(server, (await logIn(server, (await server.accounts.user()).key)).access_token)]);
    const queryId = randomUUID();
    for (const it of [client, other, stranger]) it.send('subscribe_query', { queryId });
    await Promise.all([client, other, stranger].map((it) => it.next('subscription_confirmed')));
    const bystander = await ready();
    await answers.stream(queryId, text.split(/(?<=e)/), { confidence: 0.875 });
    const updates = await client.completed(queryId);
    expect(await other.completed(queryId)).toEqual(updates);

    expect(updates[0]).toEqual({ queryId, status: 'processing' });
    const last = updates.at(-1);
    const chunks = updates.slice(1, -1);
    expect(chunks.length).toBeGreaterThan(5);
    for (const chunk of chunks) expect(chunk).toEqual({ queryId, status: 'streaming', chunk: expect.stringMatching(/\S/) });
    expect(last).toEqual({ queryId, status: 'completed', complete: true, chunk: expect.stringMatching(/\S/), responseText: text, verification: { confidence: 0.875 } });
    expect(joined(updates)).toBe(text);
    for (const { chunk } of [...chunks, last].slice(1)) expect(chunk).toMatch(/^\s/);
    // Android joins with blanks and looks for whole words.
    const words = updates.map(({ chunk }) => chunk ?? '').join(' ').split(/\s+/).filter(Boolean);
    expect(words).toEqual(text.split(/\s+/));

    const times = client.frames.filter(({ type }) => type === 'query_update').map(({ timestamp }) => Date.parse(timestamp));
    for (const [index, time] of times.entries()) if (index > 0) expect(time - times[index - 1]!).toBeGreaterThanOrEqual(29);

    await Promise.all([stranger.settled(), bystander.settled()]);
    expect(stranger.updates(queryId)).toEqual([]);
    expect(bystander.updates(queryId)).toEqual([]);
    await Promise.all([client, other, stranger, bystander].map((it) => it.close()));
  });

  test('that is over sends its end to a late subscriber, at once and again', async () => {
    const queryId = await answers.complete(text);
    const client = await ready();
    for (const times of [1, 2]) {
      client.send('subscribe_query', { query_id: queryId });
      await client.until(() => client.updates(queryId).length === times);
    }
    await client.settled();
    expect(client.frames.map(({ type }) => type)).toEqual(['connection_established', 'subscription_confirmed', 'query_update', 'subscription_confirmed', 'query_update', 'heartbeat']);
    expect(client.updates(queryId)[0]).toMatchObject({ complete: true, chunk: expect.stringMatching(/\S/), responseText: text });
    await client.close();
  });

  test('that is under way sends all of it to a late subscriber', async () => {
    const long = sentence(300);
    const queryId = randomUUID();
    const [early, late] = await Promise.all([ready(), ready()]);
    early.send('subscribe_query', { queryId });
    const streaming = answers.stream(queryId, [long]);
    await early.until(() => early.updates(queryId).length > 10);
    late.send('subscribe_query', { queryId });
    const updates = await late.completed(queryId);
    await streaming;
    expect(updates).toEqual(await early.completed(queryId));
    expect(joined(updates)).toBe(long);
    await Promise.all([early.close(), late.close()]);
  });

  test('subscribed twice is sent once', async () => {
    const client = await ready();
    const queryId = randomUUID();
    for (let times = 0; times < 2; times += 1) client.send('subscribe_query', { queryId });
    await client.until((frames) => frames.filter(({ type }) => type === 'subscription_confirmed').length === 2);
    await answers.stream(queryId, [text]);
    expect(joined(await client.completed(queryId))).toBe(text);
    await client.close();
  });

  test.each([0, 1, 3, 7])('resumes from chunk %i', async (from) => {
    const queryId = await answers.complete(text);
    const whole = await answers.updates(queryId);
    const client = await ready();
    client.send('resume', { queryId, from_chunk: from });
    expect(await client.completed(queryId)).toEqual(whole.slice(1 + from));
    await client.settled();
    expect(client.frames.filter(({ type }) => type === 'subscription_confirmed')).toEqual([]);
    await client.close();
  });

  test.each([{}, { from_chunk: -5 }, { fromChunk: 0 }])('resumes from its start with %j', async (fields) => {
    const queryId = await answers.complete(text);
    const client = await ready();
    client.send('resume', { queryId, ...fields });
    expect(joined(await client.completed(queryId))).toBe(text);
    await client.close();
  });

  test('resumed from the future sends its end', async () => {
    const queryId = await answers.complete(text);
    const client = await ready();
    client.send('resume', { queryId, from_chunk: 10_000 });
    expect(await client.completed(queryId)).toEqual([expect.objectContaining({ complete: true, responseText: text })]);
    await client.close();
  });

  test('cut off and resumed while it is under way has every chunk once', async () => {
    const long = sentence(400);
    const queryId = randomUUID();
    const streaming = answers.stream(queryId, [long]);
    const had: any[] = [];
    for (let cuts = 0; ; cuts += 1) {
      const client = await ready();
      client.send('resume', { queryId, from_chunk: had.length });
      const enough = cuts < 4 ? 12 : Infinity;
      const chunks = () => client.updates(queryId).filter(({ chunk }) => chunk !== undefined);
      await client.until(() => chunks().length >= enough || chunks().some(({ complete }) => complete), 30_000);
      had.push(...chunks());
      client.raw.cut();
      if (had.at(-1).complete) break;
    }
    await streaming;
    expect(joined(had)).toBe(long);
    expect(had.at(-1).responseText).toBe(long);
  });

  test('unsubscribed says nothing more, and nothing of that', async () => {
    const client = await ready();
    const queryId = randomUUID();
    client.send('subscribe_query', { queryId });
    const streaming = answers.stream(queryId, [sentence(200)]);
    await client.until(() => client.updates(queryId).length > 3);
    client.send('unsubscribe_query', { queryId });
    await client.settled();
    const count = client.frames.length;
    await streaming;
    await client.settled();
    expect(client.frames.slice(count).map(({ type }) => type)).toEqual(['heartbeat']);
    await client.close();
  });

  test('that fails says so, and then why', async () => {
    const client = await ready();
    const queryId = randomUUID();
    client.send('subscribe_query', { queryId });
    await answers.stream(queryId, [text], { error: 'The model has no time' });
    const { data } = await client.next('error');
    expect(Object.keys(data).sort()).toEqual(['code', 'message', 'request_id']);
    expect(data).toMatchObject({ message: 'The model has no time', code: 'QUERY_PROCESSING_ERROR' });
    const failed = { queryId, status: 'failed', complete: true, responseText: '' };
    expect(client.updates(queryId).at(-1)).toEqual(failed);

    const late = await ready();
    late.send('subscribe_query', { queryId });
    await late.next('error');
    expect(late.updates(queryId)).toEqual([failed]);
    await Promise.all([client.close(), late.close()]);
  });

  test.each(['', ' ', '\n\n'])('with the answer %j is completed all the same', async (nothing) => {
    const queryId = await answers.complete(nothing);
    expect(await answers.updates(queryId)).toEqual([
      { queryId, status: 'processing' },
      { queryId, status: 'completed', complete: true, chunk: nothing, responseText: nothing, verification: { confidence: 0 } },
    ]);
  });

  test.each([
    ['Chinese', '量子計算機は重ね合わせを使う。'.repeat(30)],
    ['emoji', '👩‍👩‍👧‍👦'.repeat(40)],
    ['one long line', 'x'.repeat(3000)],
    ['odd blanks', '  a \n\n b\t\tc d　e  '.repeat(20)],
    ['quotes', '"\\\u2028\u0001</script>'.repeat(50)],
  ])('with an answer of %s arrives to the byte', async (_, odd) => {
    const queryId = await answers.complete(odd);
    const updates = await answers.updates(queryId);
    expect(joined(updates)).toBe(odd);
    expect(updates.at(-1).responseText).toBe(odd);
    expect(updates.length).toBeGreaterThan(5);
  });

  test('with too long an answer is refused before it is too late', async () => {
    const answer = await answers.stream(randomUUID(), ['x'.repeat(460_000)]);
    expect(answer.status).toBe(413);
  });

  test('pushes to no more than 32 at a time, and says so', async () => {
    const client = await ready();
    const ids = Array.from({ length: 32 }, () => `${randomUUID()}${'x'.repeat(28)}`);
    for (const queryId of ids) client.send('subscribe_query', { queryId });
    await client.until((frames) => frames.filter(({ type }) => type === 'subscription_confirmed').length === 32);
    client.send('subscribe_query', { queryId: 'one more' });
    expect((await client.next('error')).data).toMatchObject({ code: 'SYSTEM_RATE_LIMITED' });
    client.send('subscribe_query', { queryId: ids[5] });
    await answers.stream(ids[5]!, ['done']);
    await client.completed(ids[5]!);
    const from = client.frames.length;
    client.send('subscribe_query', { queryId: 'one more' });
    expect((await client.next('subscription_confirmed', from)).data).toEqual({ queryId: 'one more' });
    await client.close();
  });
});

describe('a producer', () => {
  const text = sentence(120);
  const half = text.slice(0, text.length / 2);

  test('that died and runs again neither loses nor doubles', async () => {
    const client = await ready();
    const queryId = randomUUID();
    client.send('subscribe_query', { queryId });
    await answers.stream(queryId, half.split(/(?= )/), { dies: true });
    const had = client.updates(queryId).length;
    expect(had).toBeGreaterThan(5);
    // One that dies before it says anything new.
    await answers.stream(queryId, half.split(/(?= )/).slice(0, 3), { dies: true });
    await answers.stream(queryId, text.split(/(?<=u)/), { dies: true });
    await answers.stream(queryId, [text]);
    const updates = await client.completed(queryId);
    expect(joined(updates)).toBe(text);
    expect(updates.filter(({ status }) => status === 'processing')).toHaveLength(1);
    expect(await (await answers.stream(queryId, [text])).json()).toEqual({ is_needed: false });
    await client.settled();
    expect(client.updates(queryId)).toHaveLength(updates.length);
    await client.close();
  });

  test.each([
    ['another text', 'Something else entirely, with other words in it.'],
    ['less of the text', half.slice(0, 20)],
    ['nothing', ''],
  ])('that died and says %s begins anew, cleanly', async (_, other) => {
    const client = await ready();
    const queryId = randomUUID();
    client.send('subscribe_query', { queryId });
    await answers.stream(queryId, half.split(/(?= )/), { dies: true });
    await answers.stream(queryId, other.split(/(?= )/));
    const updates = await client.completed(queryId);
    const begun = updates.map(({ status }) => status).lastIndexOf('processing');
    expect(begun).toBeGreaterThan(5);
    expect(joined(updates.slice(begun))).toBe(other);
    expect(updates.at(-1).responseText).toBe(other);

    const late = await ready();
    late.send('resume', { queryId, from_chunk: 0 });
    expect(joined(await late.completed(queryId))).toBe(other);
    await Promise.all([client.close(), late.close()]);
  });

  test('is refused while another goes on with another text: they never mix', async () => {
    const client = await ready();
    const queryId = randomUUID();
    client.send('subscribe_query', { queryId });
    const texts = [sentence(150), sentence(150), sentence(150)];
    const statuses = await Promise.all(texts.map(async (it) => (await answers.stream(queryId, [it])).status));
    expect(statuses.sort()).toEqual([200, 409, 409]);
    const updates = await client.completed(queryId);
    const begun = updates.map(({ status }) => status).lastIndexOf('processing');
    expect(texts).toContain(updates.at(-1).responseText);
    expect(joined(updates.slice(begun))).toBe(updates.at(-1).responseText);
    await client.close();
  });
});

describe('other requests', () => {
  test('a query is refused truthfully while nobody answers queries', async () => {
    const client = await ready();
    client.send('submit_query', { query: 'Explain how quantum computing works', operation: 'general' });
    const { data } = await client.next('error');
    expect(data).toEqual({ message: expect.stringMatching(/\w/), code: 'QUERY_ROUTING_ERROR', request_id: expect.stringMatching(/^req_/) });
    await client.settled();
    await client.close();
  });

  test.each([
    ['submit_query', {}],
    ['submit_query', { query: '  ' }],
    ['submit_query', { query: 'x'.repeat(100_001) }],
    ['subscribe_query', {}],
    ['subscribe_query', { queryId: 'x'.repeat(65) }],
    ['subscribe_workflow', { workflowId: 5 }],
    ['resume', { from_chunk: 3 }],
  ])('%s that cannot be done is answered with an error, and the socket lives', async (type, fields) => {
    const client = await ready();
    client.send(type, fields);
    expect((await client.next('error')).data.code).toBe('VALIDATION_ERROR');
    await client.settled();
    await client.close();
  });

  test('workflow updates go to all sockets of the user', async () => {
    const clients = await Promise.all([ready(), ready()]);
    clients[0]!.send('subscribe_workflow', { workflowId: 'w1' });
    expect((await clients[0]!.next('subscription_confirmed')).data).toEqual({ workflowId: 'w1' });
    const data = { workflowId: 'w1', stepId: 'workflow', status: 'running', progress: 40 };
    await answers.publish({ id: randomUUID(), topic: 'workflow:w1', name: 'workflow_update', data, channel: 'frames' });
    for (const client of clients) {
      expect((await client.next('workflow_update')).data).toEqual(data);
      await client.close();
    }
  });

  test('the system status comes to those who subscribed', async () => {
    const [client, other] = await Promise.all([ready(), ready()]);
    client.send('subscribe_system_status');
    const { data } = await client.next('system_status');
    expect(data).toMatchObject({ status: 'operational' });
    const degraded = { status: 'degraded', message: 'Slow', timestamp: new Date().toISOString() };
    const publish = () => answers.publish({ id: randomUUID(), topic: 'system', name: 'system_status', data: degraded, channel: 'frames' });
    await publish();
    await client.until((frames) => frames.find((frame) => frame.data?.status === 'degraded'));
    client.send('unsubscribe_system_status');
    await client.settled();
    await publish();
    await Promise.all([client.settled(), other.settled()]);
    expect(client.frames.filter(({ type }) => type === 'system_status')).toHaveLength(2);
    expect(other.frames.filter(({ type }) => type === 'system_status')).toHaveLength(0);

    other.send('subscribe_system_status');
    expect((await other.next('system_status')).data).toEqual(degraded);
    await Promise.all([client.close(), other.close()]);
  });

  test('events of the feed do not come here', async () => {
    const client = await ready();
    await answers.publish({ id: randomUUID(), topic: 'query:x', name: 'query_update', data: { secret: 1 } });
    await client.settled();
    expect(client.frames.map(({ type }) => type)).toEqual(['connection_established', 'heartbeat']);
    await client.close();
  });

  test('a logout closes the sockets of its session with 4401, and no others', async () => {
    const going = await logIn(server, user.key);
    const [client, other] = await Promise.all([QueryClient.ready(server, going.access_token), ready()]);
    await post(server, '/api/v1/auth/logout', { refresh_token: going.refresh_token });
    expect((await client.ended).code).toBe(4401);
    await other.settled();
    await other.close();
  });

  test('the socket is listed with the connections of its user', async () => {
    const client = await ready();
    const status: any = await (await get(server, '/api/v1/realtime/status', token)).json();
    expect(status.connections.map(({ protocol }: any) => protocol)).toContain('query');
    await client.close();
  });
});
