// A forgotten password and an address to verify, as their owners live through them: by the mailbox
// of development, whose mails the queue delivers.
import { randomUUID } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { expectError } from './support/envelope.ts';
import { MAILBOX, SUBJECT, arrival, mailsTo, tokenOf } from './support/mail.ts';
import { LOGIN, PROFILE, get, logIn, logsOf, post, refresh, timing, type SignedIn } from './support/requests.ts';
import { sharedServer } from './support/server.ts';
import { decode, sign } from './support/tokens.ts';

const server = sharedServer();
const FORGOT = '/api/v1/auth/password/forgot';
const RESET = '/api/v1/auth/password/reset';
const CHANGE = '/api/v1/auth/password';
const VERIFY = '/api/v1/auth/email/verify';
const VERIFICATION = '/api/v1/auth/email/verification';
const REGISTER = '/api/v1/auth/register';
const OLD = 'correct horse battery';
const NEW = 'staple of another kind';
const HOUR = 3_600_000;

const newEmail = () => `mail-${randomUUID().slice(0, 8)}@example.org`;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

interface Person extends SignedIn {
  email: string;
}

/** Somebody who has just registered. */
async function register(): Promise<Person> {
  const email = newEmail();
  const answer = await post(server, REGISTER, { email, password: OLD });
  expect(answer.status).toBe(201);
  const { user_id, ...rest } = (await answer.json()) as SignedIn;
  return { ...rest, user_id, email };
}

async function forget(email: string, headers?: Record<string, string>): Promise<void> {
  expect((await post(server, FORGOT, { email }, headers)).status).toBe(202);
}

/** Asks for the link and takes the token out of the mail. */
async function resetToken(email: string, count = 1): Promise<string> {
  await forget(email);
  return tokenOf(await arrival(server, email, SUBJECT.reset, count));
}

const reset = (token: string, new_password = NEW) => post(server, RESET, { token, new_password });
const logInWith = (email: string, password: string) => post(server, LOGIN, { email, password, device_id: 'device' });
const userOf = (email: string) => server.data.row('select * from users where email = ?', email)!;

async function expectRefused(answer: Response, status = 400): Promise<void> {
  const { error } = await expectError(answer, status, 'VALIDATION_ERROR');
  expect(error.details).toEqual([{ field: 'token', message: 'This link was used or is too old; ask for a new one', type: 'invalid_value' }]);
}

describe.concurrent('a forgotten password', () => {
  test('is set anew by the link of a mail; all sessions end and the address is verified', async () => {
    const person = await register();
    const other = (await (await logInWith(person.email, OLD)).json()) as SignedIn;
    const token = await resetToken(person.email);

    const answer = await reset(token);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ success: true });
    expect(timing(answer)['d1.trips']).toBeLessThanOrEqual(2);

    for (const session of [person, other]) {
      await expectError(await get(server, PROFILE, session.access_token), 401);
      expect((await refresh(server, session.refresh_token)).status).toBe(401);
    }
    await expectError(await logInWith(person.email, OLD), 401, 'AUTH_INVALID_CREDENTIALS');
    expect((await logInWith(person.email, NEW)).status).toBe(200);
    expect(userOf(person.email).email_verified_at).toBeTypeOf('number');
    await arrival(server, person.email, SUBJECT.changed);
  });

  test('ends the sessions of API keys as well, but not the keys', async () => {
    const user = await server.accounts.user({ password: OLD });
    const { access_token } = await logIn(server, user.key);
    expect((await reset(await resetToken(user.email))).status).toBe(200);
    await expectError(await get(server, PROFILE, access_token), 401);
    await logIn(server, user.key);
  });

  test('may be asked for by an account that had no password yet', async () => {
    const user = await server.accounts.user();
    expect((await reset(await resetToken(user.email))).status).toBe(200);
    expect((await logInWith(user.email, NEW)).status).toBe(200);
  });

  test('is asked for in any spelling of the address, and under every prefix', async () => {
    const { email } = await register();
    expect((await post(server, '/v1/auth/password/forgot', { email: ` ${email.toUpperCase()} ` })).status).toBe(202);
    const token = tokenOf(await arrival(server, email, SUBJECT.reset));
    await expectRefused(await post(server, '/v1/auth/password/reset', { token: 'x', new_password: NEW }), 422);
    expect((await post(server, '/api/auth/password/reset', { token, newPassword: NEW })).status).toBe(200);
  });

  test('is answered alike for an unknown address, which gets nothing', async () => {
    const { email } = await register();
    const stranger = newEmail();
    const varying = ['date', 'server-timing', 'traceparent', 'x-request-id'];
    const seen = await Promise.all(
      [email, stranger].map(async (address) => {
        const answer = await post(server, FORGOT, { email: address });
        const headers = [...answer.headers].filter(([name]) => !varying.includes(name));
        const { 'd1.trips': trips, 'queue.ops': queue } = timing(answer);
        return { status: answer.status, headers, trips, queue, body: await answer.text() };
      }),
    );
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]).toMatchObject({ status: 202, trips: 1, queue: 0 });
    await arrival(server, email, SUBJECT.reset);
    expect(await mailsTo(server, stranger)).toEqual([]);
    expect(server.data.rows('select id from mails where to_address = ?', stranger)).toEqual([]);
    expect(server.data.rows('select id from one_time_tokens where email = ?', stranger)).toEqual([]);
  });

  test('of an account that was disabled stays forgotten', async () => {
    const { email } = await register();
    await server.data.write('update users set is_active = 0 where email = ?', email);
    await forget(email);
    expect(server.data.rows("select id from mails where to_address = ? and template = 'reset_password'", email)).toEqual([]);
  });

  test('needs an address and a password that may be one', async () => {
    const { error } = await expectError(await post(server, FORGOT, { email: 'nobody' }), 400, 'VALIDATION_ERROR');
    expect(error.details![0]!.field).toBe('email');
    const { email } = await register();
    const token = await resetToken(email);
    const short = await expectError(await reset(token, 'short'), 400, 'VALIDATION_ERROR');
    expect(short.error.details![0]!.field).toBe('new_password');
    expect((await reset(token)).status).toBe(200);
  });

  test('arrives although the queue has lost the message', async () => {
    const { email } = await register();
    await forget(email, { 'x-fault': 'lose-message' });
    expect(await mailsTo(server, email, SUBJECT.reset)).toEqual([]);
    await server.data.write(
      "update jobs set due_at = 0 where kind = 'mail.send' and state = 'queued' and subject_id in (select id from mails where to_address = ?)",
      email,
    );
    const token = tokenOf(await arrival(server, email, SUBJECT.reset));
    expect((await reset(token)).status).toBe(200);
  }, 60_000);

  test('arrives once although the queue has doubled the message', async () => {
    const { email } = await register();
    await forget(email, { 'x-fault': 'double-message' });
    const mail = await arrival(server, email, SUBJECT.reset);
    await vi.waitFor(() => {
      const jobs = server.data.rows('select state, quota_consumed, attempts from jobs where subject_id = ?', mail.id);
      expect(jobs).toEqual([{ state: 'completed', quota_consumed: 0, attempts: 1 }]);
    });
    expect(await mailsTo(server, email, SUBJECT.reset)).toHaveLength(1);
    expect(server.data.row('select sent_at from mails where id = ?', mail.id)!.sent_at).toBeTypeOf('number');
  });

  test('is not announced as work that the user waits for', async () => {
    const { email, access_token } = await register();
    await arrival(server, email, SUBJECT.verify);
    const { id } = server.data.row("select id from jobs where kind = 'mail.send' and user_id = (select id from users where email = ?)", email)!;
    await vi.waitFor(() => expect(server.data.row('select state from jobs where id = ?', id)).toEqual({ state: 'completed' }));
    const status = await get(server, `/api/v1/processing/${id}/result`, access_token);
    await expectError(status, 404, 'NOT_FOUND');
  });
});

describe.concurrent('the token of a reset', () => {
  test('counts once; the same again, after a lost reply, is the same success and ends nothing', async () => {
    const { email } = await register();
    const token = await resetToken(email);
    expect((await reset(token)).status).toBe(200);
    const { access_token } = (await (await logInWith(email, NEW)).json()) as SignedIn;
    expect((await reset(token)).status).toBe(200);
    expect((await get(server, PROFILE, access_token)).status).toBe(200);
    await expectRefused(await reset(token, 'a third password'));
    expect((await logInWith(email, NEW)).status).toBe(200);
    expect(await mailsTo(server, email, SUBJECT.changed)).toHaveLength(1);
  });

  test('that was used is no way to guess passwords', async () => {
    const { email } = await register();
    const token = await resetToken(email);
    expect((await reset(token)).status).toBe(200);
    const answers: number[] = [];
    for (let guess = 0; guess < 12; guess += 1) answers.push((await reset(token, `guess number ${guess}`)).status);
    expect(answers.slice(0, 10)).toEqual(Array(10).fill(400));
    expect(answers.at(-1)).toBe(429);
  });

  test('counts for one of two who use it at the same time', async () => {
    const { email } = await register();
    const token = await resetToken(email);
    const passwords = Array.from({ length: 4 }, (_, index) => `password number ${index}`);
    const answers = await Promise.all(passwords.map((password) => reset(token, password)));
    const winners = passwords.filter((_, index) => answers[index]!.status === 200);
    expect(winners).toHaveLength(1);
    expect((await logInWith(email, winners[0]!)).status).toBe(200);
    expect((await logInWith(email, passwords.find((one) => one !== winners[0])!)).status).toBe(401);
  });

  test('is refused when it was altered, signed by nobody, or is no token', async () => {
    const { email, user_id } = await register();
    const token = await resetToken(email);
    const [header, claims, signature] = token.split('.');
    const other = signature![20] === 'A' ? 'B' : 'A';
    const forged = Buffer.from(JSON.stringify({ ...decode(token).claims, exp: 9_999_999_999 })).toString('base64url');
    for (const bad of [
      `${header}.${claims}.${signature!.slice(0, 20)}${other}${signature!.slice(21)}`,
      `${header}.${forged}.${signature}`,
      `${header}.${claims}.`,
      'a.b.c',
      'token',
      user_id,
      decode(token).claims.jti,
    ]) {
      await expectRefused(await reset(bad));
    }
    expect((await reset(token)).status).toBe(200);
  });

  test('is refused when it is expired, by its row or by itself', async () => {
    const { email } = await register();
    const token = await resetToken(email);
    const { claims } = decode(token);
    expect(claims.exp - claims.iat).toBe(3600);
    await expectRefused(await reset(sign({ ...claims, exp: Math.floor(Date.now() / 1000) - 1 })));
    await server.data.write('update one_time_tokens set expires_at = ? where id = ?', Date.now() - 1, claims.jti);
    await expectRefused(await reset(token));
    expect((await logInWith(email, OLD)).status).toBe(200);
  });

  test('is refused in place of one for another purpose, and the other way round', async () => {
    const { email } = await register();
    const verification = tokenOf(await arrival(server, email, SUBJECT.verify));
    const token = await resetToken(email);
    await expectRefused(await reset(verification));
    await expectRefused(await post(server, VERIFY, { token }));
    expect(userOf(email).email_verified_at).toBeNull();
    expect((await logInWith(email, OLD)).status).toBe(200);
  });

  test('is not an access or refresh token, nor are these one', async () => {
    const { email, access_token, refresh_token } = await register();
    const token = await resetToken(email);
    for (const bad of [access_token, refresh_token]) {
      await expectRefused(await reset(bad));
      await expectRefused(await post(server, VERIFY, { token: bad }));
    }
    await expectError(await get(server, PROFILE, token), 401, 'AUTH_TOKEN_INVALID');
    expect((await refresh(server, token)).status).toBe(401);
  });

  test('is void once a newer one was sent', async () => {
    const { email } = await register();
    const older = await resetToken(email);
    const newer = await resetToken(email, 2);
    await expectRefused(await reset(older));
    expect((await reset(newer)).status).toBe(200);
  });

  test('is one, of many that were asked for at the same time', async () => {
    const { email } = await register();
    await Promise.all(Array.from({ length: 5 }, () => forget(email)));
    const rows = server.data.rows("select voided_at from one_time_tokens where email = ? and purpose = 'reset_password'", email);
    expect(rows).toHaveLength(5);
    expect(rows.filter((row) => row.voided_at === null)).toHaveLength(1);
  });

  test('is void once the password was changed otherwise', async () => {
    const { email, access_token } = await register();
    const token = await resetToken(email);
    const changed = await post(server, CHANGE, { current_password: OLD, new_password: 'chosen by its owner' }, bearer(access_token));
    expect(changed.status).toBe(204);
    await expectRefused(await reset(token));
    expect((await logInWith(email, 'chosen by its owner')).status).toBe(200);
  });

  test('is void once the address was changed', async () => {
    const { email } = await register();
    const token = await resetToken(email);
    await server.data.write('update users set email = ? where email = ?', newEmail(), email);
    await expectRefused(await reset(token));
  });

  test('is void once the account was disabled', async () => {
    const { email } = await register();
    const token = await resetToken(email);
    await server.data.write('update users set is_active = 0 where email = ?', email);
    await expectRefused(await reset(token));
  });
});

describe.concurrent('an address', () => {
  test('is verified by the mail that follows a registration, however often the link is used', async () => {
    const { email } = await register();
    const token = tokenOf(await arrival(server, email, SUBJECT.verify));
    const { claims } = decode(token);
    expect(claims).toMatchObject({ type: 'mail', sid: '', did: '', scope: '' });
    expect(claims.exp - claims.iat).toBe(3 * 24 * 3600);
    expect(userOf(email).email_verified_at).toBeNull();
    for (let time = 0; time < 2; time += 1) {
      const answer = await post(server, VERIFY, { token });
      expect(await answer.json()).toMatchObject({ success: true });
      expect(timing(answer)['d1.trips']).toBe(1);
    }
    expect(userOf(email).email_verified_at).toBeTypeOf('number');
  });

  test('that changed is not verified by a mail to the old one, nor to somebody else', async () => {
    const { email } = await register();
    const token = tokenOf(await arrival(server, email, SUBJECT.verify));
    const changed = newEmail();
    await server.data.write('update users set email = ? where email = ?', changed, email);
    await expectRefused(await post(server, VERIFY, { token }));
    const next = await post(server, REGISTER, { email, password: OLD });
    expect(next.status).toBe(201);
    await expectRefused(await post(server, VERIFY, { token }));
    for (const address of [email, changed]) expect(userOf(address).email_verified_at).toBeNull();
  });

  test('is refused its link when that is too old', async () => {
    const { email } = await register();
    const token = tokenOf(await arrival(server, email, SUBJECT.verify));
    await server.data.write('update one_time_tokens set expires_at = 1 where id = ?', decode(token).claims.jti);
    await expectRefused(await post(server, VERIFY, { token }));
    expect(userOf(email).email_verified_at).toBeNull();
  });

  test('gets another mail on request, which replaces the first, until it is verified', async () => {
    const { email, access_token } = await register();
    const first = tokenOf(await arrival(server, email, SUBJECT.verify));
    const again = await post(server, VERIFICATION, {}, bearer(access_token));
    expect(again.status).toBe(202);
    expect(timing(again)['d1.trips']).toBe(1);
    const second = tokenOf(await arrival(server, email, SUBJECT.verify, 2));
    await expectRefused(await post(server, VERIFY, { token: first }));
    expect((await post(server, VERIFY, { token: second })).status).toBe(200);
    expect((await post(server, VERIFICATION, {}, bearer(access_token))).status).toBe(204);
    expect(await mailsTo(server, email, SUBJECT.verify)).toHaveLength(2);
  });

  test('gets no mail by a session that has ended or may not', async () => {
    const { email, access_token } = await register();
    await arrival(server, email, SUBJECT.verify);
    await server.data.write("update sessions set scopes = 'read' where user_id = (select id from users where email = ?)", email);
    const { claims } = decode(access_token);
    await expectError(await post(server, VERIFICATION, {}, bearer(sign({ ...claims, scope: 'read upload' }))), 403, 'AUTH_PERMISSION_DENIED');
    await server.data.write('update sessions set revoked_at = 1 where id = ?', claims.sid);
    await expectError(await post(server, VERIFICATION, {}, bearer(access_token)), 401);
    await expectError(await post(server, VERIFICATION, {}), 401);
    expect(server.data.rows('select id from mails where to_address = ?', email)).toHaveLength(1);
  });

  test('that nobody registered gets no mail', async () => {
    const { email } = await register();
    await arrival(server, email, SUBJECT.verify);
    expect((await post(server, REGISTER, { email, password: OLD })).status).toBe(409);
    expect(server.data.rows('select id from mails where to_address = ?', email)).toHaveLength(1);
  });
});

describe.concurrent('at most five unused links an hour', () => {
  /** Five links that were sent a while ago. */
  async function fiveSent(email: string, purpose: string, at: number): Promise<void> {
    for (let index = 0; index < 5; index += 1) {
      await server.data.write(
        `insert into one_time_tokens (id, user_id, purpose, email, created_at, expires_at, voided_at)
         select ?, id, ?, email, ?, ?, 1 from users where email = ?`,
        randomUUID(), purpose, at + index, at + HOUR, email,
      );
    }
  }

  const tokensOf = (email: string, purpose: string) => server.data.rows('select id from one_time_tokens where email = ? and purpose = ?', email, purpose);

  test('reset a password', async () => {
    const { email } = await server.accounts.user();
    await fiveSent(email, 'reset_password', Date.now() - HOUR / 2);
    await forget(email);
    expect(tokensOf(email, 'reset_password')).toHaveLength(5);
    expect(server.data.rows('select id from mails where to_address = ?', email)).toEqual([]);
    const [first] = tokensOf(email, 'reset_password');
    await server.data.write('update one_time_tokens set used_at = 1 where id = ?', first!.id);
    await forget(email);
    await arrival(server, email, SUBJECT.reset);
    await server.data.write('update one_time_tokens set created_at = ? where email = ?', Date.now() - HOUR - 1, email);
    await forget(email);
    await arrival(server, email, SUBJECT.reset, 2);
  });

  test('verify an address; the sixth request says when to come again', async () => {
    const user = await server.accounts.user();
    await server.data.write('update users set email_verified_at = null where id = ?', user.user_id);
    const { access_token } = await logIn(server, user.key);
    await fiveSent(user.email, 'verify_email', Date.now() - HOUR / 2);
    const answer = await post(server, VERIFICATION, {}, bearer(access_token));
    const wait = Number(answer.headers.get('retry-after'));
    await expectError(answer, 429, 'SYSTEM_RATE_LIMITED');
    expect(wait).toBeGreaterThan(1700);
    expect(wait).toBeLessThanOrEqual(1800);
    expect(tokensOf(user.email, 'verify_email')).toHaveLength(5);
  });

  test('and no more requests than that, for known and unknown addresses alike', async () => {
    const { email } = await register();
    for (const address of [email, newEmail()]) {
      const answers = await Promise.all(Array.from({ length: 7 }, () => post(server, FORGOT, { email: address })));
      expect(answers.map(({ status }) => status).sort()).toEqual([202, 202, 202, 202, 202, 429, 429]);
    }
  });
});

describe.concurrent('a mail', () => {
  test('tells that the password was changed', async () => {
    const { email, access_token } = await register();
    expect((await post(server, CHANGE, { current_password: OLD, new_password: NEW }, bearer(access_token))).status).toBe(204);
    const mail = await arrival(server, email, SUBJECT.changed);
    expect(mail.text).toContain(`${server.url}/reset-password/`);
    expect(mail.text).not.toContain('#token');
    await expectError(await post(server, CHANGE, { current_password: OLD, new_password: NEW }, bearer(access_token)), 400);
    expect(server.data.rows("select id from mails where to_address = ? and template = 'password_changed'", email)).toHaveLength(1);
  });

  test('says where to go, and what to do if one did not ask for it', async () => {
    const { email } = await register();
    const mail = await arrival(server, email, SUBJECT.verify);
    expect(mail.text).toContain(`${server.url}/verify-email/#token=`);
    expect(mail.text).toMatch(/do nothing/);
    expect(mail.html).toContain('<p>');
    await forget(email);
    const other = await arrival(server, email, SUBJECT.reset);
    expect(other.text).toContain(`${server.url}/reset-password/#token=`);
    expect(other.text).toMatch(/do nothing/);
  });

  test('whose link is void before it is sent is not sent', async () => {
    const { email } = await register();
    await forget(email, { 'x-fault': 'lose-message' });
    const [lost] = server.data.rows("select id from mails where to_address = ? and template = 'reset_password'", email);
    await resetToken(email);
    await server.data.write('update jobs set due_at = 0 where subject_id = ?', lost!.id);
    await vi.waitFor(() => expect(server.data.row('select state, provider from jobs where subject_id = ?', lost!.id)).toEqual({ state: 'completed', provider: 'none' }), { timeout: 20_000 });
    expect(await mailsTo(server, email, SUBJECT.reset)).toHaveLength(1);
  }, 60_000);

  test('leaves nothing secret behind: neither in the log nor in the rows that production has', async () => {
    const { email } = await register();
    const token = await resetToken(email);
    const last = randomUUID();
    await reset(`${token}x`);
    await reset(token);
    await server.fetch('/health', { headers: { 'x-request-id': last } });
    await logsOf(server, last);
    const log = server.rawLog();
    const [, claims, signature] = token.split('.');
    for (const secret of [token, claims!, signature!, email, NEW]) expect(log.includes(secret)).toBe(false);
    const rows = JSON.stringify(['mails', 'one_time_tokens', 'jobs'].map((table) => server.data.rows(`select * from ${table}`)));
    expect(rows.includes(signature!)).toBe(false);
  });
});

describe.concurrent('the mailbox', () => {
  test('shows the newest mails first, once each', async () => {
    const { email } = await register();
    await arrival(server, email, SUBJECT.verify);
    await resetToken(email);
    const answer = await server.fetch(`${MAILBOX}?to=${email.toUpperCase()}`);
    const { mails } = (await answer.json()) as { mails: { subject: string }[] };
    expect(mails.map(({ subject }) => subject)).toEqual([SUBJECT.reset, SUBJECT.verify]);
    expect(timing(answer)['d1.trips']).toBe(1);
    expect(((await (await server.fetch(MAILBOX)).json()) as { mails: unknown[] }).mails.length).toBeLessThanOrEqual(50);
  });

  test.each(['/mailbox/', '/reset-password/', '/verify-email/'])('and the page %s run nothing but their own scripts', async (path) => {
    const page = await server.fetch(path);
    expect(page.status).toBe(200);
    const policy = page.headers.get('content-security-policy')!;
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    const html = await page.text();
    expect(html).toMatch(/<html lang="en">/);
    expect(html).not.toMatch(/<script(?![^>]* src="\/)|<style|\son\w+=|\sstyle=/);
    for (const [, script] of html.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css|svg))"/g)) {
      expect((await server.fetch(script!)).status, script).toBe(200);
    }
  });

  test('links lead to the pages without a detour that loses the token', async () => {
    const answer = await server.fetch('/reset-password', { redirect: 'manual' });
    expect([301, 302, 307, 308]).toContain(answer.status);
    expect(answer.headers.get('location')).toBe('/reset-password/');
  });
});
