// The room engine in Wasm, by itself: one scan a fresh instance, as a job has it. The same scan only
// read, in the same run, is what the analysis is compared with.
import { readFileSync } from 'node:fs';
import { sampleRoom } from './sample-room.mjs';
import { pack } from './api.mjs';
import { engineFile } from './paths.mjs';
import { step } from './say.mjs';

const MIB = 1024 * 1024;
const CHUNK_BYTES = MIB / 4;
const MAX_UNPACKED_BYTES = 1024 * MIB;
const MEMORY_LIMIT_BYTES = 96 * MIB;
/** Milliseconds for reading and analyzing so many points. */
const LIMITS = { 100_000: 250, 1_000_000: 2_000 };

/**
 * @typedef {object} RoomFigures
 * @property {number} points
 * @property {number} runs
 * @property {number} read_ms median of reading the scan without analyzing it
 * @property {number} total_ms median of reading and analyzing
 * @property {number} ratio total to read
 * @property {number} memory_bytes of the instance at its end
 */

/** @typedef {{ memory: WebAssembly.Memory } & Record<'begin' | 'inspect' | 'push' | 'finish' | 'analyze' | 'input' | 'output' | 'output_length', (...values: number[]) => number>} Engine */

/** @param {boolean} isQuick @returns {Promise<RoomFigures[]>} */
export async function measureEngine(isQuick) {
  const module = new WebAssembly.Module(readFileSync(engineFile));
  return [await measure(module, 100_000, isQuick ? 3 : 9), await measure(module, 1_000_000, isQuick ? 1 : 5)];
}

/** @param {WebAssembly.Module} module @param {number} points @param {number} runs @returns {Promise<RoomFigures>} */
async function measure(module, points, runs) {
  const scan = pack(sampleRoom(points));
  return step(`${points.toLocaleString('en')} points in the engine, ${runs} runs`, async () => {
    // The first run also pays for compiling.
    runOnce(module, scan);
    const all = Array.from({ length: runs }, () => runOnce(module, scan));
    const [read_ms, total_ms] = [median(all.map(({ read }) => read)), median(all.map(({ total }) => total))];
    return { points, runs, read_ms, total_ms, ratio: Number((total_ms / read_ms).toFixed(2)), memory_bytes: Math.max(...all.map(({ memory }) => memory)) };
  });
}

/** @param {WebAssembly.Module} module @param {Uint8Array} scan */
function runOnce(module, scan) {
  const engine = /** @type {Engine} */ (/** @type {unknown} */ (new WebAssembly.Instance(module).exports));
  const begun = performance.now();
  engine.begin(MAX_UNPACKED_BYTES, 1);
  for (let start = 0; start < scan.length; start += CHUNK_BYTES) {
    const chunk = scan.subarray(start, start + CHUNK_BYTES);
    const place = engine.input(chunk.length);
    new Uint8Array(engine.memory.buffer, place, chunk.length).set(chunk);
    check(engine, engine.push());
  }
  const read = performance.now() - begun;
  check(engine, engine.analyze(NaN, NaN, NaN, NaN, NaN));
  return { read, total: performance.now() - begun, memory: engine.memory.buffer.byteLength };
}

/** @param {Engine} engine @param {number} code */
function check(engine, code) {
  if (code === 0) return;
  const text = new Uint8Array(engine.memory.buffer, engine.output(), engine.output_length());
  throw new Error(`the room engine: ${new TextDecoder().decode(text)}`);
}

/** @param {number[]} values */
const median = (values) => Number(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)].toFixed(1));

/** @param {RoomFigures[]} figures @returns {[text: string, isKept: boolean | null][]} */
export function engineVerdicts(figures) {
  return [...speedVerdicts('in node', figures), memoryVerdict('in node', Math.max(...figures.map(({ memory_bytes }) => memory_bytes)))];
}

/** @param {string} where @param {Pick<RoomFigures, 'points' | 'total_ms' | 'ratio'>[]} figures @returns {[string, boolean][]} */
export function speedVerdicts(where, figures) {
  return figures.map(({ points, total_ms, ratio }) => {
    const limit = LIMITS[/** @type {keyof typeof LIMITS} */ (points)];
    return [`${where} the engine takes ${total_ms} ms for ${points.toLocaleString('en')} points, ${ratio} times the reading alone; ${limit} ms promised`, total_ms < limit];
  });
}

/** @param {string} where @param {number} bytes @returns {[string, boolean]} */
export function memoryVerdict(where, bytes) {
  return [`${where} the engine holds ${(bytes / MIB).toFixed(1)} MiB, ${MEMORY_LIMIT_BYTES / MIB} MiB promised`, bytes < MEMORY_LIMIT_BYTES];
}
