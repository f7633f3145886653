// What the kernel knows of processes: CPU time and resident memory, by process group.
import { readFileSync, readdirSync } from 'node:fs';

const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** @typedef {{ name: string, group: number, cpuSeconds: number, residentBytes: number }} ProcessStats */

/** The processes of a group, all or those of one name; none where /proc does not tell. @param {number} group @param {string} [name] */
export function processesOf(group, name) {
  try {
    const all = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)).flatMap(readStat);
    return all.filter((stat) => stat.group === group && (name === undefined || stat.name === name));
  } catch {
    return [];
  }
}

/** The group that this process is in; 0 where /proc does not tell. */
export function ownGroup() {
  return readStat('self')[0]?.group ?? 0;
}

/** CPU seconds that they have used; null where /proc does not tell. @param {number} group @param {string} [name] */
export function cpuSecondsOf(group, name) {
  const stats = processesOf(group, name);
  return stats.length ? stats.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) : null;
}

/** Their memory; null where /proc does not tell. @param {number} group @param {string} [name] */
export function residentBytesOf(group, name) {
  const stats = processesOf(group, name);
  return stats.length ? stats.reduce((sum, { residentBytes }) => sum + residentBytes, 0) : null;
}

/** @param {string} pid @returns {ProcessStats[]} */
function readStat(pid) {
  try {
    const [, name, rest] = readFileSync(`/proc/${pid}/stat`, 'utf8').match(/\((.*)\) (.*)/s) ?? [];
    const fields = rest.split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    return [{ name, group: Number(fields[2]), cpuSeconds: ticks / TICKS_PER_SECOND, residentBytes: Number(fields[21]) * PAGE_BYTES }];
  } catch {
    return [];
  }
}
