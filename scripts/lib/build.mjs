// Building the Worker: Rust to build/index.js and build/index_bg.wasm, only when something changed.
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { run } from './exec.mjs';
import { withLock } from './lock.mjs';
import { ensurePackages } from './node.mjs';
import { binDir, inRepo, wasmFile, workerFile } from './paths.mjs';
import { cargoToolPath, ensureCargoTool, ensureNightly } from './rust.mjs';
import { size, step } from './say.mjs';
import { hashOf, isStamped, sha256, writeStamp } from './stamp.mjs';
import { CARGO_TOOLS } from './versions.mjs';
import { withoutNames } from './wasm-names.mjs';

const STAMP = 'worker-build';

/** All that goes into the Worker; tests and examples of the crates do not. */
const SOURCES = ['Cargo.toml', '.cargo', 'src', 'functions', ...crateSources()];

function crateSources() {
  const crates = readdirSync(inRepo('crates')).map((name) => `crates/${name}`);
  return crates.flatMap((crate) => [`${crate}/Cargo.toml`, `${crate}/src`]);
}

/** The module must stay below this, compressed: DESIGN.md, section 6. */
export const WASM_LIMIT_BYTES = 1_000_000;

// worker-build passes its own flags in RUSTFLAGS, which hides those of .cargo/config.toml.
const RUSTFLAGS = '--cfg getrandom_backend="wasm_js"';

/** Installs everything a build needs; pieces that do not depend on each other side by side. */
export async function ensureBuildTools() {
  await Promise.all([
    ensurePackages(),
    ensureNightly(),
    ensureCargoTool('worker-build'),
    ensureCargoTool('wasm-bindgen-cli'),
  ]);
}

/**
 * Builds the Worker unless it is up to date. Two processes may call this at once: the second waits
 * and then finds the work done.
 * @param {{ force?: boolean }} [options]
 * @returns {Promise<{ built: boolean }>}
 */
export async function buildWorker(options = {}) {
  if (!options.force && isUpToDate()) return { built: false };
  await ensureBuildTools();
  return withLock('build', async () => {
    if (!options.force && isUpToDate()) return { built: false };
    const sources = hashOfSources();
    await step('Worker (Rust to WebAssembly, optimised)', async (note) => {
      await run(cargoToolPath('worker-build'), ['--release', '--panic-unwind'], {
        env: { ...toolEnv(), CARGO_TERM_COLOR: 'never' },
        log: 'build',
        failure: 'the Worker does not build',
      });
      writeFileSync(wasmFile, withoutNames(readFileSync(wasmFile)));
      note(`${size(wasmSize().gzip)} gzipped`);
    });
    writeStamp(STAMP, stampValue(sources));
    return { built: true };
  });
}

/** The Wasm module's size. @returns {{ raw: number, gzip: number }} */
export function wasmSize() {
  const bytes = readFileSync(wasmFile);
  return { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length };
}

function toolEnv() {
  return {
    ESBUILD_BIN: join(binDir, 'esbuild'),
    WASM_OPT_BIN: join(binDir, 'wasm-opt'),
    WASM_BINDGEN_BIN: cargoToolPath('wasm-bindgen-cli'),
    RUSTFLAGS: [process.env.RUSTFLAGS, RUSTFLAGS].filter(Boolean).join(' '),
  };
}

function isUpToDate() {
  return existsSync(workerFile) && existsSync(wasmFile) && isStamped(STAMP, stampValue(hashOfSources()));
}

/** The inputs as they are now: a change during the build must lead to another one. */
function hashOfSources() {
  const tools = JSON.stringify(CARGO_TOOLS) + readFileSync(inRepo('package.json'), 'utf8').match(/"(esbuild|binaryen)": ".*"/g);
  return sha256(hashOf(SOURCES) + tools);
}

/**
 * Inputs and outputs together: also a changed or half-written output leads to a build. Cargo.lock
 * counts among the outputs, because the build itself may complete it.
 * @param {string} sources
 */
function stampValue(sources) {
  const lock = hashOf(['Cargo.lock']);
  const outputs = [workerFile, wasmFile].map((file) => `${statSync(file).size}@${statSync(file).mtimeMs}`);
  return [sources, lock, ...outputs].join('\n');
}
