// Rooms that the phone measured itself: Apple RoomPlan's CapturedRoom as an upload.
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectError } from './support/envelope.ts';
import { Phone, boxRoom, packed, ply, roomScan } from './support/rooms.ts';
import { sharedServer } from './support/server.ts';

const server = sharedServer();
let phone: Phone;

beforeAll(async () => {
  phone = await Phone.signIn(server);
});

/** A surface as RoomPlan writes it: in the middle of its width, height and depth, y up. */
const surface = (category: string, [x, y, z]: number[], [a, b]: number[], dimensions: number[], parentIdentifier: string | null = null) => ({
  identifier: randomUUID(),
  parentIdentifier,
  category: { [category]: {} },
  confidence: { high: {} },
  dimensions,
  transform: [a, 0, b, 0, 0, 1, 0, 0, -b!, 0, a, 0, x, y, z, 1],
});

/** A room of 5 by 3 by 2.4 meters with a door, a window and a bed. */
function capturedRoom() {
  const walls = [
    surface('wall', [2.5, 0, 0], [1, 0], [5, 2.4, 0]),
    surface('wall', [5, 0, 1.5], [0, 1], [3, 2.4, 0]),
    surface('wall', [2.5, 0, 3], [-1, 0], [5, 2.4, 0]),
    surface('wall', [0, 0, 1.5], [0, 1], [3, 2.4, 0]),
  ];
  return {
    identifier: randomUUID(),
    version: 2,
    story: 0,
    walls,
    doors: [surface('door', [1.4, -0.2, 0], [1, 0], [0.8, 2, 0], walls[0]!.identifier)],
    windows: [surface('window', [5, 0.2, 1], [0, 1], [1.2, 1, 0], walls[1]!.identifier)],
    openings: [],
    floors: [],
    objects: [surface('bed', [2.5, -0.95, 1.2], [1, 0], [1.6, 0.5, 2])],
    sections: [],
  };
}

const accepted = async (answer: Response, status = 202): Promise<{ processing_id: string; scan_id: string }> => {
  expect(answer.status).toBe(status);
  return (await answer.json()) as any;
};

/** The room of 5 by 3 with what is in it. */
async function expectTheRoom(job: string): Promise<void> {
  const { geometry, room_analysis } = (await phone.result(job)).result;
  const { length, width, height } = geometry.dimensions;
  for (const [measure, truth] of [[length, 5], [width, 3], [height, 2.4]]) expect(Math.abs(measure.value - truth)).toBeLessThan(0.1);
  expect(geometry.openings.map((opening: any) => opening.kind).sort()).toEqual(['door', 'window']);
  expect(room_analysis.furniture_detected).toEqual(['bed']);
}

describe('the bare document', () => {
  test('is a scan under the phone’s identifier, and comes back as it was sent', async () => {
    const room = capturedRoom();
    const first = await accepted(await phone.send(JSON.stringify(room), { 'content-type': 'application/json' }, '?name=Bedroom'));
    expect(first.scan_id).toBe(room.identifier);
    await expectTheRoom(first.processing_id);
    expect(await (await phone.fetch(`/api/v1/rooms/${room.identifier}`)).text()).toBe(JSON.stringify(room));
    const { scans } = await phone.json('/api/v1/user/scans');
    expect(scans.find((scan: any) => scan.id === room.identifier)).toMatchObject({ name: 'Bedroom' });
    for (const body of [JSON.stringify(room), packed(JSON.stringify(room))]) {
      expect(await accepted(await phone.send(body), 200)).toMatchObject({ processing_id: first.processing_id });
    }
  });

  test('without an identifier takes the id of the query, or one of its content', async () => {
    const { identifier: _, ...room } = capturedRoom();
    expect((await accepted(await phone.send(JSON.stringify(room), {}, '?id=my-room'))).scan_id).toBe('my-room');
    const { scan_id } = await accepted(await phone.send(JSON.stringify(room)));
    expect(scan_id).toMatch(/^[0-9a-f-]{36}$/);
    expect((await accepted(await phone.send(JSON.stringify(room)), 200)).scan_id).toBe(scan_id);
  });

  test('may be gzipped, or a structure of rooms', async () => {
    const zipped = await accepted(await phone.send(packed(JSON.stringify(capturedRoom()))));
    const structure = await accepted(await phone.upload({ identifier: randomUUID(), rooms: [capturedRoom()] }));
    for (const { processing_id } of [zipped, structure]) await expectTheRoom(processing_id);
  });

  test('has every drawing', async () => {
    const { processing_id } = await accepted(await phone.upload(capturedRoom()));
    await phone.result(processing_id);
    for (const name of ['floorplan.svg', 'floorplan.dxf', 'floorplan.geojson', 'scene.glb', 'model.ifc']) {
      expect((await phone.fetch(`/api/v1/processing/${processing_id}/${name}`)).status, name).toBe(200);
    }
  });
});

describe('in a scan', () => {
  test('it is measured under the scan’s own id', async () => {
    const scan = roomScan([], { captured_room: capturedRoom(), measurements: {} });
    const first = await accepted(await phone.upload(scan));
    expect(first.scan_id).toBe(scan.room_scan.id);
    await expectTheRoom(first.processing_id);
    expect(await accepted(await phone.upload(scan), 200)).toMatchObject({ processing_id: first.processing_id });
  });

  test('it has no points to combine', async () => {
    const scans = [roomScan([], { captured_room: capturedRoom() }), roomScan([], { captured_room: capturedRoom() })];
    for (const scan of scans) await accepted(await phone.upload(scan));
    const [first, second] = scans.map((scan) => scan.room_scan.id);
    const answer = await phone.fetch(`/api/v1/rooms/${first}/fuse`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ scan_ids: [second] }) });
    const { error } = await expectError(answer, 400, 'VALIDATION_ERROR');
    expect(error.details!.map((detail: any) => detail.message)).toEqual([`${first} has no points`, `${second} has no points`]);
  });
});

describe('a malformed one is refused at once, by the path of what is wrong, and leaves nothing', () => {
  const broken = capturedRoom();
  broken.walls[2]!.transform = [1, 2, 3];
  test.each<[string, () => unknown]>([
    ['bare', () => broken],
    ['in a scan', () => roomScan([], { captured_room: broken })],
  ])('%s', async (_, body) => {
    const own = await Phone.signIn(server);
    const { error } = await expectError(await own.upload(body()), 400);
    expect(error.message).toContain('walls[2].transform');
    expect(server.data.rows('select id from room_scans where user_id = ?', own.user.user_id)).toEqual([]);
    expect(await own.quotaUsed()).toBe(0);
  });
});

describe('its size', () => {
  /** The room in a document of so many bytes. */
  const padded = (room: unknown, bytes: number) => {
    const text = JSON.stringify(room);
    return `${text.slice(0, -1)}${' '.repeat(bytes - text.length)}}`;
  };
  const most = 8 << 20;

  test.each<[string, (room: ReturnType<typeof capturedRoom>) => unknown]>([
    ['bare', (room) => room],
    ['in a scan', (room) => roomScan([], { captured_room: room })],
  ])('8 MiB are read, plain and gzipped, and a byte more is refused with the limit (%s)', async (_, wrapped) => {
    const own = await Phone.signIn(server);
    for (const sent of [(text: string) => text, packed]) {
      const answer = await own.send(sent(padded(wrapped(capturedRoom()), most)));
      const { processing_id } = await accepted(answer);
      const { geometry } = (await own.result(processing_id)).result;
      expect(geometry.source).toBe('captured_room');
      expect(geometry.dimensions.length.value).toBeCloseTo(5, 1);
    }
    const before = await own.quotaUsed();
    for (const sent of [(text: string) => text, packed]) {
      const { error } = await expectError(await own.send(sent(padded(wrapped(capturedRoom()), most + 1))), 400);
      expect(error.message).toContain('larger than 8 MiB');
    }
    expect(server.data.rows('select id from room_scans where user_id = ?', own.user.user_id)).toHaveLength(2);
    expect(await own.quotaUsed()).toBe(before);
  });

  test('what would take a gigabyte as values is refused', async () => {
    const hostile = `{"walls": [], "doors": [${'{"":0},'.repeat(1_000_000)}0]}`;
    const { error } = await expectError(await phone.send(packed(hostile)), 400);
    expect(error.message).toContain('more than any room');
  });

  test('beside a point cloud it may be broken: the points are measured', async () => {
    const form = new FormData();
    const scan = roomScan([], { captured_room: { walls: [{ transform: 1 }], doors: [] } });
    form.set('room_scan', new Blob([JSON.stringify(scan)]));
    form.set('file', new Blob([ply(boxRoom(4, 3, 2.5), 'binary_little_endian')]));
    const { processing_id } = await accepted(await phone.send(form));
    expect((await phone.result(processing_id)).result.geometry.source).toBe('points');
  });
});

test('light readings and the phone’s own name for the room are used', async () => {
  const scan = roomScan([], { captured_room: { ...capturedRoom(), objects: [], sections: [{ label: 'livingRoom', center: [2.5, 0, 1.5], story: 0 }] } });
  Object.assign(scan.room_scan.sensor_data, { environmental_data: [{ lux: 640, color_temperature: 2800 }] });
  const { processing_id } = await accepted(await phone.upload(scan));
  const { room_analysis } = (await phone.result(processing_id)).result;
  expect(room_analysis).toMatchObject({ room_type: 'living_room', lighting_conditions: 'artificial_bright' });
});

test('a document with nothing but walls is no room', async () => {
  await expectError(await phone.upload({ walls: [] }), 400, 'VALIDATION_ERROR');
  await expectError(await phone.upload({ walls: 'four', doors: [] }), 400, 'VALIDATION_ERROR');
});
