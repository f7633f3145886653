// Every operation of the API document, as nobody, with dead tokens, with too few rights, and as a
// stranger: nothing leaks, nothing changes. A new operation is covered the moment it exists.
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { User } from './support/accounts.ts';
import { call, nameOf, needsToken, readDocument, scopesOf, table, textOf, type Route } from './support/document.ts';
import { Vault, noise } from './support/backups.ts';
import { expectError } from './support/envelope.ts';
import { DEVICES, TEST, googleToken } from './support/push.ts';
import { API_KEYS, logIn, post } from './support/requests.ts';
import { Phone, boxRoom, roomScan } from './support/rooms.ts';
import { sharedServer } from './support/server.ts';
import { decode, sign } from './support/tokens.ts';

const server = sharedServer();
const { routes } = await readDocument(server);
const privateRoutes = routes.filter(needsToken);

/** Bodies that would do something if they were let through. */
const BODIES: Record<string, unknown> = {
  'POST /api/v1/auth/password': { current_password: 'SecurePass123!', new_password: 'stolen by a stranger' },
  'POST /api/v1/user/api-keys': { name: 'stolen' },
  'PUT /api/v1/users/{id}': { bio: 'stolen' },
  'PATCH /api/v1/users/{id}': { bio: 'stolen' },
  'DELETE /api/v1/users/{id}': { password: 'SecurePass123!' },
  'POST /api/v1/organizations': { name: 'stolen' },
  'PUT /api/v1/organizations/{id}': { name: 'stolen' },
  'PATCH /api/v1/organizations/{id}': { name: 'stolen' },
  'PUT /api/v1/organizations/{id}/members/{user_id}': { role: 'admin' },
  'POST /api/v1/events': { type: 'app.stolen' },
  ...Object.fromEntries(['POST /api/v1/moods', 'PUT /api/v1/moods/{id}', 'PATCH /api/v1/moods/{id}'].map((name) => [name, { mood: 'stolen' }])),
  ...Object.fromEntries(['POST /api/v1/journals', 'PUT /api/v1/journals/{id}', 'PATCH /api/v1/journals/{id}'].map((name) => [name, { title: 'stolen' }])),
  ...Object.fromEntries(['POST /api/v1/goals', 'PUT /api/v1/goals/{id}', 'PATCH /api/v1/goals/{id}'].map((name) => [name, { title: 'stolen' }])),
  'POST /api/v1/goals/{id}/progress': { amount: 1 },
  'POST /api/v1/sync/batch': { operations: [{ id: 1, operation: 'POST', endpoint: 'moods', data: { id: 'stolen', mood: 'stolen' } }] },
  'POST /api/v1/outbox/batch': { events: [{ event_id: 'e', event_type: 'mood.created', payload: { id: 'stolen-too', mood: 'stolen' } }] },
  'POST /api/v1/sync/conflicts/{id}/resolve': { resolution: 'restore' },
  'PATCH /api/v1/admin/users/{id}': { role: 'admin', quota_limit: 7 },
  'POST /api/v1/push/devices': { platform: 'android', token: 'stolen' },
  'POST /api/v1/rooms/{scan_id}/fuse': { scan_ids: ['stolen'] },
};
const bodyOf = (route: Route): unknown => BODIES[nameOf(route)] ?? {};

/** Tables whose rows belong to a user, and how to find them. */
const TABLES: Record<string, string> = { users: 'id', api_keys: 'user_id', sessions: 'user_id', jobs: 'user_id', room_scans: 'user_id', organizations: 'owner_id', organization_members: 'user_id', admin_actions: 'subject_id', records: 'user_id', sync_devices: 'user_id', sync_keys: 'user_id', conflicts: 'user_id', backups: 'user_id', push_devices: 'user_id', push_messages: 'user_id' };

/** Writing under an id creates what is not there. */
const MADE_BY_CLIENTS = ['moods', 'journals', 'goals'].map((collection) => `PUT /api/v1/${collection}/{id}`);

/** What would tell a stranger something about the victim. */
const SECRET_NAME = 'Bedroom of the victim';

let victim: Phone;
let ids: Record<string, string>;

beforeAll(async () => {
  victim = await Phone.signIn(server);
  const scan = roomScan(boxRoom(4, 3, 2.5), { name: SECRET_NAME });
  const job = await victim.process(scan);
  await victim.result(job);
  const created = await post(server, '/api/v1/organizations', { name: SECRET_NAME, is_public: false }, { authorization: `Bearer ${victim.token}` });
  const organization = String(((await created.json()) as { id: number }).id);
  const as = { authorization: `Bearer ${victim.token}` };
  const records = { moods: { mood: SECRET_NAME.slice(0, 20), note: SECRET_NAME }, journals: { title: SECRET_NAME }, goals: { title: SECRET_NAME } };
  const made: Record<string, string> = {};
  for (const [collection, body] of Object.entries(records)) {
    const answer = await post(server, `/api/v1/${collection}`, body, as);
    made[collection] = ((await answer.json()) as { id: string }).id;
  }
  await post(server, '/api/v1/moods', { id: made.moods, mood: 'older', note: SECRET_NAME + ' too', updated_at: '2024-01-01T00:00:00Z' }, as);
  const [lost] = server.data.rows('select id from conflicts where user_id = ?', victim.user.user_id);
  expect(lost).toBeDefined();
  const vault = Vault.of(server, victim);
  const backup = (await vault.saved(noise(100))).id;
  const upload = (await vault.begun(1000)).split('/').at(-1)!;
  const device = ((await (await post(server, DEVICES, { platform: 'android', token: googleToken() }, as)).json()) as { id: string }).id;
  const message = ((await (await post(server, TEST, { title: SECRET_NAME }, as)).json()) as { id: string }).id;
  await vi.waitFor(async () => expect((await victim.json(`/api/v1/push/messages/${message}`)).status).toBe('completed'), { timeout: 20_000 });
  ids = { ...made, conflicts: lost!.id, backup, upload, device, message, organization, user_id: victim.user.user_id, processing_id: job, scan_id: scan.room_scan.id, api_key: victim.user.key_id, session: decode(victim.token).claims.sid, user: victim.user.user_id };
});

/** The victim's id for a parameter of a path. */
function idOf(path: string, name: string): string {
  if (name !== 'id') return ids[name] ?? randomUUID();
  const [, kind] = path.match(/\/([a-z-]+)\/\{id\}/) ?? [];
  return { 'api-keys': ids.api_key, sessions: ids.session, users: ids.user, organizations: ids.organization, moods: ids.moods, journals: ids.journals, goals: ids.goals, conflicts: ids.conflicts, backups: ids.backup, uploads: ids.upload, devices: ids.device, messages: ids.message }[kind ?? ''] ?? randomUUID();
}

/** All that the database holds of the victim, but for what their own reads change. */
const everythingOf = (user: User): string =>
  JSON.stringify(Object.entries(TABLES).map(([name, column]) => server.data.rows(`select * from ${name} where ${column} = ? order by 1`, user.user_id)));

describe('without a good token', () => {
  let expired: string;
  let foreign: string;

  beforeAll(async () => {
    const { claims } = decode(victim.token);
    expired = sign({ ...claims, exp: Math.floor(Date.now() / 1000) - 1 });
    foreign = `${victim.token.slice(0, -20)}${'A'.repeat(20)}`;
  });

  test.each(table(privateRoutes))('%s is 401', async (_, route) => {
    const before = everythingOf(victim.user);
    const as = (token?: string) => call(server, route, (name) => idOf(route.path, name), token, bodyOf(route));
    await expectError(await as(), 401, 'AUTH_TOKEN_INVALID');
    await expectError(await as('garbage'), 401, 'AUTH_TOKEN_INVALID');
    await expectError(await as(foreign), 401, 'AUTH_TOKEN_INVALID');
    await expectError(await as(expired), 401, 'AUTH_TOKEN_EXPIRED');
    expect(everythingOf(victim.user)).toBe(before);
  });

  test.each(table(privateRoutes))('%s is refused for a session that was revoked', async (_, route) => {
    const phone = await Phone.signIn(server);
    await server.accounts.revoke(phone.user.key_id);
    const before = everythingOf(phone.user);
    const answer = await call(server, route, () => randomUUID(), phone.token, bodyOf(route));
    // A body that does not validate may be found out first: that tells nothing about anybody.
    if (answer.status !== 400) await expectError(answer, 401, 'AUTH_TOKEN_INVALID');
    else expect(route.operation.requestBody ?? route.operation.parameters?.find((parameter) => parameter.in === 'header' && parameter.required)).toBeDefined();
    expect(everythingOf(phone.user)).toBe(before);
  });
});

describe('with too few rights', () => {
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    for (const lacking of ['read', 'upload', 'admin']) {
      const scopes = ['read', 'upload', 'admin'].filter((scope) => scope !== lacking);
      const created = await post(server, API_KEYS, { name: lacking, scopes }, { authorization: `Bearer ${victim.token}` });
      expect(created.status).toBe(201);
      tokens.set(lacking, (await logIn(server, ((await created.json()) as { key: string }).key)).access_token);
    }
    tokens.set('role:admin', victim.token);
  });

  test.each(table(privateRoutes))('%s is 403, and never 401', async (_, route) => {
    const needed = scopesOf(route);
    expect(needed.length).toBeGreaterThan(0);
    const before = everythingOf(victim.user);
    for (const scope of needed) {
      await expectError(await call(server, route, (name) => idOf(route.path, name), tokens.get(scope), bodyOf(route)), 403, 'AUTH_PERMISSION_DENIED');
    }
    expect(everythingOf(victim.user)).toBe(before);
  });

  test('a key cannot make one with more rights than its own', async () => {
    const token = tokens.get('upload')!;
    await expectError(await post(server, API_KEYS, { name: 'more', scopes: ['upload'] }, { authorization: `Bearer ${token}` }), 403, 'AUTH_PERMISSION_DENIED');
    const created = await post(server, API_KEYS, { name: 'same' }, { authorization: `Bearer ${token}` });
    expect((await created.json()) as object).toMatchObject({ scopes: ['read', 'admin'] });
  });

  test.each([[[]], [['root']], [['read', 'everything']], ['read'], [[1]]])('a key with the scopes %j is refused', async (scopes) => {
    const { error } = await expectError(await post(server, API_KEYS, { name: 'x', scopes }, { authorization: `Bearer ${victim.token}` }), 400, 'VALIDATION_ERROR');
    expect(error.details![0]!.field).toMatch(/^scopes/);
  });
});

describe('a stranger', () => {
  const withIds = privateRoutes.filter(({ path }) => path.includes('{'));

  test.each(table(routes))('learns and changes nothing of another by %s', async (_, route) => {
    const stranger = await Phone.signIn(server);
    const before = everythingOf(victim.user);
    const answer = await call(server, route, (name) => idOf(route.path, name), stranger.token, bodyOf(route));
    const text = await textOf(answer);
    for (const secret of [SECRET_NAME, victim.user.email, victim.user.key.slice(0, 14)]) expect(text).not.toContain(secret);
    expect(answer.status).toBeLessThan(500);
    expect(everythingOf(victim.user)).toBe(before);
  });

  test.each(table(withIds))('is told by %s the same as for what is not there', async (_, route) => {
    const stranger = await Phone.signIn(server);
    const ask = async (id: (name: string) => string) => {
      const answer = await call(server, route, id, stranger.token, bodyOf(route));
      const text = await answer.text();
      return { status: answer.status, error: text ? (JSON.parse(text) as { error?: unknown }).error : text };
    };
    const known = await ask((name) => idOf(route.path, name));
    // Clients make these ids themselves, and CONTRACT 6.7 wants them told that one is taken.
    if (MADE_BY_CLIENTS.includes(nameOf(route))) return expect(known).toMatchObject({ status: 409, error: { code: 'CONFLICT' } });
    expect(known).toEqual(await ask(() => randomUUID()));
    expect([204, 403, 404]).toContain(known.status);
  });
});

describe('ids that are nobody’s', () => {
  test.each(table(privateRoutes.filter(({ path }) => path.includes('{'))))('%s answers them calmly', async (_, route) => {
    for (const id of ['no-uuid', '0', '-1', '%00', '%F0%9F%94%91', "'", '9'.repeat(30)]) {
      const { status } = await call(server, route, () => id, victim.token, bodyOf(route));
      // Exports have a small budget.
      // Whoever makes ids may have made these, and then there is something.
      const allowed = /^\/api\/v1\/(moods|journals|goals)\//.test(route.path) ? [200, 201, 204, 400, 404, 409] : [204, 400, 403, 404];
      expect(nameOf(route).endsWith('/export') ? [404, 429] : allowed).toContain(status);
    }
  });
});
