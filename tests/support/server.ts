// Real servers for tests: `wrangler dev` on a free port, on a data folder of its own.
//
//   const server = sharedServer();            the one that all ordinary tests share
//   const server = await startTestServer();   one of your own, to kill and restart
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { runCron, startServer } from '../../scripts/lib/dev-server.mjs';
import { migrateFile } from '../../scripts/lib/migrations.mjs';
import { freePort } from '../../scripts/lib/server-record.mjs';
import { takeSnapshot } from '../../scripts/lib/snapshot.mjs';
import { startWorkerd } from '../../scripts/lib/workerd-server.mjs';
import { Accounts } from './accounts.ts';
import { Data } from './data.ts';
import { expectNoLeaks, noteAnswer, noteRequest } from './leaks.ts';

/** Where a server is; plain data, so that it can be handed to another process. */
export interface ServerPlace {
  url: string;
  persistTo: string;
  logFile: string;
}

/** One JSON line that the Worker logged; its fields are those of CONTRACT.md 10.3 and more. */
export type LogLine = Record<string, unknown> & { level?: string; message?: string };

/** A server that runs, and the ways to look at it and into it. */
export class Server {
  readonly accounts: Accounts;
  readonly data: Data;

  constructor(readonly place: ServerPlace) {
    this.accounts = new Accounts(this);
    this.data = new Data(this);
  }

  /** `http://127.0.0.1:<port>`; another one after a restart. */
  get url(): string {
    return this.place.url;
  }

  /** A request to this server. */
  async fetch(path: string, init?: RequestInit): Promise<Response> {
    noteRequest(this.place.logFile, init);
    const answer = await fetch(new URL(path, this.url), init);
    await noteAnswer(this.place.logFile, answer);
    return answer;
  }

  /** What the Worker has logged since the server started, oldest first. */
  logs(): LogLine[] {
    const lines = this.rawLog().split('\n');
    return lines.filter((line) => line.startsWith('{')).flatMap(parseLine);
  }

  /** All that wrangler and the Worker have printed. */
  rawLog(): string {
    return readFileSync(this.place.logFile, 'utf8');
  }

  /** Runs the cron handler: cron does not fire by itself in `wrangler dev`. */
  runCron(cron?: string): Promise<void> {
    return runCron(this.url, cron);
  }
}

/** A server of a test's own. */
export class OwnServer extends Server {
  #process: ReturnType<typeof startServer>;
  #options: TestServerOptions;
  #folder: string;
  #starts = 0;

  private constructor(place: ServerPlace, process: ReturnType<typeof startServer>, folder: string, options: TestServerOptions) {
    super(place);
    this.#process = process;
    this.#folder = folder;
    this.#options = options;
  }

  static async start(options: TestServerOptions): Promise<OwnServer> {
    const folder = mkdtempSync(join(tmpdir(), 'outpost-test-'));
    const persistTo = options.persistTo ?? join(folder, 'state');
    migrateFile(persistTo);
    takeSnapshot(folder);
    const { place, process } = await launch(folder, persistTo, 0, options);
    return new OwnServer(place, process, folder, options);
  }

  /** SIGKILL for wrangler, workerd and whatever they started, as a power cut would. */
  async kill(): Promise<void> {
    await this.#process.kill();
    running.delete(this.#process.pid);
  }

  /** Starts again on the same data folder, after `kill` or instead of it. The log begins anew. */
  async restart(vars?: Record<string, string>): Promise<void> {
    await this.kill();
    this.#starts += 1;
    if (vars) this.#options = { ...this.#options, vars };
    const { place, process } = await launch(this.#folder, this.place.persistTo, this.#starts, this.#options);
    Object.assign(this.place, place);
    this.#process = process;
  }

  /** Ends the server and removes what it kept, once its log was searched for secrets. */
  async stop(): Promise<void> {
    await this.kill();
    expectNoLeaks(this.place.logFile);
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

export interface TestServerOptions {
  /** Data folder; a fresh one, removed at the end, unless given. */
  persistTo?: string;
  /** Variables beside those of wrangler.toml; `FAULTS` is `on` unless given. */
  vars?: Record<string, string>;
  /** The file with the secrets; the repository's .dev.vars unless given. Read at every start. */
  envFile?: string;
  /** workerd alone, without wrangler and its proxy: starts fast, but has no `accounts` and no cron. */
  isBare?: boolean;
}

/** Starts a server of your own: at most one per test file, and call `stop` in `afterAll`. */
export const startTestServer = (options: TestServerOptions = {}): Promise<OwnServer> => OwnServer.start(options);

/** The server that all ordinary tests share: make users of your own and touch only what is theirs. */
export const sharedServer = (): Server => new Server(inject('sharedServer'));

/** Process groups that still run; a test process that ends takes them along. */
const running = new Set<number>();
process.once('exit', () => {
  for (const pid of running) {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
});

interface Launched {
  place: ServerPlace;
  process: ReturnType<typeof startServer>;
}

/** A port that was free a moment ago may be in use: the tests open many connections. */
const ATTEMPTS = 5;
const isPortTaken = (error: unknown): boolean => /address already in use/i.test(String(error));

async function launch(folder: string, persistTo: string, count: number, options: TestServerOptions, attempt = 1): Promise<Launched> {
  const port = await freePort();
  const logFile = join(folder, `server-${count}.log`);
  const config = join(folder, 'wrangler.toml');
  const vars = { FAULTS: 'on', ...options.vars };
  const start = options.isBare ? startWorkerd : startServer;
  const server = start({ port, persistTo, logFile, vars, detached: true, config, envFile: options.envFile });
  running.add(server.pid);
  try {
    await server.ready();
  } catch (error) {
    await server.kill();
    running.delete(server.pid);
    if (isPortTaken(error) && attempt < ATTEMPTS) return launch(folder, persistTo, count, options, attempt + 1);
    throw error;
  }
  return { place: { url: server.url, persistTo, logFile }, process: server };
}

function parseLine(line: string): LogLine[] {
  try {
    return [JSON.parse(line) as LogLine];
  } catch {
    return [];
  }
}
