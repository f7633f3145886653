// Turning and zooming by mouse, touch and keys.

const RADIANS_PER_PIXEL = 0.008;
const KEY_TURN = Math.PI / 24;

/** @typedef {{ yaw?: number, pitch?: number, zoom?: number, reset?: boolean }} Change angles to add, a factor for the zoom */

/** @type {Record<string, Change>} */
const KEYS = {
  ArrowLeft: { yaw: -KEY_TURN },
  ArrowRight: { yaw: KEY_TURN },
  ArrowUp: { pitch: KEY_TURN },
  ArrowDown: { pitch: -KEY_TURN },
  '+': { zoom: 1.15 },
  '=': { zoom: 1.15 },
  '-': { zoom: 1 / 1.15 },
  0: { reset: true },
};

/** @param {HTMLCanvasElement} canvas @param {(change: Change) => void} onChange */
export function followPointer(canvas, onChange) {
  /** @type {Map<number, { x: number, y: number }>} */
  const pointers = new Map();
  const spread = () => {
    const [a, b] = [...pointers.values()];
    return Math.hypot(a.x - b.x, a.y - b.y) || 1;
  };

  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  canvas.addEventListener('pointermove', (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const [dx, dy] = [event.clientX - before.x, event.clientY - before.y];
    const spreadBefore = pointers.size === 2 ? spread() : 1;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (pointers.size === 2) onChange({ zoom: spread() / spreadBefore });
    else onChange({ yaw: -dx * RADIANS_PER_PIXEL, pitch: dy * RADIANS_PER_PIXEL });
  });
  for (const name of /** @type {const} */ (['pointerup', 'pointercancel'])) {
    canvas.addEventListener(name, (event) => pointers.delete(event.pointerId));
  }

  canvas.addEventListener(
    'wheel',
    (event) => {
      // A plain turn of the wheel belongs to the page. A pinch on a touchpad comes with Ctrl.
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      onChange({ zoom: Math.exp(-event.deltaY * 0.005) });
    },
    { passive: false },
  );
  canvas.addEventListener('dblclick', () => onChange({ reset: true }));
  canvas.addEventListener('keydown', (event) => {
    const change = KEYS[event.key];
    if (!change || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    onChange(change);
  });
}
