// Budgets and quotas (CONTRACT 10.1, 3.5): cheap against abuse, exact where it matters.
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { expectError } from './support/envelope.ts';
import { LOGIN, PROFILE, get, logIn, post } from './support/requests.ts';
import { Phone, boxRoom, roomScan } from './support/rooms.ts';
import { sharedServer } from './support/server.ts';

const server = sharedServer();
const PASSWORD = 'SecurePass123!';

/** An account that has signed in from the device `phone` before. */
async function account() {
  const email = `person-${randomUUID().slice(0, 8)}@example.org`;
  const answer = await post(server, '/api/v1/auth/register', { email, password: PASSWORD, device_id: 'phone' });
  expect(answer.status).toBe(201);
  return email;
}

/** Addresses nobody else uses in tests (RFC 5737, RFC 3849). */
const from = (address: string) => ({ 'cf-connecting-ip': address });
const guess = (email: string, headers: Record<string, string> = {}, device_id?: string, password = 'wrong password') => post(server, LOGIN, { email, password, device_id }, headers);

/** Statuses, counted. */
const tally = (answers: Response[]): Record<number, number> => {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

describe('guessing a password', () => {
  test('ends after ten wrong ones, with the time to wait', async () => {
    const email = await account();
    for (let time = 0; time < 10; time += 1) await expectError(await guess(email, from('192.0.2.1')), 401, 'AUTH_INVALID_CREDENTIALS');
    const refused = await guess(email, from('192.0.2.1'));
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    await expectError(refused, 429, 'SYSTEM_RATE_LIMITED');
    // Not even the right one is looked at, so nothing is learned.
    await expectError(await guess(email, from('192.0.2.1'), undefined, PASSWORD), 429);
  });

  test('with a hundred at once still ends after ten', async () => {
    const email = await account();
    const counts = tally(await Promise.all(Array.from({ length: 100 }, () => guess(email, from('192.0.2.2')))));
    expect(counts[401]).toBe(10);
    expect(counts[429]).toBe(90);
  });

  test('does not keep the owner out: not at another address, not on a known device', async () => {
    const email = await account();
    for (let time = 0; time < 12; time += 1) await guess(email, from('192.0.2.3'));
    expect((await guess(email, from('192.0.2.3'))).status).toBe(429);
    expect((await guess(email, from('192.0.2.4'), undefined, PASSWORD)).status).toBe(200);
    expect((await guess(email, from('192.0.2.3'), 'phone', PASSWORD)).status).toBe(200);
  });

  test('from many addresses slows strangers, and nobody who was here before', async () => {
    const email = await account();
    expect((await guess(email, from('198.51.100.1'), undefined, PASSWORD)).status).toBe(200);
    const attack = Array.from({ length: 60 }, (_, number) => guess(email, from(`203.0.113.${number + 1}`)));
    const counts = tally(await Promise.all(attack));
    expect(counts[401]).toBeGreaterThanOrEqual(50);
    expect(counts[401]).toBeLessThan(56);
    expect((await guess(email, from('192.0.2.77'), undefined, PASSWORD)).status).toBe(429);
    expect((await guess(email, from('198.51.100.1'), undefined, PASSWORD)).status).toBe(200);
    expect((await guess(email, from('192.0.2.77'), 'phone', PASSWORD)).status).toBe(200);
  });

  test('one address block of IPv6 counts as one', async () => {
    const email = await account();
    for (let time = 0; time < 10; time += 1) await guess(email, from(`2001:db8:1:2::${time + 1}`));
    expect((await guess(email, from('2001:db8:1:2:ffff::1'))).status).toBe(429);
    expect((await guess(email, from('2001:db8:1:3::1'))).status).toBe(401);
  });

  test('of an unknown account is slowed the same', async () => {
    const email = `nobody-${randomUUID()}@example.org`;
    const counts = tally(await Promise.all(Array.from({ length: 15 }, () => guess(email, from('192.0.2.5')))));
    expect(counts).toEqual({ 401: 10, 429: 5 });
  });

  test('a right password forgives the wrong ones before it', async () => {
    const email = await account();
    for (let round = 0; round < 2; round += 1) {
      for (let time = 0; time < 9; time += 1) expect((await guess(email, from('192.0.2.6'))).status).toBe(401);
      expect((await guess(email, from('192.0.2.6'), undefined, PASSWORD)).status).toBe(200);
    }
  });

  test('through the change of a password is limited too', async () => {
    const email = await account();
    const { access_token } = (await (await post(server, LOGIN, { email, password: PASSWORD })).json()) as { access_token: string };
    const change = () => post(server, '/api/v1/auth/password', { current_password: 'wrong password', new_password: 'another one' }, { authorization: `Bearer ${access_token}` });
    const counts = tally(await Promise.all(Array.from({ length: 14 }, change)));
    expect(counts).toEqual({ 400: 10, 429: 4 });
  });
});

describe('a budget', () => {
  test('is told on every answer by the draft’s fields', async () => {
    const { access_token } = await logIn(server, (await server.accounts.user()).key);
    const [first, second] = [await get(server, PROFILE, access_token), await get(server, PROFILE, access_token)];
    expect(first.headers.get('ratelimit-policy')).toBe('"general";q=200;w=10');
    expect(first.headers.get('ratelimit')).toMatch(/^"general";r=199;t=1$/);
    expect(second.headers.get('ratelimit')).toMatch(/^"general";r=(198|199);t=1$/);
  });

  test('that is used up gives 429 with every field, and only to the one who used it', async () => {
    const [greedy, modest] = await Promise.all([1, 2].map(async () => logIn(server, (await server.accounts.user()).key)));
    const answers: Response[] = [];
    for (let round = 0; round < 6; round += 1) {
      answers.push(...(await Promise.all(Array.from({ length: 80 }, () => get(server, '/api/v1/user/scans', greedy!.access_token)))));
    }
    const counts = tally(answers);
    expect(counts[200]).toBeGreaterThanOrEqual(200);
    expect(counts[429]).toBeGreaterThan(0);
    const refused = answers.find(({ status }) => status === 429)!;
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.headers.get('ratelimit-limit')).toBe('200');
    expect(refused.headers.get('ratelimit-remaining')).toBe('0');
    expect(Number(refused.headers.get('ratelimit-reset'))).toBeGreaterThan(0);
    await expectError(refused, 429, 'SYSTEM_RATE_LIMITED');
    expect((await get(server, '/api/v1/user/scans', modest!.access_token)).status).toBe(200);
    // Other things have budgets of their own: a job can still be followed.
    expect((await get(server, `/api/v1/processing/${randomUUID()}/status`, greedy!.access_token)).status).toBe(404);
  });

  test('never covers the health of the service', async () => {
    const answers = await Promise.all(Array.from({ length: 300 }, () => server.fetch('/health', { headers: from('192.0.2.200') })));
    expect(tally(answers)).toEqual({ 200: 300 });
    expect(answers[0]!.headers.get('ratelimit')).toBeNull();
  });

  test('of the whole service counts by address', async () => {
    const ask = (address: string) => server.fetch('/nothing', { headers: from(address) });
    const left = (answer: Response) => Number(answer.headers.get('ratelimit')?.match(/^"service";r=(\d+);/)?.[1]);
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask('192.0.2.201')));
    expect(Math.min(...answers.map(left))).toBeLessThan(497);
    expect(left(await ask('192.0.2.202'))).toBe(499);
    // On a laptop everybody has the same address, so nobody is counted by it.
    expect((await server.fetch('/nothing')).headers.get('ratelimit')).toBeNull();
  });
});

describe('a quota', () => {
  test('of one unit admits exactly one of a thousand uploads at once', async () => {
    const phone = await Phone.signIn(server, { quota: 1 });
    const uploads = Array.from({ length: 1000 }, (_, number) => phone.upload(roomScan(boxRoom(3, 3, 2.5, 20, number))));
    const counts = tally(await Promise.all(uploads));
    expect(counts).toEqual({ 202: 1, 429: 999 });
    expect(server.data.row('select quota_used from users where id = ?', phone.user.user_id)).toEqual({ quota_used: 1 });
    expect(server.data.rows('select id from jobs where user_id = ?', phone.user.user_id)).toHaveLength(1);
  }, 90_000);

  test('with ten units left admits exactly ten of fifty, whatever comes first', async () => {
    const phone = await Phone.signIn(server, { quota: 10 });
    const uploads = Array.from({ length: 50 }, (_, number) => phone.upload(roomScan(boxRoom(3, 3, 2.5, 20, number))));
    const answers = await Promise.all(uploads);
    expect(tally(answers)).toEqual({ 202: 10, 429: 40 });
    await expectError(answers.find(({ status }) => status === 429)!, 429, 'QUOTA_EXCEEDED');
  });
});

describe('a storm of logins', () => {
  test('takes the memory of one', async () => {
    const storm = Array.from({ length: 100 }, (_, number) => guess(`nobody-${number}-${randomUUID()}@example.org`));
    expect(tally(await Promise.all(storm))).toEqual({ 401: 100 });
    const phone = await Phone.signIn(server);
    const result = await phone.result(await phone.process(roomScan(boxRoom(3, 3, 2.5, 500))));
    // One block of Argon2id has 19 MiB.
    expect(result.metadata.wasm_memory_bytes).toBeLessThan(64 << 20);
  }, 60_000);
});
