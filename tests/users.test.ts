// Accounts as the app of seed 001 knows them: created, shown, changed, with a picture (CONTRACT
// A13 to A15, A38, 9.1, K13).
import { randomUUID } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { expectError } from './support/envelope.ts';
import { PASSWORD, PICTURES, Person, USERS, bytes, unique, type UserProfile } from './support/people.ts';
import { LOGIN, PROFILE, get, post, timing } from './support/requests.ts';
import { Phone } from './support/rooms.ts';
import { sharedServer } from './support/server.ts';
import { decode, sign } from './support/tokens.ts';

const server = sharedServer();
const PUBLIC = ['avatar_url', 'bio', 'created_at', 'id', 'name', 'sync_status', 'updated_at', 'username', 'uuid'];
const OWN = ['email', 'email_verified', 'preferences', 'role', 'subscription_tier'];
const SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

const json = async (answer: Response): Promise<any> => {
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  return JSON.parse(text);
};

/** `details` of a 409 say which fields are taken. */
async function expectTaken(answer: Response, fields: string[]): Promise<void> {
  const text = await answer.text();
  expect(answer.status, text).toBe(409);
  const { error } = JSON.parse(text);
  expect(error.code).toBe('CONFLICT');
  expect(error.details.map(({ field }: { field: string }) => field)).toEqual(fields);
}

describe('creating an account', () => {
  test('signs in to it', async () => {
    const username = unique('Anna');
    const answer = await post(server, USERS, {
      username, email: ` ${username}@Example.org`, password: PASSWORD, name: ' Anna ', bio: 'Hi', avatarUrl: 'https://example.org/a.png',
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(timing(answer)['d1.trips']).toBe(1);
    const body = (await answer.json()) as any;
    expect(Object.keys(body).sort()).toEqual([...PUBLIC, ...OWN, 'access_token', 'expires_in', 'refresh_token'].sort());
    expect(body).toMatchObject({
      username, email: `${username}@example.org`.toLowerCase(), name: 'Anna', bio: 'Hi', avatar_url: 'https://example.org/a.png',
      sync_status: 'synced', preferences: {}, email_verified: false, role: 'user', subscription_tier: 'free', expires_in: 900,
    });
    expect(body.id).toBeTypeOf('number');
    expect(body.created_at).toMatch(SECONDS);
    const { access_token, refresh_token: _, expires_in: __, ...user } = body;
    expect(await json(await get(server, `${USERS}/me`, access_token))).toEqual(user);
    const login = await post(server, LOGIN, { username: username.toLowerCase(), password: PASSWORD });
    expect(login.status).toBe(200);
  });

  test('with what somebody has already names the fields', async () => {
    const one = await Person.create(server);
    const taken = { username: one.user.username.toUpperCase(), email: one.email.toUpperCase(), password: PASSWORD };
    await expectTaken(await post(server, USERS, taken), ['email', 'username']);
    await expectTaken(await post(server, USERS, { ...taken, email: `${unique()}@example.org` }), ['username']);
    await expectTaken(await post(server, USERS, { ...taken, username: unique() }), ['email']);
  });

  test('of eight at once with one name makes one', async () => {
    const username = unique();
    const statuses = await Promise.all(
      Array.from({ length: 8 }, async () => (await post(server, USERS, { username, email: `${unique()}@example.org`, password: PASSWORD })).status),
    );
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(7);
  });

  test.each([
    [{}, ['email', 'password', 'username']],
    [{ username: 'ab', email: 'x', password: 'short' }, ['email', 'password', 'username']],
    [{ username: '12345', email: 'a@b.org', password: PASSWORD }, ['username']],
    [{ username: 'anna', email: 'a@b.org', password: PASSWORD, bio: 'x'.repeat(501), avatar_url: 'javascript:alert(1)', name: '' }, ['avatar_url', 'bio', 'name']],
    [{ username: 'anna', email: 'a@b.org', password: PASSWORD, avatar_url: `https://example.org/${'x'.repeat(2000)}` }, ['avatar_url']],
  ])('is not done with %.60j', async (body, fields) => {
    const { error } = await expectError(await post(server, USERS, body), 400, 'VALIDATION_ERROR');
    expect(error.details!.map(({ field }) => field).sort()).toEqual(fields);
  });
});

describe('a user', () => {
  test('is shown to anybody, and more of it to itself', async () => {
    const [anna, bob] = [await Person.create(server, { bio: 'Hi' }), await Person.create(server)];
    const url = `${USERS}/${anna.user.id}`;
    const seen = [await server.fetch(url), await bob.fetch(url), await anna.fetch(url)];
    for (const answer of seen) expect(timing(answer)['d1.trips']).toBe(1);
    const [toNobody, toBob, toAnna] = await Promise.all(seen.map(json));
    expect(Object.keys(toNobody).sort()).toEqual(PUBLIC);
    expect(toBob).toEqual(toNobody);
    expect(toAnna).toEqual(anna.user);
    expect(Object.keys(toAnna).sort()).toEqual([...PUBLIC, ...OWN].sort());
    expect(JSON.stringify(toNobody)).not.toContain(anna.email);
  });

  test('has three names', async () => {
    const anna = await Person.create(server);
    for (const id of [anna.user.id, anna.user.uuid, anna.user.uuid.toUpperCase()]) {
      expect((await json(await server.fetch(`${USERS}/${id}`))).uuid).toBe(anna.user.uuid);
    }
    for (const id of [anna.user.id, anna.user.uuid, 'me']) expect(await json(await anna.fetch(`${USERS}/${id}`))).toEqual(anna.user);
    await expectError(await server.fetch(`${USERS}/me`), 401, 'AUTH_TOKEN_INVALID');
  });

  test.each([randomUUID(), '0', '999999999', '9007199254740993', '99999999999999999999', 'nobody', '-1', '1.5', "1' or 1=1", '%00'])('is not found as %s', async (id) => {
    const answer = await server.fetch(`${USERS}/${encodeURIComponent(id)}`);
    expect((await expectError(answer, 404, 'NOT_FOUND')).error.message).toBe('User not found');
  });

  test('that is disabled is not there', async () => {
    const anna = await Person.create(server);
    await server.data.write('update users set is_active = 0 where id = ?', anna.user.uuid);
    await expectError(await server.fetch(`${USERS}/${anna.user.id}`), 404);
    await expectError(await anna.fetch(''), 401, 'AUTH_USER_NOT_FOUND');
  });

  test('is not shown to who shows a bad token', async () => {
    const [anna, bob] = [await Person.create(server), await Person.create(server)];
    await expectError(await get(server, `${USERS}/${anna.user.id}`, 'garbage'), 401);
    await bob.fetch('/api/v1/auth/logout', { method: 'POST' });
    await expectError(await bob.fetch(`${USERS}/${anna.user.id}`), 401, 'AUTH_TOKEN_INVALID');
  });

  test('without a username has one to be shown', async () => {
    const phone = await Phone.signIn(server);
    const user = (await phone.json(`${USERS}/me`)) as UserProfile;
    expect(user.username).toBe(`user-${user.id}`);
    expect(user).toMatchObject({ uuid: phone.user.user_id, email: phone.user.email, subscription_tier: 'professional' });
    expect((await phone.json(PROFILE)).user_id).toBe(user.uuid);
  });

  test('has camelCase keys under /api, but for those of the preferences', async () => {
    const anna = await Person.create(server);
    const preferences = { dark_mode: { isOn: true, at_night: 1 } };
    await json(await anna.change({ preferences }));
    const body = await json(await server.fetch(`/api/users/me`, { headers: { authorization: `Bearer ${anna.token}` } }));
    expect(body).toMatchObject({ createdAt: anna.user.created_at, emailVerified: false, preferences });
    expect((await json(await server.fetch(`/v1/users/${anna.user.id}`))).created_at).toBe(anna.user.created_at);
  });
});

describe('changing an account', () => {
  test.each(['PUT', 'PATCH'])('with %s changes what is sent and nothing else', async (method) => {
    const anna = await Person.create(server, { name: 'Anna', bio: 'Hi', avatar_url: 'https://example.org/a.png' });
    const username = unique();
    const answer = await anna.change({ username, bio: ' New ', preferences: { a: [1, { bC: null, d_e: 1.5 }] } }, method);
    expect(timing(answer)['d1.trips']).toBeLessThanOrEqual(2);
    const changed = await json(answer);
    expect(changed).toEqual({ ...anna.user, username, bio: 'New', preferences: { a: [1, { bC: null, d_e: 1.5 }] }, updated_at: changed.updated_at });
    expect(changed.updated_at > anna.user.updated_at).toBe(true);
    expect(await anna.show()).toEqual(changed);
    expect(await json(await anna.change({ name: null, bio: null, avatarUrl: null }, method))).toMatchObject({ name: null, bio: null, avatar_url: null, username });
  });

  test('moves updated_at on every time, even within a second', async () => {
    const anna = await Person.create(server);
    let last = anna.user.updated_at;
    for (const bio of ['a', 'b', 'c']) {
      const { updated_at } = await json(await anna.change({ bio }));
      expect(updated_at > last).toBe(true);
      last = updated_at;
    }
  });

  test('with what is there already writes nothing', async () => {
    const anna = await Person.create(server, { name: 'Anna' });
    for (const body of [{}, anna.user, { bio: null, name: 'Anna', email: anna.email.toUpperCase() }, { unknown: 1 }, { username: null, email: null }]) {
      const answer = await anna.change(body);
      expect(timing(answer)['d1.rows_written']).toBe(0);
      expect(await json(answer)).toEqual(anna.user);
    }
  });

  test('of somebody else is refused, also of nobody', async () => {
    const [anna, bob] = [await Person.create(server), await Person.create(server)];
    for (const id of [anna.user.id, anna.user.uuid, randomUUID(), 0, 'nobody']) {
      for (const method of ['PUT', 'PATCH']) await expectError(await bob.change({ bio: 'mine' }, method, id), 403, 'AUTH_PERMISSION_DENIED');
    }
    expect(await anna.show()).toEqual(anna.user);
    expect((await json(await anna.change({ bio: 'mine' }, 'PUT', anna.user.id))).bio).toBe('mine');
    expect((await json(await anna.change({ bio: 'yours' }, 'PUT', anna.user.uuid))).bio).toBe('yours');
  });

  test('to what somebody has names the fields', async () => {
    const [anna, bob] = [await Person.create(server), await Person.create(server)];
    const wanted = { username: anna.user.username.toUpperCase(), email: anna.email, current_password: PASSWORD };
    await expectTaken(await bob.change(wanted), ['email', 'username']);
    await expectTaken(await bob.change({ username: anna.user.username }), ['username']);
    expect(await bob.show()).toEqual(bob.user);
    const other = bob.user.username.toUpperCase();
    expect((await json(await bob.change({ username: other }))).username).toBe(other);
  });

  test('to one name at the same time succeeds once', async () => {
    const people = await Promise.all([1, 2, 3, 4].map(() => Person.create(server)));
    const username = unique();
    const statuses = await Promise.all(people.map(async (person) => (await person.change({ username })).status));
    expect(statuses.sort()).toEqual([200, 409, 409, 409]);
  });

  test('on top of a newer one is refused, unless it comes again', async () => {
    const anna = await Person.create(server);
    const old = anna.user.updated_at;
    const first = await json(await anna.change({ bio: 'first', updated_at: old }));
    const refused = await expectError(await anna.change({ bio: 'second', updated_at: old }), 409, 'CONFLICT');
    expect(refused.error.message).toMatch(/changed meanwhile/);
    expect(await json(await anna.change({ bio: 'first', updated_at: old }))).toEqual(first);
    const zoned = first.updated_at.replace('Z', '.000+00:00');
    expect((await json(await anna.change({ bio: 'third', updatedAt: zoned }))).bio).toBe('third');
  });

  test('of ten at once from the same version succeeds once', async () => {
    const anna = await Person.create(server);
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => anna.change({ bio: `bio ${n}`, updated_at: anna.user.updated_at })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
  });

  test('of the email needs the password, and the new address is not verified', async () => {
    const anna = await Person.create(server);
    await server.data.write('update users set email_verified_at = 1 where id = ?', anna.user.uuid);
    const email = `${unique()}@example.org`;
    const missing = await expectError(await anna.change({ email }), 400, 'VALIDATION_ERROR');
    expect(missing.error.details).toMatchObject([{ field: 'current_password', type: 'missing_field' }]);
    const wrong = await expectError(await anna.change({ email, current_password: 'wrong' }), 400, 'VALIDATION_ERROR');
    expect(wrong.error.details).toMatchObject([{ field: 'current_password', type: 'invalid_value' }]);
    expect(await anna.show()).toMatchObject({ email: anna.email, email_verified: true });
    expect((await json(await anna.change({ bio: 'x' }))).email_verified).toBe(true);
    const answer = await anna.change({ email: email.toUpperCase(), currentPassword: PASSWORD });
    expect(timing(answer)['d1.trips']).toBeLessThanOrEqual(2);
    expect(await json(answer)).toMatchObject({ email, email_verified: false });
    expect((await post(server, LOGIN, { email, password: PASSWORD })).status).toBe(200);
    await expectError(await post(server, LOGIN, { email: anna.email, password: PASSWORD }), 401);
    expect((await anna.change({ email, current_password: 'wrong' })).status).toBe(200);
  });

  test('of the email without any password needs a new session', async () => {
    const phone = await Phone.signIn(server);
    const put = (token: string, email: string) =>
      server.fetch(`${USERS}/me`, { method: 'PUT', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify({ email }) });
    const { claims } = decode(phone.token);
    const old = sign({ ...claims, auth_time: Math.floor(Date.now() / 1000) - 601 });
    await expectError(await put(old, `${unique()}@example.org`), 403, 'AUTH_PERMISSION_DENIED');
    expect((await put(phone.token, `${unique()}@example.org`)).status).toBe(200);
  });

  test.each([
    [{ username: 'a b c' }, 'username'],
    [{ username: 5 }, 'username'],
    [{ email: 'nobody' }, 'email'],
    [{ name: ' ' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ bio: 'x'.repeat(501) }, 'bio'],
    [{ bio: {} }, 'bio'],
    [{ avatar_url: 'data:image/png;base64,AAAA' }, 'avatar_url'],
    [{ avatar_url: 'https://user:secret@example.org/' }, 'avatar_url'],
    [{ avatar_url: '//example.org/a.png' }, 'avatar_url'],
    [{ preferences: [] }, 'preferences'],
    [{ preferences: 'dark' }, 'preferences'],
    [{ preferences: { a: 'x'.repeat(64 * 1024) } }, 'preferences'],
    [{ updated_at: 'yesterday' }, 'updated_at'],
    [{ updated_at: 1 }, 'updated_at'],
  ])('is not done with %.60j', async (body, field) => {
    const anna = await Person.create(server);
    const { error } = await expectError(await anna.change(body), 400, 'VALIDATION_ERROR');
    expect(error.details!.map((detail) => detail.field)).toEqual([field]);
    expect(await anna.show()).toEqual(anna.user);
  });

  test('takes preferences of 64 kB', async () => {
    const anna = await Person.create(server);
    const preferences = { a: 'x'.repeat(64 * 1024 - 8) };
    expect((await json(await anna.change({ preferences }))).preferences).toEqual(preferences);
  });

  test('needs a session that may manage the account', async () => {
    const phone = await Phone.signIn(server);
    const { key } = (await (await phone.fetch('/api/v1/user/api-keys', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'r', scopes: ['read'] }) })).json()) as any;
    const reader = await Phone.of(server, phone.user, key);
    for (const [method, path] of [['PUT', ''], ['PATCH', ''], ['DELETE', ''], ['POST', '/avatar'], ['DELETE', '/avatar'], ['POST', '/export']] as const) {
      await expectError(await reader.fetch(`${USERS}/me${path}`, { method, headers: { 'content-type': 'application/json' }, body: '{}' }), 403, 'AUTH_PERMISSION_DENIED');
    }
    expect((await reader.json(`${USERS}/me`)).email).toBe(phone.user.email);
  });
});

describe('a picture', () => {
  const form = (content: Uint8Array<ArrayBuffer>, type = 'image/png', part = 'avatar', name = 'me.png'): FormData => {
    const data = new FormData();
    data.append('note', 'hello');
    data.append(part, new Blob([content], { type }), name);
    return data;
  };
  const upload = (who: Person, body: BodyInit, type?: string, id: string | number = 'me'): Promise<Response> =>
    who.fetch(`${USERS}/${id}/avatar`, { method: 'POST', body, ...(type !== undefined && { headers: { 'content-type': type } }) });
  const pathOf = (url: string): string => new URL(url).pathname + new URL(url).search;
  const stored = (who: Person): Promise<string[]> => server.data.objects(`avatars/${who.user.uuid}/`);

  test.each(Object.entries(PICTURES))('of type %s is shown to anybody as what it is', async (kind, picture) => {
    const anna = await Person.create(server);
    const answer = await upload(anna, form(bytes(picture), 'application/octet-stream', 'file', 'x.exe'));
    expect(timing(answer)['d1.trips']).toBeLessThanOrEqual(2);
    const { avatar_url } = (await json(answer)) as UserProfile;
    expect(avatar_url).toMatch(new RegExp(`^${server.url}/api/v1/users/${anna.user.id}/avatar\\?v=[\\w-]+$`));
    expect((await anna.show()).avatar_url).toBe(avatar_url);
    const shown = await server.fetch(pathOf(avatar_url!));
    expect(shown.status).toBe(200);
    expect(timing(shown)['d1.trips']).toBe(1);
    expect(Buffer.from(await shown.arrayBuffer()).equals(picture)).toBe(true);
    expect(Object.fromEntries(['content-type', 'x-content-type-options', 'content-disposition', 'content-security-policy'].map((name) => [name, shown.headers.get(name)]))).toEqual({
      'content-type': `image/${kind}`,
      'x-content-type-options': 'nosniff',
      'content-disposition': 'inline',
      'content-security-policy': "default-src 'none'",
    });
    expect(shown.headers.get('cache-control')).toBe('public, max-age=2592000, immutable');
    const again = await server.fetch(pathOf(avatar_url!), { headers: { 'if-none-match': shown.headers.get('etag')! } });
    expect(again.status).toBe(304);
    for (const query of ['', '?v=other']) {
      const plain = await server.fetch(`${USERS}/${anna.user.uuid}/avatar${query}`);
      expect(plain.headers.get('cache-control')).toBe('public, no-cache');
      expect(plain.status).toBe(200);
      await plain.arrayBuffer();
    }
  });

  test('may come as it is, whatever its header says', async () => {
    const anna = await Person.create(server);
    const { avatar_url } = await json(await upload(anna, bytes(PICTURES.gif), 'image/svg+xml', anna.user.id));
    expect((await server.fetch(pathOf(avatar_url))).headers.get('content-type')).toBe('image/gif');
  });

  test('that could also be a page is sent as a picture only', async () => {
    const anna = await Person.create(server);
    const polyglot = Buffer.concat([Buffer.from('GIF89a/*'), Buffer.from('<script>alert(1)</script><svg onload=alert(1)>')]);
    const { avatar_url } = await json(await upload(anna, form(bytes(polyglot), 'text/html', 'avatar', 'x.html')));
    const shown = await server.fetch(pathOf(avatar_url));
    expect(shown.headers.get('content-type')).toBe('image/gif');
    expect(shown.headers.get('x-content-type-options')).toBe('nosniff');
    expect(shown.headers.get('content-security-policy')).toBe("default-src 'none'");
    await shown.arrayBuffer();
  });

  test.each([
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
    ['HTML', '<!doctype html><script>alert(1)</script>'],
    ['HTML behind half a PNG', Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from('<html><script>alert(1)</script>')])],
    ['PDF', '%PDF-1.7'],
    ['BMP', 'BM000000000000'],
    ['WAVE', 'RIFF\x10\0\0\0WAVEfmt '],
    ['one byte', '\x89'],
  ])('that is %s is refused', async (_, content) => {
    const anna = await Person.create(server);
    for (const type of ['image/png', 'application/octet-stream']) await expectError(await upload(anna, bytes(content), type), 415);
    await expectError(await upload(anna, form(bytes(content))), 415);
    expect(await stored(anna)).toEqual([]);
    expect((await anna.show()).avatar_url).toBeNull();
  });

  test('must come as a picture', async () => {
    const anna = await Person.create(server);
    for (const type of ['text/html', 'application/json']) await expectError(await upload(anna, bytes(PICTURES.png), type), 415);
    await expectError(await anna.fetch('/avatar', { method: 'POST', body: bytes(PICTURES.png), headers: { 'content-type': 'image/png', 'content-encoding': 'gzip' } }), 415);
    await expectError(await upload(anna, bytes(''), 'image/png'), 400, 'VALIDATION_ERROR');
    await expectError(await upload(anna, form(bytes(''))), 400, 'VALIDATION_ERROR');
    const empty = new FormData();
    empty.append('note', 'no file');
    const { error } = await expectError(await upload(anna, empty), 400, 'VALIDATION_ERROR');
    expect(error.details).toMatchObject([{ field: 'file', type: 'missing_field' }]);
    await expectError(await upload(anna, 'x', 'multipart/form-data'), 400);
    await expectError(await upload(anna, '--b\r\ncontent-disposition: form-data; name="a"; filename="b"\r\n\r\nhalf', 'multipart/form-data; boundary=b'), 400);
    expect(await stored(anna)).toEqual([]);
  });

  test('may have 2 MiB and not one byte more', async () => {
    const anna = await Person.create(server);
    const large = (size: number) => bytes(Buffer.concat([PICTURES.png, Buffer.alloc(size - PICTURES.png.length)]));
    for (const size of [(2 << 20) + 1, 3 << 20]) {
      await expectError(await upload(anna, large(size), 'image/png'), 413);
      await expectError(await upload(anna, form(large(size))), 413);
    }
    expect(await stored(anna)).toEqual([]);
    expect((await upload(anna, form(large(2 << 20)))).status).toBe(200);
    expect((await upload(anna, large(2 << 20), 'image/png')).status).toBe(200);
  });

  test('replaces the one before, which is deleted', async () => {
    const anna = await Person.create(server, { avatar_url: 'https://example.org/a.png' });
    const first = await json(await upload(anna, form(bytes(PICTURES.png))));
    const second = await json(await upload(anna, form(bytes(PICTURES.gif))));
    expect(second.avatar_url).not.toBe(first.avatar_url);
    expect(second.updated_at > first.updated_at).toBe(true);
    expect(await stored(anna)).toHaveLength(1);
    const old = await server.fetch(pathOf(first.avatar_url));
    expect(old.headers.get('content-type')).toBe('image/gif');
    expect(old.headers.get('cache-control')).toBe('public, no-cache');
    await old.arrayBuffer();
  });

  test('uploaded ten times at once is one picture', async () => {
    const anna = await Person.create(server);
    const answers = await Promise.all(Array.from({ length: 10 }, () => upload(anna, form(bytes(PICTURES.png)))));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    await vi.waitFor(async () => expect(await stored(anna)).toHaveLength(1));
    expect((await server.fetch(pathOf((await anna.show()).avatar_url!))).status).toBe(200);
  });

  test('that a dead request left goes with the next one', async () => {
    const anna = await Person.create(server);
    const folder = `avatars/${anna.user.uuid}/`;
    const [old, young] = [`${folder}${Date.now() - 3_700_000}-old.png`, `${folder}${Date.now() - 60_000}-young.png`];
    for (const key of [old, young]) await server.data.putObject(key, bytes(PICTURES.png));
    await json(await upload(anna, form(bytes(PICTURES.png))));
    const left = await stored(anna);
    expect(left).toHaveLength(2);
    expect(left).toContain(young);
  });

  test('can be removed, again and again', async () => {
    const anna = await Person.create(server);
    const { avatar_url } = await json(await upload(anna, form(bytes(PICTURES.png))));
    const removed = await json(await anna.fetch('/avatar', { method: 'DELETE' }));
    expect(removed.avatar_url).toBeNull();
    expect(await stored(anna)).toEqual([]);
    await expectError(await server.fetch(pathOf(avatar_url)), 404);
    expect(await json(await anna.fetch('/avatar', { method: 'DELETE' }))).toEqual(removed);
  });

  test('gives way to an address elsewhere, and stays when it is sent back', async () => {
    const anna = await Person.create(server);
    const user = await json(await upload(anna, form(bytes(PICTURES.png))));
    expect(await json(await anna.change(user))).toEqual(user);
    const elsewhere = user.avatar_url.replace(/^http:\/\/[^/]+/, 'https://proxy.example.org');
    expect(await json(await anna.change({ avatar_url: elsewhere }))).toEqual(user);
    expect((await json(await anna.change({ avatar_url: 'https://example.org/b.png' }))).avatar_url).toBe('https://example.org/b.png');
    expect(await stored(anna)).toEqual([]);
    await json(await upload(anna, form(bytes(PICTURES.png))));
    expect((await json(await anna.change({ avatar_url: null }))).avatar_url).toBeNull();
    expect(await stored(anna)).toEqual([]);
  });

  test('of somebody else is not to be touched', async () => {
    const [anna, bob] = [await Person.create(server), await Person.create(server)];
    await json(await upload(anna, form(bytes(PICTURES.png))));
    for (const id of [anna.user.id, anna.user.uuid, randomUUID()]) {
      await expectError(await upload(bob, form(bytes(PICTURES.gif)), undefined, id), 403, 'AUTH_PERMISSION_DENIED');
      await expectError(await bob.fetch(`${USERS}/${id}/avatar`, { method: 'DELETE' }), 403, 'AUTH_PERMISSION_DENIED');
    }
    expect(await stored(anna)).toHaveLength(1);
    expect(await stored(bob)).toEqual([]);
  });

  test('of nobody is not there', async () => {
    const anna = await Person.create(server, { avatar_url: 'https://example.org/a.png' });
    for (const id of [anna.user.id, randomUUID(), 'nobody', '0']) await expectError(await server.fetch(`${USERS}/${id}/avatar`), 404);
    await expectError(await server.fetch(`${USERS}/me/avatar`), 401);
  });

  test('does not outlive a session that ended', async () => {
    const anna = await Person.create(server);
    await anna.fetch('/api/v1/auth/logout', { method: 'POST' });
    await expectError(await upload(anna, form(bytes(PICTURES.png))), 401);
    expect(await stored(anna)).toEqual([]);
  });
});
