// The figures of a result as tables and lists; what was not found leaves no trace.
import { h } from '../dom.js';
import { fixed, measured, percent, words } from './format.js';

const UNITS = { length: 'm', width: 'm', height: 'm', perimeter: 'm', floor_area: 'm²', volume: 'm³' };

/** @param {any} geometry */
export function dimensionTable({ dimensions, agreement }) {
  const rows = Object.entries(UNITS).map(([name, unit]) => {
    const app = agreement?.[name === 'floor_area' ? 'area' : name];
    return row(words(name), measureText(dimensions[name], unit), app && comparison(app, unit));
  });
  const titles = ['Dimension', 'Measured, 95 %', 'App'].map((text) => h('th', { scope: 'col' }, text));
  return h('table', { class: 'numbers' }, h('thead', null, h('tr', null, titles)), h('tbody', null, rows));
}

/** @param {{ value: number, uncertainty: number } | null} measure @param {string} unit */
function measureText(measure, unit) {
  if (!measure) return h('span', { class: 'muted' }, 'not determined');
  const { value, uncertainty } = measured(measure);
  return [value, uncertainty && h('span', { class: 'muted' }, ` ± ${uncertainty}`), ` ${unit}`];
}

/** @param {{ app: number, agrees: boolean }} item @param {string} unit */
function comparison({ app, agrees }, unit) {
  const [sign, meaning] = agrees ? ['✓', 'agrees'] : ['≠', 'differs'];
  return [`${fixed(app, 2)} ${unit} `, h('span', { class: meaning, role: 'img', title: meaning, 'aria-label': meaning }, sign)];
}

/** @param {string[]} [texts] */
export function noteList(texts = []) {
  if (texts.length === 0) return null;
  return [h('h3', null, 'Notes'), h('ul', { class: 'notes' }, texts.map((text) => h('li', null, text)))];
}

/** What is in the room. @param {any} result @returns {HTMLElement[]} */
export function contentTables({ geometry, product_recommendations: products, room_analysis: room }) {
  const said = Object.entries(room).filter(([, value]) => value?.length > 0 && value !== 'unknown');
  return [
    ...table('In words', said.map(([name, value]) => [words(name), [value].flat().map(words).join(', ')])),
    ...table('Openings', geometry.openings.map((/** @type {any} */ one) => [words(one.kind), `Wall ${one.wall + 1}`, meters(one.width, one.top - one.bottom), `${percent(one.confidence)} sure`])),
    ...table('Furniture', geometry.objects.map((/** @type {any} */ one) => [words(one.class), meters(...one.size), `${percent(one.confidence)} sure`])),
    ...table('Products that fit', products.map((/** @type {any} */ one) => [one.item, words(one.category), `${percent(one.confidence)} sure`])),
  ];
}

/** @param {string} title @param {string[][]} rows */
function table(title, rows) {
  if (rows.length === 0) return [];
  const body = rows.map(([first, ...others]) => row(first, ...others));
  return [h('h3', null, title), h('div', { class: 'scroll' }, h('table', null, h('tbody', null, body)))];
}

/** @param {string} name @param {import('../dom.js').Child[]} cells */
const row = (name, ...cells) => h('tr', null, h('th', { scope: 'row' }, name), cells.map((cell) => h('td', null, cell)));

/** @param {number[]} sizes */
const meters = (...sizes) => `${sizes.map((size) => fixed(size, 2)).join(' × ')} m`;
