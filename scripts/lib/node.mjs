// The npm packages, and the pinned Node among them. A script may be started on a fresh machine by
// any Node from 20 on; `prepareNode` installs the packages and moves on to the pinned Node.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathWithTools, pathWithoutTools, run } from './exec.mjs';
import { withLock } from './lock.mjs';
import { binDir, inRepo } from './paths.mjs';
import { step } from './say.mjs';
import { readOr, sha256 } from './stamp.mjs';

const lockFile = inRepo('package-lock.json');
const stampFile = inRepo('node_modules', '.outpost-lock-hash');
const hiddenLockFile = inRepo('node_modules', '.package-lock.json');

/** Installs the npm packages when they are missing or older than package-lock.json. */
export async function ensurePackages() {
  if (packagesAreCurrent()) return;
  await withLock('npm', async () => {
    if (packagesAreCurrent()) return;
    await step('npm packages', () => npm('ci').catch(() => npm('install', '--no-save')));
    writeFileSync(stampFile, sha256(readFileSync(lockFile)));
  });
}

/** `npm ci` is strict about a lock file that another registry or npm wrote; `npm install` is not. @param {string[]} args */
function npm(...args) {
  return run('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    env: { PATH: pathWithoutTools() },
    log: `npm-${args[0]}`,
    failure: 'npm could not install the packages',
  });
}

function packagesAreCurrent() {
  if (!existsSync(join(binDir, 'node')) || !existsSync(join(binDir, 'wrangler'))) return false;
  const wanted = sha256(readFileSync(lockFile));
  if (readOr(stampFile, '') === wanted) return true;
  // Installed by hand with npm: current when npm wrote its own copy after the lock file.
  if (modified(hiddenLockFile) < modified(lockFile)) return false;
  writeFileSync(stampFile, wanted);
  return true;
}

/** @param {string} file */
const modified = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/**
 * Installs the packages if need be; then, unless this is the pinned Node already, runs this very
 * script again on it and ends with its exit code.
 */
export async function prepareNode() {
  await ensurePackages();
  if (process.versions.node === pinnedNodeVersion()) return;
  process.exit(await runAgainOnPinnedNode());
}

function pinnedNodeVersion() {
  return JSON.parse(readFileSync(inRepo('package.json'), 'utf8')).devDependencies.node;
}

/** @returns {Promise<number>} */
function runAgainOnPinnedNode() {
  const child = spawn(join(binDir, 'node'), process.argv.slice(1), {
    stdio: 'inherit',
    env: { ...process.env, PATH: pathWithTools() },
  });
  // A terminal sends Ctrl-C to both; the child decides when it is done.
  process.on('SIGINT', () => {});
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 130)));
}
