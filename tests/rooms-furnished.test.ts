// A furnished room through the wire: what is found in it, and every drawing of it.
import validator from 'gltf-validator';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectError } from './support/envelope.ts';
import { Phone, boxRoom, furnishedRoom, roomScan } from './support/rooms.ts';
import { sharedServer } from './support/server.ts';

const server = sharedServer();
const scan = furnishedRoom(60_000, 'Salon <b>&');
let phone: Phone;
let stranger: Phone;
let id: string;
let result: any;

beforeAll(async () => {
  [phone, stranger] = await Promise.all([Phone.signIn(server), Phone.signIn(server)]);
  id = await phone.process(scan);
  result = (await phone.result(id)).result;
});

describe('the result', () => {
  test('has the shell with ceilings, levels and columns', () => {
    const { geometry } = result;
    for (const key of ['outline', 'walls', 'ceilings', 'levels', 'columns', 'openings', 'objects', 'notes']) expect(geometry[key], key).toBeInstanceOf(Array);
    expect(geometry.outline, 'an L').toHaveLength(6);
    expect(geometry.ceilings).toHaveLength(1);
    expect(geometry.ceilings[0]).toMatchObject({ slope: 0, uncertainty: expect.any(Number) });
    expect(Math.abs(geometry.ceilings[0].height[0] - 2.5)).toBeLessThan(0.03);
    expect(Math.abs(geometry.dimensions.length.value - 5.2)).toBeLessThan(0.05);
  });

  test('has the door and the window, each in its wall', () => {
    const { openings, walls } = result.geometry;
    const kinds = openings.map((opening: any) => opening.kind).sort();
    expect(kinds).toEqual(['door', 'window']);
    const truth: Record<string, [number, number, number]> = { door: [0.9, 0, 2.05], window: [1.8, 0.9, 2.1] };
    for (const opening of openings) {
      const [width, bottom, top] = truth[opening.kind]!;
      expect(Math.abs(opening.width - width)).toBeLessThan(0.1);
      expect(Math.abs(opening.bottom - bottom)).toBeLessThan(0.1);
      expect(Math.abs(opening.top - top)).toBeLessThan(0.1);
      expect(opening.uncertainty).toBeGreaterThan(0);
      const { start, end } = walls[opening.wall];
      expect(opening.offset + opening.width).toBeLessThan(Math.hypot(end[0] - start[0], end[1] - start[1]));
    }
    expect(new Set(openings.map((opening: any) => opening.wall)).size).toBe(2);
  });

  test('has the table and the sofa, as large as they are', () => {
    const objects = [...result.geometry.objects].sort((a: any, b: any) => b.size[0] - a.size[0]);
    const sizes = [[1.9, 0.89, 0.85], [1.2, 0.8, 0.75]];
    expect(objects).toHaveLength(sizes.length);
    objects.forEach((object: any, index: number) => {
      object.size.forEach((side: number, axis: number) => expect(Math.abs(side - sizes[index]![axis]!)).toBeLessThan(0.2));
      expect(object).toMatchObject({ class: expect.any(String), support: 'floor' });
      expect(object.confidence).toBeGreaterThan(0);
      expect(object.confidence).toBeLessThanOrEqual(1);
    });
    const known = result.geometry.objects.map((object: any) => object.class).filter((name: string) => name !== 'unknown');
    expect(result.room_analysis.furniture_detected).toEqual([...new Set(known)].sort());
  });

  test('says what it rests on', () => {
    const { room_analysis } = result;
    const { findings } = room_analysis;
    const all = [findings.room_type, findings.lighting, ...findings.features, ...findings.wall_materials, ...findings.floor_materials];
    for (const finding of all) expect(finding).toMatchObject({ value: expect.any(String), confidence: expect.any(Number), derived_from: expect.any(Array) });
    expect(room_analysis.room_type).toBe(findings.room_type.value);
    expect(room_analysis.lighting_conditions).toBe(findings.lighting.value);
    expect(room_analysis.features).toEqual(findings.features.map((feature: any) => feature.value));
  });

  test('recommends what fits, with a reason', () => {
    for (const product of result.product_recommendations) {
      expect(product).toMatchObject({ category: expect.any(String), item: expect.any(String), reason: expect.stringMatching(/\w+ \w+/) });
      expect(Object.keys(product.placement_suggestion)).toEqual(['x', 'y', 'z', 'rotation']);
    }
  });
});

const DRAWINGS: [string, string, RegExp][] = [
  ['floorplan.svg', 'image/svg+xml', /^<svg[^]*Salon &lt;b&gt;&amp;[^]*<\/svg>\s*$/],
  ['floorplan.dxf', 'image/vnd.dxf', /AC1015[^]*A-WALL[^]*EOF\s*$/],
  ['floorplan.geojson', 'application/geo+json', /^\{[^]*"FeatureCollection"[^]*\}\s*$/],
  ['scene.glb', 'model/gltf-binary', /^glTF/],
  ['model.ifc', 'application/x-step', /^ISO-10303-21;[^]*IFCSPACE[^]*END-ISO-10303-21;\s*$/],
];

describe.each(DRAWINGS)('%s', (name, type, content) => {
  const path = (job = id) => `/api/v1/processing/${job}/${name}`;

  test('is drawn, the same every time, with a tag', async () => {
    const first = await phone.fetch(path());
    expect(first.status).toBe(200);
    expect(first.headers.get('content-type')).toBe(type);
    expect(first.headers.get('content-disposition')).toContain(`filename="${name}"`);
    const bytes = Buffer.from(await first.arrayBuffer());
    expect(bytes.toString('latin1')).toMatch(content);
    const again = await phone.fetch(path());
    expect(Buffer.from(await again.arrayBuffer()).equals(bytes)).toBe(true);
    const tag = first.headers.get('etag')!;
    expect(again.headers.get('etag')).toBe(tag);
    const known = await phone.fetch(path(), { headers: { 'if-none-match': tag } });
    expect(known.status).toBe(304);
    expect(await known.text()).toBe('');
  });

  test('is not there for a stranger', async () => {
    await expectError(await stranger.fetch(path()), 404, 'NOT_FOUND');
  });

  test('is not there before the job has ended', async () => {
    const job = await phone.process(roomScan(boxRoom(3, 3, 2.4, 500)), { 'x-fault': 'lose-message' });
    await expectError(await phone.fetch(path(job)), 409, 'PROCESSING_NOT_COMPLETE');
  });
});

test('the tags of the drawings differ', async () => {
  const tags = await Promise.all(DRAWINGS.map(async ([name]) => (await phone.fetch(`/api/v1/processing/${id}/${name}`)).headers.get('etag')));
  expect(new Set(tags).size).toBe(DRAWINGS.length);
});

test('the scene satisfies the Khronos validator', async () => {
  const answer = await phone.fetch(`/api/v1/processing/${id}/scene.glb`);
  const report = await validator.validateBytes(new Uint8Array(await answer.arrayBuffer()));
  expect(report.issues.messages).toEqual([]);
});

test('the plan as features has one for each part', async () => {
  const { features } = (await phone.json(`/api/v1/processing/${id}/floorplan.geojson`)) as { features: any[] };
  const parts = result.geometry;
  expect(features.length).toBeGreaterThanOrEqual(parts.walls.length + parts.openings.length + parts.objects.length);
});

test('a resend finds the same job', async () => {
  const answer = await phone.upload(scan);
  expect(answer.status).toBe(200);
  expect((await answer.json()) as object).toMatchObject({ processing_id: id });
});
