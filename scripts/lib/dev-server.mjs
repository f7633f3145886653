// One `wrangler dev`: started, watched until it is ready, ended. Used by npm start, npm run bench
// and the tests' harness.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathWithTools, tailOfFile } from './exec.mjs';
import { Failure } from './failure.mjs';
import { isAlive } from './lock.mjs';
import { inRepo, root } from './paths.mjs';
import { removeServerRecord, writeServerRecord } from './server-record.mjs';
import { pinnedNode, wranglerEnv, wranglerScript } from './wrangler.mjs';

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;

/**
 * @typedef {object} ServerOptions
 * @property {number} port
 * @property {string} persistTo data folder
 * @property {string} logFile where wrangler's and the Worker's output goes
 * @property {Record<string, string>} [vars] variables beside those of wrangler.toml
 * @property {boolean} [detached] a process group of its own, so that it can be killed as a whole
 * @property {string} [host] the name or address to listen on; 127.0.0.1 unless given
 * @property {string} [config] a snapshot's configuration; wrangler.toml unless given
 * @property {string} [envFile] the secrets of a snapshot; .dev.vars unless given, empty for none
 * @property {(line: string) => void} [onLine] sees each line of output
 *
 * @typedef {object} DevServer
 * @property {string} url
 * @property {number} pid of wrangler
 * @property {Promise<number>} ended exit code, once it is gone
 * @property {() => Promise<void>} ready waits until /health/ready answers 200
 * @property {() => Promise<void>} stop ends it as Ctrl-C would
 * @property {() => Promise<void>} kill SIGKILL for wrangler and, when detached, for workerd and all
 */

/** @param {ServerOptions} options @returns {DevServer} */
export function startServer(options) {
  const { port, persistTo, host = '127.0.0.1', detached = false } = options;
  const url = `http://${host}:${port}`;
  const child = spawn(pinnedNode, [wranglerScript, ...devArguments(options)], {
    cwd: root,
    detached,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...devEnv(options) },
  });
  const pid = child.pid ?? 0;
  record(child, options);
  writeServerRecord(persistTo, { url, pid });
  const ended = new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1))).then((code) => {
    removeServerRecord(persistTo, pid);
    return /** @type {number} */ (code);
  });
  const signal = (/** @type {NodeJS.Signals} */ name) => send(detached ? -pid : pid, name);
  return {
    url,
    pid,
    ended,
    ready: () => waitUntilReady(url, pid, options.logFile),
    stop: async () => {
      // Only wrangler: it ends workerd by itself.
      send(pid, 'SIGTERM');
      await Promise.race([ended, sleep(STOP_TIMEOUT_MS, undefined, { ref: false })]);
      signal('SIGKILL');
      await ended;
    },
    kill: async () => {
      signal('SIGKILL');
      await ended;
    },
  };
}

/** Runs a server's cron handler: cron does not fire by itself in `wrangler dev`. @param {string} url @param {string} [cron] */
export async function runCron(url, cron = '* * * * *') {
  const answer = await fetch(`${url}/cdn-cgi/local/scheduled?cron=${encodeURIComponent(cron)}`);
  if (!answer.ok) throw new Failure(`the cron handler failed: ${answer.status} ${await answer.text()}`);
}

/** @param {ServerOptions} options */
function devArguments({ port, persistTo, vars = {}, host = '127.0.0.1', config, envFile = inRepo('.dev.vars') }) {
  const variables = Object.entries(vars).flatMap(([name, value]) => ['--var', `${name}:${value}`]);
  return [
    'dev', '--local', '--ip', host, '--port', String(port), '--inspector-port', '0',
    '--persist-to', persistTo, '--show-interactive-dev-session=false', ...variables,
    ...(config ? ['--config', config] : []),
    ...(config && envFile ? ['--env-file', envFile] : []),
  ];
}

/** @param {ServerOptions} options */
function devEnv({ persistTo, config }) {
  return {
    ...wranglerEnv,
    PATH: pathWithTools(),
    NO_COLOR: '1',
    FORCE_COLOR: '0',
    // Copies on one machine must not find each other's bindings.
    WRANGLER_REGISTRY_PATH: join(persistTo, 'registry'),
    // A trace of every request in a database of its own: costs time and nobody reads it here.
    X_LOCAL_OBSERVABILITY: 'false',
    // Nothing is fetched from the internet.
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    ...(config && { WRANGLER_CI_DISABLE_CONFIG_WATCHING: 'true' }),
  };
}

/** Passes each line to the log file and to `onLine`. @param {import('node:child_process').ChildProcess} child @param {ServerOptions} options */
function record(child, { logFile, onLine }) {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile);
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      log.write(`${line}\n`);
      onLine?.(line);
    });
  }
}

/** Waits until a server answers that all it needs is there. @param {string} url @param {number} pid @param {string} logFile */
export async function waitUntilReady(url, pid, logFile) {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  let last = 'no answer';
  while (Date.now() < deadline) {
    if (!isAlive(pid)) throw new Failure(`the server ended before it was ready\n${tailOfFile(logFile)}\nThe whole log: ${logFile}`);
    try {
      const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(10_000) });
      const body = await answer.text();
      if (answer.ok) return;
      last = `${answer.status} ${body}`;
    } catch {
      // Not listening yet.
    }
    await sleep(50);
  }
  throw new Failure(`the server did not become ready (${last})\n${tailOfFile(logFile)}\nThe whole log: ${logFile}`);
}

/** @param {number} pid @param {NodeJS.Signals} signal */
function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}
