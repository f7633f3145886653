// What may be uploaded, in which wrapping, and what a resend does (CONTRACT R4, 5.2, 6.7, 7.6).
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { Phone, boxRoom, packed, ply, roomScan } from './support/rooms.ts';
import { sharedServer } from './support/server.ts';

const server = sharedServer();
const points = boxRoom(4, 3, 2.5, 3000);
let phone: Phone;

beforeAll(async () => {
  phone = await Phone.signIn(server);
});

test('an upload answers with a queued job', async () => {
  const scan = roomScan(points);
  const answer = await phone.upload(scan);
  expect(answer.status).toBe(202);
  const body = (await answer.json()) as Record<string, unknown>;
  expect(body).toMatchObject({ status: 'queued', quota_consumed: 1, scan_id: scan.room_scan.id });
  expect(body.processing_id).toMatch(/^[0-9a-f-]{36}$/);
  expect(body.cost_estimate).toBeTypeOf('number');
  expect(body.estimated_completion).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

describe('every labelling of gzip is understood', () => {
  const labels: Record<string, string>[] = [
    { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    { 'content-type': 'application/gzip' },
    { 'content-type': 'application/x-gzip' },
    { 'content-type': 'application/octet-stream' },
    { 'content-type': 'application/json' },
  ];
  test.each(labels)('%o', async (headers) => {
    const answer = await phone.send(packed(JSON.stringify(roomScan(points))), headers);
    expect(answer.status).toBe(202);
    const { processing_id } = (await answer.json()) as { processing_id: string };
    expect((await phone.result(processing_id)).result.geometry.source).toBe('points');
  });
});

describe('point clouds come as files', () => {
  test.each(['ascii', 'binary_little_endian', 'binary_big_endian'] as const)('%s PLY as the body', async (format) => {
    const id = randomUUID();
    const answer = await phone.send(ply(points, format), { 'content-type': 'application/ply' }, `?id=${id}&name=Cellar`);
    expect(answer.status).toBe(202);
    const { processing_id } = (await answer.json()) as { processing_id: string };
    const { result, name } = await phone.result(processing_id);
    expect(name).toBe('Cellar');
    expect(result.geometry.dimensions.length.value).toBeCloseTo(4, 1);
    const download = await phone.fetch(`/api/v1/rooms/${id}/cloud.ply`);
    expect(new Uint8Array(await download.arrayBuffer())).toEqual(ply(points, format));
  });

  test('a PLY without an id gets the same one every time', async () => {
    const body = ply(boxRoom(3, 3, 2.4, 2000, 77), 'ascii');
    const first = await phone.send(body, { 'content-type': 'application/octet-stream' });
    const again = await phone.send(packed(body), { 'content-type': 'application/gzip' });
    expect([first.status, again.status]).toEqual([202, 200]);
    expect(((await first.json()) as any).processing_id).toBe(((await again.json()) as any).processing_id);
  });

  test('a file beside a JSON part', async () => {
    const scan = roomScan([]);
    const form = () => {
      const data = new FormData();
      data.set('room_scan', new Blob([JSON.stringify(scan)], { type: 'application/json' }));
      data.set('file', new Blob([ply(points, 'binary_little_endian')]), 'scan.ply');
      return data;
    };
    const answer = await phone.send(form());
    expect(answer.status).toBe(202);
    const { processing_id, scan_id } = (await answer.json()) as any;
    expect(scan_id).toBe(scan.room_scan.id);
    expect((await phone.result(processing_id)).result.geometry.points.given).toBe(points.length);
    const resend = await phone.send(form());
    expect(resend.status, 'another boundary is no other scan').toBe(200);
  });

  describe('beside a JSON part loses nothing of it', () => {
    const environmental_data = [{ lux: 640, color_temperature: 2800 }];
    const sent = (reversed = false) => {
      const scan = roomScan([]);
      Object.assign(scan.room_scan.sensor_data, { environmental_data });
      const parts: [string, Blob][] = [
        ['room_scan', new Blob([JSON.stringify(scan)], { type: 'application/json' })],
        ['file', new Blob([ply(points, 'binary_little_endian')])],
      ];
      const form = new FormData();
      for (const [name, part] of reversed ? parts.reverse() : parts) form.set(name, part);
      return { id: scan.room_scan.id as string, form };
    };

    test.each([false, true])('the light readings and the measurements (the file first: %s)', async (reversed) => {
      const { form } = sent(reversed);
      const { processing_id } = (await (await phone.send(form)).json()) as any;
      const { geometry, room_analysis } = (await phone.result(processing_id)).result;
      expect(room_analysis.lighting_conditions).toBe('artificial_bright');
      expect(room_analysis.findings.lighting.derived_from.join()).toContain('640');
      expect(geometry.agreement.length).toMatchObject({ app: 4.2 });
      expect(geometry.points.given).toBe(points.length);
    });

    test.each([['Attic', 'Attic'], [undefined, 'Cellar']])('the name %s', async (name, expected) => {
      const form = new FormData();
      const scan = roomScan([], { name });
      form.set('room_scan', new Blob([JSON.stringify(scan)]));
      form.set('name', 'Cellar');
      form.set('file', new Blob([ply(points, 'ascii')]));
      expect((await phone.send(form)).status).toBe(202);
      expect(server.data.row('select name from room_scans where scan_id = ?', scan.room_scan.id)).toEqual({ name: expected });
    });

    test('nor do the scans that are combined', async () => {
      const [first, second] = [sent(), sent()];
      for (const { form } of [first, second]) expect((await phone.send(form)).status).toBe(202);
      const answer = await phone.fetch(`/api/v1/rooms/${first.id}/fuse`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ scan_ids: [second.id] }) });
      expect(answer.status).toBe(202);
      const { processing_id } = (await answer.json()) as any;
      expect((await phone.result(processing_id)).result.room_analysis.lighting_conditions).toBe('artificial_bright');
    });
  });

  test('two clouds in one form are refused and leave nothing behind', async () => {
    const before = await server.data.objects('scans/');
    const data = new FormData();
    data.append('file', new Blob([ply(points, 'ascii')]), 'a.ply');
    data.append('file', new Blob([ply(points, 'ascii')]), 'b.ply');
    const answer = await phone.send(data);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as any).error.details[0].field).toBe('file');
    const added = (await server.data.objects('scans/')).filter((key) => !before.includes(key));
    const known = server.data.rows('select object_key, cloud_key from room_scans').flatMap((row) => Object.values(row));
    // Other tests upload at the same time; what no row knows must be theirs and in flight, not ours.
    await expect.poll(async () => (await server.data.objects('scans/')).filter((key) => added.includes(key) && !known.includes(key))).toEqual([]);
  });
});

test('every shape of a point is understood, strange ones are counted', async () => {
  const shaped = points.map(([x, y, z], index) => {
    switch (index % 3) {
      case 0: return [x, y, z];
      case 1: return [x, y, z, 0.5];
      default: return { x, y, z, confidence: 2, r: 200, g: 10, b: 10, timestamp: 1 };
    }
  });
  const id = await phone.process(roomScan([...shaped, [1, 2], 'point', { x: 1 }, null, [1, null, 3]]));
  const { geometry } = (await phone.result(id)).result;
  expect(geometry.points.given).toBe(points.length + 5);
  expect(geometry.points.outliers).toBeGreaterThanOrEqual(5);
});

test('camelCase and snake_case read the same', async () => {
  const { room_scan } = roomScan(points) as any;
  const camel = {
    roomScan: {
      id: room_scan.id,
      name: room_scan.name,
      deviceInfo: { platform: 'Android', model: 'Pixel', osVersion: '15' },
      sensorData: { lidarPoints: points },
      measurements: room_scan.measurements,
    },
  };
  const id = await phone.process(camel);
  expect((await phone.result(id)).result.geometry.points.given).toBe(points.length);
  expect(server.data.row('select os_version, platform from room_scans where scan_id = ?', room_scan.id)).toEqual({ os_version: '15', platform: 'Android' });
});

describe('only what can never be a scan is refused', () => {
  const cases: [string, unknown, string | undefined][] = [
    ['no room_scan', {}, 'room_scan'],
    ['room_scan is no object', { room_scan: [] }, 'room_scan'],
    ['no id', { room_scan: { name: 'x' } }, 'room_scan.id'],
    ['an id that is no text', { room_scan: { id: 7 } }, 'room_scan.id'],
    ['an empty id', { room_scan: { id: '' } }, 'room_scan.id'],
    ['an endless id', { room_scan: { id: 'x'.repeat(300) } }, 'room_scan.id'],
  ];
  test.each(cases)('%s', async (_, body, field) => {
    const answer = await phone.upload(body);
    expect(answer.status).toBe(400);
    const { error } = (await answer.json()) as any;
    expect(error.code).toBe('VALIDATION_ERROR');
    expect(error.details.map((detail: any) => detail.field)).toEqual([field]);
  });

  test.each([['', 'empty'], ['{"room_scan": {', 'cut off'], ['hello', 'text'], ['[1,2', 'half a list']])('%j (%s)', async (body) => {
    const answer = await phone.send(body, { 'content-type': 'application/json' });
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as any).error.code).toBe('VALIDATION_INVALID_FORMAT');
  });

  test('a foreign media type is 415', async () => {
    const answer = await phone.send('<html>', { 'content-type': 'text/html' });
    expect(answer.status).toBe(415);
    expect(((await answer.json()) as any).error.code).toBe('UNSUPPORTED_MEDIA_TYPE');
  });

  test('everything else is accepted', async () => {
    const lenient = { room_scan: { id: randomUUID(), name: 7, timestamp: null, sensor_data: { lidar_points: 'none' }, measurements: { length: '4', width: null } } };
    expect((await phone.upload(lenient)).status).toBe(202);
  });
});

describe('size', () => {
  test('a zip bomb is refused while it unpacks', async () => {
    const bomb = packed(Buffer.alloc(200 << 20, ' '));
    const answer = await phone.send(bomb, { 'content-type': 'application/gzip' });
    expect(answer.status).toBe(413);
    expect(((await answer.json()) as any).error.code).toBe('VALIDATION_TOO_LARGE');
  });

  test('more than 100 MiB is refused', async () => {
    const answer = await phone.send(new Uint8Array(101 << 20).fill(32), { 'content-type': 'application/json' });
    expect(answer.status).toBe(413);
  });

  test('40 MB stream through into storage and come back equal', async () => {
    const many = boxRoom(6, 4, 2.6, 1_400_000, 3);
    const scan = roomScan(many);
    const body = JSON.stringify(scan);
    expect(body.length).toBeGreaterThan(30 << 20);
    const answer = await phone.send(body, { 'content-type': 'application/json' });
    expect(answer.status).toBe(202);
    const { processing_id } = (await answer.json()) as any;
    const back = await phone.fetch(`/api/v1/rooms/${scan.room_scan.id}`);
    expect((await back.text()) === body).toBe(true);
    const status = await phone.finished(processing_id, 60_000);
    expect(status.status).toBe('completed');
    const { metadata } = await phone.json(`/api/v1/processing/${processing_id}/result`);
    expect(metadata.wasm_memory_bytes).toBeLessThan(96 << 20);
  }, 120_000);
});

describe('a resend', () => {
  test('of the same content finds the same job and costs nothing', async () => {
    const own = await Phone.signIn(server);
    const scan = roomScan(points);
    const first = (await (await own.upload(scan)).json()) as any;
    const repacked = await own.send(packed(JSON.stringify(scan)), { 'content-type': 'application/gzip' });
    expect(repacked.status).toBe(200);
    expect(((await repacked.json()) as any).processing_id).toBe(first.processing_id);
    const many = await Promise.all(Array.from({ length: 8 }, () => own.upload(scan)));
    expect(new Set(many.map((answer) => answer.status))).toEqual(new Set([200]));
    expect(await own.quotaUsed()).toBe(1);
  });

  test('ten at once make one job', async () => {
    const own = await Phone.signIn(server);
    const scan = roomScan(points);
    const answers = await Promise.all(Array.from({ length: 10 }, () => own.upload(scan)));
    const ids = await Promise.all(answers.map(async (answer) => ((await answer.json()) as any).processing_id));
    expect(new Set(ids).size).toBe(1);
    expect(answers.filter((answer) => answer.status === 202)).toHaveLength(1);
    expect(await own.quotaUsed()).toBe(1);
    await own.finished(ids[0]);
    const folders = server.data.rows('select object_key from room_scans where user_id = ?', own.user.user_id);
    expect(folders).toHaveLength(1);
    expect(await server.data.objects(folders[0]!.object_key)).toHaveLength(1);
  });

  test('with changed content is a new version and a new job', async () => {
    const own = await Phone.signIn(server);
    const scan = roomScan(points);
    const first = await own.process(scan);
    scan.room_scan.name = 'Renamed';
    const second = await own.process(scan);
    expect(second).not.toBe(first);
    const { scans, pagination } = await own.json('/api/v1/user/scans');
    expect(pagination.total).toBe(1);
    expect(scans[0]).toMatchObject({ id: scan.room_scan.id, name: 'Renamed' });
  });
});

describe('quota', () => {
  test('used up is 429 with the time to wait, and nothing is written', async () => {
    const own = await Phone.signIn(server, { quota: 1 });
    await own.process(roomScan(points));
    const answer = await own.upload(roomScan(points));
    expect(answer.status).toBe(429);
    expect(((await answer.json()) as any).error.code).toBe('QUOTA_EXCEEDED');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(server.data.rows('select id from room_scans where user_id = ?', own.user.user_id)).toHaveLength(1);
  });

  test('twenty at once against five left admit exactly five', async () => {
    const own = await Phone.signIn(server, { quota: 5 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => own.upload(roomScan(points.slice(0, 500)))));
    expect(answers.filter((answer) => answer.status === 202)).toHaveLength(5);
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(15);
  });

  test('a test key costs nothing', async () => {
    const user = await server.accounts.user();
    const { key } = await server.accounts.key(user, 'test');
    const own = await Phone.of(server, user, key);
    const answer = (await (await own.upload(roomScan(points))).json()) as any;
    expect(answer.quota_consumed).toBe(0);
    expect(await own.quotaUsed()).toBe(0);
  });
});
