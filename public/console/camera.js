// A camera that circles a point: the view and projection matrices of OpenGL in one.

const FIELD_OF_VIEW = (36 * Math.PI) / 180;

/**
 * @param {{ yaw: number, pitch: number, zoom: number }} view angles in radians; zoom 1 shows all
 * @param {{ center: number[], radius: number }} sphere what to look at
 * @param {number} aspect width by height
 * @returns {{ matrix: Float32Array, eye: number[] }} the matrix is column-major
 */
export function orbit({ yaw, pitch, zoom }, { center, radius }, aspect) {
  // The narrower side has to hold the sphere.
  const half = Math.atan(Math.tan(FIELD_OF_VIEW / 2) * Math.min(aspect, 1));
  const distance = radius / Math.sin(half) / zoom;
  const [sinYaw, cosYaw, sinPitch, cosPitch] = [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch), Math.cos(pitch)];
  const back = [sinYaw * cosPitch, sinPitch, cosYaw * cosPitch];
  const right = [cosYaw, 0, -sinYaw];
  const up = [-sinYaw * sinPitch, cosPitch, -cosYaw * sinPitch];
  const eye = center.map((value, axis) => value + back[axis] * distance);

  const scaleY = 1 / Math.tan(FIELD_OF_VIEW / 2);
  const scaleX = scaleY / aspect;
  const near = Math.max(distance - 2 * radius, radius / 50);
  const far = distance + 2 * radius;
  const depth = (far + near) / (near - far);
  const shift = (-dot(back, eye) * (far + near) + 2 * far * near) / (near - far);

  const columns = [0, 1, 2].map((axis) => [scaleX * right[axis], scaleY * up[axis], depth * back[axis], -back[axis]]);
  const last = [-scaleX * dot(right, eye), -scaleY * dot(up, eye), shift, dot(back, eye)];
  return { matrix: new Float32Array([...columns, last].flat()), eye };
}

/** @param {number[]} a @param {number[]} b */
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
