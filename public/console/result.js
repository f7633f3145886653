// What came out: the room in 3D, its plan, its figures.
import { fill, h } from '../dom.js';
import { saveButton } from './download.js';
import { showError } from './errors.js';
import { contentTables, dimensionTable, noteList } from './figures.js';
import { dollars } from './format.js';
import { RoomView } from './room-view.js';

/** @typedef {import('./api.js').Api} Api */

/** The files of a result, with the names of their kinds. */
const SCENES = { 'scene.glb': 'GLB', 'model.ifc': 'IFC' };
const PLANS = { 'floorplan.svg': 'SVG', 'floorplan.dxf': 'DXF', 'floorplan.geojson': 'GeoJSON' };

/**
 * Shows a result in place of the one before.
 * @param {HTMLElement} place @param {Api} api @param {any} answer as the API gives it
 * @param {AbortSignal} signal ends what belongs to this result
 */
export function showResult(place, api, { result, metadata, name, processing_id }, signal) {
  const path = `/api/v1/processing/${encodeURIComponent(processing_id)}`;
  const { geometry } = result;
  const contents = contentTables(result);
  const scene = h('figure', { class: 'card' });
  const plan = h('figure', { class: 'card' });
  fill(
    place,
    h('div', null, h('h2', { id: 'result-title' }, name ?? 'Room'), h('p', { class: 'small muted' }, summary(geometry, metadata))),
    scene,
    h(
      'div',
      { class: 'figures' },
      plan,
      h(
        'div',
        { class: 'card' },
        h('div', { class: 'scroll' }, dimensionTable(geometry)),
        noteList(geometry.notes),
        h('div', { class: 'actions' }, saveButton(api, `${path}/result`, 'result.json', 'Save all figures, JSON')),
      ),
    ),
    contents.length > 0 && h('div', { class: 'card' }, contents),
  );
  const saves = (/** @type {Record<string, string>} */ files) =>
    Object.entries(files).map(([file, kind]) => saveButton(api, `${path}/${file}`, file, `Save ${kind}`));
  showScene(scene, result['3d_scene_data'], name, saves(SCENES), signal);
  showPlan(plan, api, `${path}/floorplan.svg`, saves(PLANS), signal);
}

/** @param {any} geometry @param {any} metadata */
function summary({ points, source }, { processing_time_ms, provider_used, cost_actual }) {
  const basis = source === 'points' ? `Measured from ${points.used.toLocaleString()} of ${points.given.toLocaleString()} points` : 'Taken from the app’s own measurements';
  return `${basis} in ${processing_time_ms.toLocaleString()} ms by ${provider_used}${cost_actual ? `, for ${dollars(cost_actual)}` : ''}`;
}

/**
 * @param {HTMLElement} figure @param {import('./mesh.js').Scene} scene @param {string | null} name
 * @param {import('../dom.js').Child} saves @param {AbortSignal} signal
 */
function showScene(figure, scene, name, saves, signal) {
  const label = `3D view of ${name ?? 'the room'}. Arrow keys turn it, plus and minus zoom, zero resets.`;
  const canvas = h('canvas', { tabindex: '0', role: 'img', 'aria-label': label });
  const hint = h('span', { class: 'muted' }, 'Drag to turn, pinch or Ctrl + scroll to zoom');
  const buttons = h('span', null, saves);
  fill(figure, canvas, h('figcaption', null, hint, buttons));
  try {
    const view = new RoomView(canvas, scene, signal);
    buttons.prepend(h('button', { type: 'button', class: 'quiet', onclick: () => view.reset() }, 'Reset view'));
  } catch (error) {
    canvas.hidden = true;
    hint.textContent = /** @type {Error} */ (error).message;
  }
}

/**
 * The plan is fetched with the token and shown as an image, so nothing in it can run.
 * @param {HTMLElement} figure @param {Api} api @param {string} path
 * @param {import('../dom.js').Child} saves @param {AbortSignal} signal
 */
async function showPlan(figure, api, path, saves, signal) {
  try {
    const url = URL.createObjectURL(await (await api.request(path, { signal })).blob());
    signal.addEventListener('abort', () => URL.revokeObjectURL(url));
    fill(
      figure,
      h('img', { class: 'plan', src: url, alt: 'Floor plan with the length of each wall' }),
      h('figcaption', null, h('span', { class: 'muted' }, 'Floor plan, to scale'), h('span', null, saves)),
    );
  } catch (error) {
    if (signal.aborted) return;
    const problem = h('div', { role: 'alert' });
    fill(figure, problem);
    showError(problem, error);
  }
}
