// The room engine in workerd: the runtime that jobs run in, with nothing around the engine. Times are
// taken from outside; what receiving alone takes is subtracted.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pack } from './api.mjs';
import { memoryVerdict, speedVerdicts } from './bench-rooms.mjs';
import { medianOf } from './bench-scans.mjs';
import { engineFile, inRepo } from './paths.mjs';
import { cpuSecondsOf, ownGroup } from './process-stats.mjs';
import { sampleRoom } from './sample-room.mjs';
import { step } from './say.mjs';

/**
 * @typedef {object} WorkerdFigures
 * @property {number} points
 * @property {number} runs
 * @property {number} upload_ms median of what an upload reads: an instance, and every byte
 * @property {number} read_and_analyze_ms median of what a job does
 * @property {number} first_ms the same in an isolate that has not run the engine yet
 * @property {number | null} cpu_ms processor time of the same, a mean
 * @property {number} ratio of the job to the upload
 * @property {number} memory_bytes of the instance at the job's end
 */

/** A small file: starting an instance is most of what reading it takes. */
const TINY = 1_000;
/** What starting an instance may cost an upload. */
const START_LIMIT_MS = 5;

/** @param {boolean} isQuick @returns {Promise<WorkerdFigures[]>} */
export async function measureInWorkerd(isQuick) {
  return [await measure(TINY, isQuick ? 20 : 100), await measure(100_000, isQuick ? 3 : 9), await measure(1_000_000, isQuick ? 1 : 5)];
}

/** @param {number} points @param {number} runs @returns {Promise<WorkerdFigures>} */
async function measure(points, runs) {
  const scan = pack(sampleRoom(points));
  return step(`${points.toLocaleString('en')} points in workerd, ${runs} runs`, async () => {
    const miniflare = startHarness();
    try {
      const url = await miniflare.ready;
      const ask = (/** @type {string} */ path) => timed(new URL(path, url), scan);
      await ask('/receive');
      const first = await ask('/analyze');
      await ask('/read');
      /** @type {Record<string, Awaited<ReturnType<typeof timed>>[]>} */
      const all = { '/receive': [], '/read': [], '/analyze': [] };
      // In turns, so that whatever else the machine does falls on each alike.
      for (let run = 0; run < runs; run += 1) for (const path of Object.keys(all)) all[path].push(await ask(path));
      const wall = (/** @type {string} */ path) => medianOf(all[path].map(({ ms }) => ms));
      const cpu = (/** @type {string} */ path) => meanOf(all[path].map(({ cpu_ms }) => cpu_ms));
      const [received, read, analyzed] = ['/receive', '/read', '/analyze'].map(wall);
      const cpu_ms = cpu('/analyze') - cpu('/receive');
      return {
        points,
        runs,
        upload_ms: rounded(read - received),
        read_and_analyze_ms: rounded(analyzed - received),
        first_ms: rounded(first.ms - received),
        cpu_ms: Number.isNaN(cpu_ms) ? null : rounded(cpu_ms),
        ratio: rounded((analyzed - received) / (read - received)),
        memory_bytes: Math.max(...all['/analyze'].map(({ memory_bytes }) => memory_bytes)),
      };
    } finally {
      await miniflare.dispose();
    }
  });
}

/** wrangler's own miniflare, with a Worker that has nothing but the engine. @returns {{ ready: Promise<URL>, dispose: () => Promise<void> }} */
function startHarness() {
  const { Miniflare, convertV4MiniflareOptions } = createRequire(createRequire(import.meta.url).resolve('wrangler'))('miniflare');
  const modules = [
    { type: 'ESModule', path: 'index.mjs', contents: readFileSync(inRepo('scripts/lib/bench-engine-worker.mjs'), 'utf8') },
    { type: 'CompiledWasm', path: 'room_engine.wasm', contents: readFileSync(engineFile) },
  ];
  const worker = { name: 'engine', modules, compatibilityDate: '2025-06-01' };
  return new Miniflare(convertV4MiniflareOptions({ workers: [worker], cf: false, telemetry: { enabled: false } }));
}

/** @param {URL} url @param {Uint8Array<ArrayBuffer>} body */
async function timed(url, body) {
  const cpu = () => cpuSecondsOf(ownGroup(), 'workerd') ?? NaN;
  const cpuBefore = cpu();
  const began = performance.now();
  const answer = await fetch(url, { method: 'POST', body });
  const text = await answer.text();
  const ms = performance.now() - began;
  if (!answer.ok) throw new Error(`the engine in workerd: ${text}`);
  return { ms, cpu_ms: 1000 * (cpu() - cpuBefore), memory_bytes: Number(text) };
}

/** @param {number[]} values */
const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** @param {number} value */
const rounded = (value) => Number(value.toFixed(2));

/** @param {WorkerdFigures[]} figures @returns {[text: string, isKept: boolean | null][]} */
export function workerdVerdicts(figures) {
  const memory = Math.max(...figures.map(({ memory_bytes }) => memory_bytes));
  const tiny = figures.find(({ points }) => points === TINY);
  return [
    ...(tiny ? [/** @type {[string, boolean]} */ ([`in workerd a small upload is read in ${tiny.upload_ms} ms, ${START_LIMIT_MS} ms promised`, tiny.upload_ms < START_LIMIT_MS])] : []),
    ...speedVerdicts('in workerd', figures.flatMap(({ points, read_and_analyze_ms, ratio }) => (points === TINY ? [] : [{ points, total_ms: read_and_analyze_ms, ratio }]))),
    memoryVerdict('in workerd', memory),
  ];
}
