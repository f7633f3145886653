// A synthetic room scan: an L-shaped living room, 5.2 x 4.1 x 2.5 m, with a table and a sofa, as a
// phone held upright would scan it: y up, turned by an odd angle, centimetre noise, stray points, a
// door and a window without points. The same seed gives the same scan on every machine.

const NOISE = 0.008;
const STRAY_SHARE = 0.004;
const HEIGHT = 2.5;
const TURN = (17 * Math.PI) / 180;
/** Where the scan began: the origin of the phone's own frame, at chest height. */
const START = [2.1, 1.4, 1.35];

/** The floor's outline in metres: a rectangle of 5.2 x 4.1 without its far corner of 1.8 x 1.4. */
const OUTLINE = [[0, 0], [5.2, 0], [5.2, 2.7], [3.4, 2.7], [3.4, 4.1], [0, 4.1]];
const DOOR = { wall: 5, from: 0.6, to: 1.5, bottom: 0, top: 2.05 };
const WINDOW = { wall: 0, from: 1.6, to: 3.4, bottom: 0.9, top: 2.1 };

let random = mulberry32(1);

/** A small generator of numbers in [0, 1), the same on every machine. @param {number} state */
function mulberry32(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A normally distributed number. */
const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const between = (/** @type {number} */ low, /** @type {number} */ high) => low + (high - low) * random();

/** @typedef {number[]} Point x, y, z in metres, z up */
/** @typedef {{ area: number, sample: () => Point | null }} Surface `sample` gives null where the scanner sees nothing */

/** Whether a point of the floor is inside the outline. @param {number} x @param {number} y */
const isInside = (x, y) => x > 0 && y > 0 && x < 5.2 && y < 4.1 && !(x > 3.4 && y > 2.7);

/** The floor or the ceiling. @param {number} z @param {number} weight how well the scanner saw it */
function slab(z, weight) {
  return {
    area: 18.8 * weight,
    sample: () => {
      const [x, y] = [between(0, 5.2), between(0, 4.1)];
      const isHidden = z === 0 && BOXES.some(({ min, max }) => min[2] < 0.3 && x > min[0] && x < max[0] && y > min[1] && y < max[1]);
      return isInside(x, y) && !isHidden ? [x, y, z] : null;
    },
  };
}

/** A wall without its openings. @param {number} index */
function wall(index) {
  const [ax, ay] = OUTLINE[index];
  const [bx, by] = OUTLINE[(index + 1) % OUTLINE.length];
  const length = Math.hypot(bx - ax, by - ay);
  const openings = [DOOR, WINDOW].filter((opening) => opening.wall === index);
  return {
    area: length * HEIGHT,
    sample: () => {
      const [along, z] = [between(0, length), between(0, HEIGHT)];
      if (openings.some(({ from, to, bottom, top }) => along > from && along < to && z > bottom && z < top)) return null;
      return [ax + ((bx - ax) * along) / length, ay + ((by - ay) * along) / length, z];
    },
  };
}

/** Furniture as boxes: a table's top and legs, a sofa's seat, back and arms. */
const BOXES = [
  { min: [2.0, 2.9, 0.71], max: [3.2, 3.7, 0.75] },
  ...[[2.02, 2.92], [3.14, 2.92], [2.02, 3.64], [3.14, 3.64]].map(([x, y]) => ({ min: [x, y, 0], max: [x + 0.05, y + 0.05, 0.71] })),
  { min: [3.0, 0.06, 0.05], max: [4.9, 0.95, 0.43] },
  { min: [3.0, 0.06, 0.43], max: [4.9, 0.3, 0.85] },
  { min: [3.0, 0.3, 0.43], max: [3.18, 0.95, 0.62] },
  { min: [4.72, 0.3, 0.43], max: [4.9, 0.95, 0.62] },
];

/** The sides and the top of a box. @param {{ min: number[], max: number[] }} box @returns {Surface[]} */
function sides({ min, max }) {
  const span = [0, 1, 2].map((axis) => max[axis] - min[axis]);
  return [0, 1, 2].flatMap((axis) => {
    const [u, v] = [0, 1, 2].filter((other) => other !== axis);
    const ends = axis === 2 ? [max[2]] : [min[axis], max[axis]];
    return ends.map((end) => ({
      area: span[u] * span[v] * 1.5,
      sample: () => {
        const point = [0, 1, 2].map((other) => between(min[other], max[other]));
        point[axis] = end;
        return point;
      },
    }));
  });
}

/** Into the phone's frame: from its start, turned, y up. @param {Point} point */
function toPhone([x, y, z]) {
  const [dx, dy, dz] = [x - START[0], y - START[1], z - START[2]];
  const [east, north] = [dx * Math.cos(TURN) - dy * Math.sin(TURN), dx * Math.sin(TURN) + dy * Math.cos(TURN)];
  return [east, dz, -north].map((value) => Math.round(value * 1000) / 1000);
}

/** @param {number} count @returns {Point[]} */
function scan(count) {
  /** @type {Surface[]} */
  const surfaces = [slab(0, 1), slab(HEIGHT, 0.7), ...OUTLINE.map((_, index) => wall(index)), ...BOXES.flatMap(sides)];
  const total = surfaces.reduce((sum, { area }) => sum + area, 0);
  const points = [];
  while (points.length < count) {
    const point = random() < STRAY_SHARE ? [between(-1, 6), between(-1, 5), between(0, 2.6)] : pick(surfaces, total).sample();
    if (point) points.push(toPhone(point.map((value) => value + NOISE * gauss())));
  }
  return points;
}

/** A surface, larger ones more often. @param {Surface[]} surfaces @param {number} total */
function pick(surfaces, total) {
  let left = random() * total;
  return surfaces.find(({ area }) => (left -= area) < 0) ?? surfaces[0];
}

/**
 * The body of an upload (CONTRACT.md, 5.2).
 * @param {number} points how many @param {number} [seed]
 */
export function sampleRoom(points, seed = 20_261_121) {
  random = mulberry32(seed);
  return {
    room_scan: {
      id: '0b9c7a52-6f0e-4a7e-9a43-7d1f3c2e5b60',
      name: 'Living room (sample)',
      timestamp: '2026-11-21T10:00:00Z',
      device_info: { platform: 'iOS', model: 'iPhone 15 Pro', os_version: '17.2' },
      sensor_data: { lidar_points: scan(points), distance_measurements: [], motion_data: [], audio_data: [], environmental_data: [] },
      measurements: { length: 5.2, width: 4.1, height: 2.5, area: 18.8, volume: 47.0 },
    },
  };
}
