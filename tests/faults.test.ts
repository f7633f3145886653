// Whatever the platform loses, doubles or kills: exactly one result and one charge, or one clear
// failure and a refund.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { StreamReader } from './support/live.ts';
import { Phone, boxRoom, ply, roomScan } from './support/rooms.ts';
import { startTestServer, type OwnServer } from './support/server.ts';

const LEASE_SECONDS = 3;
let server: OwnServer;

beforeAll(async () => {
  server = await startTestServer({ vars: { JOB_LEASE_SECONDS: String(LEASE_SECONDS) } });
});

afterAll(() => server?.stop());

/** One result in storage, one charge, one completed row. */
async function expectExactlyOnce(owner: Phone, job: string): Promise<void> {
  const status = await owner.finished(job, 60_000);
  expect(status).toMatchObject({ status: 'completed', error_message: null });
  expect((await owner.fetch(`/api/v1/processing/${job}/result`)).status).toBe(200);
  const row = server.data.row('select state, quota_consumed, result_key from jobs where id = ?', job)!;
  expect(row).toMatchObject({ state: 'completed', quota_consumed: 1 });
  await vi.waitFor(async () => expect(await server.data.objects(`results/${job}/`)).toEqual([row.result_key]), { timeout: 5_000 });
}

/** No result, a reason, nothing charged. */
async function expectFailureAndRefund(owner: Phone, job: string): Promise<void> {
  const status = await owner.finished(job, 60_000);
  expect(status.status).toBe('failed');
  expect(status.error_message).toMatch(/\w+ \w+/);
  expect((await owner.fetch(`/api/v1/processing/${job}/result`)).status).toBe(409);
  expect(await owner.quotaUsed()).toBe(0);
}

const scan = (count = 4000) => roomScan(boxRoom(4, 3, 2.5, count, Math.floor(Math.random() * 1e9)));

describe.concurrent('the queue', () => {
  test('loses a message: the sweep sends it again', async () => {
    const own = await Phone.signIn(server);
    const job = await own.process(scan(), { 'x-fault': 'lose-message' });
    await sleep(1500);
    expect((await own.status(job)).status).toBe('queued');
    await expectExactlyOnce(own, job);
    expect(await own.quotaUsed()).toBe(1);
  }, 60_000);

  test('refuses a message: the upload has succeeded all the same', async () => {
    const own = await Phone.signIn(server);
    const answer = await own.upload(scan(), { 'x-fault': 'refuse-message' });
    expect(answer.status).toBe(202);
    await expectExactlyOnce(own, ((await answer.json()) as any).processing_id);
  }, 60_000);

  test('delivers a message twice: one consumer works', async () => {
    const own = await Phone.signIn(server);
    const job = await own.process(scan(30_000), { 'x-fault': 'double-message' });
    await expectExactlyOnce(own, job);
    await sleep(1000);
    expect(server.data.row('select attempts from jobs where id = ?', job)).toEqual({ attempts: 1 });
    expect(await server.data.objects(`results/${job}/`)).toHaveLength(1);
    expect(await own.quotaUsed()).toBe(1);
  });
});

describe.concurrent('storage', () => {
  test('has lost the scan: a clear failure', async () => {
    const own = await Phone.signIn(server);
    const job = await own.process(scan(), { 'x-fault': 'lose-message' });
    const { object_key } = server.data.row('select object_key from room_scans where job_id = ?', job)!;
    await server.data.deleteObject(object_key);
    await expectFailureAndRefund(own, job);
  }, 60_000);

  test('has damaged the scan: a clear failure', async () => {
    const own = await Phone.signIn(server);
    const job = await own.process(scan(), { 'x-fault': 'lose-message' });
    const { object_key } = server.data.row('select object_key from room_scans where job_id = ?', job)!;
    await server.data.putObject(object_key, '{"room_scan": {"id": ');
    await expectFailureAndRefund(own, job);
  }, 60_000);
});

describe('a job', () => {
  test('that is out of attempts fails with a refund', async () => {
    const own = await Phone.signIn(server);
    const job = await own.process(scan(), { 'x-fault': 'lose-message' });
    await server.data.write('update jobs set attempts = 5, due_at = 0 where id = ?', job);
    await expectFailureAndRefund(own, job);
  }, 60_000);

  test('past its deadline fails with a refund', async () => {
    const own = await Phone.signIn(server);
    const job = await own.process(scan(), { 'x-fault': 'lose-message' });
    await server.data.write('update jobs set deadline_at = 1, due_at = 0 where id = ?', job);
    await server.runCron();
    await expectFailureAndRefund(own, job);
  }, 60_000);

  test('whose consumer went silent goes to another one', async () => {
    const own = await Phone.signIn(server);
    const job = await own.process(scan(), { 'x-fault': 'lose-message' });
    const until = Date.now() + 2000;
    await server.data.write(
      "update jobs set state = 'processing', attempts = 1, lease_id = 'dead', lease_until = ?, due_at = ?, started_at = ? where id = ?",
      until, until, Date.now(), job,
    );
    await expectExactlyOnce(own, job);
    expect(server.data.row('select attempts from jobs where id = ?', job)).toEqual({ attempts: 2 });
  }, 60_000);

  test('whose consumer died before it could tell is told by the sweep, once', async () => {
    const own = await Phone.signIn(server);
    const job = await own.process(scan(), { 'x-fault': 'lose-message' });
    await server.data.write("update jobs set state = 'completed', progress = 1, finished_at = 1, announce_at = 1 where id = ?", job);
    await server.runCron();
    const stream = await StreamReader.open(server, '/api/v1/events?after=0', { authorization: `Bearer ${own.token}` });
    const told = { event: 'job.updated', data: expect.objectContaining({ processing_id: job, status: 'completed', kind: 'room_scan.analyze' }) };
    expect(await stream.got(1)).toEqual([expect.objectContaining(told)]);
    await vi.waitFor(() => expect(server.data.row('select announce_at from jobs where id = ?', job)).toEqual({ announce_at: null }));
    await server.data.write('update jobs set announce_at = 1 where id = ?', job);
    await server.runCron();
    await vi.waitFor(() => expect(server.data.row('select announce_at from jobs where id = ?', job)).toEqual({ announce_at: null }));
    expect(stream.events).toHaveLength(1);
    stream.close();
  }, 60_000);

  test('that is held by a live consumer is left alone', async () => {
    const own = await Phone.signIn(server);
    const job = await own.process(scan(), { 'x-fault': 'lose-message' });
    const until = Date.now() + 600_000;
    await server.data.write(
      "update jobs set state = 'processing', attempts = 1, lease_id = 'alive', lease_until = ?, due_at = 0, started_at = ? where id = ?",
      until, Date.now(), job,
    );
    await server.runCron();
    await sleep(2000);
    expect(server.data.row('select state, lease_id, attempts from jobs where id = ?', job)).toEqual({ state: 'processing', lease_id: 'alive', attempts: 1 });
  }, 60_000);

  test('whose scan is deleted meanwhile ends, once refunded', async () => {
    const own = await Phone.signIn(server);
    const one = scan();
    const job = await own.process(one, { 'x-fault': 'lose-message' });
    expect(await own.quotaUsed()).toBe(1);
    await own.fetch(`/api/v1/rooms/${one.room_scan.id}`, { method: 'DELETE' });
    await expectFailureAndRefund(own, job);
  });

  test('whose scan is deleted during the analysis leaves no result behind', async () => {
    const own = await Phone.signIn(server);
    const one = scan(60_000);
    const job = await own.process(one);
    expect((await own.fetch(`/api/v1/rooms/${one.room_scan.id}`, { method: 'DELETE' })).status).toBe(204);
    await sleep(3_000);
    expect((await own.status(job)).status).toBe('failed');
    expect(await server.data.objects(`results/${job}/`)).toEqual([]);
  });
});

describe('the daily clean-up', () => {
  test('deletes yesterday\'s files that no scan knows, and only those', async () => {
    const yesterday = new Date(Date.now() - 24 * 3600 * 1000).toISOString().slice(0, 10);
    const own = await Phone.signIn(server);
    const job = await own.process(scan());
    await own.finished(job);
    await server.data.putObject(`scans/${yesterday}/orphan/body`, 'x');
    await server.data.putObject(`scans/${yesterday}/known/body`, 'x');
    await server.data.write('update room_scans set object_key = ? where job_id = ?', `scans/${yesterday}/known/body`, job);
    await server.runCron('17 3 * * *');
    await expect.poll(() => server.data.objects(`scans/${yesterday}/`), { timeout: 10_000 }).toEqual([`scans/${yesterday}/known/body`]);
  });
});

describe('a power cut', () => {
  // A scan that keeps the consumer busy for about a second.
  const big = ply(boxRoom(6, 4, 2.6, 1_200_000), 'binary_little_endian');
  const uploadBig = (own: Phone) => own.send(big, { 'content-type': 'application/ply' }, `?id=${own.user.user_id}`);
  const stateOf = (own: Phone) => server.data.row('select id, state from jobs where user_id = ?', own.user.user_id);
  const interrupted: string[] = [];

  // Counted from the moment the upload is written down: its answer and its consumer race then.
  test.each([0, 20, 40, 80, 150, 300, 500, 800])('%i ms after the row loses nothing', async (delay) => {
    const own = await Phone.signIn(server);
    const answer = uploadBig(own).catch(() => null);
    await expect.poll(() => stateOf(own), { timeout: 20_000, interval: 5 }).toBeDefined();
    await sleep(delay);
    await server.kill();
    const { id, state } = stateOf(own)!;
    interrupted.push(state);
    const acknowledged = await answer;
    await server.restart();

    const resend = await uploadBig(own);
    expect(resend.status).toBe(200);
    expect(await resend.json()).toMatchObject({ processing_id: id });
    if (acknowledged) expect(acknowledged.status).toBe(202);
    await expectExactlyOnce(own, id);
    expect(await own.quotaUsed()).toBe(1);
  }, 120_000);

  test('did hit jobs before their end', () => {
    expect(interrupted.filter((state) => state !== 'completed').length).toBeGreaterThan(1);
  });

  test('during uploads: what was answered is kept, what was not can be sent again', async () => {
    const own = await Phone.signIn(server);
    const scans = Array.from({ length: 12 }, () => scan(3000));
    const uploads = scans.map((one) => own.process(one).catch(() => null));
    await sleep(120);
    await server.restart();
    const acknowledged = await Promise.all(uploads);
    const jobs = await Promise.all(scans.map((one) => own.process(one)));
    acknowledged.forEach((job, index) => {
      if (job) expect(jobs[index]).toBe(job);
    });
    for (const job of jobs) await expectExactlyOnce(own, job);
    expect(await own.quotaUsed()).toBe(scans.length);
  }, 180_000);
});
