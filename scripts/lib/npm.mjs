// Scripts that npm runs for as long as a person wants.
import { readOr } from './stamp.mjs';

const WATCH_PARENT_MS = 500;

/** When npm is killed without a chance to pass it on, the server must not stay behind. @param {() => void} end */
export function endWithNpm(end) {
  if (!process.env.npm_lifecycle_event) return;
  // npm starts a shell, and the shell this script.
  const shell = process.ppid;
  const npm = parentOf(shell);
  setInterval(() => {
    if (process.ppid !== shell || parentOf(shell) !== npm) end();
  }, WATCH_PARENT_MS).unref();
}

/** The parent of a process, where /proc tells; else 0. @param {number} pid */
function parentOf(pid) {
  const afterName = readOr(`/proc/${pid}/stat`, '').split(') ')[1];
  return Number(afterName?.split(' ')[1] ?? 0);
}
