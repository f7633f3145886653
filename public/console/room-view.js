// The room in 3D, in plain WebGL. Walls show their inner side only, so the nearer ones drop away
// and one looks into the room as into a doll's house.
import { orbit } from './camera.js';
import { buildMesh } from './mesh.js';
import { followPointer } from './orbit-control.js';

const FACES_VERTEX = `
  attribute vec3 position, normal, color;
  uniform mat4 camera;
  varying vec3 shade;
  void main() {
    // Light that reaches around (half Lambert): no face is black, no two walls of a corner look alike.
    float light = 0.5 + 0.5 * dot(normal, normalize(vec3(0.5, 0.8, 0.25)));
    shade = color * (0.68 + 0.34 * light);
    gl_Position = camera * vec4(position, 1.0);
  }`;

// An edge is drawn while one of its two faces is turned to the viewer.
const EDGES_VERTEX = `
  attribute vec3 position, normal, otherNormal;
  uniform mat4 camera;
  uniform vec3 eye, ink;
  varying vec3 shade;
  void main() {
    vec3 sight = eye - position;
    shade = ink;
    bool visible = dot(normal, sight) > 0.0 || dot(otherNormal, sight) > 0.0;
    gl_Position = visible ? camera * vec4(position, 1.0) : vec4(0.0, 0.0, 2.0, 1.0);
    // A little nearer than the faces that it lies on.
    gl_Position.z -= 0.002 * gl_Position.w;
  }`;

const FRAGMENT = `
  precision mediump float;
  varying vec3 shade;
  void main() { gl_FragColor = vec4(shade, 1.0); }`;

const START = { yaw: 0.6, pitch: 0.7, zoom: 1 };

export class RoomView {
  #frame = 0;
  #view = { ...START };

  /**
   * @param {HTMLCanvasElement} canvas @param {import('./mesh.js').Scene} scene
   * @param {AbortSignal} signal frees the graphics card
   */
  constructor(canvas, scene, signal) {
    const mesh = buildMesh(scene);
    if (mesh.faces.length === 0) throw new Error('The result has no 3D scene.');
    const gl = canvas.getContext('webgl', { antialias: true, alpha: true });
    if (!gl) throw new Error('This browser shows no 3D; download the scene instead.');
    this.canvas = canvas;
    this.gl = gl;
    this.mesh = mesh;
    this.faces = layer(gl, FACES_VERTEX, mesh.faces, ['position', 'normal', 'color']);
    this.edges = layer(gl, EDGES_VERTEX, mesh.edges, ['position', 'normal', 'otherNormal']);
    followPointer(canvas, (change) => this.#turn(change));
    const resize = new ResizeObserver(() => this.#draw());
    // Calls back at once, which draws the first picture.
    resize.observe(canvas);
    signal.addEventListener('abort', () => {
      resize.disconnect();
      cancelAnimationFrame(this.#frame);
      gl.getExtension('WEBGL_lose_context')?.loseContext();
    });
  }

  reset() {
    this.#view = { ...START };
    this.#draw();
  }

  /** @param {{ yaw?: number, pitch?: number, zoom?: number, reset?: boolean }} change */
  #turn({ yaw = 0, pitch = 0, zoom = 1, reset }) {
    if (reset) return this.reset();
    const view = this.#view;
    view.yaw += yaw;
    view.pitch = Math.min(Math.max(view.pitch + pitch, -0.2), Math.PI / 2);
    view.zoom = Math.min(Math.max(view.zoom * zoom, 0.4), 6);
    this.#draw();
  }

  /** Once a frame, however many changes. */
  #draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#drawNow());
  }

  #drawNow() {
    const { canvas, gl, mesh } = this;
    const ratio = Math.min(devicePixelRatio, 2);
    canvas.width = Math.max(1, Math.round(canvas.clientWidth * ratio));
    canvas.height = Math.max(1, Math.round(canvas.clientHeight * ratio));
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.enable(gl.DEPTH_TEST);

    const { matrix, eye } = orbit(this.#view, mesh, canvas.width / canvas.height);
    gl.enable(gl.CULL_FACE);
    this.faces.use();
    gl.uniformMatrix4fv(this.faces.uniform('camera'), false, matrix);
    gl.drawArrays(gl.TRIANGLES, 0, this.faces.count);

    this.edges.use();
    gl.uniformMatrix4fv(this.edges.uniform('camera'), false, matrix);
    gl.uniform3fv(this.edges.uniform('eye'), eye);
    gl.uniform3f(this.edges.uniform('ink'), 0.22, 0.24, 0.23);
    gl.drawArrays(gl.LINES, 0, this.edges.count);
  }
}

/**
 * A program with its vertices: three vectors of three numbers each.
 * @param {WebGLRenderingContext} gl @param {string} vertexShader @param {Float32Array} data @param {string[]} names
 */
function layer(gl, vertexShader, data, names) {
  const program = link(gl, vertexShader);
  const buffer = gl.createBuffer();
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW);
  return {
    count: data.length / 9,
    uniform: (/** @type {string} */ name) => gl.getUniformLocation(program, name),
    use: () => {
      gl.useProgram(program);
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      names.forEach((name, index) => {
        const attribute = gl.getAttribLocation(program, name);
        gl.enableVertexAttribArray(attribute);
        gl.vertexAttribPointer(attribute, 3, gl.FLOAT, false, 36, 12 * index);
      });
    },
  };
}

/** @param {WebGLRenderingContext} gl @param {string} vertexShader */
function link(gl, vertexShader) {
  const program = gl.createProgram();
  for (const [type, source] of /** @type {const} */ ([[gl.VERTEX_SHADER, vertexShader], [gl.FRAGMENT_SHADER, FRAGMENT]])) {
    const shader = /** @type {WebGLShader} */ (gl.createShader(type));
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error('This browser’s 3D does not work; download the scene instead.');
  return program;
}
