// wrangler, on the pinned Node and without its telemetry.
import { join } from 'node:path';
import { runFreely } from './exec.mjs';
import { binDir, inRepo } from './paths.mjs';

export const pinnedNode = join(binDir, 'node');
export const wranglerScript = inRepo('node_modules', 'wrangler', 'bin', 'wrangler.js');

/** The environment wrangler runs in. */
export const wranglerEnv = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_NO_SKILLS_UPDATE_PROMPTS: 'true',
  WRANGLER_HIDE_BANNER: 'true',
};

/** Runs a wrangler command to its end. @param {string[]} args @param {{ show?: boolean, log?: string, input?: string }} [options] */
export function runWrangler(args, options = {}) {
  return runFreely(pinnedNode, [wranglerScript, ...args], { ...options, env: wranglerEnv });
}
