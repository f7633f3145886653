// Whoever is signed out is out at once: reads, writes, open streams (CONTRACT 3.4).
import { describe, expect, test, vi } from 'vitest';
import { expectError } from './support/envelope.ts';
import { API_KEYS, PROFILE, REFRESH, get, logIn, post, timing } from './support/requests.ts';
import { boxRoom, roomScan } from './support/rooms.ts';
import { sharedServer, type Server } from './support/server.ts';
import { decode } from './support/tokens.ts';

const server = sharedServer();

interface SignedIn {
  access_token: string;
  refresh_token: string;
}

/** A user with a second session, whose tokens are about to lose their meaning. */
async function twoSessions() {
  const user = await server.accounts.user();
  const other = await server.accounts.key(user);
  return { user, keeper: await logIn(server, user.key), victim: await logIn(server, other.key), key: other.id, sid: '' };
}

const bearer = ({ access_token }: SignedIn) => ({ authorization: `Bearer ${access_token}` });
const remove = (path: string, tokens: SignedIn) => server.fetch(path, { method: 'DELETE', headers: bearer(tokens) });
type Situation = Awaited<ReturnType<typeof twoSessions>>;

const WAYS: [string, (situation: Situation) => Promise<unknown>][] = [
  ['logging out', ({ victim }) => post(server, '/api/v1/auth/logout', { refresh_token: victim.refresh_token })],
  ['ending the session', ({ keeper, victim }) => remove(`/api/v1/auth/sessions/${decode(victim.access_token).claims.sid}`, keeper)],
  ['ending all others', ({ keeper }) => remove('/api/v1/auth/sessions', keeper)],
  ['revoking its key', ({ keeper, key }) => remove(`${API_KEYS}/${key}`, keeper)],
  ['using a refresh token twice', async ({ victim }) => {
    const second = (await (await post(server, REFRESH, { refresh_token: victim.refresh_token })).json()) as SignedIn;
    await post(server, REFRESH, { refresh_token: second.refresh_token });
    await post(server, REFRESH, { refresh_token: victim.refresh_token });
  }],
];

describe.each(WAYS)('after %s', (_, end) => {
  test('every read, write and refresh is refused, the very next one', async () => {
    const situation = await twoSessions();
    const { victim, user } = situation;
    expect((await get(server, PROFILE, victim.access_token)).status).toBe(200);
    await end(situation);
    const count = () => server.data.row('select count(*) as n from api_keys where user_id = ?', user.user_id)!.n;
    const before = count();
    await expectError(await post(server, API_KEYS, { name: 'stolen' }, bearer(victim)), 401, 'AUTH_TOKEN_INVALID');
    await expectError(await get(server, PROFILE, victim.access_token), 401, 'AUTH_TOKEN_INVALID');
    await expectError(await get(server, '/api/v1/user/scans', victim.access_token), 401, 'AUTH_TOKEN_INVALID');
    await expectError(await post(server, REFRESH, { refresh_token: victim.refresh_token }), 401, 'AUTH_TOKEN_INVALID');
    expect(count()).toBe(before);
  });

  test('its open stream ends, and that of another session goes on', async () => {
    const situation = await twoSessions();
    const { victim, keeper } = situation;
    const job = await waitingJob(server, keeper);
    const [mine, theirs] = [await follow(job, keeper), await follow(job, victim)];
    await end(situation);
    await vi.waitFor(() => expect(theirs.isOpen()).toBe(false), 10_000);
    expect(mine.isOpen()).toBe(true);
    mine.close();
  });
});

test('a refused session costs the database nothing from the second request on', async () => {
  const { victim, keeper, key } = await twoSessions();
  await remove(`${API_KEYS}/${key}`, keeper);
  const trips: (number | undefined)[] = [];
  for (let time = 0; time < 3; time += 1) trips.push(timing(await get(server, PROFILE, victim.access_token))['d1.trips']);
  expect(trips.slice(1)).toEqual([0, 0]);
});

test('a user who is disabled has open streams closed by the room itself', async () => {
  const user = await server.accounts.user();
  const tokens = await logIn(server, user.key);
  const stream = await follow(await waitingJob(server, tokens), tokens);
  // As an operator does with SQL: nobody tells the room.
  await server.data.write('update users set is_active = 0 where id = ?', user.user_id);
  await expectError(await get(server, PROFILE, tokens.access_token), 401, 'AUTH_USER_NOT_FOUND');
  await vi.waitFor(() => expect(stream.isOpen()).toBe(false), 40_000);
  await server.data.write('update users set is_active = 1 where id = ?', user.user_id);
  expect((await get(server, PROFILE, tokens.access_token)).status).toBe(200);
}, 60_000);

test('the blacklist names ended sessions until their tokens have run out', async () => {
  const { victim } = await twoSessions();
  await post(server, '/api/v1/auth/logout', { refresh_token: victim.refresh_token });
  const { sid } = decode(victim.access_token).claims;
  await vi.waitFor(async () => {
    const answer = await fetch(`${server.url}/cdn-cgi/explorer/api/storage/kv/namespaces/outpost-cache-local/keys?prefix=ended-session:${sid}`);
    const { result } = (await answer.json()) as { result: { name: string; expiration: number }[] };
    expect(result).toHaveLength(1);
    const seconds = result[0]!.expiration - Date.now() / 1000;
    expect(seconds).toBeGreaterThan(3000);
    expect(seconds).toBeLessThanOrEqual(3601);
  }, 10_000);
});

/** A job that nobody works on: its message is lost, and the sweep comes later. */
async function waitingJob(server: Server, tokens: SignedIn): Promise<string> {
  const answer = await server.fetch('/api/v1/rooms/upload', {
    method: 'POST',
    headers: { ...bearer(tokens), 'content-type': 'application/json', 'x-fault': 'lose-message' },
    body: JSON.stringify(roomScan(boxRoom(3, 3, 2.5, 500))),
  });
  expect(answer.status).toBe(202);
  const { processing_id } = (await answer.json()) as { processing_id: string };
  await server.data.write('update jobs set due_at = ? where id = ?', Date.now() + 3_600_000, processing_id);
  return processing_id;
}

/** An open stream of a job's events. */
async function follow(job: string, tokens: SignedIn) {
  const abort = new AbortController();
  const answer = await server.fetch(`/api/v1/processing/${job}/events`, { headers: bearer(tokens), signal: abort.signal });
  expect(answer.status).toBe(200);
  let isOpen = true;
  const reading = (async () => {
    try {
      const reader = answer.body!.getReader();
      while (!(await reader.read()).done);
    } catch {
      // Closed by us.
    }
    isOpen = false;
  })();
  return { isOpen: () => isOpen, close: () => abort.abort(), reading };
}

