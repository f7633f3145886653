// The query socket when things go wrong: clients that fall silent, an object that sleeps, a power
// cut in the middle of an answer (CONTRACT 2.1).
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Answers, QueryClient, joined, sentence } from './support/query-socket.ts';
import { logIn } from './support/requests.ts';
import { startTestServer, type OwnServer } from './support/server.ts';

/** The 30 s and 10 s of the contract, shortened. */
const FAST = { QUERY_PING_MS: '1500', QUERY_PATIENCE_MS: '500' };
/** `wrangler dev` puts an object to sleep after 10 s. */
const SLEEPY = { QUERY_PING_MS: '12000', QUERY_PATIENCE_MS: '500' };

let server: OwnServer;
let token: string;
let answers: Answers;

beforeAll(async () => {
  server = await startTestServer({ vars: FAST });
  token = (await logIn(server, (await server.accounts.user()).key)).access_token;
  answers = new Answers(server, token);
});
afterAll(() => server?.stop());

const ready = () => QueryClient.ready(server, token);
const pings = (client: QueryClient) => client.frames.filter(({ type }) => type === 'ping');

describe('liveness', () => {
  test('whoever answers is pinged again and again, and stays', async () => {
    const client = await ready();
    await client.until(() => pings(client).length >= 4, 15_000);
    const times = pings(client).map(({ timestamp }) => Date.parse(timestamp));
    // Sockets share alarms, so one may come a little early.
    for (const [index, time] of times.entries()) if (index > 0) expect(time - times[index - 1]!).toBeGreaterThanOrEqual(1200);
    expect((await client.close()).code).toBe(1000);
  });

  test('whoever misses two pings is closed with 4408, not before', async () => {
    const client = await ready();
    client.answersPings = false;
    const opened = Date.now();
    expect((await client.ended).code).toBe(4408);
    expect(pings(client)).toHaveLength(2);
    expect(Date.now() - opened).toBeGreaterThan(3000);
  });

  test('one missed ping is forgiven', async () => {
    const client = await ready();
    client.answersPings = false;
    await client.next('ping');
    await sleep(700);
    client.answersPings = true;
    client.send('pong');
    await client.until(() => pings(client).length >= 4, 15_000);
    await client.settled();
    await client.close();
  });

  test('heartbeats prove life as pongs do', async () => {
    const client = await ready();
    client.answersPings = false;
    const end = Date.now() + 6000;
    while (Date.now() < end) {
      await sleep(300);
      await client.settled();
    }
    expect(pings(client).length).toBeGreaterThanOrEqual(3);
    await client.close();
  });

  test('a connection that broke without a word is forgotten', async () => {
    const client = await ready();
    client.raw.cut();
    const listed = async () => {
      const status: any = await (await server.fetch('/api/v1/realtime/status', { headers: { authorization: `Bearer ${token}` } })).json();
      return status.connections.length;
    };
    const end = Date.now() + 10_000;
    while ((await listed()) > 0) {
      if (Date.now() > end) throw new Error('it is still listed');
      await sleep(200);
    }
  });
});

describe('a power cut in the middle of an answer', () => {
  test.each([1, 2])('costs no chunk and doubles none (%i)', async () => {
    const text = sentence(200);
    const queryId = randomUUID();
    const client = await ready();
    client.send('subscribe_query', { queryId });
    await client.next('subscription_confirmed');
    const dying = answers.stream(queryId, [text]).catch(() => undefined);
    await client.until(() => client.updates(queryId).length > 15, 30_000);
    await server.kill();
    await client.ended;
    await dying;
    const had = client.updates(queryId).filter(({ chunk }) => chunk !== undefined);
    expect(had.length).toBeGreaterThan(10);
    expect(had.at(-1).complete).toBeUndefined();

    await server.restart();
    const again = await ready();
    again.send('resume', { queryId, from_chunk: had.length });
    // What the server had stored and not delivered comes without the producer.
    const run = answers.stream(queryId, text.split(/(?<=n)/));
    const rest = await again.completed(queryId, 60_000);
    expect((await run).status).toBe(200);
    expect(joined(had) + joined(rest)).toBe(text);
    expect(rest.filter(({ status }) => status === 'processing')).toEqual([]);
    expect(rest.at(-1)).toMatchObject({ complete: true, responseText: text });

    const late = await ready();
    late.send('resume', { queryId, from_chunk: 0 });
    expect(joined(await late.completed(queryId))).toBe(text);
    await Promise.all([again.close(), late.close()]);
  }, 90_000);
});

describe('an object that slept', () => {
  beforeAll(() => server.restart(SLEEPY));

  test('knows what its sockets follow, and pushes it', async () => {
    const client = await ready();
    const queryId = randomUUID();
    client.send('subscribe_query', { queryId });
    client.send('subscribe_system_status');
    await client.next('system_status');
    await sleep(11_500);
    const text = sentence(20);
    await answers.stream(queryId, [text]);
    expect(joined(await client.completed(queryId))).toBe(text);
    await client.settled();
    await client.close();
  });

  test('knows who has missed a ping', async () => {
    const client = await ready();
    client.answersPings = false;
    expect((await client.ended).code).toBe(4408);
    expect(pings(client)).toHaveLength(2);
  });
});

describe('a reader that pauses', () => {
  test('loses nothing, however much comes meanwhile', async () => {
    const client = await ready();
    client.raw.pause();
    const update = (step: number) => ({ workflowId: 'w1', stepId: String(step), status: 'completed', result: 'x'.repeat(30_000) });
    for (let step = 0; step < 40; step += 1) {
      await answers.publish({ id: randomUUID(), topic: 'workflow:w1', name: 'workflow_update', data: update(step), channel: 'frames' });
    }
    client.raw.resume();
    await client.until((frames) => frames.filter(({ type }) => type === 'workflow_update').length === 40, 20_000);
    expect(client.frames.filter(({ type }) => type === 'workflow_update').map(({ data }) => data.stepId)).toEqual(Array.from({ length: 40 }, (_, step) => String(step)));
    await client.settled();
    await client.close();
  });
});
