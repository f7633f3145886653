// From an upload to what can be read of it (CONTRACT R5, R6, R8, R9, R12, 5.3, 5.4).
import { gunzipSync } from 'node:zlib';
import validator from 'gltf-validator';
import { beforeAll, describe, expect, test } from 'vitest';
import { Phone, boxRoom, packed, roomScan, type Status } from './support/rooms.ts';
import { sharedServer } from './support/server.ts';

const server = sharedServer();
let phone: Phone;
let stranger: Phone;
let scan: ReturnType<typeof roomScan>;
let id: string;
let result: any;

beforeAll(async () => {
  [phone, stranger] = await Promise.all([Phone.signIn(server), Phone.signIn(server)]);
  scan = roomScan(boxRoom(5.2, 3.8, 2.5, 12_000), { name: 'Salon <b>&' });
  id = await phone.process(scan);
  result = await phone.result(id);
});

describe('the result', () => {
  test('has every key of the contract', () => {
    expect(Object.keys(result)).toEqual(expect.arrayContaining(['processing_id', 'status', 'result', 'metadata']));
    expect(result).toMatchObject({ processing_id: id, status: 'completed' });
    expect(result.result.room_analysis).toMatchObject({
      room_type: expect.any(String),
      features: [],
      furniture_detected: expect.any(Array),
      lighting_conditions: expect.any(String),
      wall_materials: [],
      findings: { room_type: { value: expect.any(String) }, features: [], lighting: { value: 'unknown' }, wall_materials: [], floor_materials: [] },
    });
    for (const product of result.result.product_recommendations) {
      expect(Object.keys(product)).toEqual(['category', 'item', 'confidence', 'placement_suggestion', 'reason']);
    }
    expect(result.metadata).toMatchObject({
      completed_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}Z$/),
      processing_time_ms: expect.any(Number),
      provider_used: 'builtin',
      cost_actual: expect.any(Number),
      quota_consumed: 1,
    });
  });

  test('measures the room', () => {
    const { geometry } = result.result;
    expect(geometry.up).toBe('z');
    const { length, width, height, floor_area, perimeter, volume } = geometry.dimensions;
    expect(Math.abs(length.value - 5.2)).toBeLessThan(0.05);
    expect(Math.abs(width.value - 3.8)).toBeLessThan(0.05);
    expect(Math.abs(height.value - 2.5)).toBeLessThan(0.03);
    expect(Math.abs(floor_area.value - 19.76)).toBeLessThan(0.4);
    expect(Math.abs(perimeter.value - 18)).toBeLessThan(0.2);
    expect(Math.abs(volume.value - 49.4)).toBeLessThan(1.2);
    for (const measure of [length, width, height, floor_area, perimeter, volume]) expect(measure.uncertainty).toBeGreaterThan(0);
    expect(geometry.outline).toHaveLength(4);
    expect(geometry.walls).toHaveLength(4);
    expect(geometry.agreement.length).toMatchObject({ app: 4.2, agrees: false });
    expect(geometry.openings).toEqual([]);
    expect(geometry.objects).toEqual([]);
    expect(geometry.notes, 'nothing to be said of a plain room').toEqual([]);
    expect(geometry.ceilings).toMatchObject([{ slope: 0 }]);
    expect([geometry.levels, geometry.columns]).toEqual([[], []]);
  });

  test('has a scene whose faces point at its vertices', () => {
    const { vertices, faces, materials } = result.result['3d_scene_data'];
    expect(vertices.length).toBeGreaterThan(7);
    expect(faces.flat().every((index: number) => index >= 0 && index < vertices.length)).toBe(true);
    expect(materials.flatMap((material: any) => material.faces)).toHaveLength(faces.length);
  });

  test('is stored once and tagged', async () => {
    const first = await phone.fetch(`/api/v1/processing/${id}/result`);
    const etag = first.headers.get('etag')!;
    const again = await phone.fetch(`/api/v1/processing/${id}/result`, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
  });

  test('is the same for the same points', async () => {
    const again = await phone.result(await phone.process({ room_scan: { ...scan.room_scan, id: 'the-same-again' } }));
    expect(again.result).toEqual(result.result);
  });
});

describe('drawings', () => {
  test('the scene satisfies the Khronos validator', async () => {
    const answer = await phone.fetch(`/api/v1/processing/${id}/scene.glb`);
    expect(answer.headers.get('content-type')).toBe('model/gltf-binary');
    const report = await validator.validateBytes(new Uint8Array(await answer.arrayBuffer()));
    expect(report.issues.messages).toEqual([]);
    expect(report.info.totalTriangleCount).toBeGreaterThan(8);
  });

  test('the floor plan names and measures the room', async () => {
    const answer = await phone.fetch(`/api/v1/processing/${id}/floorplan.svg`);
    expect(answer.headers.get('content-type')).toBe('image/svg+xml');
    const svg = await answer.text();
    expect(svg).toContain('Salon &lt;b&gt;&amp;');
    expect(svg).toMatch(/5\.[12]\d/);
    expect(svg).toMatch(/3\.[78]\d/);
    expect(svg).not.toMatch(/<script/i);
  });
});

describe('status', () => {
  test('of a finished job', async () => {
    expect(await phone.status(id)).toMatchObject({
      processing_id: id,
      status: 'completed',
      progress: 1,
      provider_used: 'builtin',
      estimated_completion: null,
      error_message: null,
    });
  });

  test('live events end with the last one, in order, never falling', async () => {
    const job = await phone.process(roomScan(boxRoom(4, 4, 2.4, 60_000, 9)));
    const answer = await phone.fetch(`/api/v1/processing/${job}/events`);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    const seen = (await answer.text())
      .split('\n\n')
      .flatMap((block) => block.split('\n').filter((line) => line.startsWith('data: ')))
      .map((line) => JSON.parse(line.slice(6)) as Status);
    expect(seen.at(-1)).toMatchObject({ status: 'completed', progress: 1 });
    const progress = seen.map((status) => status.progress);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    const result = await phone.fetch(`/api/v1/processing/${job}/result`);
    expect(result.status, 'readable as soon as completed was told').toBe(200);
  });

  test('events of a finished job are one event', async () => {
    const text = await (await phone.fetch(`/api/v1/processing/${id}/events`)).text();
    expect(text.match(/^data: /gm)).toHaveLength(1);
    expect(text).toContain('"status":"completed"');
  });

  test('completed is only seen when the result can be read', async () => {
    const job = await phone.process(roomScan(boxRoom(3, 4, 2.4, 20_000, 10)));
    const early = await phone.fetch(`/api/v1/processing/${job}/result`);
    expect([200, 409]).toContain(early.status);
    if (early.status === 409) expect(((await early.json()) as any).error.code).toBe('PROCESSING_NOT_COMPLETE');
    await phone.finished(job);
    expect((await phone.fetch(`/api/v1/processing/${job}/result`)).status).toBe(200);
  });
});

describe('a stranger', () => {
  test.each(['status', 'result', 'events', 'scene.glb', 'floorplan.svg', 'floorplan.dxf', 'floorplan.geojson', 'model.ifc'])('finds no %s', async (what) => {
    expect((await stranger.fetch(`/api/v1/processing/${id}/${what}`)).status).toBe(404);
  });

  test('finds no scan and deletes none', async () => {
    const path = `/api/v1/rooms/${scan.room_scan.id}`;
    expect((await stranger.fetch(path)).status).toBe(404);
    expect((await stranger.fetch(path, { method: 'DELETE' })).status).toBe(204);
    expect((await phone.fetch(path)).status).toBe(200);
  });
});

describe('scans', () => {
  test('come back as they were sent', async () => {
    const text = await (await phone.fetch(`/api/v1/rooms/${scan.room_scan.id}`)).text();
    expect(text).toBe(JSON.stringify(scan));
  });

  test.each([[false, 'gzip'], [true, 'gzip'], [false, 'identity'], [true, 'identity']])('packed on arrival: %s, wanted: %s', async (isPacked, encoding) => {
    const one = roomScan(boxRoom(3, 3, 2.4, 500));
    const body = JSON.stringify(one);
    await phone.send(isPacked ? packed(body) : body, { 'content-type': isPacked ? 'application/gzip' : 'application/json' });
    // A raw request: fetch would unpack by itself.
    const http = await import('node:http');
    const { bytes, label } = await new Promise<{ bytes: Buffer; label: string | undefined }>((resolve, reject) => {
      const headers = { authorization: `Bearer ${phone.token}`, 'accept-encoding': encoding };
      http.get(new URL(`/api/v1/rooms/${one.room_scan.id}`, server.url), { headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('end', () => resolve({ bytes: Buffer.concat(chunks), label: answer.headers['content-encoding'] }));
      }).on('error', reject);
    });
    expect(label).toBe(encoding === 'gzip' ? 'gzip' : undefined);
    expect((encoding === 'gzip' ? gunzipSync(bytes) : bytes).toString()).toBe(body);
  });

  test('are listed newest first, page by page', async () => {
    const own = await Phone.signIn(server);
    for (const name of ['one', 'two', 'three']) await own.process(roomScan([[0, 0, 0]], { name }));
    const first = await own.json('/api/v1/user/scans?page=1&per_page=2');
    expect(first.scans.map((entry: any) => entry.name)).toEqual(['three', 'two']);
    expect(first.pagination).toEqual({ page: 1, per_page: 2, total: 3 });
    const second = await own.json('/api/v1/user/scans?limit=2&offset=2');
    expect(second.scans.map((entry: any) => entry.name)).toEqual(['one']);
    const bad = await own.fetch('/api/v1/user/scans?page=0&per_page=101');
    expect(bad.status).toBe(400);
    expect(((await bad.json()) as any).error.details.map((detail: any) => detail.field)).toEqual(['page', 'per_page']);
  });

  test('can be deleted, with everything that came of them', async () => {
    const own = await Phone.signIn(server);
    const one = roomScan(boxRoom(3, 3, 2.4, 2000));
    const job = await own.process(one);
    await own.result(job);
    const { object_key } = server.data.row('select object_key from room_scans where job_id = ?', job)!;
    const path = `/api/v1/rooms/${one.room_scan.id}`;
    expect((await own.fetch(path, { method: 'DELETE' })).status).toBe(204);
    expect((await own.fetch(path, { method: 'DELETE' })).status).toBe(204);
    expect((await own.fetch(path)).status).toBe(404);
    expect((await own.json('/api/v1/user/scans')).pagination.total).toBe(0);
    expect(await own.status(job)).toMatchObject({ status: 'failed', error_message: 'The scan was deleted' });
    expect(await server.data.objects(object_key)).toEqual([]);
    expect(await server.data.objects(`results/${job}`)).toEqual([]);
    const again = await own.upload(one);
    expect(again.status, 'uploading it again is a new job').toBe(202);
  });
});

describe('what holds no room', () => {
  test('falls back on the measurements of the app, and says so', async () => {
    const { geometry } = (await phone.result(await phone.process(roomScan([[0, 0, 0], [1, 1, 1]])))).result;
    expect(geometry.source).toBe('app_measurements');
    expect(geometry.dimensions.length.value).toBe(4.2);
    expect(geometry.notes.join(' ')).not.toBe('');
  });

  test('fails with a reason and a refund when there are none', async () => {
    const own = await Phone.signIn(server);
    const one = roomScan([], { measurements: {} });
    const job = await own.process(one);
    const status = await own.finished(job);
    expect(status).toMatchObject({ status: 'failed' });
    expect(status.error_message).toMatch(/\w+ \w+/);
    expect(await own.quotaUsed()).toBe(0);
    const result = await own.fetch(`/api/v1/processing/${job}/result`);
    expect(result.status).toBe(409);
    const again = (await (await own.upload(one)).json()) as any;
    expect(again.processing_id, 'another try is another job').not.toBe(job);
  });

  const hostile: [string, unknown[]][] = [
    ['one point many times', Array.from({ length: 50_000 }, () => [1, 2, 3])],
    ['a line', Array.from({ length: 5000 }, (_, i) => [i / 100, 0, 0])],
    ['a plane', Array.from({ length: 10_000 }, (_, i) => [(i % 100) / 10, Math.floor(i / 100) / 10, 0])],
    ['huge coordinates', boxRoom(4, 3, 2.5, 3000).map(([x, y, z]) => [x + 4e5, y + 5.4e6, z])],
    ['absurd coordinates', [[1e300, -1e300, 1e300], ...boxRoom(4, 3, 2.5, 3000)]],
    ['numbers beyond doubles', ['1e999']],
  ];
  test.each(hostile)('%s: a clear end', async (_, points) => {
    const body = JSON.stringify(roomScan(points)).replaceAll('"1e999"', '[1e999,0,0]');
    const answer = await phone.send(body, { 'content-type': 'application/json' });
    expect(answer.status).toBe(202);
    const status = await phone.finished(((await answer.json()) as any).processing_id);
    expect(['completed', 'failed']).toContain(status.status);
    if (status.status === 'failed') expect(status.error_message).toMatch(/\w+ \w+/);
  });
});
