// Organizations: created, found, joined, left, run and handed on (CONTRACT A18 to A20, A39).
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectError } from './support/envelope.ts';
import { timing } from './support/requests.ts';
import { Phone } from './support/rooms.ts';
import { sharedServer } from './support/server.ts';

const server = sharedServer();
const PATH = '/api/v1/organizations';
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

interface Organization {
  id: number;
  name: string;
  description: string | null;
  owner_id: number;
  member_count: number;
  is_public: boolean;
  created_at: string;
  updated_at: string;
  my_role: string | null;
}

interface Member {
  user: { id: number; username: string | null; avatar_url: string | null; name: string | null };
  role: string;
  joined_at: string;
}

const unique = (): string => `Org ${randomUUID().slice(0, 8)}`;
const signIn = (): Promise<Phone> => Phone.signIn(server);
const crowd = (count: number): Promise<Phone[]> => Promise.all(Array.from({ length: count }, signIn));

const ask = (phone: Phone, method: string, path: string, body?: unknown): Promise<Response> =>
  phone.fetch(path, { method, ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) });

async function json<T>(answer: Response, status = 200): Promise<T> {
  const text = await answer.text();
  expect(answer.status, text).toBe(status);
  return JSON.parse(text) as T;
}

const create = async (phone: Phone, body: object = {}): Promise<Organization> => json(await ask(phone, 'POST', PATH, { name: unique(), ...body }), 201);
const join = (phone: Phone, id: number, body?: unknown): Promise<Response> => ask(phone, 'POST', `${PATH}/${id}/join`, body);
const leave = (phone: Phone, id: number): Promise<Response> => ask(phone, 'POST', `${PATH}/${id}/leave`);
const setRole = (phone: Phone, id: number, user: string | number, role: string): Promise<Response> => ask(phone, 'PUT', `${PATH}/${id}/members/${user}`, { role });
const remove = (phone: Phone, id: number, user: string | number): Promise<Response> => ask(phone, 'DELETE', `${PATH}/${id}/members/${user}`);
const show = async (phone: Phone, id: number): Promise<Organization> => json(await phone.fetch(`${PATH}/${id}`));
const members = async (phone: Phone, id: number, query = ''): Promise<Member[]> => (await json<{ members: Member[] }>(await phone.fetch(`${PATH}/${id}/members${query}`))).members;
const numId = (phone: Phone): number => server.data.row('select num_id from users where id = ?', phone.user.user_id)!.num_id;
const idOf = (phone: Phone): string => phone.user.user_id;

/** An organization with an owner, an admin, a member and somebody outside. */
async function staffed(body: object = {}) {
  const [owner, admin, member, stranger] = (await crowd(4)) as [Phone, Phone, Phone, Phone];
  const { id } = await create(owner, body);
  const { invite_code } = await json<{ invite_code: string }>(await ask(owner, 'POST', `${PATH}/${id}/invite-code`), 201);
  for (const phone of [admin, member]) expect((await join(phone, id, { invite_code })).status).toBe(200);
  expect((await setRole(owner, id, idOf(admin), 'admin')).status).toBe(200);
  return { id, invite_code, owner, admin, member, stranger };
}

/** What must hold of every organization whatever was asked at once. */
function expectSound(id: number): void {
  const row = server.data.row('select owner_id, member_count, deleted_at from organizations where id = ?', id)!;
  const rows = server.data.rows('select user_id, role from organization_members where organization_id = ?', id);
  expect(row.member_count).toBe(rows.length);
  const owners = rows.filter(({ role }) => role === 'owner').map(({ user_id }) => user_id);
  expect(owners).toEqual(row.deleted_at === null ? [row.owner_id] : []);
}

/** Adds members as rows, since thousands of sign-ins would take minutes. */
async function addMembers(id: number, count: number): Promise<void> {
  const tag = randomUUID();
  const numbers = 'with recursive number (n) as (select 1 union all select n + 1 from number where n < ?)';
  await server.data.write(
    `${numbers} insert into users (id, num_id, quota_limit, quota_resets_at, created_at, updated_at)
     select ? || '-' || n, (select max(num_id) from users) + n, 0, 0, 0, 0 from number`,
    count, tag,
  );
  await server.data.write(`${numbers} insert into organization_members (organization_id, user_id, role, joined_at) select ?, ? || '-' || n, 'member', 1 from number`, count, id, tag);
  await server.data.write('update organizations set member_count = (select count(*) from organization_members where organization_id = ?) where id = ?', id, id);
}

describe('creating', () => {
  test('answers the organization, owned by its creator', async () => {
    const phone = await signIn();
    const name = unique();
    const created = await create(phone, { name: ` ${name} `, description: 'We scan rooms' });
    expect(created).toEqual({
      id: expect.any(Number),
      name,
      description: 'We scan rooms',
      owner_id: numId(phone),
      member_count: 1,
      is_public: true,
      created_at: expect.stringMatching(TIME),
      updated_at: expect.stringMatching(TIME),
      my_role: 'owner',
    });
    expect(await show(phone, created.id)).toEqual(created);
    expectSound(created.id);
  });

  test.each([
    [true, true],
    [1, true],
    ['1', true],
    [false, false],
    [0, false],
    ['0', false],
  ])('takes is_public %j', async (is_public, expected) => {
    const phone = await signIn();
    expect((await create(phone, { is_public })).is_public).toBe(expected);
    expect((await json<Organization>(await ask(phone, 'POST', PATH, { name: unique(), isPublic: is_public }), 201)).is_public).toBe(expected);
  });

  test.each([
    [{}, 'name'],
    [{ name: '' }, 'name'],
    [{ name: '  ' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ name: 7 }, 'name'],
    [{ name: 'x', description: 'x'.repeat(2001) }, 'description'],
    [{ name: 'x', is_public: 'maybe' }, 'is_public'],
    [{ name: 'x', is_public: 2 }, 'is_public'],
  ])('refuses %.60j', async (body, field) => {
    const { error } = await expectError(await ask(await signIn(), 'POST', PATH, body), 400, 'VALIDATION_ERROR');
    expect(error.details!.map((detail) => detail.field)).toEqual([field]);
  });

  test('again with the same name is taken for a resend, also at the same moment', async () => {
    const phone = await signIn();
    const name = unique();
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(phone, 'POST', PATH, { name })));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(9).fill(200), 201]);
    const bodies = await Promise.all(answers.map((answer) => answer.json() as Promise<Organization>));
    expect(new Set(bodies.map(({ id }) => id)).size).toBe(1);
    expect(server.data.rows('select id from organizations where owner_id = ?', idOf(phone))).toHaveLength(1);
    expectSound(bodies[0]!.id);
  });

  test('is meant when the name comes later, or from another, or after a deletion', async () => {
    const [phone, other] = (await crowd(2)) as [Phone, Phone];
    const name = unique();
    const first = await create(phone, { name });
    await create(other, { name });
    await server.data.write('update organizations set created_at = created_at - 60001 where id = ?', first.id);
    const second = await create(phone, { name });
    expect(second.id).not.toBe(first.id);
    expect((await ask(phone, 'DELETE', `${PATH}/${second.id}`)).status).toBe(204);
    expect((await create(phone, { name })).id).not.toBe(second.id);
  });

  test('is refused to who owns twenty, also when all are asked for at once', async () => {
    const phone = await signIn();
    const statuses = await Promise.all(Array.from({ length: 24 }, async () => (await ask(phone, 'POST', PATH, { name: unique() })).status));
    expect(statuses.filter((status) => status === 201)).toHaveLength(20);
    expect(statuses.filter((status) => status === 409)).toHaveLength(4);
    const { error } = await expectError(await ask(phone, 'POST', PATH, { name: unique() }), 409, 'CONFLICT');
    expect(error.message).toContain('20');
  });
});

describe('the list', () => {
  test('finds public ones by how their name begins, in any case, by name', async () => {
    const owner = await signIn();
    const tag = randomUUID().slice(0, 8);
    for (const suffix of ['ÄB', 'äa', 'zz']) await create(owner, { name: `${tag} ${suffix}` });
    await create(owner, { name: `${tag} äsecret`, is_public: false });
    const names = async (query: string): Promise<string[]> => (await json<{ organizations: Organization[] }>(await server.fetch(`${PATH}?${query}`))).organizations.map(({ name }) => name);
    expect(await names(`q=${tag.toUpperCase()}`)).toEqual([`${tag} zz`, `${tag} äa`, `${tag} ÄB`]);
    expect(await names(`q=${tag}%20Ä`)).toEqual([`${tag} äa`, `${tag} ÄB`]);
    expect(await names(`q=${tag}%25`)).toEqual([]);
    expect(await names(`q=${tag}&page=2&per_page=2`)).toEqual([`${tag} ÄB`]);
    expect(await names(`q=${tag}&limit=1&offset=1`)).toEqual([`${tag} äa`]);
  });

  test('shows the caller’s role, and nobody’s to nobody', async () => {
    const owner = await signIn();
    const { id, name } = await create(owner);
    const find = async (answer: Response) => (await json<{ organizations: Organization[]; pagination: object }>(answer));
    const mine = await find(await owner.fetch(`${PATH}?q=${encodeURIComponent(name)}`));
    expect(mine.organizations).toMatchObject([{ id, my_role: 'owner' }]);
    expect(mine.pagination).toEqual({ page: 1, per_page: 20, total: 1 });
    expect((await find(await server.fetch(`${PATH}?q=${encodeURIComponent(name)}`))).organizations).toMatchObject([{ id, my_role: null }]);
    expect((await find(await (await signIn()).fetch(`${PATH}?q=${encodeURIComponent(name)}`))).organizations).toMatchObject([{ id, my_role: null }]);
  });

  test('of one’s own has private ones too and nobody else’s', async () => {
    const { id, member, stranger } = await staffed({ is_public: false });
    const own = await create(stranger);
    const mine = async (phone: Phone, query = '') => json<{ organizations: Organization[]; pagination: { total: number } }>(await phone.fetch(`${PATH}?mine=true${query}`));
    expect(await mine(member)).toMatchObject({ organizations: [{ id, my_role: 'member', is_public: false }], pagination: { total: 1 } });
    expect(await mine(stranger)).toMatchObject({ organizations: [{ id: own.id, my_role: 'owner' }], pagination: { total: 1 } });
    expect(await mine(member, '&q=nothing')).toMatchObject({ organizations: [], pagination: { total: 0 } });
    await expectError(await server.fetch(`${PATH}?mine=1`), 401, 'AUTH_TOKEN_INVALID');
  });

  test('is bare under /v1 and camelCase under /api', async () => {
    const owner = await signIn();
    const { id, name } = await create(owner);
    const q = `?q=${encodeURIComponent(name)}`;
    expect(await json(await owner.fetch(`/v1/organizations${q}`))).toMatchObject([{ id, my_role: 'owner' }]);
    expect(await json(await owner.fetch(`/api/organizations${q}`))).toMatchObject({ organizations: [{ id, myRole: 'owner', memberCount: 1 }], pagination: { perPage: 20 } });
    expect(await json(await owner.fetch(`/v1/organizations/${id}/members`))).toMatchObject([{ role: 'owner' }]);
    expect(await json(await owner.fetch(`/api/organizations/${id}`))).toMatchObject({ ownerId: numId(owner) });
  });

  test.each(['mine=perhaps', `q=${'x'.repeat(101)}`, 'page=0'])('refuses %.20s', async (query) => {
    await expectError(await server.fetch(`${PATH}?${query}`), 400, 'VALIDATION_ERROR');
  });
});

describe('a private organization', () => {
  test('is not there for strangers, whatever they ask', async () => {
    const { id, stranger, owner, member } = await staffed({ is_public: false });
    expect((await show(member, id)).my_role).toBe('member');
    const asks: [string, string, unknown?][] = [
      ['GET', ''],
      ['PUT', '', { name: 'mine' }],
      ['PATCH', '', { name: 'mine' }],
      ['DELETE', ''],
      ['POST', '/join', {}],
      ['POST', '/join', { invite_code: 'wrong' }],
      ['POST', '/invite-code'],
      ['DELETE', '/invite-code'],
      ['GET', '/members'],
      ['PUT', `/members/${idOf(owner)}`, { role: 'member' }],
      ['DELETE', `/members/${idOf(owner)}`],
    ];
    for (const [method, path, body] of asks) {
      const there = await expectError(await ask(stranger, method, `${PATH}/${id}${path}`, body), 404, 'NOT_FOUND');
      const nowhere = await expectError(await ask(stranger, method, `${PATH}/4000000000${path}`, body), 404, 'NOT_FOUND');
      expect(there.error, `${method} ${path}`).toEqual(nowhere.error);
    }
    await expectError(await server.fetch(`${PATH}/${id}`), 404, 'NOT_FOUND');
    expect((await leave(stranger, id)).status).toBe(204);
    expect((await leave(stranger, 4_000_000_000)).status).toBe(204);
    expect(await show(owner, id)).toMatchObject({ member_count: 3 });
    expectSound(id);
  });

  test('lets in whoever has the code that counts', async () => {
    const [owner, one, two, three] = (await crowd(4)) as [Phone, Phone, Phone, Phone];
    const { id } = await create(owner, { is_public: false });
    const make = async (): Promise<string> => {
      const answer = await ask(owner, 'POST', `${PATH}/${id}/invite-code`);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      return (await json<{ invite_code: string }>(answer, 201)).invite_code;
    };
    const old = await make();
    expect(old).toMatch(/^[A-Za-z0-9]{20}$/);
    expect(await json(await join(one, id, { inviteCode: ` ${old} ` }))).toEqual({
      organization: expect.objectContaining({ id, my_role: 'member', member_count: 2 }),
      role: 'member',
      joined_at: expect.stringMatching(TIME),
    });
    const next = await make();
    await expectError(await join(two, id, { invite_code: old }), 404, 'NOT_FOUND');
    await json(await join(two, id, { invite_code: next }));
    expect((await ask(owner, 'DELETE', `${PATH}/${id}/invite-code`)).status).toBe(204);
    expect((await ask(owner, 'DELETE', `${PATH}/${id}/invite-code`)).status).toBe(204);
    await expectError(await join(three, id, { invite_code: next }), 404, 'NOT_FOUND');
    await expectError(await join(three, id, { invite_code: '' }), 404, 'NOT_FOUND');
    const row = JSON.stringify(server.data.row('select * from organizations where id = ?', id));
    expect(row).not.toContain(old);
    expect(row).not.toContain(next);
    expectSound(id);
  });
});

describe('joining', () => {
  test('a public one needs nothing, not even a body, and again is fine', async () => {
    const [owner, phone] = (await crowd(2)) as [Phone, Phone];
    const { id } = await create(owner);
    const first = await json<{ role: string; joined_at: string }>(await join(phone, id));
    expect(first).toMatchObject({ role: 'member', organization: { member_count: 2, my_role: 'member' } });
    expect(await json(await join(phone, id, { invite_code: 'whatever' }))).toEqual(first);
    expect(await json(await join(owner, id))).toMatchObject({ role: 'owner', organization: { member_count: 2 } });
    expectSound(id);
  });

  test('is refused when the organization has a thousand members, and not to those', async () => {
    const [owner, last, late] = (await crowd(3)) as [Phone, Phone, Phone];
    const { id } = await create(owner);
    await addMembers(id, 998);
    expect((await join(last, id)).status).toBe(200);
    const { error } = await expectError(await join(late, id), 409, 'CONFLICT');
    expect(error.message).toContain('1000');
    expect(await json(await join(last, id))).toMatchObject({ role: 'member', organization: { member_count: 1000 } });
    expect((await leave(last, id)).status).toBe(204);
    expect((await join(late, id)).status).toBe(200);
    expectSound(id);
  });

  test('is refused to who belongs to a hundred, as is creating', async () => {
    const [owner, phone] = (await crowd(2)) as [Phone, Phone];
    const { id } = await create(owner);
    await server.data.write(
      `with recursive number (n) as (select 1 union all select n + 1 from number where n < 100)
       insert into organizations (name, search_name, is_public, owner_id, created_at, updated_at) select 'Many', 'zzz many ' || ?, 0, ?, 0, 0 from number`,
      idOf(phone), idOf(owner),
    );
    await server.data.write(
      "insert into organization_members (organization_id, user_id, role, joined_at) select id, ?, 'member', 0 from organizations where search_name = 'zzz many ' || ?",
      idOf(phone), idOf(phone),
    );
    for (const answer of [await join(phone, id), await ask(phone, 'POST', PATH, { name: unique() })]) {
      const { error } = await expectError(answer, 409, 'CONFLICT');
      expect(error.message).toContain('100');
    }
    expectSound(id);
  });
});

describe('leaving', () => {
  test('is done once and fine again', async () => {
    const { id, member, owner } = await staffed();
    for (let time = 0; time < 2; time += 1) expect((await leave(member, id)).status).toBe(204);
    expect(await show(owner, id)).toMatchObject({ member_count: 2 });
    expect((await show(member, id)).my_role).toBeNull();
    expectSound(id);
  });

  test('is refused to an owner whom others need; alone, it deletes the organization', async () => {
    const { id, owner, admin, member } = await staffed();
    await expectError(await leave(owner, id), 409, 'CONFLICT');
    for (const phone of [admin, member]) await leave(phone, id);
    for (let time = 0; time < 2; time += 1) expect((await leave(owner, id)).status).toBe(204);
    await expectError(await owner.fetch(`${PATH}/${id}`), 404, 'NOT_FOUND');
    await expectError(await join(member, id), 404, 'NOT_FOUND');
    expectSound(id);
  });
});

describe('changing', () => {
  test.each(['PUT', 'PATCH'])('by %s touches what is named', async (method) => {
    const { id, owner, admin } = await staffed({ description: 'before' });
    const before = await show(owner, id);
    const name = unique();
    const renamed = await json<Organization>(await ask(admin, method, `${PATH}/${id}`, { name }));
    expect(renamed).toEqual({ ...before, name, my_role: 'admin', updated_at: renamed.updated_at });
    expect((await json<{ organizations: Organization[] }>(await server.fetch(`${PATH}?q=${encodeURIComponent(name)}`))).organizations).toHaveLength(1);
    expect(await json(await ask(owner, method, `${PATH}/${id}`, { description: '', is_public: '0' }))).toMatchObject({ name, description: null, is_public: false });
    expect(await json(await ask(owner, method, `${PATH}/${id}`, {}))).toMatchObject({ name, description: null, is_public: false });
  });

  test('is 403 for members, and for strangers where it is public', async () => {
    const { id, owner, member, stranger } = await staffed();
    for (const phone of [member, stranger]) {
      await expectError(await ask(phone, 'PUT', `${PATH}/${id}`, { name: 'mine' }), 403, 'AUTH_PERMISSION_DENIED');
      await expectError(await ask(phone, 'POST', `${PATH}/${id}/invite-code`), 403, 'AUTH_PERMISSION_DENIED');
      await expectError(await ask(phone, 'DELETE', `${PATH}/${id}/invite-code`), 403, 'AUTH_PERMISSION_DENIED');
    }
    expect((await show(owner, id)).name).not.toBe('mine');
  });

  test('an unnamed field does not validate into nothing', async () => {
    const { id, owner } = await staffed();
    await expectError(await ask(owner, 'PUT', `${PATH}/${id}`, { name: ' ' }), 400, 'VALIDATION_ERROR');
  });
});

describe('deleting', () => {
  test('is for the owner, and fine again', async () => {
    const { id, owner, admin, member, stranger } = await staffed();
    for (const phone of [admin, member, stranger]) await expectError(await ask(phone, 'DELETE', `${PATH}/${id}`), 403, 'AUTH_PERMISSION_DENIED');
    for (let time = 0; time < 2; time += 1) expect((await ask(owner, 'DELETE', `${PATH}/${id}`)).status).toBe(204);
    for (const phone of [owner, admin]) await expectError(await phone.fetch(`${PATH}/${id}`), 404, 'NOT_FOUND');
    await expectError(await ask(admin, 'DELETE', `${PATH}/${id}`), 404, 'NOT_FOUND');
    expect(server.data.rows('select user_id from organization_members where organization_id = ?', id)).toEqual([]);
    expect((await json<{ organizations: unknown[] }>(await admin.fetch(`${PATH}?mine=true`))).organizations).toEqual([]);
    expectSound(id);
  });
});

describe('members', () => {
  test('are listed in the order in which they joined, in pages', async () => {
    const { id, owner, admin, member, stranger } = await staffed();
    const answer = await json<{ members: Member[]; pagination: object }>(await stranger.fetch(`${PATH}/${id}/members`));
    expect(answer.pagination).toEqual({ page: 1, per_page: 20, total: 3 });
    expect(answer.members).toEqual(
      [owner, admin, member].map((phone, index) => ({
        user: { id: numId(phone), username: null, avatar_url: null, name: null },
        role: ['owner', 'admin', 'member'][index],
        joined_at: expect.stringMatching(TIME),
      })),
    );
    expect(await members(owner, id, '?page=2&per_page=2')).toMatchObject([{ user: { id: numId(member) } }]);
    await expectError(await server.fetch(`${PATH}/${id}/members`), 401, 'AUTH_TOKEN_INVALID');
  });

  test('get roles from the owner only, by either id', async () => {
    const { id, owner, admin, member, stranger } = await staffed();
    for (const phone of [admin, member, stranger]) await expectError(await setRole(phone, id, idOf(member), 'admin'), 403, 'AUTH_PERMISSION_DENIED');
    expect(await json(await setRole(owner, id, numId(member), 'admin'))).toMatchObject({ user: { id: numId(member) }, role: 'admin' });
    for (let time = 0; time < 2; time += 1) expect(await json(await setRole(owner, id, idOf(member), 'member'))).toMatchObject({ role: 'member' });
    await expectError(await setRole(owner, id, idOf(stranger), 'admin'), 404, 'NOT_FOUND');
    await expectError(await setRole(owner, id, 'nobody', 'owner'), 404, 'NOT_FOUND');
    await expectError(await setRole(owner, id, idOf(owner), 'member'), 409, 'CONFLICT');
    await expectError(await setRole(owner, id, idOf(member), 'emperor'), 400, 'VALIDATION_ERROR');
    expect(await json(await setRole(owner, id, idOf(owner), 'owner'))).toMatchObject({ role: 'owner' });
    expectSound(id);
  });

  test('are removed by those above them', async () => {
    const { id, owner, admin, member, stranger } = await staffed();
    const second = await signIn();
    await join(second, id);
    await setRole(owner, id, idOf(second), 'admin');
    await expectError(await remove(member, id, idOf(admin)), 403, 'AUTH_PERMISSION_DENIED');
    await expectError(await remove(stranger, id, idOf(member)), 403, 'AUTH_PERMISSION_DENIED');
    await expectError(await remove(admin, id, idOf(second)), 403, 'AUTH_PERMISSION_DENIED');
    await expectError(await remove(admin, id, idOf(owner)), 403, 'AUTH_PERMISSION_DENIED');
    await expectError(await remove(owner, id, idOf(owner)), 409, 'CONFLICT');
    expect((await show(owner, id)).member_count).toBe(4);
    for (let time = 0; time < 2; time += 1) expect((await remove(admin, id, numId(member))).status).toBe(204);
    expect((await remove(owner, id, idOf(second))).status).toBe(204);
    expect((await members(owner, id)).map(({ role }) => role)).toEqual(['owner', 'admin']);
    await expectError(await ask(second, 'PUT', `${PATH}/${id}`, { name: 'mine' }), 403, 'AUTH_PERMISSION_DENIED');
    expectSound(id);
  });
});

describe('handing on', () => {
  test('makes the other the owner and the owner an admin; the resend reads the same', async () => {
    const { id, owner, member } = await staffed();
    for (let time = 0; time < 2; time += 1) expect(await json(await setRole(owner, id, idOf(member), 'owner'))).toMatchObject({ user: { id: numId(member) }, role: 'owner' });
    expect(await show(owner, id)).toMatchObject({ owner_id: numId(member), my_role: 'admin' });
    expect((await show(member, id)).my_role).toBe('owner');
    await expectError(await setRole(owner, id, idOf(owner), 'owner'), 403, 'AUTH_PERMISSION_DENIED');
    await expectError(await ask(owner, 'DELETE', `${PATH}/${id}`), 403, 'AUTH_PERMISSION_DENIED');
    expect((await leave(owner, id)).status).toBe(204);
    expectSound(id);
  });

  test('is refused to who is disabled or owns twenty', async () => {
    const { id, owner, admin, member } = await staffed();
    await Promise.all(Array.from({ length: 20 }, () => create(admin)));
    await server.data.write('update users set is_active = 0 where id = ?', idOf(member));
    for (const phone of [admin, member]) await expectError(await setRole(owner, id, idOf(phone), 'owner'), 409, 'CONFLICT');
    expect((await show(owner, id)).my_role).toBe('owner');
    expectSound(id);
  });
});

describe('rights count at the moment of the write', () => {
  test('a removed admin, a former owner and an ended session change nothing', async () => {
    const { id, owner, admin, member } = await staffed();
    const [outcome] = await Promise.all([
      Promise.all(Array.from({ length: 10 }, async (_, index) => (await ask(admin, 'PUT', `${PATH}/${id}`, { description: `change ${index}` })).status)),
      remove(owner, id, idOf(admin)),
    ]);
    expect(outcome.every((status) => status === 200 || status === 403)).toBe(true);
    await expectError(await ask(admin, 'PUT', `${PATH}/${id}`, { description: 'late' }), 403, 'AUTH_PERMISSION_DENIED');
    await server.accounts.revoke(owner.user.key_id);
    const asks: [string, string, unknown?][] = [
      ['PUT', `/${id}`, { name: 'late' }],
      ['DELETE', `/${id}`],
      ['POST', `/${id}/invite-code`],
      ['PUT', `/${id}/members/${idOf(member)}`, { role: 'owner' }],
      ['DELETE', `/${id}/members/${idOf(member)}`],
      ['POST', `/${id}/leave`],
      ['POST', '', { name: 'late' }],
    ];
    for (const [method, path, body] of asks) await expectError(await ask(owner, method, `${PATH}${path}`, body), 401, 'AUTH_TOKEN_INVALID');
    expect(server.data.row('select name from organizations where id = ?', id)!.name).not.toBe('late');
    expect(await members(member, id)).toMatchObject([{ role: 'owner' }, { role: 'member' }]);
    expectSound(id);
  });
});

describe('thirty at once', () => {
  let phones: Phone[];

  beforeAll(async () => {
    phones = await crowd(30);
  });

  const sound = async (id: number, work: () => Promise<Response>[]): Promise<number[]> => {
    const answers = await Promise.all(work());
    expectSound(id);
    return answers.map(({ status }) => status);
  };

  test('join, leave and come back', async () => {
    const owner = await signIn();
    const { id } = await create(owner);
    expect(await sound(id, () => phones.map((phone) => join(phone, id)))).toEqual(Array(30).fill(200));
    expect((await show(owner, id)).member_count).toBe(31);
    const mixed = await sound(id, () => phones.map((phone, index) => (index % 2 ? leave(phone, id) : join(phone, id))));
    expect(mixed.every((status) => status === 200 || status === 204)).toBe(true);
    expect((await show(owner, id)).member_count).toBe(16);
    expect(await sound(id, () => phones.flatMap((phone) => [leave(phone, id), leave(phone, id)]))).toEqual(Array(60).fill(204));
    expect((await show(owner, id)).member_count).toBe(1);
  });

  test('one user joins thirty times', async () => {
    const owner = await signIn();
    const { id } = await create(owner);
    await sound(id, () => Array.from({ length: 30 }, () => join(phones[0]!, id)));
    expect((await show(owner, id)).member_count).toBe(2);
  });

  test('the last two places go to two', async () => {
    const owner = await signIn();
    const { id } = await create(owner);
    await addMembers(id, 997);
    const statuses = await sound(id, () => phones.map((phone) => join(phone, id)));
    expect(statuses.filter((status) => status === 200)).toHaveLength(2);
    expect(statuses.filter((status) => status === 409)).toHaveLength(28);
  });

  test('the owner hands on to thirty, who leave, while the owner leaves', async () => {
    const owner = await signIn();
    const { id } = await create(owner);
    await Promise.all(phones.map((phone) => join(phone, id)));
    await sound(id, () => phones.map((phone) => setRole(owner, id, idOf(phone), 'owner')));
    const { user_id } = server.data.row("select user_id from organization_members where organization_id = ? and role = 'owner'", id)!;
    expect(user_id).not.toBe(idOf(owner));
    const chief = phones.find((phone) => idOf(phone) === user_id)!;
    await sound(id, () => [...phones.map((phone) => setRole(chief, id, idOf(phone), 'owner')), ...phones.map((phone) => leave(phone, id)), leave(owner, id)]);
    const rows = server.data.rows('select user_id, role from organization_members where organization_id = ?', id);
    expect(rows.filter(({ role }) => role === 'owner').length).toBe(rows.length ? 1 : 0);
  });

  test('an owner leaves alone while thirty join: deleted or joined, never ownerless', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id } = await create(phones[0]!);
      await sound(id, () => [leave(phones[0]!, id), ...phones.slice(1).map((phone) => join(phone, id))]);
    }
  });
});

describe('trips', () => {
  test('a read makes one, a write too', async () => {
    const { id, owner, member } = await staffed();
    const asks: [Phone, string, string, unknown?][] = [
      [owner, 'GET', ''],
      [owner, 'GET', '?mine=true'],
      [owner, 'GET', `/${id}`],
      [owner, 'GET', `/${id}/members`],
      [owner, 'POST', '', { name: unique() }],
      [owner, 'PUT', `/${id}`, { description: 'x' }],
      [owner, 'POST', `/${id}/invite-code`],
      [member, 'POST', `/${id}/join`],
      [owner, 'PUT', `/${id}/members/${idOf(member)}`, { role: 'owner' }],
      [member, 'DELETE', `/${id}/members/${idOf(owner)}`],
      [owner, 'POST', `/${id}/leave`],
      [member, 'DELETE', `/${id}`],
    ];
    for (const [phone, method, path, body] of asks) {
      const answer = await ask(phone, method, `${PATH}${path}`, body);
      expect(answer.ok, `${method} ${path}`).toBe(true);
      expect(timing(answer)['d1.trips'], `${method} ${path}`).toBe(1);
    }
    expect(timing(await server.fetch(PATH))['d1.trips']).toBe(1);
  });
});
