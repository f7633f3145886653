// What administrators may do with accounts, and that nobody else may.
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { expectError } from './support/envelope.ts';
import { LOGIN, PROFILE, get, logIn, post, refresh, timing } from './support/requests.ts';
import { Phone } from './support/rooms.ts';
import { addScans } from './support/scans.ts';
import { sharedServer } from './support/server.ts';

const server = sharedServer();
const USERS = '/api/v1/admin/users';
const ACTIONS = '/api/v1/admin/actions';
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

interface AdminUser {
  id: string;
  num_id: number;
  email: string;
  username: string | null;
  role: string;
  is_active: boolean;
  subscription_tier: string;
  quota_limit: number;
}

interface Action {
  id: string;
  actor_id: string | null;
  action: string;
  subject_id: string;
  detail: Record<string, unknown>;
  at: string;
}

let admin: Phone;

beforeAll(async () => {
  admin = await Phone.signIn(server, { role: 'admin' });
});

const signInAdmin = (): Promise<Phone> => Phone.signIn(server, { role: 'admin' });
const signIn = (): Promise<Phone> => Phone.signIn(server);
const idOf = (phone: Phone): string => phone.user.user_id;
const numId = (phone: Phone): number => server.data.row('select num_id from users where id = ?', idOf(phone))!.num_id;
const patch = (phone: Phone, user: string | number, body: unknown): Promise<Response> =>
  phone.fetch(`${USERS}/${user}`, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const endSessions = (phone: Phone, user: string | number): Promise<Response> => phone.fetch(`${USERS}/${user}/sessions`, { method: 'DELETE' });
const auditOf = (phone: Phone): { actor_id: string; action: string; detail: object }[] => server.data.rows('select actor_id, action, detail from admin_actions where subject_id = ? order by at, id', idOf(phone)).map(({ actor_id, action, detail }) => ({ actor_id, action, detail: JSON.parse(detail) }));

async function json<T>(answer: Response, status = 200): Promise<T> {
  const text = await answer.text();
  expect(answer.status, text).toBe(status);
  return JSON.parse(text) as T;
}

describe('to others than administrators', () => {
  const asks: [string, string, unknown?][] = [
    ['GET', USERS],
    ['GET', `${USERS}?q=a`],
    ['GET', `${USERS}/{id}`],
    ['PATCH', `${USERS}/{id}`, { role: 'admin' }],
    ['DELETE', `${USERS}/{id}/sessions`],
    ['GET', ACTIONS],
  ];
  const ask = (path: string, method: string, body: unknown, id: string, token?: string): Promise<Response> =>
    server.fetch(path.replace('{id}', id), {
      method,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body !== undefined && { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });

  test.each(asks)('%s %s is refused', async (method, path, body) => {
    const user = await signIn();
    await expectError(await ask(path, method, body, idOf(user)), 401, 'AUTH_TOKEN_INVALID');
    await expectError(await ask(path, method, body, idOf(user), user.token), 403, 'AUTH_PERMISSION_DENIED');
    await expectError(await ask(path, method, body, idOf(admin), user.token), 403, 'AUTH_PERMISSION_DENIED');
    await expectError(await ask(path, method, body, randomUUID(), user.token), 403, 'AUTH_PERMISSION_DENIED');
    expect(server.data.row('select role, is_active from users where id = ?', idOf(user))).toEqual({ role: 'user', is_active: 1 });
    expect((await user.fetch(PROFILE)).status).toBe(200);
    expect((await admin.fetch(ACTIONS)).status).toBe(200);
    expect(auditOf(user)).toEqual([]);
  });

  test('an administrator by a key without the scope admin is refused', async () => {
    const user = await server.accounts.user({ role: 'admin' });
    await server.data.write("update api_keys set scopes = 'read upload' where id = ?", user.key_id);
    const { access_token } = await logIn(server, user.key);
    await expectError(await get(server, USERS, access_token), 403, 'AUTH_PERMISSION_DENIED');
    await expectError(await ask(`${USERS}/{id}`, 'PATCH', { is_active: false }, idOf(admin), access_token), 403, 'AUTH_PERMISSION_DENIED');
  });

  test.each(asks)('%s %s is refused to the old token of who was demoted', async (method, path, body) => {
    const [former, victim] = [await signInAdmin(), await signIn()];
    expect((await former.fetch(USERS)).status).toBe(200);
    expect((await patch(admin, idOf(former), { role: 'user' })).status).toBe(200);
    await expectError(await ask(path, method, body, idOf(victim), former.token), 403, 'AUTH_PERMISSION_DENIED');
    expect(server.data.row('select role from users where id = ?', idOf(victim))!.role).toBe('user');
    expect((await victim.fetch(PROFILE)).status).toBe(200);
    expect(auditOf(victim)).toEqual([]);
  });
});

describe('finding users', () => {
  test('by how email or username begins, in any case, each once, page by page', async () => {
    const tag = `find${randomUUID().slice(0, 6)}`;
    const users = await Promise.all([1, 2, 3, 4, 5].map((index) => server.accounts.user({ email: index < 4 ? `${tag}-${index}@example.org` : undefined })));
    const name = (index: number, username: string) => server.data.write('update users set username = ? where id = ?', username, users[index]!.user_id);
    await name(0, `${tag}-zero`);
    await name(3, `${tag.toUpperCase()}-b`);
    await name(4, `${tag}-a`);
    const find = async (query: string) => json<{ users: AdminUser[]; pagination: object }>(await admin.fetch(`${USERS}?q=${query}`));
    const expected = [0, 1, 2, 4, 3].map((index) => users[index]!.user_id);
    for (const q of [tag, tag.toUpperCase()]) expect((await find(q)).users.map(({ id }) => id)).toEqual(expected);
    expect((await find(tag)).pagination).toEqual({ page: 1, per_page: 20, total: 5 });
    for (const size of [1, 2, 3, 4]) {
      const pages = await Promise.all(Array.from({ length: Math.ceil(5 / size) + 1 }, (_, page) => find(`${tag}&per_page=${size}&page=${page + 1}`)));
      expect(pages.flatMap((page) => page.users.map(({ id }) => id))).toEqual(expected);
    }
    expect((await find(`${tag}%25`)).users).toEqual([]);
    expect((await find(`${tag}-b`)).users).toMatchObject([{ username: `${tag.toUpperCase()}-b` }]);
  });

  test('newest first without a question', async () => {
    const newest = await server.accounts.user();
    const { users, pagination } = await json<{ users: AdminUser[]; pagination: { total: number } }>(await admin.fetch(`${USERS}?per_page=100`));
    const numbers = users.map(({ num_id }) => num_id);
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
    expect(users.some(({ id }) => id === newest.user_id)).toBe(true);
    expect(pagination.total).toBeGreaterThanOrEqual(users.length);
    expect(await json(await admin.fetch('/v1/admin/users?per_page=1'))).toHaveLength(1);
    expect(await json(await admin.fetch('/api/admin/users?per_page=1'))).toMatchObject({ users: [{ isActive: expect.any(Boolean) }] });
  });

  test('one of them by either id, with nothing secret', async () => {
    const user = await server.accounts.user({ name: 'Anna', tier: 'basic', password: 'long enough' });
    const { num_id } = server.data.row('select num_id from users where id = ?', user.user_id)!;
    const expected = {
      id: user.user_id, num_id, email: user.email, username: null, name: 'Anna', role: 'user', is_active: true,
      subscription_tier: 'basic', quota_limit: 200, quota_used: 0,
      created_at: expect.stringMatching(TIME), updated_at: expect.stringMatching(TIME), erased_at: null,
    };
    for (const id of [user.user_id, num_id]) expect(await json(await admin.fetch(`${USERS}/${id}`))).toEqual(expected);
    for (const id of [randomUUID(), '0', 'nobody', '99999999999999999999']) await expectError(await admin.fetch(`${USERS}/${id}`), 404, 'NOT_FOUND');
  });
});

describe('changing a user', () => {
  test('touches what is named and takes effect at once', async () => {
    const user = await signIn();
    expect(await json(await patch(admin, idOf(user), { quota_limit: 7 }))).toMatchObject({ quota_limit: 7, subscription_tier: 'professional', role: 'user' });
    expect(await user.json(PROFILE)).toMatchObject({ quota_limit: 7, subscription_tier: 'professional' });
    expect(await json(await patch(admin, numId(user), { subscriptionTier: 'enterprise' }))).toMatchObject({ subscription_tier: 'enterprise', quota_limit: 10_000 });
    expect(await json(await patch(admin, idOf(user), { subscription_tier: 'basic', quota_limit: 3, role: 'admin' }))).toMatchObject({ subscription_tier: 'basic', quota_limit: 3, role: 'admin' });
    expect((await user.fetch(USERS)).status).toBe(200);
    expect(auditOf(user)).toEqual([
      { actor_id: idOf(admin), action: 'update_user', detail: { quota_limit: 7 } },
      { actor_id: idOf(admin), action: 'update_user', detail: { subscription_tier: 'enterprise', quota_limit: 10_000 } },
      { actor_id: idOf(admin), action: 'update_user', detail: { subscription_tier: 'basic', quota_limit: 3, role: 'admin' } },
    ]);
  });

  test('to what it is already is no action', async () => {
    const user = await signIn();
    for (let time = 0; time < 3; time += 1) expect((await patch(admin, idOf(user), { quota_limit: 5, is_active: true })).status).toBe(200);
    expect((await patch(admin, idOf(user), {})).status).toBe(200);
    expect(auditOf(user)).toHaveLength(1);
  });

  test.each([{ is_active: 'no' }, { is_active: 1 }, { role: 'root' }, { subscription_tier: 'gold' }, { quota_limit: -1 }, { quota_limit: 1.5 }, { quota_limit: 1e12 }])('refuses %j', async (body) => {
    const user = await signIn();
    await expectError(await patch(admin, idOf(user), body), 400, 'VALIDATION_ERROR');
    expect(auditOf(user)).toEqual([]);
  });

  test('who is nobody is 404', async () => {
    await expectError(await patch(admin, randomUUID(), { is_active: false }), 404, 'NOT_FOUND');
    await expectError(await endSessions(admin, 'nobody'), 404, 'NOT_FOUND');
  });

  test('who was erased is refused', async () => {
    const user = await signIn();
    await server.data.write('update users set erased_at = 1, is_active = 0 where id = ?', idOf(user));
    await expectError(await patch(admin, idOf(user), { is_active: true }), 409, 'CONFLICT');
    expect(server.data.row('select is_active from users where id = ?', idOf(user))!.is_active).toBe(0);
    expect(auditOf(user)).toEqual([]);
  });
});

describe('disabling', () => {
  test('refuses every request at once and keeps the sessions for later', async () => {
    const user = await server.accounts.user();
    const tokens = await logIn(server, user.key);
    expect((await get(server, PROFILE, tokens.access_token)).status).toBe(200);
    expect(await json(await patch(admin, user.user_id, { is_active: false }))).toMatchObject({ is_active: false });
    await expectError(await get(server, PROFILE, tokens.access_token), 401, 'AUTH_USER_NOT_FOUND');
    await expectError(await refresh(server, tokens.refresh_token), 401);
    await expectError(await post(server, LOGIN, { api_key: user.key, device_id: 'device' }), 401, 'AUTH_API_KEY_INVALID');
    await expectError(await post(server, '/api/v1/organizations', { name: 'late' }, { authorization: `Bearer ${tokens.access_token}` }), 401, 'AUTH_USER_NOT_FOUND');
    expect(server.data.row('select count(*) as live from sessions where user_id = ? and revoked_at is null', user.user_id)!.live).toBe(1);
    await json(await patch(admin, user.user_id, { is_active: true }));
    expect((await get(server, PROFILE, tokens.access_token)).status).toBe(200);
    expect((await refresh(server, tokens.refresh_token)).status).toBe(200);
  });

  test('closes open streams', async () => {
    const phone = await signIn();
    await addScans(server, idOf(phone), 1);
    const job = `${idOf(phone)}0`;
    await server.data.write("update jobs set state = 'processing', due_at = 8e15, deadline_at = 8e15 where id = ?", job);
    const stream = await phone.fetch(`/api/v1/processing/${job}/events`);
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    const began = Date.now();
    const ended = stream.text();
    await json(await patch(admin, idOf(phone), { is_active: false }));
    await ended;
    // A stream ends by itself only when its room asks for the session, a minute later.
    expect(Date.now() - began).toBeLessThan(10_000);
  });

  test('an administrator stops that one too', async () => {
    const other = await signInAdmin();
    await json(await patch(admin, idOf(other), { is_active: false }));
    const victim = await signIn();
    await expectError(await patch(other, idOf(victim), { quota_limit: 1 }), 401, 'AUTH_USER_NOT_FOUND');
    expect(auditOf(victim)).toEqual([]);
  });
});

describe('the last administrator stays', () => {
  test.each([{ is_active: false }, { role: 'user' }, { is_active: false, role: 'user', quota_limit: 1 }])('since nobody can do %j to oneself', async (body) => {
    const self = await signInAdmin();
    for (const id of [idOf(self), numId(self)]) await expectError(await patch(self, id, body), 409, 'CONFLICT');
    expect(await json(await self.fetch(`${USERS}/${idOf(self)}`))).toMatchObject({ is_active: true, role: 'admin', quota_limit: 1000 });
    expect(await json(await patch(self, idOf(self), { quota_limit: 9, role: 'admin', is_active: true }))).toMatchObject({ quota_limit: 9 });
    expect(auditOf(self).filter(({ action }) => action === 'update_user')).toHaveLength(1);
  });

  test.each(['role', 'is_active'])('when all take away the others’ %s at once', async (field) => {
    const body = field === 'role' ? { role: 'user' } : { is_active: false };
    for (let round = 0; round < 4; round += 1) {
      const admins = await Promise.all([signInAdmin(), signInAdmin(), signInAdmin()]);
      const answers = await Promise.all(admins.flatMap((one) => admins.filter((other) => other !== one).map((other) => patch(one, idOf(other), body))));
      expect(answers.some(({ status }) => status === 200)).toBe(true);
      const left = server.data.rows(`select id from users where role = 'admin' and is_active = 1 and id in (${admins.map(() => '?').join()})`, ...admins.map(idOf));
      expect(left).toHaveLength(1);
    }
  });
});

describe('ending sessions', () => {
  test('ends all of them for good, and says so once', async () => {
    const user = await server.accounts.user();
    const sessions = await Promise.all([logIn(server, user.key), logIn(server, user.key), logIn(server, user.key)]);
    expect(await json(await endSessions(admin, user.user_id))).toEqual({ ended: 3 });
    for (const { access_token, refresh_token } of sessions) {
      await expectError(await get(server, PROFILE, access_token), 401, 'AUTH_TOKEN_INVALID');
      await expectError(await refresh(server, refresh_token), 401, 'AUTH_TOKEN_INVALID');
    }
    expect(await json(await endSessions(admin, user.user_id))).toEqual({ ended: 0 });
    const actions = server.data.rows('select actor_id, action, detail from admin_actions where subject_id = ?', user.user_id);
    expect(actions).toEqual([{ actor_id: idOf(admin), action: 'end_sessions', detail: '{}' }]);
    expect((await logIn(server, user.key)).user_id).toBe(user.user_id);
  });

  test('works on one’s own', async () => {
    const self = await signInAdmin();
    expect(await json(await endSessions(self, idOf(self)))).toEqual({ ended: 1 });
    await expectError(await self.fetch(USERS), 401, 'AUTH_TOKEN_INVALID');
  });
});

describe('the audit', () => {
  test('is shown newest first, page by page, and names no person', async () => {
    const user = await server.accounts.user({ name: 'Somebody in particular' });
    for (const quota_limit of [1, 2, 3]) {
      await json(await patch(admin, user.user_id, { quota_limit }));
      await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(server.data.row('select max(at) as at from admin_actions')!.at));
    }
    const text = await (await admin.fetch(`${ACTIONS}?per_page=100`)).text();
    for (const personal of [user.email, 'Somebody in particular', admin.user.email]) expect(text).not.toContain(personal);
    const { actions, pagination } = JSON.parse(text) as { actions: Action[]; pagination: { total: number } };
    expect(pagination.total).toBeGreaterThanOrEqual(3);
    const mine = actions.filter(({ subject_id }) => subject_id === user.user_id);
    expect(mine).toEqual(
      [3, 2, 1].map((quota_limit) => ({ id: expect.any(String), actor_id: idOf(admin), action: 'update_user', subject_id: user.user_id, detail: { quota_limit }, at: expect.stringMatching(TIME) })),
    );
  });
});

test('a read makes one trip to the database, a write too', async () => {
  const user = await signIn();
  const answers = await Promise.all([admin.fetch(USERS), admin.fetch(`${USERS}?q=user`), admin.fetch(`${USERS}/${idOf(user)}`), admin.fetch(ACTIONS)]);
  answers.push(await patch(admin, idOf(user), { is_active: false }), await endSessions(admin, idOf(user)));
  for (const answer of answers) {
    expect(answer.status).toBe(200);
    expect(timing(answer)['d1.trips']).toBe(1);
  }
});
