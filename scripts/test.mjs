// npm test [-- step ... [-- arguments]]: everything, or the steps named. A step that fails does not
// hide the later ones unless they depend on it. `npm test -- e2e -- tests/health.test.ts` passes the
// arguments after the second `--` on to that one step.
import { ensureBuildTools } from './lib/build.mjs';
import { Failure, runMain } from './lib/failure.mjs';
import { prepareNode } from './lib/node.mjs';
import { duration, heading, paint, say } from './lib/say.mjs';
import { STEPS, prepareRust } from './lib/test-steps.mjs';

/** @typedef {{ title: string, state: 'ok' | 'failed' | 'skipped', ms: number, passed: number, failed: number, note: string }} Result */

await runMain(async () => {
  const started = Date.now();
  const { steps, extra } = choose(process.argv.slice(2));
  await prepareNode();
  await prepareRust(steps.map(({ name }) => name));
  installToolsBeside(steps);
  /** @type {Map<string, Result>} */
  const results = new Map();
  for (const step of steps) results.set(step.name, await runStep(step, results, extra));
  return summarise([...results.values()], Date.now() - started);
});

/**
 * On a new machine the tools take longest: they compile while the checks run. The step that needs
 * them waits for them, and tells if they failed.
 * @param {typeof STEPS} steps
 */
function installToolsBeside(steps) {
  if (steps.some(({ name }) => name === 'build')) ensureBuildTools().catch(() => {});
}

/** @param {string[]} argv */
function choose(argv) {
  const cut = argv.indexOf('--');
  const names = cut < 0 ? argv : argv.slice(0, cut);
  const extra = cut < 0 ? [] : argv.slice(cut + 1);
  const unknown = names.filter((name) => !STEPS.some((step) => step.name === name));
  if (unknown.length) throw new Failure(`unknown step: ${unknown.join(', ')}; the steps are ${STEPS.map(({ name }) => name).join(', ')}`);
  const chosen = new Set(names.length ? names : STEPS.map(({ name }) => name));
  for (const { name, needs = [] } of STEPS) if (chosen.has(name)) needs.forEach((need) => chosen.add(need));
  return { steps: STEPS.filter(({ name }) => chosen.has(name)), extra };
}

/**
 * @param {import('./lib/test-steps.mjs').TestStep} step @param {Map<string, Result>} results @param {string[]} extra
 * @returns {Promise<Result>}
 */
async function runStep({ title, needs = [], run }, results, extra) {
  heading(title);
  const base = { title, ms: 0, passed: 0, failed: 0, note: '' };
  const missing = needs.find((name) => results.get(name)?.state !== 'ok');
  if (missing) {
    say(paint('yellow', `skipped: the step "${missing}" failed`));
    return { ...base, state: 'skipped', note: `needs ${missing}` };
  }
  const started = Date.now();
  try {
    const outcome = await run(extra);
    const result = { ...base, ...outcome, state: /** @type {const} */ ('ok'), ms: Date.now() - started };
    say(`${paint('green', 'ok')} ${describe(result)}`);
    return result;
  } catch (error) {
    const { message, passed = 0, failed = 0 } = /** @type {Error & { passed?: number, failed?: number }} */ (error);
    say(error instanceof Failure ? message : /** @type {Error} */ (error).stack);
    // A step that broke without a failed test to show for it counts as one.
    const result = { ...base, passed, failed: failed || 1, state: /** @type {const} */ ('failed'), ms: Date.now() - started };
    say(`${paint('red', 'failed')} ${describe(result)}`);
    return result;
  }
}

/** @param {Result} result */
function describe({ ms, passed, failed, note }) {
  const counts = passed || failed ? `${passed} passed, ${failed} failed, ` : '';
  return `${counts}${duration(ms)}${note && `, ${note}`}`;
}

/** @param {Result[]} results @param {number} ms */
function summarise(results, ms) {
  heading(`Summary (${duration(ms)})`);
  const colours = /** @type {const} */ ({ ok: 'green', failed: 'red', skipped: 'yellow' });
  for (const result of results) say(`  ${paint(colours[result.state], result.state.padEnd(8))}${result.title.padEnd(46)} ${describe(result)}`);
  const sum = (/** @type {'passed' | 'failed'} */ key) => results.reduce((total, result) => total + result[key], 0);
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
  return results.every(({ state }) => state === 'ok') ? 0 : 1;
}
