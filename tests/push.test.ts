// Notifications (CONTRACT M10): who gets them, and what Apple and Google get from us.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { expectError } from './support/envelope.ts';
import { Person } from './support/people.ts';
import { APP, DEVICES, PushProviders, TEST, apnsError, appleToken, fcmError, googleToken } from './support/push.ts';
import { LOGIN, post, timing } from './support/requests.ts';
import { Phone, boxRoom, roomScan } from './support/rooms.ts';
import { sharedServer, startTestServer, type OwnServer, type Server } from './support/server.ts';

let server: OwnServer;
let providers: PushProviders;

beforeAll(async () => {
  providers = await PushProviders.start();
  server = await startTestServer({ vars: { ...providers.vars, JOB_LEASE_SECONDS: '15' } });
});

afterAll(async () => {
  await server?.stop();
  await providers?.stop();
});

const json = (body: unknown, method = 'POST', headers: Record<string, string> = {}): RequestInit => ({ method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
const register = (phone: Phone, body: object) => phone.fetch(DEVICES, json(body));
const devicesOf = async (phone: Phone): Promise<any[]> => (await phone.json(DEVICES)).devices;

async function iPhone(on: Server = server): Promise<{ phone: Phone; token: string }> {
  const [phone, token] = [await Phone.signIn(on), appleToken()];
  expect((await register(phone, { platform: 'ios', token, app_id: APP })).status).toBe(200);
  return { phone, token };
}

async function android(on: Server = server): Promise<{ phone: Phone; token: string }> {
  const [phone, token] = [await Phone.signIn(on), googleToken()];
  expect((await register(phone, { platform: 'android', token })).status).toBe(200);
  return { phone, token };
}

async function sendTest(phone: Phone, body: object = {}, headers: Record<string, string> = {}): Promise<string> {
  const answer = await phone.fetch(TEST, json(body, 'POST', headers));
  expect(answer.status).toBe(202);
  expect(timing(answer)['d1.trips']).toBe(1);
  return ((await answer.json()) as { id: string }).id;
}

/** The notification once it has ended. */
const ended = (phone: Phone, id: string): Promise<any> =>
  vi.waitFor(
    async () => {
      const message = await phone.json(`/api/v1/push/messages/${id}`);
      expect(['completed', 'failed']).toContain(message.status);
      return message;
    },
    { timeout: 60_000, interval: 100 },
  );

describe.concurrent('a registration', () => {
  test('is one for each device and platform, and shows no token', async () => {
    const phone = await Phone.signIn(server);
    const first = await register(phone, { platform: 'ios', token: appleToken(), appId: APP, environment: 'sandbox' });
    expect(timing(first)['d1.trips']).toBe(1);
    const device = (await first.json()) as any;
    const [session] = server.data.rows('select device_id from sessions where user_id = ?', phone.user.user_id);
    expect(device).toEqual({ id: expect.any(String), device_id: session!.device_id, platform: 'ios', provider: 'apns', app_id: APP, environment: 'sandbox', created_at: expect.any(String), updated_at: expect.any(String), is_current: true });
    const token = appleToken();
    const again = await Promise.all(Array.from({ length: 5 }, () => register(phone, { platform: 'ios', token, app_id: APP })));
    for (const answer of again) expect(await answer.json()).toMatchObject({ id: device.id, environment: 'production' });
    expect(server.data.rows('select token from push_devices where user_id = ?', phone.user.user_id)).toEqual([{ token }]);
    expect((await register(phone, { platform: 'web', token: googleToken() })).status).toBe(200);
    const list = await phone.fetch(DEVICES);
    expect(await list.clone().text()).not.toContain(token);
    expect(((await list.json()) as any).devices.map(({ platform, provider }: any) => [platform, provider]).sort()).toEqual([['ios', 'apns'], ['web', 'fcm']]);
  });

  test('an iOS app may use FCM', async () => {
    const phone = await Phone.signIn(server);
    const token = googleToken();
    expect(await (await register(phone, { platform: 'ios', provider: 'fcm', token })).json()).toMatchObject({ provider: 'fcm' });
    await ended(phone, await sendTest(phone));
    expect(providers.of(token)[0]!.body.message.apns).toMatchObject({ headers: { 'apns-push-type': 'alert' }, payload: { aps: { sound: 'default' } } });
  });

  test('leaves the user who had the token', async () => {
    const { phone: first, token } = await iPhone();
    const second = await Phone.signIn(server);
    await register(second, { platform: 'ios', token, app_id: APP });
    expect(await devicesOf(first)).toEqual([]);
    expect(await devicesOf(second)).toHaveLength(1);
    await ended(second, await sendTest(second));
    expect(providers.of(token)).toHaveLength(1);
    await expectError(await first.fetch(TEST, json({})), 409, 'CONFLICT');
  });

  test.each([
    ['platform', { token: 'ab' }],
    ['platform', { platform: 'windows', token: 'ab' }],
    ['token', { platform: 'ios', app_id: APP }],
    ['token', { platform: 'ios', app_id: APP, token: '../../evil' }],
    ['token', { platform: 'ios', app_id: APP, token: 'ab'.repeat(101) }],
    ['token', { platform: 'android', token: 'with blank' }],
    ['token', { platform: 'android', token: 'x'.repeat(4097) }],
    ['app_id', { platform: 'ios', token: 'ab' }],
    ['app_id', { platform: 'ios', token: 'ab', app_id: 'evil\r\nx: y' }],
    ['provider', { platform: 'android', provider: 'apns', token: 'ab', app_id: APP }],
    ['environment', { platform: 'ios', token: 'ab', app_id: APP, environment: 'test' }],
  ])('with a bad %s is refused: %j', async (field, body) => {
    const phone = await Phone.signIn(server);
    const { error } = await expectError(await register(phone, body), 400, 'VALIDATION_ERROR');
    expect(error.details!.map((detail) => detail.field)).toContain(field);
    expect(await devicesOf(phone)).toEqual([]);
  });

  test('is removed by its owner and by nobody else', async () => {
    const { phone } = await iPhone();
    const [device] = await devicesOf(phone);
    const stranger = await Phone.signIn(server);
    await expectError(await stranger.fetch(`${DEVICES}/${device.id}`, { method: 'DELETE' }), 404);
    expect((await stranger.fetch(DEVICES, { method: 'DELETE' })).status).toBe(204);
    expect(await devicesOf(phone)).toHaveLength(1);
    const tablet = await Phone.of(server, phone.user);
    expect(await devicesOf(tablet)).toMatchObject([{ is_current: false }]);
    expect((await tablet.fetch(DEVICES, { method: 'DELETE' })).status).toBe(204);
    expect(await devicesOf(phone)).toHaveLength(1);
    expect((await tablet.fetch(`${DEVICES}/${device.id}`, { method: 'DELETE' })).status).toBe(204);
    await expectError(await tablet.fetch(`${DEVICES}/${device.id}`, { method: 'DELETE' }), 404);
    expect((await phone.fetch(DEVICES, { method: 'DELETE' })).status).toBe(204);
    expect(await devicesOf(phone)).toEqual([]);
  });

  test('ends with the last session of its device, however that ends', async () => {
    const user = await server.accounts.user();
    const device = randomUUID();
    const signIn = async (device_id: string) => ((await (await post(server, LOGIN, { api_key: user.key, device_id })).json()) as any).access_token as string;
    const fetchAs = (token: string, path: string, init: RequestInit = {}) => server.fetch(path, { ...init, headers: { ...(init.headers as object), authorization: `Bearer ${token}` } });
    const registered = () => server.data.rows('select device_id from push_devices where user_id = ?', user.user_id).map(({ device_id }) => device_id);
    const [first, second, elsewhere] = [await signIn(device), await signIn(device), await signIn('elsewhere')];
    const body = { platform: 'ios', token: appleToken(), app_id: APP };
    await fetchAs(first, DEVICES, json(body));
    await fetchAs(elsewhere, DEVICES, json({ ...body, token: appleToken() }));
    expect(registered().sort()).toEqual([device, 'elsewhere'].sort());
    expect((await fetchAs(first, '/api/v1/auth/logout', { method: 'POST' })).status).toBe(200);
    expect(registered().sort()).toEqual([device, 'elsewhere'].sort());
    expect((await fetchAs(second, '/api/v1/auth/logout', { method: 'POST' })).status).toBe(200);
    expect(registered()).toEqual(['elsewhere']);
    const third = await signIn(device);
    expect((await fetchAs(third, '/api/v1/auth/sessions', { method: 'DELETE' })).status).toBe(200);
    expect(registered()).toEqual([]);
  });

  test('is one of twenty; another one takes the place of the most silent', async () => {
    const user = await server.accounts.user();
    const phones: Phone[] = [];
    for (let number = 0; number < 21; number += 1) {
      phones.push(await Phone.of(server, user));
      await register(phones.at(-1)!, { platform: 'android', token: googleToken() });
    }
    expect(await devicesOf(phones[20]!)).toHaveLength(20);
    expect((await devicesOf(phones[0]!)).filter(({ is_current }) => is_current)).toEqual([]);
  }, 30_000);
});

describe.concurrent('Apple', () => {
  test('gets what its documentation asks for', async () => {
    const { phone, token } = await iPhone();
    const id = await sendTest(phone, { title: 'Hello', body: 'World' });
    const message = await ended(phone, id);
    const [asked, ...others] = providers.of(token);
    expect(others).toEqual([]);
    expect(asked).toMatchObject({
      path: `/3/device/${token}`,
      headers: { 'apns-topic': APP, 'apns-push-type': 'alert', 'apns-priority': '10', 'apns-collapse-id': id, 'content-type': 'application/json', authorization: expect.stringMatching(/^bearer [\w-]+\.[\w-]+\.[\w-]+$/) },
      body: { aps: { alert: { title: 'Hello', body: 'World' }, sound: 'default' }, type: 'test' },
    });
    const expiry = Number(asked!.headers['apns-expiration']) - Date.now() / 1000;
    expect(Math.abs(expiry - 24 * 3600)).toBeLessThan(60);
    expect(message).toMatchObject({ id, title: 'Hello', body: 'World', status: 'completed', error_message: null, deliveries: [{ platform: 'ios', status: 'sent', reason: null, provider_id: asked!.headers['apns-id'] }] });
  });

  test('gets silent notifications for the app alone, and development builds at the other address', async () => {
    const [phone, token] = [await Phone.signIn(server), appleToken()];
    await register(phone, { platform: 'ios', token, app_id: APP, environment: 'sandbox' });
    await ended(phone, await sendTest(phone, { is_silent: true }));
    expect(providers.of(token)[0]).toMatchObject({ path: `/sandbox/3/device/${token}`, headers: { 'apns-push-type': 'background', 'apns-priority': '5' }, body: { aps: { 'content-available': 1 }, type: 'test' } });
  });

  test.each([500, 503])('is asked again after %i, for the same notification', async (status) => {
    const { phone, token } = await iPhone();
    providers.expect(token, apnsError(status, 'InternalServerError'));
    expect(await ended(phone, await sendTest(phone))).toMatchObject({ status: 'completed', deliveries: [{ status: 'sent' }] });
    const ids = providers.of(token).map(({ headers }) => [headers['apns-id'], headers['apns-collapse-id']]);
    expect(ids).toHaveLength(2);
    expect(ids[1]).toEqual(ids[0]);
  }, 60_000);

  test('is left alone for as long as it wants', async () => {
    const { phone, token } = await iPhone();
    providers.expect(token, apnsError(429, 'TooManyRequests', {}, { 'retry-after': '6' }));
    await ended(phone, await sendTest(phone));
    const [first, second] = providers.of(token);
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(5_500);
  }, 60_000);

  test('gets the same notification again when its answer was lost', async () => {
    const { phone, token } = await iPhone();
    providers.expect(token, 'hang up after accepting');
    expect(await ended(phone, await sendTest(phone))).toMatchObject({ status: 'completed' });
    const ids = new Set(providers.of(token).map(({ headers }) => headers['apns-id']));
    expect(ids.size).toBe(1);
  }, 60_000);

  test('says that the app is gone: the registration goes', async () => {
    const { phone, token } = await iPhone();
    providers.expect(token, apnsError(410, 'Unregistered', { timestamp: Date.now() + 60_000 }));
    expect(await ended(phone, await sendTest(phone))).toMatchObject({ status: 'completed', deliveries: [{ status: 'gone' }] });
    expect(await devicesOf(phone)).toEqual([]);
  });

  test('says so of an earlier installation: the registration stays', async () => {
    const { phone, token } = await iPhone();
    providers.expect(token, apnsError(410, 'Unregistered', { timestamp: Date.now() - 3_600_000 }));
    await ended(phone, await sendTest(phone));
    expect(await devicesOf(phone)).toHaveLength(1);
  });

  test.each([[400, 'BadDeviceToken'], [403, 'InvalidProviderToken'], [413, 'PayloadTooLarge'], [302, '']])('is not asked again after %i %s', async (status, reason) => {
    const { phone, token } = await iPhone();
    providers.expect(token, apnsError(status, reason, {}, { location: `${providers.url}/elsewhere` }));
    const message = await ended(phone, await sendTest(phone));
    expect(message).toMatchObject({ status: 'failed', error_message: 'The notification could not be sent', deliveries: [{ status: 'refused', reason: `APNs answered ${status} ${reason}` }] });
    await sleep(3_000);
    expect(providers.of(token)).toHaveLength(1);
    expect(await devicesOf(phone)).toHaveLength(1);
  });
});

describe.concurrent('Google', () => {
  test('gets what its documentation asks for', async () => {
    const { phone, token } = await android();
    const id = await sendTest(phone, { title: 'Hello', body: 'World' });
    const message = await ended(phone, id);
    const [asked, ...others] = providers.of(token);
    expect(others).toEqual([]);
    expect(asked!.body).toEqual({
      message: {
        token,
        notification: { title: 'Hello', body: 'World' },
        data: { type: 'test' },
        android: { collapse_key: id, ttl: '86400s', priority: 'high', notification: { tag: id } },
      },
    });
    expect(message.deliveries).toMatchObject([{ platform: 'android', status: 'sent', provider_id: expect.stringMatching(/^projects\//) }]);
  });

  test('gets silent notifications as data', async () => {
    const { phone, token } = await android();
    await ended(phone, await sendTest(phone, { is_silent: true }));
    const { message } = providers.of(token)[0]!.body;
    expect(message.notification).toBeUndefined();
    expect(message.android).toEqual({ collapse_key: expect.any(String), ttl: '86400s', priority: 'normal' });
  });

  test('says that the app is gone: the registration goes', async () => {
    const { phone, token } = await android();
    providers.expect(token, fcmError(404, 'UNREGISTERED'));
    await ended(phone, await sendTest(phone));
    expect(await devicesOf(phone)).toEqual([]);
  });

  test.each([500, 503])('is asked again after %i', async (status) => {
    const { phone, token } = await android();
    providers.expect(token, fcmError(status, 'UNAVAILABLE', { 'retry-after': new Date(Date.now() + 5_000).toUTCString() }));
    expect(await ended(phone, await sendTest(phone))).toMatchObject({ status: 'completed' });
    expect(providers.of(token)).toHaveLength(2);
  }, 60_000);

  test('that is overrun and does not say for how long is left alone for a minute', async () => {
    const { phone, token } = await android();
    providers.expect(token, fcmError(429, 'QUOTA_EXCEEDED'));
    const id = await sendTest(phone);
    await vi.waitFor(() => {
      const { state, stage, due_at } = server.data.row('select state, stage, due_at from jobs where id = ?', id)!;
      expect([state, stage]).toEqual(['processing', 'waiting']);
      expect(due_at - Date.now()).toBeGreaterThan(50_000);
    }, { timeout: 10_000 });
    expect(providers.of(token)).toHaveLength(1);
  });

  test('does not know the access token any more: another one is made', async () => {
    const { phone, token } = await android();
    providers.expect(token, fcmError(401, 'UNAUTHENTICATED'));
    expect(await ended(phone, await sendTest(phone))).toMatchObject({ status: 'completed' });
    const used = providers.of(token).map(({ headers }) => headers.authorization);
    expect(used).toHaveLength(2);
    expect(used[1]).not.toBe(used[0]);
  }, 60_000);

  test.each([[400, 'INVALID_ARGUMENT'], [403, 'SENDER_ID_MISMATCH'], [401, 'THIRD_PARTY_AUTH_ERROR']])('is not asked again after %i %s', async (status, code) => {
    const { phone, token } = await android();
    providers.expect(token, fcmError(status, code));
    const message = await ended(phone, await sendTest(phone));
    expect(message).toMatchObject({ status: 'failed', deliveries: [{ status: 'refused', reason: `FCM answered ${status} ${code}` }] });
    expect(providers.of(token)).toHaveLength(1);
  });
});

describe.concurrent('of several devices', () => {
  test('each gets it once, whatever the others do', async () => {
    const { phone, token: apple } = await iPhone();
    const [second, third] = [await Phone.of(server, phone.user), await Phone.of(server, phone.user)];
    const [google, refused] = [googleToken(), googleToken()];
    await register(second, { platform: 'android', token: google });
    await register(third, { platform: 'web', token: refused });
    providers.expect(google, fcmError(503, 'UNAVAILABLE'), 'hang up after accepting');
    providers.expect(refused, fcmError(400, 'INVALID_ARGUMENT'));
    const message = await ended(phone, await sendTest(phone));
    expect(message.status).toBe('completed');
    expect(message.deliveries.map(({ status }: any) => status).sort()).toEqual(['refused', 'sent', 'sent']);
    expect([apple, google, refused].map((token) => providers.of(token).length)).toEqual([1, 3, 1]);
  }, 60_000);

  test('the others wait with one whose provider does not answer', async () => {
    const [phone, tokens] = [await Phone.signIn(server), [googleToken(), googleToken()]];
    await register(phone, { platform: 'android', token: tokens[0] });
    await register(await Phone.of(server, phone.user), { platform: 'android', token: tokens[1] });
    for (const token of tokens) providers.expect(token, 'hang up after accepting');
    expect(await ended(phone, await sendTest(phone))).toMatchObject({ status: 'completed', deliveries: [{ status: 'sent' }, { status: 'sent' }] });
    const asked = tokens.map((token) => providers.of(token).map(({ at }) => at));
    expect(asked.map((times) => times.length)).toEqual([2, 2]);
    const [first, second] = asked.map((times) => times[0]!).sort((a, b) => a - b);
    // The second one was not asked in the attempt that found the provider silent.
    expect(second! - first!).toBeGreaterThan(1_500);
  }, 60_000);

  test('a message that came twice sends once', async () => {
    const { phone, token } = await iPhone();
    await ended(phone, await sendTest(phone, {}, { 'x-fault': 'double-message' }));
    await sleep(1_000);
    expect(providers.of(token)).toHaveLength(1);
  });

  test('a message that was lost sends all the same', async () => {
    const { phone, token } = await iPhone();
    const id = await sendTest(phone, {}, { 'x-fault': 'lose-message' });
    await server.data.write('update jobs set due_at = 0 where id = ?', id);
    await ended(phone, id);
    expect(providers.of(token)).toHaveLength(1);
  }, 60_000);

  test('a stranger reads nothing of it', async () => {
    const { phone } = await iPhone();
    const id = await sendTest(phone);
    const stranger = await Phone.signIn(server);
    await expectError(await stranger.fetch(`/api/v1/push/messages/${id}`), 404);
  });
});

describe.concurrent('the end of a job', () => {
  test('that somebody waits for is told to the devices, once', async () => {
    const { phone, token } = await iPhone();
    const job = await phone.process(roomScan(boxRoom(4, 3, 2.5, 2000)));
    expect((await phone.finished(job)).status).toBe('completed');
    await vi.waitFor(() => expect(providers.of(token)).toHaveLength(1), { timeout: 10_000 });
    const [asked] = providers.of(token);
    expect(asked).toMatchObject({ headers: { 'apns-collapse-id': job }, body: { aps: { alert: { title: 'Your scan is ready' } }, type: 'job', processing_id: job, status: 'completed' } });
    await sleep(1_000);
    expect(providers.of(token)).toHaveLength(1);
  });

  test('is told when it failed, too', async () => {
    const { phone, token } = await android();
    const job = await phone.process(roomScan([[0, 0, 0]], { measurements: {} }), { 'x-fault': 'lose-message' });
    const { object_key } = server.data.row('select object_key from room_scans where job_id = ?', job)!;
    await server.data.deleteObject(object_key);
    await server.data.write('update jobs set due_at = 0 where id = ?', job);
    expect((await phone.finished(job, 40_000)).status).toBe('failed');
    await vi.waitFor(() => expect(providers.of(token)).toHaveLength(1), { timeout: 10_000 });
    expect(providers.of(token)[0]!.body.message).toMatchObject({ notification: { title: 'Your scan could not be used' }, data: { processing_id: job, status: 'failed' } });
  }, 60_000);

  test('is told when the sweep ended it', async () => {
    const { phone, token } = await android();
    const job = await phone.process(roomScan(boxRoom(4, 3, 2.5, 500)), { 'x-fault': 'lose-message' });
    await server.data.write('update jobs set due_at = 0, deadline_at = 0 where id = ?', job);
    expect((await phone.finished(job, 40_000)).status).toBe('failed');
    await vi.waitFor(() => expect(providers.of(token)).toHaveLength(1), { timeout: 60_000 });
  }, 120_000);

  test('costs nobody without devices a trip or a row', async () => {
    const [{ phone: with_ }, without] = [await iPhone(), await Phone.signIn(server)];
    const tripsOf = async (phone: Phone) => {
      const job = await phone.process(roomScan(boxRoom(4, 3, 2.5, 1000)));
      await phone.finished(job);
      return vi.waitFor(() => {
        const line = server.logs().find(({ message }) => message === `Message for job ${job} handled`);
        expect(line?.d1_trips).toBeGreaterThan(0);
        return line!.d1_trips;
      });
    };
    expect(await tripsOf(without)).toBe(await tripsOf(with_));
    expect(server.data.rows('select id from push_messages where user_id = ?', without.user.user_id)).toEqual([]);
    expect(server.data.rows(`select id from jobs where user_id = ? and kind = 'push.send'`, without.user.user_id)).toEqual([]);
  });
});

describe.concurrent('privacy', () => {
  test('an export has devices and notifications, and no token; an erasure leaves neither', async () => {
    const anna = await Person.create(server);
    const token = googleToken();
    expect((await anna.send('POST', DEVICES, { platform: 'android', token })).status).toBe(200);
    expect((await anna.send('POST', TEST, { title: 'For Anna' })).status).toBe(202);
    expect((await anna.exported()).status).toBe('completed');
    const archive = await (await anna.fetch('/export/archive')).text();
    expect(archive).toContain('For Anna');
    expect(archive).toContain('push_devices.json');
    expect(archive).not.toContain(token);
    await anna.send('DELETE', '/api/v1/users/me', { password: 'correct horse battery' });
    await vi.waitFor(() => {
      for (const table of ['push_devices', 'push_messages']) expect(server.data.rows(`select id from ${table} where user_id = ?`, anna.user.uuid)).toEqual([]);
    }, { timeout: 30_000 });
  }, 60_000);

  test('old notifications are forgotten with their jobs', async () => {
    const { phone } = await iPhone();
    const [old, recent] = [await sendTest(phone), await sendTest(phone)];
    for (const id of [old, recent]) await ended(phone, id);
    await server.data.write('update push_messages set created_at = ? where id = ?', Date.now() - 31 * 24 * 3_600_000, old);
    await server.runCron('17 3 * * *');
    await vi.waitFor(() => expect(server.data.rows('select id from push_messages where id in (?, ?)', old, recent)).toEqual([{ id: recent }]), { timeout: 10_000 });
    expect(server.data.rows('select id from jobs where id in (?, ?)', old, recent)).toEqual([{ id: recent }]);
  });
});

test('tokens of the providers are made once and used again, and nobody complained', async () => {
  expect(providers.complaints).toEqual([]);
  expect(providers.appleTokens.size).toBe(1);
  // One at the start, one for the test that took it away.
  expect(providers.granted.length).toBeLessThanOrEqual(3);
});

test('an expired provider token is replaced, and Google’s token service may fail', async () => {
  const { phone, token } = await iPhone();
  providers.expect(token, apnsError(403, 'ExpiredProviderToken'));
  expect(await ended(phone, await sendTest(phone))).toMatchObject({ status: 'completed' });
  expect(providers.appleTokens.size).toBe(2);
  const { phone: other, token: google } = await android();
  providers.expect(google, fcmError(401, 'UNAUTHENTICATED'));
  providers.tokenReactions = [503];
  expect(await ended(other, await sendTest(other))).toMatchObject({ status: 'completed' });
  providers.expect(google, fcmError(401, 'UNAUTHENTICATED'));
  providers.tokenReactions = [400];
  expect(await ended(other, await sendTest(other))).toMatchObject({ status: 'failed', deliveries: [{ status: 'refused', reason: 'Google\'s token service answered 400' }] });
}, 90_000);

test('neither keys nor tokens are in the log', () => {
  const log = server.rawLog();
  const secrets = [...providers.asked.keys(), ...providers.appleTokens, ...providers.granted, ...Object.values(providers.vars).flatMap((value) => value.match(/[A-Za-z0-9+/]{60}/g) ?? [])];
  expect(secrets.length).toBeGreaterThan(20);
  expect(secrets.filter((secret) => log.includes(secret))).toEqual([]);
});

describe('without keys', () => {
  test('development shows what would have been sent', async () => {
    const shared = sharedServer();
    const { phone, token } = await iPhone(shared);
    const id = await sendTest(phone, { title: 'Not for Apple', body: 'but for developers' });
    expect(await ended(phone, id)).toMatchObject({ status: 'completed', deliveries: [{ status: 'logged', reason: null, provider_id: null }] });
    const line = await vi.waitFor(() => shared.logs().find(({ message }) => message === `Notification ${id} would have been sent`)!);
    expect(line).toMatchObject({ platform: 'ios', title: 'Not for Apple', body: 'but for developers', data: '{"type":"test"}' });
    expect(shared.rawLog()).not.toContain(token);
  });

  test('elsewhere the status says which one is missing', async () => {
    await server.restart({ ENVIRONMENT: 'production', JOB_LEASE_SECONDS: '15' });
    for (const [{ phone }, missing] of [[await iPhone(), 'APNS_KEY'], [await android(), 'FCM_SERVICE_ACCOUNT']] as const) {
      const answer = await phone.fetch(TEST, json({}));
      const { id } = (await answer.json()) as { id: string };
      expect(await ended(phone, id)).toMatchObject({ status: 'failed', error_message: 'The notification could not be sent', deliveries: [{ status: 'not_configured', reason: `${missing} is not set` }] });
      expect(server.rawLog()).toContain(`"error":"${missing} is not set"`);
    }
  }, 60_000);
});
