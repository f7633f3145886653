// Native measurements: the crates' own benchmark programs, without any Worker around them.
import { existsSync } from 'node:fs';
import { run } from './exec.mjs';
import { inRepo } from './paths.mjs';
import { say, step, warn } from './say.mjs';

const PROGRAMS = [
  { crate: 'room-scan', example: 'bench_read' },
  { crate: 'room-geometry', example: 'bench_analyze' },
];

/** Runs each benchmark program and returns what it printed, line by line. @returns {Promise<Record<string, string[]>>} */
export async function measureNative() {
  /** @type {Record<string, string[]>} */
  const results = {};
  for (const { crate, example } of PROGRAMS) {
    if (!existsSync(inRepo('crates', crate, 'examples', `${example}.rs`))) {
      warn(`crates/${crate} has no example ${example}`);
      continue;
    }
    const args = ['run', '--quiet', '--release', '--package', crate, '--example', example];
    const output = await step(`${crate}: ${example}`, () => run('cargo', args, { log: `bench-${example}` }));
    say(output.trimEnd());
    results[example] = output.trimEnd().split('\n');
  }
  return results;
}
