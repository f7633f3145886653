// The Rust side of the toolchain: rustup's toolchains, targets and components, and the programs
// that cargo installs, each once and at a pinned version.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run, runFreely, succeeds } from './exec.mjs';
import { Failure } from './failure.mjs';
import { withLock } from './lock.mjs';
import { cargoHome } from './paths.mjs';
import { step } from './say.mjs';
import { CARGO_TOOLS, NIGHTLY, WASM_TARGET } from './versions.mjs';

/** @typedef {import('./versions.mjs').CargoTool} CargoTool */

/** Where a version of a tool lives; every clone of the project on this machine shares it. @param {CargoTool} tool */
export function cargoToolRoot(tool) {
  return join(cargoHome, 'outpost-tools', `${tool}-${CARGO_TOOLS[tool].version}`);
}

/** The path of a tool's program. @param {CargoTool} tool */
export function cargoToolPath(tool) {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return join(cargoToolRoot(tool), 'bin', CARGO_TOOLS[tool].bin + suffix);
}

/** Installs a cargo tool unless this version is there already. @param {CargoTool} tool */
export async function ensureCargoTool(tool) {
  if (existsSync(cargoToolPath(tool))) return;
  const { version } = CARGO_TOOLS[tool];
  await withLock(`cargo-install-${tool}`, async () => {
    if (existsSync(cargoToolPath(tool))) return;
    const args = ['install', '--locked', tool, '--version', version, '--root', cargoToolRoot(tool)];
    await step(`${tool} ${version} (cargo install, once per machine)`, () =>
      run('cargo', args, { log: `install-${tool}`, failure: `cargo could not install ${tool} ${version}` }),
    );
  });
}

/** The nightly toolchain with the parts that `worker-build --panic-unwind` needs. */
export async function ensureNightly() {
  await requireRustup();
  if (!(await sysroot(NIGHTLY))) {
    await step('Rust nightly toolchain', () =>
      run('rustup', ['toolchain', 'install', NIGHTLY, '--profile', 'minimal'], { log: 'rustup-nightly' }),
    );
  }
  const home = await sysroot(NIGHTLY);
  await ensurePart(home, 'lib/rustlib/src/rust/library', ['component', 'add', 'rust-src', '--toolchain', NIGHTLY]);
  await ensureTarget(home, NIGHTLY);
}

/** The project's ordinary toolchain with what the checks need. */
export async function ensureStable() {
  await requireRustup();
  const home = await sysroot();
  if (!home) throw new Failure('rustup has no default toolchain; run: rustup default stable');
  await ensureTarget(home);
  await ensurePart(home, 'bin/cargo-clippy', ['component', 'add', 'clippy']);
  await ensurePart(home, 'bin/rustfmt', ['component', 'add', 'rustfmt']);
}

/** @param {string} home @param {string} [toolchain] */
function ensureTarget(home, toolchain) {
  const args = ['target', 'add', WASM_TARGET, ...(toolchain ? ['--toolchain', toolchain] : [])];
  return ensurePart(home, `lib/rustlib/${WASM_TARGET}/lib`, args);
}

/** Runs `rustup <args>` unless `path` is in the toolchain. @param {string} home @param {string} path @param {string[]} args */
async function ensurePart(home, path, args) {
  if (existsSync(join(home, path))) return;
  await step(`rustup ${args.join(' ')}`, () => run('rustup', args, { log: `rustup-${args[0]}-${args[2]}` }));
}

/** A toolchain's folder, or an empty string when it is not installed. @param {string} [toolchain] */
async function sysroot(toolchain) {
  const args = [...(toolchain ? [`+${toolchain}`] : []), '--print', 'sysroot'];
  const { code, stdout } = await runFreely('rustc', args, { env: { RUSTUP_AUTO_INSTALL: '0' } });
  return code === 0 ? stdout.trim() : '';
}

async function requireRustup() {
  if (await succeeds('rustup', ['--version'])) return;
  throw new Failure('Rust is missing: install rustup (see rustup.rs), open a new terminal and try again');
}
