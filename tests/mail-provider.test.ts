// Mails at a provider: a local server that speaks Resend's API. And without one, in production.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { expectError } from './support/envelope.ts';
import { MAILBOX, Provider, SUBJECT, tokenOf, type Reaction } from './support/mail.ts';
import { post } from './support/requests.ts';
import { startTestServer, type OwnServer } from './support/server.ts';

const KEY = `re_${randomUUID().replaceAll('-', '')}`;
const FROM = 'Outpost <no-reply@example.org>';
const FORGOT = '/api/v1/auth/password/forgot';
let server: OwnServer;
let provider: Provider;

beforeAll(async () => {
  provider = await Provider.start();
  server = await startTestServer({ vars: { EMAIL_API_KEY: KEY, EMAIL_API_URL: provider.url, EMAIL_FROM: FROM, PUBLIC_URL: 'https://api.example.org/' } });
});

afterAll(async () => {
  await server?.stop();
  await provider?.stop();
});

/** Somebody who asks for a new password; the provider reacts so. */
async function forget(reactions: Reaction[] = [], headers: Record<string, string> = {}): Promise<string> {
  const { email } = await server.accounts.user();
  provider.expect(email, ...reactions);
  expect((await post(server, FORGOT, { email }, headers)).status).toBe(202);
  return email;
}

const mailOf = (email: string) =>
  server.data.row('select m.id, m.sent_at, m.provider_id, j.state, j.attempts, j.error, j.provider from mails m join jobs j on j.subject_id = m.id where m.to_address = ?', email)!;

/** The log says why a mail was not sent. Errors are printed with a mark before their line. */
const expectReason = (id: string, reason: string) =>
  vi.waitFor(() => expect(server.rawLog()).toMatch(new RegExp(`"error":"${reason}"[^}]*"level":"ERROR"[^}]*"message":"Mail ${id} was not sent"`)), { timeout: 5_000 });

const ended = (email: string, state: string) =>
  vi.waitFor(
    () => {
      const mail = mailOf(email);
      expect(mail.state).toBe(state);
      return mail;
    },
    { timeout: 40_000, interval: 100 },
  );

describe.concurrent('the provider', () => {
  test('gets what its documentation asks for', async () => {
    const email = await forget();
    const mail = await ended(email, 'completed');
    const [request, ...others] = provider.receivedFor(email);
    expect(others).toEqual([]);
    expect(request).toMatchObject({
      method: 'POST',
      path: '/emails',
      headers: {
        authorization: `Bearer ${KEY}`,
        'content-type': 'application/json',
        'idempotency-key': mail.id,
        'user-agent': expect.stringMatching(/^outpost\//),
      },
    });
    expect(Object.keys(request!.body).sort()).toEqual(['from', 'html', 'subject', 'text', 'to']);
    expect(request!.body).toMatchObject({ from: FROM, to: [email], subject: SUBJECT.reset });
    expect(request!.body.text).toContain('https://api.example.org/reset-password/#token=');
    expect(mail).toMatchObject({ provider: 'resend', provider_id: `provider-${mail.id}`, attempts: 1 });
    expect(mail.sent_at).toBeTypeOf('number');
    const reset = await post(server, '/api/v1/auth/password/reset', { token: tokenOf(request!.body), new_password: 'another password' });
    expect(reset.status).toBe(200);
  });

  test.each([500, 503, 429])('is asked again after %i: one mail, the same request', async (status) => {
    const email = await forget([status, status]);
    const mail = await ended(email, 'completed');
    const requests = provider.receivedFor(email);
    expect(requests).toHaveLength(3);
    for (const { headers, body } of requests) {
      expect(headers['idempotency-key']).toBe(mail.id);
      expect(body).toEqual(requests[0]!.body);
    }
    expect(provider.acceptedFor(email)).toHaveLength(1);
    expect(mail.attempts).toBe(3);
  }, 60_000);

  test('is asked again when its reply was lost, and delivers one mail', async () => {
    const email = await forget(['hang up after accepting']);
    const mail = await ended(email, 'completed');
    expect(provider.receivedFor(email).length).toBeGreaterThan(1);
    expect(provider.acceptedFor(email)).toHaveLength(1);
    expect(mail.provider_id).toBe(`provider-${mail.id}`);
  }, 60_000);

  test.each([400, 401, 403, 422, 302])('is not asked again after %i', async (status) => {
    const email = await forget([status]);
    const mail = await ended(email, 'failed');
    expect(mail).toMatchObject({ sent_at: null, error: 'The mail could not be sent', attempts: 1 });
    await expectReason(mail.id, `the mail provider refused with ${status} validation_error`);
    await sleep(3_000);
    expect(provider.receivedFor(email)).toHaveLength(1);
    expect(provider.acceptedFor(email)).toEqual([]);
  });

  test('gets one mail of a message that came twice', async () => {
    const email = await forget([], { 'x-fault': 'double-message' });
    await ended(email, 'completed');
    await sleep(1_000);
    expect(provider.receivedFor(email)).toHaveLength(1);
  });

  test('gets a mail whose message was lost', async () => {
    const email = await forget([], { 'x-fault': 'lose-message' });
    await server.data.write('update jobs set due_at = 0 where subject_id = ?', mailOf(email).id);
    await ended(email, 'completed');
    expect(provider.acceptedFor(email)).toHaveLength(1);
  }, 60_000);
});

test('neither keys nor tokens nor addresses are in the log, and no mail is in the mailbox', async () => {
  const log = server.rawLog();
  expect(log.includes(KEY)).toBe(false);
  expect(log.match(/eyJ[\w-]{10,}\.[\w-]{10,}/g) ?? []).toEqual([]);
  for (const email of provider.received.keys()) expect(log.includes(email), email).toBe(false);
  expect(await (await server.fetch(MAILBOX)).json()).toEqual({ mails: [] });
});

test('the daily clean-up forgets old mails with their jobs, and old tokens, and nothing else', async () => {
  const DAY = 24 * 3_600_000;
  const [old, recent] = [await forget(), await forget()];
  for (const email of [old, recent]) await ended(email, 'completed');
  const ids = Object.fromEntries([old, recent].map((email) => [email, mailOf(email).id]));
  const left = (email: string) => [
    server.data.rows('select id from mails where to_address = ?', email).length,
    server.data.rows('select id from jobs where id = ?', ids[email]).length,
    server.data.rows('select id from one_time_tokens where email = ?', email).length,
  ];
  await server.data.write('update mails set created_at = ? where to_address = ?', Date.now() - 30 * DAY - 1, old);
  await server.data.write('update one_time_tokens set expires_at = ? where email = ?', Date.now() - DAY - 1, old);
  await server.data.write('update mails set created_at = ? where to_address = ?', Date.now() - 29 * DAY, recent);
  expect(left(old)).toEqual([1, 1, 1]);
  await server.runCron('17 3 * * *');
  await vi.waitFor(() => expect(left(old)).toEqual([0, 0, 0]), { timeout: 10_000 });
  expect(left(recent)).toEqual([1, 1, 1]);
});

describe('in production', () => {
  beforeAll(() => server.restart({ ENVIRONMENT: 'production' }), 60_000);

  test('without a key a mail fails, and the log says why', async () => {
    const email = await forget();
    const mail = await ended(email, 'failed');
    expect(mail).toMatchObject({ sent_at: null, error: 'The mail could not be sent', attempts: 1 });
    await expectReason(mail.id, 'EMAIL_API_KEY is not set');
    expect(server.data.rows('select id from mailbox')).toEqual([]);
  });

  test('there is no mailbox', async () => {
    const [mailbox, nothing] = await Promise.all(
      [MAILBOX, '/api/v1/dev/nothing'].map(async (path) => (await expectError(await server.fetch(path), 404, 'NOT_FOUND')).error),
    );
    expect(mailbox).toEqual(nothing);
  });
});
