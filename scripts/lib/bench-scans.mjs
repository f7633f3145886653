// Scans from end to end: upload, queue, analysis in workerd, result.
import { randomUUID } from 'node:crypto';
import { pack } from './api.mjs';
import { sampleRoom } from './sample-room.mjs';
import { step } from './say.mjs';

/** @typedef {import('./api.mjs').Api} Api */
/**
 * @typedef {object} ScanFigures
 * @property {number} points
 * @property {number} runs
 * @property {number} processing_ms median of the Worker's own `metadata.processing_time_ms`
 * @property {number} end_to_end_ms median from the first byte sent to `completed`
 * @property {number} upload_ms median until the upload was acknowledged
 * @property {number | null} wasm_memory_bytes largest seen in `metadata.wasm_memory_bytes`
 */

/** What the project promises. */
export const SCAN_LIMITS = { 100_000: { processing_ms: 300 }, 1_000_000: { processing_ms: 3_000 } };
export const WASM_MEMORY_LIMIT_BYTES = 96 * 1024 * 1024;

/** @param {Api} api @param {number} points @param {number} runs @returns {Promise<ScanFigures>} */
export async function measureScans(api, points, runs) {
  const scan = sampleRoom(points, points);
  return step(`${points.toLocaleString('en')} points, ${runs} runs`, async () => {
    /** @type {Awaited<ReturnType<typeof measureOne>>[]} */
    const all = [];
    for (let index = 0; index < runs; index += 1) all.push(await measureOne(api, scan));
    const median = (/** @type {'processing_ms' | 'end_to_end_ms' | 'upload_ms'} */ key) => medianOf(all.map((one) => one[key]));
    const memory = all.flatMap(({ memory_bytes }) => memory_bytes ?? []);
    return {
      points,
      runs,
      processing_ms: median('processing_ms'),
      end_to_end_ms: Math.round(median('end_to_end_ms')),
      upload_ms: Math.round(median('upload_ms')),
      wasm_memory_bytes: memory.length ? Math.max(...memory) : null,
    };
  });
}

/** @param {Api} api @param {ReturnType<typeof sampleRoom>} scan */
async function measureOne(api, scan) {
  scan.room_scan.id = randomUUID();
  const packed = pack(scan);
  const started = performance.now();
  const id = await api.upload(packed);
  const uploaded = performance.now();
  const last = await api.follow(id, () => {});
  const ended = performance.now();
  if (last.status !== 'completed') throw new Error(`scan ${id} ended as ${last.status}: ${last.error_message}`);
  const { metadata } = await api.result(id);
  return {
    processing_ms: metadata.processing_time_ms,
    end_to_end_ms: ended - started,
    upload_ms: uploaded - started,
    memory_bytes: wasmMemoryOf(metadata),
  };
}

/** The hook for Wasm's peak memory: in development the result's metadata says it. @param {{ wasm_memory_bytes?: number }} metadata */
const wasmMemoryOf = (metadata) => metadata.wasm_memory_bytes;

/** @param {number[]} values */
export function medianOf(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
