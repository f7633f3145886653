// The built Worker in a workerd of its own, reached directly: what `startServer` does without
// wrangler and the proxy that it puts before the Worker. Starts in a second; for measurements and
// for tests that kill a server many times. Cron, assets and the local explorer are not there.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitUntilReady } from './dev-server.mjs';
import { inRepo } from './paths.mjs';
import { pinnedNode } from './wrangler.mjs';

const child = fileURLToPath(new URL('./workerd-child.mjs', import.meta.url));

/**
 * @param {Omit<import('./dev-server.mjs').ServerOptions, 'detached' | 'onLine' | 'config'> & { config: string }} options
 * @returns {import('./dev-server.mjs').DevServer} `pid` is its process group too
 */
export function startWorkerd({ port, persistTo, logFile, config, vars = {}, envFile = inRepo('.dev.vars') }) {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'w');
  const wanted = JSON.stringify({ port, persistTo, config, envFile, vars });
  const started = spawn(pinnedNode, [child, wanted], { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  const pid = started.pid ?? 0;
  const ended = new Promise((resolve) => started.once('close', (code) => resolve(code ?? 1)));
  const kill = async () => {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
    await ended;
  };
  const url = `http://127.0.0.1:${port}`;
  return { url, pid, ended, ready: () => waitUntilReady(url, pid, logFile), stop: kill, kill };
}
