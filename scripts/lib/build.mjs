// Building the Worker: Rust to build/index.js, build/index_bg.wasm and build/room_engine.wasm, and the API
// document that it serves as a file, only when something changed.
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { run, succeeds } from './exec.mjs';
import { withLock } from './lock.mjs';
import { ensurePackages } from './node.mjs';
import { binDir, engineFile, functionNamesFile, inRepo, wasmFile, workerFile } from './paths.mjs';
import { cargoToolPath, ensureCargoTool, ensureNightly, ensureStable } from './rust.mjs';
import { size, step } from './say.mjs';
import { hashOf, isStamped, sha256, writeStamp } from './stamp.mjs';
import { CARGO_TOOLS, NIGHTLY, WASM_TARGET } from './versions.mjs';
import { functionNames, withoutNames } from './wasm-names.mjs';

const STAMP = 'worker-build';

/** All that goes into the Worker; tests and examples of the crates do not. */
const SOURCES = ['Cargo.toml', '.cargo', 'src', 'functions', 'examples/openapi.rs', 'scripts/lib/wasm-opt.mjs', 'scripts/lib/wasm-order.mjs', 'scripts/lib/wasm-sections.mjs', ...crateSources()];

/** The API document: made by the same code as the Worker, but natively, since it would be an eighth of the module. */
const DOCUMENT = inRepo('public/openapi.json');

function crateSources() {
  const crates = readdirSync(inRepo('crates')).map((name) => `crates/${name}`);
  return crates.flatMap((crate) => [`${crate}/Cargo.toml`, `${crate}/src`]);
}

/** The module must stay below this, compressed: DESIGN.md, section 6. */
export const WASM_LIMIT_BYTES = 1_000_000;

// worker-build passes its own flags in RUSTFLAGS, which hides those of .cargo/config.toml.
const RUSTFLAGS = '--cfg getrandom_backend="wasm_js"';

/** What makes an optimised module smaller. Nightly options come and go, so each is only asked for while the compiler knows it. */
const SMALLER = [
  // Without code for a panic inside a panic.
  '-Zpanic-in-drop=abort',
  // What derived Debug says of a value is its name only: nobody is shown more (Error::log_text is for the log).
  '-Zfmt-debug=shallow',
  // A panic does not name its line. Its stack numbers functions, and `npm run name-functions` names them.
  '-Zlocation-detail=none',
];

/** Sorting and the like in their small form, in a standard library that is built with the module. */
const STANDARD_LIBRARY = 'panic-unwind,optimize_for_size';

/** OUTPOST_BUILD=quick: a large, slower module in seconds instead of minutes, for working on the code. */
const IS_QUICK = process.env.OUTPOST_BUILD === 'quick';

const QUICK_PROFILE = {
  CARGO_PROFILE_RELEASE_LTO: 'off',
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
  CARGO_PROFILE_RELEASE_OPT_LEVEL: '1',
  CARGO_PROFILE_RELEASE_INCREMENTAL: 'true',
};

/** Installs everything a build needs; pieces that do not depend on each other side by side. */
export async function ensureBuildTools() {
  await Promise.all([
    ensurePackages(),
    ensureNightly(),
    ensureStable(),
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
    await Promise.all([compileWorker(), compileEngine(), writeDocument()]);
    importEngine();
    writeStamp(STAMP, stampValue(sources));
    return { built: true };
  });
}

async function compileWorker() {
  await step(`Worker (Rust to WebAssembly, ${IS_QUICK ? 'quick build' : 'optimised'})`, async (note) => {
    await run(cargoToolPath('worker-build'), ['--release', '--panic-unwind'], {
      env: { ...(await toolEnv()), CARGO_TERM_COLOR: 'never' },
      log: 'build',
      failure: 'the Worker does not build',
    });
    const module = readFileSync(wasmFile);
    writeFileSync(functionNamesFile, functionNames(module).join('\n'));
    writeFileSync(wasmFile, withoutNames(module));
    note(`${size(wasmSize().gzip)} gzipped`);
  });
}

/** The room engine, with its own profile. It imports nothing, so the ordinary compiler makes it. */
async function compileEngine() {
  await step('Room engine', async (note) => {
    await run('cargo', ['build', '--quiet', '--package', 'room-engine', '--features', 'module', '--lib', '--target', WASM_TARGET, '--profile', 'engine'], {
      env: { CARGO_TERM_COLOR: 'never' },
      log: 'engine',
      failure: 'the room engine does not build',
    });
    mkdirSync(dirname(engineFile), { recursive: true });
    const compiled = inRepo('target', WASM_TARGET, 'engine', 'room_engine.wasm');
    await run(process.execPath, [inRepo('scripts/lib/wasm-opt.mjs'), compiled, '-o', engineFile], { log: 'engine', failure: 'wasm-opt failed' });
    writeFileSync(engineFile, withoutNames(readFileSync(engineFile)));
    note(`${size(gzipped(engineFile))} gzipped`);
  });
}

/** The runtime compiles what a module imports; src/engine.rs takes it from there. */
function importEngine() {
  const worker = readFileSync(workerFile, 'utf8');
  writeFileSync(workerFile, `import roomEngine from "./${basename(engineFile)}";globalThis.roomEngine=roomEngine;${worker}`);
}

async function writeDocument() {
  await step('API document', async () => {
    const document = await run('cargo', ['run', '--quiet', '--package', 'outpost', '--example', 'openapi'], {
      env: { CARGO_TERM_COLOR: 'never' },
      log: 'openapi',
      failure: 'the API document does not build',
    });
    writeFileSync(DOCUMENT, document);
  });
}

/** The size of the Worker's Wasm module, and of the room engine. @returns {{ raw: number, gzip: number, engine: number }} */
export function wasmSize() {
  return { raw: statSync(wasmFile).size, gzip: gzipped(wasmFile), engine: gzipped(engineFile) };
}

/** @param {string} file */
function gzipped(file) {
  return gzipSync(readFileSync(file), { level: 9 }).length;
}

/** The environment for worker-build. @param {{ isQuick: boolean }} [options] */
export async function toolEnv({ isQuick } = { isQuick: IS_QUICK }) {
  return {
    ESBUILD_BIN: join(binDir, 'esbuild'),
    WASM_OPT_BIN: inRepo('scripts/lib/wasm-opt.mjs'),
    WASM_BINDGEN_BIN: cargoToolPath('wasm-bindgen-cli'),
    RUSTFLAGS: [process.env.RUSTFLAGS, RUSTFLAGS, ...(isQuick ? [] : await smaller())].filter(Boolean).join(' '),
    // worker-build compiles with it anyway, but asks for the metadata without saying so.
    RUSTUP_TOOLCHAIN: NIGHTLY,
    ...(isQuick ? { ...QUICK_PROFILE, OUTPOST_BUILD: 'quick' } : { CARGO_UNSTABLE_BUILD_STD_FEATURES: STANDARD_LIBRARY }),
  };
}

/** Those of the flags that the compiler knows. */
async function smaller() {
  const known = await Promise.all(SMALLER.map((flag) => succeeds('rustc', [`+${NIGHTLY}`, flag, '--print', 'sysroot'])));
  return SMALLER.filter((_, index) => known[index]);
}

function isUpToDate() {
  return [workerFile, wasmFile, engineFile, DOCUMENT].every((file) => existsSync(file)) && isStamped(STAMP, stampValue(hashOfSources()));
}

/** The inputs as they are now: a change during the build must lead to another one. */
function hashOfSources() {
  const tools = JSON.stringify(CARGO_TOOLS) + readFileSync(inRepo('package.json'), 'utf8').match(/"(esbuild|binaryen)": ".*"/g);
  return sha256(hashOf(SOURCES) + tools + (IS_QUICK ? 'quick' : ''));
}

/**
 * Inputs and outputs together: also a changed or half-written output leads to a build. Cargo.lock
 * counts among the outputs, because the build itself may complete it.
 * @param {string} sources
 */
function stampValue(sources) {
  const lock = hashOf(['Cargo.lock']);
  const outputs = [workerFile, wasmFile, engineFile, DOCUMENT].map((file) => `${statSync(file).size}@${statSync(file).mtimeMs}`);
  return [sources, lock, ...outputs].join('\n');
}
