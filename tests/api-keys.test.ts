// Creating and revoking API keys (CONTRACT R10, R11, 3.2).
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { databaseFile } from './support/repository.ts';
import { expectError } from './support/envelope.ts';
import { API_KEYS, CONNECTION, LOGIN, PROFILE, get, logIn, post, refresh } from './support/requests.ts';
import { Phone } from './support/rooms.ts';
import { sharedServer } from './support/server.ts';

const server = sharedServer();

interface Created {
  id: string;
  name: string;
  prefix: string;
  environment: string;
  key: string;
  created_at: string;
}

const ask = (phone: Phone, body: unknown): Promise<Response> =>
  phone.fetch(API_KEYS, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const revoke = (phone: Phone, id: string): Promise<Response> => phone.fetch(`${API_KEYS}/${id}`, { method: 'DELETE' });

async function create(phone: Phone, body: unknown = { name: 'phone' }): Promise<Created> {
  const answer = await ask(phone, body);
  expect(answer.status).toBe(201);
  return (await answer.json()) as Created;
}

const listed = async (phone: Phone): Promise<string[]> => (await phone.json(PROFILE)).api_keys.map(({ id }: { id: string }) => id);

describe('a new key', () => {
  test.each(['live', 'test'] as const)('for %s has the form that the app insists on', async (environment) => {
    const phone = await Phone.signIn(server);
    const created = await create(phone, { name: 'My phone', environment });
    expect(Object.keys(created).sort()).toEqual(['created_at', 'environment', 'id', 'key', 'name', 'prefix', 'requires_signature', 'scopes']);
    expect(created.key).toMatch(/^romo_(live|test)_[a-zA-Z0-9]{24,}$/);
    expect(created.key).toMatch(new RegExp(`^romo_${environment}_[a-zA-Z0-9]{32}$`));
    expect(created).toMatchObject({ name: 'My phone', environment, prefix: created.key.slice(0, 14) });
    expect(created.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  test('is live unless said otherwise', async () => {
    expect((await create(await Phone.signIn(server))).key).toMatch(/^romo_live_/);
  });

  test('signs in', async () => {
    const phone = await Phone.signIn(server);
    const { key } = await create(phone);
    expect((await logIn(server, key)).user_id).toBe(phone.user.user_id);
    expect((await get(server, CONNECTION, key)).status).toBe(200);
  });

  test('is shown once and kept nowhere', async () => {
    const phone = await Phone.signIn(server);
    const answer = await ask(phone, { name: 'secret' });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { id, key } = (await answer.json()) as Created;
    expect(await (await phone.fetch(PROFILE)).text()).not.toContain(key);
    const row = server.data.row('select * from api_keys where id = ?', id)!;
    expect(row.key_hash).toBe(createHash('sha256').update(key).digest('hex'));
    const secret = key.slice(14);
    expect(JSON.stringify(row)).not.toContain(secret);
    const file = databaseFile(server.place.persistTo);
    for (const part of [file, `${file}-wal`]) expect(readFileSync(part).includes(secret), part).toBe(false);
  });

  test('differs from every other', async () => {
    const phone = await Phone.signIn(server);
    const keys = await Promise.all(Array.from({ length: 20 }, () => create(phone)));
    expect(new Set(keys.map(({ key }) => key)).size).toBe(20);
    expect(new Set(keys.map(({ prefix }) => prefix)).size).toBeGreaterThan(1);
  });

  test.each(['x', 'x'.repeat(100), 'Küche 🏠', "Robert'); drop table users;--"])('may be called %.40j', async (name) => {
    const phone = await Phone.signIn(server);
    expect((await create(phone, { name })).name).toBe(name);
  });

  test('loses the blanks around its name', async () => {
    expect((await create(await Phone.signIn(server), { name: '  phone\n' })).name).toBe('phone');
  });

  test.each([{}, { name: '' }, { name: '   ' }, { name: 'x'.repeat(101) }, { name: 5 }, { name: null }, { name: 'x', environment: 'prod' }, { name: 'x', environment: 1 }])(
    'is not made of %.60j',
    async (body) => {
      const phone = await Phone.signIn(server);
      await expectError(await ask(phone, body), 400, 'VALIDATION_ERROR');
      expect(await listed(phone)).toEqual([phone.user.key_id]);
    },
  );

  test('is refused when there are fifty, also when all are asked for at once', async () => {
    const phone = await Phone.signIn(server);
    const statuses = await Promise.all(Array.from({ length: 55 }, async () => (await ask(phone, { name: 'many' })).status));
    expect(statuses.filter((status) => status === 201)).toHaveLength(49);
    expect(statuses.filter((status) => status === 409)).toHaveLength(6);
    await expectError(await ask(phone, { name: 'one more' }), 409, 'CONFLICT');
    await revoke(phone, (await listed(phone)).find((id) => id !== phone.user.key_id)!);
    await create(phone);
  });
});

describe('revoking a key', () => {
  test('ends it and its sessions at once, and nobody else', async () => {
    const owner = await Phone.signIn(server);
    const { id, key } = await create(owner);
    const tokens = await logIn(server, key);
    const thief = await Phone.of(server, owner.user, key);

    const answer = await revoke(owner, id);
    expect(answer.status).toBe(204);
    expect(await answer.text()).toBe('');

    await expectError(await thief.fetch(PROFILE), 401, 'AUTH_TOKEN_INVALID');
    await expectError(await ask(thief, { name: 'back door' }), 401, 'AUTH_TOKEN_INVALID');
    await expectError(await thief.fetch(`${API_KEYS}/${owner.user.key_id}`, { method: 'DELETE' }), 401, 'AUTH_TOKEN_INVALID');
    await expectError(await refresh(server, tokens.refresh_token), 401, 'AUTH_TOKEN_INVALID');
    await expectError(await post(server, LOGIN, { api_key: key, device_id: 'device' }), 401, 'AUTH_API_KEY_INVALID');
    expect(await listed(owner)).toEqual([owner.user.key_id]);
    expect(server.data.rows('select id from sessions where api_key_id = ? and revoked_at is null', id)).toEqual([]);
  });

  test('works on the key of the session itself', async () => {
    const phone = await Phone.signIn(server);
    expect((await revoke(phone, phone.user.key_id)).status).toBe(204);
    await expectError(await phone.fetch(PROFILE), 401, 'AUTH_TOKEN_INVALID');
    await expectError(await revoke(phone, phone.user.key_id), 401, 'AUTH_TOKEN_INVALID');
  });

  test('twice is fine', async () => {
    const phone = await Phone.signIn(server);
    const { id } = await create(phone);
    expect((await revoke(phone, id)).status).toBe(204);
    const { revoked_at } = server.data.row('select revoked_at from api_keys where id = ?', id)!;
    expect((await revoke(phone, id)).status).toBe(204);
    expect(server.data.row('select revoked_at from api_keys where id = ?', id)!.revoked_at).toBe(revoked_at);
  });

  test("of another user reads as 404 and does nothing", async () => {
    const [alice, bob] = [await Phone.signIn(server), await Phone.signIn(server)];
    const { id, key } = await create(alice);
    const strangers = await expectError(await revoke(bob, id), 404, 'NOT_FOUND');
    const unknown = await expectError(await revoke(bob, randomUUID()), 404, 'NOT_FOUND');
    expect(strangers.error).toEqual(unknown.error);
    expect((await logIn(server, key)).user_id).toBe(alice.user.user_id);
  });

  test('by an operator has the same effect', async () => {
    const phone = await Phone.signIn(server);
    await server.accounts.revoke(phone.user.key_id);
    await expectError(await phone.fetch(PROFILE), 401, 'AUTH_TOKEN_INVALID');
    await expectError(await ask(phone, { name: 'late' }), 401, 'AUTH_TOKEN_INVALID');
  });
});
