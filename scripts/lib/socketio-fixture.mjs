// The Worker under tests/socketio-fixture: built, and started with `wrangler dev`.
import { copyFileSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ensureBuildTools, toolEnv } from './build.mjs';
import { startServer } from './dev-server.mjs';
import { run } from './exec.mjs';
import { withLock } from './lock.mjs';
import { inRepo } from './paths.mjs';
import { cargoToolPath } from './rust.mjs';
import { step } from './say.mjs';
import { hashOf, isStamped, sha256, writeStamp } from './stamp.mjs';
import { CARGO_TOOLS } from './versions.mjs';

const STAMP = 'socketio-fixture';
const folder = inRepo('tests', 'socketio-fixture');
const outputs = ['index.js', 'index_bg.wasm'].map((name) => join(folder, 'build', name));

const SOURCES = [
  'Cargo.toml', '.cargo', 'crates/socket-io/Cargo.toml', 'crates/socket-io/src', 'crates/rate-limit/Cargo.toml', 'crates/rate-limit/src',
  'src/realtime/alarm.rs', 'src/realtime/socket_io/host', 'tests/socketio-fixture/Cargo.toml', 'tests/socketio-fixture/src',
];

/** Builds the fixture unless it is up to date; two at once wait for each other, and for the Worker's build. */
export async function buildFixture() {
  if (isUpToDate()) return;
  await ensureBuildTools();
  await withLock('build', async () => {
    if (isUpToDate()) return;
    const sources = hashOfSources();
    await step('Socket.IO fixture (Rust to WebAssembly)', async () =>
      run(cargoToolPath('worker-build'), ['--release', '--panic-unwind'], {
        cwd: folder,
        // Its size does not matter, the time of its build does.
        env: { ...(await toolEnv({ isQuick: true })), CARGO_TERM_COLOR: 'never' },
        log: 'build-socketio-fixture',
        failure: 'the Socket.IO fixture does not build',
      }),
    );
    writeStamp(STAMP, stampValue(sources));
  });
}

/** A copy that no other build or server disturbs; returns the path of its configuration. @param {string} copy */
function takeCopy(copy) {
  mkdirSync(join(copy, 'build'), { recursive: true });
  for (const file of outputs) copyFileSync(file, join(copy, 'build', basename(file)));
  const config = join(copy, 'wrangler.toml');
  copyFileSync(join(folder, 'wrangler.toml'), config);
  return config;
}

/**
 * Starts it on `localhost`, on every loopback address that the name stands for.
 * @param {{ port: number, persistTo: string, logFile: string, detached?: boolean, onLine?: (line: string) => void }} options
 */
export function startFixture(options) {
  return startServer({ ...options, host: 'localhost', config: takeCopy(join(options.persistTo, 'worker')), envFile: '' });
}

function isUpToDate() {
  return outputs.every((file) => existsSync(file)) && isStamped(STAMP, stampValue(hashOfSources()));
}

function hashOfSources() {
  return sha256(hashOf(SOURCES) + JSON.stringify(CARGO_TOOLS));
}

/** Inputs and outputs together, as for the Worker: build.mjs. @param {string} sources */
function stampValue(sources) {
  const built = outputs.map((file) => `${statSync(file).size}@${statSync(file).mtimeMs}`);
  return [sources, hashOf(['Cargo.lock']), ...built].join('\n');
}

/** A scratch folder for its data: it keeps nothing of value. @param {number} port */
export function fixtureData(port) {
  return inRepo('.wrangler', `socketio-fixture-${port}`);
}
