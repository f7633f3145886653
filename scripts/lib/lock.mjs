// A lock between processes: a file that holds the owner's process id. The lock of a process that
// is gone counts as free.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stateDir } from './paths.mjs';
import { say } from './say.mjs';

const POLL_MS = 200;

/**
 * Runs `work` while holding the named lock; waits for whoever holds it.
 * @template T
 * @param {string} name @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(name, work) {
  mkdirSync(stateDir, { recursive: true });
  const file = join(stateDir, `${name}.lock`);
  let told = false;
  while (!tryLock(file)) {
    if (!told) say(`     waiting for process ${readOwner(file)}, which holds the lock "${name}"`);
    told = true;
    await sleep(POLL_MS);
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

/** @param {string} file */
function tryLock(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (isAlive(readOwner(file))) return false;
    return takeOver(file);
  }
}

/** Renames the dead owner's lock away (only one process can) and locks anew. @param {string} file */
function takeOver(file) {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    rmSync(aside, { force: true });
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}

/** @param {string} file */
function readOwner(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
}

/** Whether a process with this id exists. @param {number} pid */
export function isAlive(pid) {
  if (!pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
