// The steps of npm test: each does one thing and says how many tests it ran, if it runs tests.
import { readFileSync, readdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { WASM_LIMIT_BYTES, buildWorker, wasmSize } from './build.mjs';
import { pathWithTools, run, runFreely, succeeds, tail } from './exec.mjs';
import { Failure } from './failure.mjs';
import { binDir, inRepo, stateDir } from './paths.mjs';
import { cargoToolPath, ensureCargoTool, ensureNightly, ensureStable } from './rust.mjs';
import { size } from './say.mjs';
import { pinnedNode } from './wrangler.mjs';
import { NIGHTLY, WASM_TARGET } from './versions.mjs';

/**
 * @typedef {{ passed?: number, failed?: number, note?: string }} Outcome
 * @typedef {object} TestStep
 * @property {string} name as in `npm test -- <name>`
 * @property {string} title
 * @property {string[]} [needs] steps without which this one makes no sense
 * @property {(extra: string[]) => Promise<Outcome>} run throws when the step fails
 */

const FUZZ_SECONDS = Number(process.env.OUTPOST_FUZZ_SECONDS ?? 10);
const FUZZ_AT_ONCE = 2;

/** @type {TestStep[]} */
export const STEPS = [
  { name: 'format', title: 'Format (cargo fmt)', run: () => cargo('format', ['fmt', '--all', '--check']) },
  {
    name: 'lint',
    title: 'Lints, native (cargo clippy)',
    run: () => cargo('lint', ['clippy', '--workspace', '--all-targets', '--', '-D', 'warnings']),
  },
  {
    name: 'lint-wasm',
    title: 'Lints, WebAssembly (cargo clippy)',
    run: () => cargo('lint-wasm', ['clippy', '--package', 'outpost', '--package', 'room-engine', '--features', 'room-engine/module', '--lib', '--target', WASM_TARGET, '--', '-D', 'warnings']),
  },
  { name: 'imports', title: 'Import rules', run: () => node('imports', ['scripts/check-imports.mjs']) },
  { name: 'types', title: 'Types of scripts and tests (tsc)', run: () => node('types', [join(binDir, 'tsc'), '--project', '.']) },
  { name: 'client', title: 'The client for apps (tsc, vitest)', run: checkClient },
  { name: 'native', title: 'Native tests (cargo test)', run: runNativeTests },
  { name: 'build', title: 'The Worker (worker-build)', run: async () => ({ note: (await buildWorker()).built ? '' : 'up to date' }) },
  { name: 'size', title: 'Size of the Worker', needs: ['build'], run: checkSize },
  { name: 'e2e', title: 'End-to-end tests (vitest, workerd)', needs: ['build'], run: runEndToEnd },
  { name: 'fuzz', title: `Fuzzing, ${FUZZ_SECONDS} s per target (cargo fuzz)`, run: runFuzzing },
];

/** What the chosen steps need of Rust. @param {string[]} names */
export async function prepareRust(names) {
  if (names.some((name) => ['format', 'lint', 'lint-wasm', 'native'].includes(name))) await ensureStable();
}

/** @param {string} log @param {string[]} args @returns {Promise<Outcome>} */
async function cargo(log, args) {
  await run('cargo', args, { log: `test-${log}`, failure: `cargo ${args[0]} found something` });
  return {};
}

/** @param {string} log @param {string[]} args @returns {Promise<Outcome>} */
async function node(log, args) {
  await run(pinnedNode, args, { log: `test-${log}`, failure: 'not as it should be' });
  return {};
}

/** @param {string[]} extra @returns {Promise<Outcome>} */
async function runNativeTests(extra) {
  const { code, all } = await runFreely('cargo', ['test', '--workspace', '--no-fail-fast', ...extra], { log: 'test-native' });
  const results = [...all.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed/gm)];
  const sum = (/** @type {number} */ group) => results.reduce((total, match) => total + Number(match[group]), 0);
  return settle({ passed: sum(1), failed: sum(2) }, code, failuresIn(all));
}

/** What cargo says about the failed tests, or why it could not run them. @param {string} output */
function failuresIn(output) {
  const blocks = [...output.matchAll(/^failures:\n\n---- [\s\S]*?(?=^test result)/gm)].map(([block]) => block);
  return blocks.length ? blocks.join('\n') : tail(output, 60);
}

/** @param {string[]} extra test files or other arguments of vitest @returns {Promise<Outcome>} */
function runEndToEnd(extra) {
  return runVitest('e2e', extra);
}

/** Its types, what would be published, and its tests. @param {string[]} extra @returns {Promise<Outcome>} */
async function checkClient(extra) {
  const folder = inRepo('clients', 'typescript');
  const tsc = join(binDir, 'tsc');
  await node('client-types', [tsc, '--project', folder]);
  await node('client-build', [tsc, '--project', join(folder, 'tsconfig.build.json')]);
  return runVitest('client', ['--config', join(folder, 'vitest.config.ts'), ...extra]);
}

/** @param {string} name of its log and report @param {string[]} extra @returns {Promise<Outcome>} */
async function runVitest(name, extra) {
  const report = join(stateDir, `vitest-${name}.json`);
  const args = [inRepo('node_modules', 'vitest', 'vitest.mjs'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...extra];
  const { code, all } = await runFreely(pinnedNode, args, { log: `test-${name}`, show: true, env: { NO_COLOR: '1' } });
  const { numPassedTests: passed, numFailedTests: failed } = readReport(report);
  return settle({ passed, failed }, code, failed ? 'the failures are told above' : tail(all));
}

/** @param {string} file @returns {{ numPassedTests: number, numFailedTests: number }} */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0 };
  }
}

/** A test run's outcome; it fails by its exit code, so that a crash cannot look like success. @param {Required<Pick<Outcome, 'passed' | 'failed'>>} counts @param {number} code @param {string} complaint */
function settle(counts, code, complaint) {
  if (code === 0) return counts;
  throw Object.assign(new Failure(complaint), counts);
}

/** @returns {Promise<Outcome>} */
async function checkSize() {
  const { gzip, engine } = wasmSize();
  const note = `${size(gzip)} gzipped, the room engine ${size(engine)}; ${size(WASM_LIMIT_BYTES)} allowed`;
  if (Math.max(gzip, engine) >= WASM_LIMIT_BYTES) throw new Failure(`the module is too large: ${note}`);
  return { note };
}

/** @returns {Promise<Outcome>} */
async function runFuzzing() {
  const targets = fuzzTargets();
  if (targets.length === 0) return { note: 'no targets' };
  if (!(await succeeds('c++', ['--version']))) return { note: 'skipped: libFuzzer needs a C++ compiler (c++) and there is none' };
  await ensureNightly();
  await ensureCargoTool('cargo-fuzz');
  await fuzz('build', [], 'fuzz-build');
  const waiting = [...targets];
  const failures = /** @type {string[]} */ ([]);
  const work = async () => {
    for (let target = waiting.shift(); target; target = waiting.shift()) {
      // A fixed seed: a failure can be repeated, and a change is judged by what it changed.
      await fuzz('run', [target, '--', '-seed=1', `-max_total_time=${FUZZ_SECONDS}`, '-timeout=10', '-rss_limit_mb=2048'], `fuzz-${target}`).catch((error) => failures.push(`${target}: ${error.message}`));
    }
  };
  await Promise.all(Array.from({ length: FUZZ_AT_ONCE }, work));
  if (failures.length) throw new Failure(failures.join('\n'));
  return { note: targets.join(', ') };
}

function fuzzTargets() {
  try {
    return readdirSync(inRepo('fuzz', 'fuzz_targets')).filter((name) => name.endsWith('.rs')).map((name) => name.slice(0, -3));
  } catch {
    return [];
  }
}

/** The code is safe Rust, so the fuzzers do without a sanitizer. @param {string} command @param {string[]} args @param {string} log */
function fuzz(command, args, log) {
  const path = [dirname(cargoToolPath('cargo-fuzz')), pathWithTools()].join(delimiter);
  return run('cargo', [`+${NIGHTLY}`, 'fuzz', command, '--sanitizer', 'none', ...args], { log, env: { PATH: path }, failure: `cargo fuzz ${command}` });
}
