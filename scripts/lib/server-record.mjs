// Which server runs on a data folder: written by whoever starts `wrangler dev`, read by admin, demo
// and by a second start on the same folder.
import { createServer } from 'node:net';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { explorerUrl } from './database-server.mjs';
import { isAlive } from './lock.mjs';
import { readOr } from './stamp.mjs';

/** @typedef {{ url: string, pid: number }} ServerRecord */

/** @param {string} persistTo */
const recordFile = (persistTo) => join(persistTo, 'outpost-server.json');

/** @param {string} persistTo @param {ServerRecord} record */
export function writeServerRecord(persistTo, record) {
  mkdirSync(persistTo, { recursive: true });
  writeFileSync(recordFile(persistTo), JSON.stringify(record));
}

/** Takes the record away, if it is still that of this process. @param {string} persistTo @param {number} pid */
export function removeServerRecord(persistTo, pid) {
  if (readRecord(persistTo)?.pid === pid) rmSync(recordFile(persistTo), { force: true });
}

/** The server that runs on a data folder, if one does and answers. @param {string} persistTo @returns {Promise<ServerRecord | null>} */
export async function findServer(persistTo) {
  const record = readRecord(persistTo);
  if (!record || !isAlive(record.pid)) return null;
  try {
    const answer = await fetch(`${explorerUrl(record.url)}/d1/database`, { signal: AbortSignal.timeout(3_000) });
    return answer.ok ? record : null;
  } catch {
    return null;
  }
}

/** @param {string} persistTo @returns {ServerRecord | null} */
function readRecord(persistTo) {
  try {
    return JSON.parse(readOr(recordFile(persistTo), 'null'));
  } catch {
    return null;
  }
}

/** Whether nobody listens on a port of this machine. @param {number} port @returns {Promise<boolean>} */
export function isPortFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** A port that is free now. @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
