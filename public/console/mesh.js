// A scene as the graphics card takes it.

/** @typedef {[number, number, number]} Vector */

/**
 * @typedef {object} Scene as in the API: meters, y up
 * @property {Vector[]} vertices
 * @property {Vector[]} faces indices of vertices, counter-clockwise seen from the front
 * @property {{ name: string, color: string, faces: number[] }[]} materials
 */

/**
 * Flat-shaded triangles (position, normal, color), the edges between faces that meet at an angle
 * (position, both normals), and the sphere around it all.
 * @param {Scene} scene
 */
export function buildMesh({ vertices, faces, materials }) {
  const colors = colorOfFaces(materials);
  const normals = faces.map((face) => normalOf(face.map((index) => vertices[index])));
  const triangles = faces.flatMap((face, index) => face.flatMap((vertex) => [...vertices[vertex], ...normals[index], ...(colors.get(index) ?? [0.7, 0.7, 0.7])]));
  return { faces: new Float32Array(triangles), edges: new Float32Array(findEdges(vertices, faces, normals)), ...sphereAround(vertices) };
}

/** @param {Scene['materials']} materials @returns {Map<number, number[]>} */
function colorOfFaces(materials) {
  return new Map(materials.flatMap(({ color, faces }) => faces.map((face) => /** @type {[number, number[]]} */ ([face, rgb(color)]))));
}

/** @param {string} color as `#rrggbb` */
const rgb = (color) => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255);

/** @param {Vector[]} corners @returns {number[]} */
function normalOf([a, b, c]) {
  const [u, v] = [b, c].map((corner) => corner.map((value, axis) => value - a[axis]));
  const normal = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
  const length = Math.hypot(...normal) || 1;
  return normal.map((value) => value / length);
}

/**
 * Surfaces do not share vertices, so edges are told apart by where they are.
 * @param {Vector[]} vertices @param {Vector[]} faces @param {number[][]} normals @returns {number[]}
 */
function findEdges(vertices, faces, normals) {
  /** @type {Map<string, { ends: Vector[], normals: number[][] }>} */
  const edges = new Map();
  faces.forEach((face, index) => {
    for (const corner of [0, 1, 2]) {
      const ends = [vertices[face[corner]], vertices[face[(corner + 1) % 3]]];
      const key = ends.map(String).sort().join(';');
      const edge = edges.get(key) ?? { ends, normals: [] };
      edge.normals.push(normals[index]);
      edges.set(key, edge);
    }
  });
  return [...edges.values()]
    .map(({ ends, normals: [normal, other = normal, ...more] }) => ({ ends, normal, other, isBorder: normal === other || more.length > 0 }))
    .filter(({ normal, other, isBorder }) => isBorder || dot(normal, other) < 0.99)
    .flatMap(({ ends, normal, other }) => ends.flatMap((end) => [...end, ...normal, ...other]));
}

/** @param {number[]} a @param {number[]} b */
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** @param {Vector[]} vertices */
function sphereAround(vertices) {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (const vertex of vertices) {
    vertex.forEach((value, axis) => {
      low[axis] = Math.min(low[axis], value);
      high[axis] = Math.max(high[axis], value);
    });
  }
  const center = low.map((value, axis) => (value + high[axis]) / 2);
  const radius = Math.max(Math.hypot(...high.map((value, axis) => value - low[axis])) / 2, 0.1);
  return { center, radius };
}
