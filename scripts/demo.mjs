// npm run demo [-- --port N | --url URL] [--email E --password P | --key KEY] [--scan FILE]: signs in
// to a running server with the demo account, or the one given, uploads the sample room, shows the
// work, prints what came out and saves the drawings.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { Api, pack } from './lib/api.mjs';
import { runningDemos } from './lib/demo-account.mjs';
import { Failure, runMain } from './lib/failure.mjs';
import { prepareNode } from './lib/node.mjs';
import { inRepo } from './lib/paths.mjs';
import { duration, paint, say, size } from './lib/say.mjs';
import { asTable } from './lib/table.mjs';

const BAR_WIDTH = 30;
const UNITS = /** @type {Record<string, string>} */ ({ length: 'm', width: 'm', height: 'm', perimeter: 'm', floor_area: 'm²', volume: 'm³' });

await runMain(async () => {
  const options = readOptions();
  await prepareNode();
  const { url, credentials } = await chooseServer(options);
  const api = await Api.signIn(url, credentials);
  if (typeof credentials !== 'string') say(`Signed in as ${credentials.email}`);
  const scan = readScan(options.scan);
  say(`Uploading "${scan.room_scan.name}", ${scan.room_scan.sensor_data.lidar_points.length} points, to ${url}`);
  const started = Date.now();
  const id = await api.upload(pack(scan));
  const last = await api.follow(id, showProgress);
  if (process.stderr.isTTY) say();
  if (last.status === 'failed') throw new Failure(`the analysis failed: ${last.error_message}`);
  say(`Done after ${duration(Date.now() - started)}\n`);
  printResult((await api.result(id)).result);
  await saveFiles(api, id);
});

function readOptions() {
  const text = { type: /** @type {const} */ ('string') };
  const { values } = parseArgs({ options: { port: text, url: text, email: text, password: text, key: text, scan: text } });
  return { ...values, url: values.url ?? (values.port && `http://127.0.0.1:${values.port}`) };
}

/** @param {{ url?: string, email?: string, password?: string, key?: string }} options */
async function chooseServer({ url, email, password, key }) {
  const wanted = url?.replace(/\/+$/, '').replace('//localhost', '//127.0.0.1');
  if (Boolean(email) !== Boolean(password)) throw new Failure('--email and --password belong together');
  const given = key ?? (email && password ? { email, password } : null);
  if (given) return { url: wanted ?? 'http://127.0.0.1:8787', credentials: given };
  const [demo] = await runningDemos(wanted);
  if (demo) return { url: demo.url, credentials: { email: demo.email, password: demo.password } };
  throw new Failure(wanted ? `no server of this clone runs at ${wanted}; start one (npm start) or give --email E --password P` : 'no server runs; start one in another terminal: npm start');
}

/** The sample scan under a fresh id, so that each run is a new scan. @param {string} [file] */
function readScan(file = inRepo('tests', 'fixtures', 'demo-room.json.gz')) {
  const bytes = readFileSync(file);
  const scan = JSON.parse(String(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes));
  scan.room_scan.id = randomUUID();
  scan.room_scan.timestamp = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  return scan;
}

/** A bar that grows in place on a terminal, a line per change elsewhere. @param {import('./lib/api.mjs').Status} status */
function showProgress({ status, progress, stage }) {
  const done = Math.round(BAR_WIDTH * progress);
  const bar = paint('green', '█'.repeat(done)) + paint('dim', '░'.repeat(BAR_WIDTH - done));
  const line = `  ${bar} ${String(Math.round(progress * 100)).padStart(3)} %  ${stage || status}`;
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
  else say(line);
}

/** @param {any} result */
function printResult({ geometry, room_analysis, product_recommendations }) {
  console.log(paint('bold', `Room: ${room_analysis.room_type}`));
  const figures = Object.entries(geometry?.dimensions ?? {}).map(([name, figure]) => ({
    figure: name.replace('_', ' '),
    value: figure ? `${figure.value.toFixed(2)} ${UNITS[name] ?? ''}` : '-',
    uncertainty: figure ? `± ${figure.uncertainty.toFixed(2)}` : '-',
  }));
  if (figures.length) console.log(`\n${asTable(figures)}`);
  printList('Furniture', (geometry?.objects ?? []).map(describeObject));
  printList('Openings', (geometry?.openings ?? []).map((/** @type {any} */ one) => ({ kind: one.kind, wall: one.wall, width: `${one.width.toFixed(2)} m`, confidence: one.confidence.toFixed(2) })));
  printList('Products that fit', product_recommendations.map((/** @type {any} */ one) => ({ item: one.item, category: one.category, confidence: one.confidence.toFixed(2) })));
  for (const note of geometry?.notes ?? []) console.log(paint('dim', `note: ${typeof note === 'string' ? note : JSON.stringify(note)}`));
}

/** @param {any} object */
function describeObject({ class: kind, size: [length, width, height], center, confidence }) {
  const metres = (/** @type {number[]} */ values) => values.map((value) => value.toFixed(2));
  return { furniture: kind, size: `${metres([length, width, height]).join(' x ')} m`, at: metres(center).join(', '), confidence: confidence.toFixed(2) };
}

/** @param {string} title @param {Record<string, unknown>[]} rows */
function printList(title, rows) {
  console.log(`\n${paint('bold', title)}${rows.length ? `\n${asTable(rows)}` : ': none found'}`);
}

/** @param {Api} api @param {string} id */
async function saveFiles(api, id) {
  const folder = inRepo('demo-output');
  mkdirSync(folder, { recursive: true });
  console.log();
  for (const [name, what] of [['floorplan.svg', 'floor plan, opens in a browser'], ['scene.glb', '3D scene, opens in any glTF viewer']]) {
    const bytes = await api.file(id, name);
    writeFileSync(join(folder, name), bytes);
    console.log(`Saved ${relative(process.cwd(), join(folder, name))} (${size(bytes.length)}): ${what}`);
  }
}
