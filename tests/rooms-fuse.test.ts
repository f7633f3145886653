// Several scans of one room as one: POST /api/v1/rooms/{scan_id}/fuse.
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectError } from './support/envelope.ts';
import { post } from './support/requests.ts';
import { Phone, boxRoom, ply, roomScan } from './support/rooms.ts';
import { sharedServer } from './support/server.ts';

const server = sharedServer();
let phone: Phone;
let ids: string[];

const seen = (seed: number, name = `Scan ${seed}`) => roomScan(boxRoom(5.2, 3.8, 2.5, 12_000, seed), { name });
const fuse = (who: Phone, id: string, scan_ids: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  post(server, `/api/v1/rooms/${id}/fuse`, { scan_ids }, { authorization: `Bearer ${who.token}`, ...headers });
const accepted = async (answer: Response, status = 202): Promise<{ processing_id: string; scan_id: string; quota_consumed: number }> => {
  expect(answer.status).toBe(status);
  return (await answer.json()) as any;
};

/** Uploads three scans of one room and gives their ids. */
async function scanned(who: Phone, count = 3): Promise<string[]> {
  const scans = Array.from({ length: count }, (_, index) => seen(index + 1));
  for (const scan of scans) await who.finished(await who.process(scan));
  return scans.map((scan) => scan.room_scan.id);
}

beforeAll(async () => {
  phone = await Phone.signIn(server);
  ids = await scanned(phone);
});

describe('a fusion', () => {
  let fusion: Awaited<ReturnType<typeof accepted>>;
  let result: any;

  beforeAll(async () => {
    fusion = await accepted(await fuse(phone, ids[0]!, [ids[1], ids[2]]));
    result = await phone.result(fusion.processing_id);
  });

  test('measures the room better than one scan', async () => {
    const { dimensions, notes } = result.result.geometry;
    expect(Math.abs(dimensions.length.value - 5.2)).toBeLessThan(0.05);
    expect(Math.abs(dimensions.width.value - 3.8)).toBeLessThan(0.05);
    expect(notes.join(' ')).toContain('3 of 3 scans');
    const { processing_id } = (await phone.json('/api/v1/user/scans')).scans.find((scan: any) => scan.id === ids[0]);
    const single = (await phone.result(processing_id)).result.geometry.dimensions;
    expect(dimensions.length.uncertainty).toBeLessThan(single.length.uncertainty);
  });

  test('is a scan of its own', async () => {
    const { scans } = await phone.json('/api/v1/user/scans');
    expect(scans.find((scan: any) => scan.id === fusion.scan_id)).toMatchObject({ name: 'Scan 1', processing_status: 'completed', processing_id: fusion.processing_id });
    const { room_scan } = await phone.json(`/api/v1/rooms/${fusion.scan_id}`);
    expect(room_scan).toMatchObject({ id: fusion.scan_id, name: 'Scan 1', fused_from: [...ids].sort() });
    expect((await phone.fetch(`/api/v1/processing/${fusion.processing_id}/floorplan.svg`)).status).toBe(200);
  });

  test('that is asked for again is the same job, in whatever order, and costs nothing', async () => {
    const before = await phone.quotaUsed();
    for (const [first, ...others] of [ids, [...ids].reverse()]) {
      expect(await accepted(await fuse(phone, first!, others), 200)).toMatchObject({ processing_id: fusion.processing_id, scan_id: fusion.scan_id });
    }
    expect(await phone.quotaUsed()).toBe(before);
    expect(server.data.rows('select id from room_scans where scan_id = ?', fusion.scan_id)).toHaveLength(1);
  });

  test('of fewer scans is another one', async () => {
    const other = await accepted(await fuse(phone, ids[0]!, [ids[1]]));
    expect(other.scan_id).not.toBe(fusion.scan_id);
    expect(other.quota_consumed).toBe(1);
    expect((await phone.result(other.processing_id)).result.geometry.notes.join(' ')).toContain('2 of 2 scans');
  });

  test('leaves nothing behind but its row and its document', async () => {
    const [{ object_key }] = server.data.rows('select object_key from room_scans where scan_id = ?', fusion.scan_id) as [{ object_key: string }];
    expect(await server.data.objects(object_key)).toHaveLength(1);
  });
});

test('camelCase and the short path read the same', async () => {
  const own = await Phone.signIn(server);
  const [first, second] = await scanned(own, 2);
  const fusion = await accepted(await fuse(own, first!, [second]));
  const again = await post(server, `/v1/rooms/${first}/fuse`, { scanIds: [second] }, { authorization: `Bearer ${own.token}` });
  expect(await accepted(again, 200)).toMatchObject({ processing_id: fusion.processing_id });
});

test('a message that comes twice makes one result', async () => {
  const own = await Phone.signIn(server);
  const [first, second] = await scanned(own, 2);
  const { processing_id } = await accepted(await fuse(own, first!, [second], { 'x-fault': 'double-message' }));
  await own.result(processing_id);
  expect(server.data.row('select attempts from jobs where id = ?', processing_id)).toEqual({ attempts: 1 });
  expect(await server.data.objects(`results/${processing_id}/`)).toHaveLength(1);
});

test('ten at once make one job', async () => {
  const own = await Phone.signIn(server);
  const [first, ...others] = await scanned(own, 2);
  const used = await own.quotaUsed();
  const answers = await Promise.all(Array.from({ length: 10 }, () => fuse(own, first!, others)));
  const jobs = await Promise.all(answers.map(async (answer) => ((await answer.json()) as any).processing_id));
  expect(new Set(jobs).size).toBe(1);
  expect(answers.filter((answer) => answer.status === 202)).toHaveLength(1);
  expect(await own.quotaUsed()).toBe(used + 1);
});

test('a scan with new content makes a new version', async () => {
  const own = await Phone.signIn(server);
  const [first, second] = await scanned(own, 2);
  const before = await accepted(await fuse(own, first!, [second]));
  await own.finished(before.processing_id);
  await own.finished(await own.process(roomScan(boxRoom(5.2, 3.8, 2.5, 9000, 77), { id: second })));
  const after = await accepted(await fuse(own, first!, [second]));
  expect(after.scan_id).toBe(before.scan_id);
  expect(after.processing_id).not.toBe(before.processing_id);
  await own.result(after.processing_id);
});

test('can be deleted, and its scans stay', async () => {
  const own = await Phone.signIn(server);
  const [first, second] = await scanned(own, 2);
  const fusion = await accepted(await fuse(own, first!, [second]));
  await own.finished(fusion.processing_id);
  expect((await own.fetch(`/api/v1/rooms/${fusion.scan_id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await own.fetch(`/api/v1/rooms/${fusion.scan_id}`)).status).toBe(404);
  expect((await own.fetch(`/api/v1/rooms/${first}`)).status).toBe(200);
  const again = await accepted(await fuse(own, first!, [second]));
  expect(again.processing_id).not.toBe(fusion.processing_id);
});

test('point clouds that came as files are combined too', async () => {
  const own = await Phone.signIn(server);
  const [first] = await scanned(own, 1);
  const cloud = await own.send(ply(boxRoom(5.2, 3.8, 2.5, 12_000, 5), 'binary_little_endian'), { 'content-type': 'application/ply' }, '?id=cloud');
  expect(cloud.status).toBe(202);
  const fusion = await accepted(await fuse(own, 'cloud', [first]));
  expect((await own.result(fusion.processing_id)).result.geometry.notes.join(' ')).toContain('2 of 2 scans');
});

test('fails with a clear sentence and a refund when one of its scans is deleted meanwhile', async () => {
  const own = await Phone.signIn(server);
  const [first, second] = await scanned(own, 2);
  const fusion = await accepted(await fuse(own, first!, [second], { 'x-fault': 'lose-message' }));
  await own.fetch(`/api/v1/rooms/${second}`, { method: 'DELETE' });
  const used = await own.quotaUsed();
  await server.data.write('update jobs set due_at = 0 where id = ?', fusion.processing_id);
  await server.runCron();
  expect(await own.finished(fusion.processing_id, 40_000)).toMatchObject({ status: 'failed', error_message: 'One of the combined scans was deleted' });
  expect(await own.quotaUsed()).toBe(used - 1);
}, 60_000);

describe('is refused', () => {
  const refused = async (answer: Response): Promise<{ field: string; message: string }[]> => (await expectError(answer, 400, 'VALIDATION_ERROR')).error.details as any;

  test('for a scan that is not there, or another’s', async () => {
    const stranger = await Phone.signIn(server);
    await expectError(await fuse(phone, randomUUID(), [ids[1]]), 404, 'NOT_FOUND');
    await expectError(await fuse(stranger, ids[0]!, [ids[1]]), 404, 'NOT_FOUND');
    const [own] = await scanned(stranger, 1);
    expect(await refused(await fuse(stranger, own!, ['nobody', ids[1]]))).toEqual([
      expect.objectContaining({ field: 'scan_ids[0]', message: 'nobody is not one of your room scans' }),
      expect.objectContaining({ field: 'scan_ids[1]', message: `${ids[1]} is not one of your room scans` }),
    ]);
    expect(server.data.rows('select id from room_scans where user_id = ?', stranger.user.user_id)).toHaveLength(1);
  });

  test.each([[undefined], [null], ['one'], [[]], [[1]], [['']], [['1', '2', '3', '4', '5']], [['x'.repeat(257)]]])('with the scans %j', async (scan_ids) => {
    expect((await refused(await fuse(phone, ids[0]!, scan_ids)))[0]!.field).toMatch(/^scan_ids/);
  });

  test('when a scan is named twice', async () => {
    expect(await refused(await fuse(phone, ids[0]!, [ids[0]]))).toEqual([expect.objectContaining({ field: 'scan_ids[0]', message: `${ids[0]} is named twice` })]);
    expect(await refused(await fuse(phone, ids[0]!, [ids[1], ids[1]]))).toEqual([expect.objectContaining({ field: 'scan_ids[1]' })]);
  });

  test('for a scan without points, and for a fusion', async () => {
    const empty = roomScan([]);
    await phone.finished(await phone.process(empty));
    expect((await refused(await fuse(phone, ids[0]!, [empty.room_scan.id])))[0]!.message).toMatch(/has no points$/);
    const { scan_id } = (await (await fuse(phone, ids[0]!, [ids[1]])).json()) as { scan_id: string };
    expect((await refused(await fuse(phone, ids[0]!, [scan_id])))[0]!.message).toMatch(/is a fusion itself$/);
  });

  test('when the session has ended, and leaves nothing', async () => {
    const own = await Phone.signIn(server);
    const [first, second] = await scanned(own, 2);
    await server.accounts.revoke(own.user.key_id);
    await expectError(await fuse(own, first!, [second]), 401, 'AUTH_TOKEN_INVALID');
    expect(server.data.rows('select id from room_scans where user_id = ?', own.user.user_id)).toHaveLength(2);
  });

  test('when no quota is left, and leaves nothing', async () => {
    const own = await Phone.signIn(server, { quota: 2 });
    const [first, second] = await scanned(own, 2);
    await expectError(await fuse(own, first!, [second]), 429, 'QUOTA_EXCEEDED');
    expect(server.data.rows('select id from room_scans where user_id = ?', own.user.user_id)).toHaveLength(2);
  });
});
