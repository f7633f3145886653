// Realtime: from a publish call to the last of N sockets, CPU per delivered event, and how many
// idle connections fit into memory; beside the official `socket.io` server in Node, in turns on the
// same machine. workerd runs alone here: the proxy of `wrangler dev` would double its work.
import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { round2 } from './bench-http.mjs';
import { newLog } from './exec.mjs';
import { Failure } from './failure.mjs';
import { LeanSockets, eventsManners, socketIoManners } from './lean-sockets.mjs';
import { migrateFile } from './migrations.mjs';
import { cpuSecondsOf, residentBytesOf } from './process-stats.mjs';
import { duration, step } from './say.mjs';
import { freePort } from './server-record.mjs';
import { takeSnapshot } from './snapshot.mjs';
import { startWorkerd } from './workerd-server.mjs';
import { pinnedNode } from './wrangler.mjs';

const FAN_OUT_LIMIT_MS = 30;
const ROUNDS = 5;
const MANY = 1_000;
/** By number of sockets: how many events a round, and how far apart. */
const LOADS = [
  { sockets: 5, events: 60, spacing_ms: 20 },
  { sockets: MANY, events: 60, spacing_ms: 80 },
];
const WARM_UP = 20;
const IDLE_COUNTS = [1_000, 2_000];
/** Longer than workerd keeps an idle object in memory. */
const IDLE_MS = 13_000;
/** As a producer inside of the Worker publishes; it is there where faults are allowed. */
const PUBLISH = '/api/v1/faults/publish';
const officialServer = fileURLToPath(new URL('./bench-official-server.mjs', import.meta.url));

const OUTPOST = 'Outpost, Socket.IO';
const OUTPOST_EVENTS = 'Outpost, events channel';
const OFFICIAL = 'socket.io in Node, in memory';
const OFFICIAL_DURABLE = 'socket.io in Node, synced to disk';

/**
 * A server with its job.
 * @typedef {object} Contestant
 * @property {string} name
 * @property {number} group process group
 * @property {string} [command] name of the processes that count, if not all
 * @property {string} url
 * @property {string} publishPath
 * @property {Record<string, string>} headers of a publish
 * @property {import('./lean-sockets.mjs').Manners} manners
 */
/** @typedef {{ server: string, sockets: number, events: number, answer_p50_ms: number, p50_ms: number, p99_ms: number, max_ms: number, cpu_us_per_delivery: number | null, cpu_ms_per_publish: number | null }} FanOutFigures */
/** @typedef {{ server: string, base_mb: number, kb_per_connection: number, connections_per_100_mb: number }} MemoryFigures */
/** @typedef {{ fanOut: FanOutFigures[], memory: MemoryFigures[] }} RealtimeFigures */

/** @param {string} scratch folder for data @param {boolean} isQuick @returns {Promise<RealtimeFigures>} */
export async function measureRealtime(scratch, isQuick) {
  const fanOut = await measureFanOut(scratch, isQuick);
  const memory = [];
  for (const start of MEMORY_CONTESTANTS) memory.push(await measureMemory(scratch, start));
  return { fanOut, memory };
}

/** What is measured against what: ratios to the official server in memory, the cheapest there is. @param {RealtimeFigures} figures */
export function realtimeTables({ fanOut, memory }) {
  const ratio = (/** @type {number | null} */ one, /** @type {number | null | undefined} */ other) => (one === null || !other ? null : round2(one / other));
  return {
    fanOut: fanOut.map((row) => {
      const official = fanOut.find((other) => other.server === OFFICIAL && other.sockets === row.sockets);
      return { ...row, p99_ratio: ratio(row.p99_ms, official?.p99_ms), cpu_ratio: ratio(row.cpu_us_per_delivery, official?.cpu_us_per_delivery) };
    }),
    memory: memory.map((row) => {
      const official = memory.find((other) => other.server === OFFICIAL);
      return { ...row, ratio: ratio(row.connections_per_100_mb, official?.connections_per_100_mb) };
    }),
  };
}

/** The promises, and whether they are kept. @param {RealtimeFigures} figures @returns {[string, boolean | null][]} */
export function realtimeVerdicts(figures) {
  const rows = realtimeTables(figures).fanOut.filter(({ sockets }) => sockets === MANY);
  const ours = rows.filter(({ server }) => server === OUTPOST || server === OUTPOST_EVENTS);
  return [
    ...ours.map(({ server, p99_ms }) => /** @type {[string, boolean]} */ ([`${server}: publish to the last of ${MANY} sockets in ${p99_ms} ms at p99, ${FAN_OUT_LIMIT_MS} ms promised`, p99_ms < FAN_OUT_LIMIT_MS])),
    ...ours.map(({ server, cpu_ratio }) => /** @type {[string, boolean | null]} */ (cpu_ratio === null ? [`${server}: CPU per event: /proc does not tell`, null] : [`${server}: ${cpu_ratio} times the CPU per event of the official server, at most 1 promised`, cpu_ratio <= 1])),
  ];
}

/** @param {string} scratch @param {boolean} isQuick */
async function measureFanOut(scratch, isQuick) {
  const cleanUp = /** @type {(() => void | Promise<void>)[]} */ ([]);
  try {
    const worker = await startOutpost(join(scratch, 'realtime'));
    cleanUp.push(worker.kill);
    const contestants = [
      await outpostContestant(OUTPOST, worker, socketIoManners),
      await outpostContestant(OUTPOST_EVENTS, worker, (token) => eventsManners(token, 0)),
    ];
    for (const [name, file] of [[OFFICIAL, ''], [OFFICIAL_DURABLE, join(scratch, 'official.sqlite')]]) {
      const official = await startOfficial(name, file);
      cleanUp.push(official.kill);
      contestants.push(official.contestant);
    }
    const figures = [];
    for (const load of LOADS) figures.push(...(await measureLoad(contestants, load, isQuick ? 2 : ROUNDS)));
    return figures;
  } finally {
    for (const end of cleanUp) await end();
  }
}

/** One number of sockets at all contestants, in turns. @param {Contestant[]} contestants @param {typeof LOADS[number]} load @param {number} rounds @returns {Promise<FanOutFigures[]>} */
async function measureLoad(contestants, load, rounds) {
  const field = contestants.map((contestant) => ({ contestant, sockets: new LeanSockets(contestant.url, contestant.manners), results: /** @type {RoundResult[]} */ ([]) }));
  try {
    await step(`${load.sockets} sockets at each server`, async () => {
      for (const { sockets } of field) await sockets.growTo(load.sockets);
      for (const { contestant, sockets } of field) await measureRound(contestant, sockets, { ...load, events: WARM_UP });
    });
    for (let round = 1; round <= rounds; round += 1) {
      await step(`${load.events} events to ${load.sockets} sockets, round ${round} of ${rounds}`, async () => {
        for (const { contestant, sockets, results } of field) results.push(await measureRound(contestant, sockets, load));
      });
    }
    for (const { contestant, sockets } of field) if (sockets.lost) throw new Failure(`${contestant.name} lost ${sockets.lost} of ${load.sockets} sockets`);
    return field.map(({ contestant, results }) => summarize(contestant.name, load.sockets, results));
  } finally {
    for (const { sockets } of field) sockets.close();
  }
}

/** @typedef {{ answers: number[], lasts: number[], cpu: number | null, deliveries: number }} RoundResult */

/** @param {Contestant} contestant @param {LeanSockets} sockets @param {typeof LOADS[number]} load @returns {Promise<RoundResult>} */
async function measureRound(contestant, sockets, { events, spacing_ms }) {
  const before = cpuSeconds(contestant);
  const answers = [];
  const lasts = [];
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let event = 0; event < events; event += 1) {
    const start = performance.now();
    const last = sockets.next(sockets.count);
    await publish(contestant, agent);
    answers.push(performance.now() - start);
    lasts.push((await last) - start);
    await sleep(Math.max(0, spacing_ms - (performance.now() - start)));
  }
  agent.destroy();
  const after = cpuSeconds(contestant);
  return { answers, lasts, cpu: before === null || after === null ? null : after - before, deliveries: events * sockets.count };
}

/** @param {Contestant} contestant @param {Agent} agent @returns {Promise<void>} */
function publish({ url, publishPath, headers }, agent) {
  const { promise, resolve, reject } = Promise.withResolvers();
  const data = { message: 'Something has happened to what you watch', at: Date.now() };
  const body = JSON.stringify([{ id: randomUUID(), topic: 'bench', name: 'app.bench', data, is_last: false }]);
  const asked = request(`${url}${publishPath}`, { method: 'POST', agent, headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers } });
  asked.on('error', reject);
  asked.on('response', (answer) => {
    answer.resume();
    const { statusCode = 0 } = answer;
    answer.on('end', () => (statusCode >= 200 && statusCode < 300 ? resolve(undefined) : reject(new Failure(`publishing: ${statusCode}`))));
  });
  asked.end(body);
  return promise;
}

/** @param {string} server @param {number} sockets @param {RoundResult[]} results @returns {FanOutFigures} */
function summarize(server, sockets, results) {
  const lasts = results.flatMap((result) => result.lasts);
  const answers = results.flatMap((result) => result.answers);
  const deliveries = results.reduce((sum, result) => sum + result.deliveries, 0);
  const cpu = results.some((result) => result.cpu === null) ? null : results.reduce((sum, result) => sum + Number(result.cpu), 0);
  return {
    server,
    sockets,
    events: lasts.length,
    answer_p50_ms: round2(quantile(answers, 0.5)),
    p50_ms: round2(quantile(lasts, 0.5)),
    p99_ms: round2(quantile(lasts, 0.99)),
    max_ms: round2(Math.max(...lasts)),
    cpu_us_per_delivery: cpu === null ? null : round2((cpu * 1e6) / deliveries),
    cpu_ms_per_publish: cpu === null ? null : round2((cpu * 1e3) / lasts.length),
  };
}

/** @type {((scratch: string) => Promise<{ contestant: Contestant, kill: () => Promise<void> }>)[]} */
const MEMORY_CONTESTANTS = [
  (scratch) => bareOutpost(OUTPOST, scratch, socketIoManners),
  (scratch) => bareOutpost(OUTPOST_EVENTS, scratch, (token) => eventsManners(token, 0)),
  () => startOfficial(OFFICIAL, ''),
];

/** Idle connections of a fresh server. @param {string} scratch @param {typeof MEMORY_CONTESTANTS[number]} start @returns {Promise<MemoryFigures>} */
async function measureMemory(scratch, start) {
  const { contestant, kill } = await start(scratch);
  const sockets = new LeanSockets(contestant.url, contestant.manners);
  try {
    return await step(`idle connections: ${contestant.name}`, async (note) => {
      // What the first connection and the first event bring with them is not counted.
      await sockets.growTo(10);
      await measureRound(contestant, sockets, { sockets: 10, events: WARM_UP, spacing_ms: 5 });
      await sleep(IDLE_MS);
      const base = residentBytes(contestant);
      for (const count of IDLE_COUNTS) await sockets.growTo(count);
      await sleep(IDLE_MS);
      const each = (residentBytes(contestant) - base) / (sockets.count - 10);
      if (sockets.lost) throw new Failure(`${contestant.name} lost ${sockets.lost} sockets`);
      note(`${round2(each / 1000)} kB each after ${duration(IDLE_MS)} of silence`);
      return { server: contestant.name, base_mb: Math.round(base / 1e6), kb_per_connection: round2(each / 1000), connections_per_100_mb: Math.round(100e6 / each) };
    });
  } finally {
    sockets.close();
    await kill();
  }
}

/** @param {string} name @param {string} scratch @param {(token: string) => import('./lean-sockets.mjs').Manners} manners */
async function bareOutpost(name, scratch, manners) {
  const worker = await startOutpost(join(scratch, `memory-${randomUUID()}`));
  return { contestant: await outpostContestant(name, worker, manners), kill: worker.kill };
}

/** @param {string} folder */
async function startOutpost(folder) {
  const persistTo = join(folder, 'state');
  migrateFile(persistTo);
  const config = takeSnapshot(join(folder, 'worker'));
  const vars = { MAX_SOCKETS_PER_USER: '5000', FAULTS: 'on', BUDGETS: 'off' };
  const server = startWorkerd({ port: await freePort(), persistTo, logFile: newLog('bench-realtime'), config, vars });
  process.once('exit', () => server.kill());
  await server.ready();
  return server;
}

/** A user of its own at a server. @param {string} name @param {import('./dev-server.mjs').DevServer} server @param {(token: string) => import('./lean-sockets.mjs').Manners} manners @returns {Promise<Contestant>} */
async function outpostContestant(name, server, manners) {
  const account = { email: `${randomUUID()}@example.org`, password: 'SecurePass123!' };
  const answer = await fetch(`${server.url}/api/v1/auth/register`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(account) });
  const { access_token } = await answer.json();
  return { name, group: server.pid, command: 'workerd', url: server.url, publishPath: PUBLISH, headers: { authorization: `Bearer ${access_token}` }, manners: manners(access_token) };
}

/** @param {string} name @param {string} file @returns {Promise<{ contestant: Contestant, kill: () => Promise<void> }>} */
async function startOfficial(name, file) {
  const port = await freePort();
  const child = spawn(pinnedNode, [officialServer, String(port), ...(file ? [file] : [])], { detached: true, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, NODE_ENV: 'production' } });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  process.once('exit', () => void child.kill('SIGKILL'));
  const url = `http://127.0.0.1:${port}`;
  await untilItAnswers(url);
  return { contestant: { name, group: child.pid ?? 0, url, publishPath: '/publish', headers: {}, manners: socketIoManners('bench') }, kill };
}

/** @param {string} url */
async function untilItAnswers(url) {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Failure(`nobody answers at ${url}`);
}

/** @param {Contestant} contestant */
const cpuSeconds = ({ group, command }) => cpuSecondsOf(group, command);

/** @param {Contestant} contestant */
function residentBytes({ group, command }) {
  const bytes = residentBytesOf(group, command);
  if (bytes === null) throw new Failure('/proc does not tell how much memory a process has');
  return bytes;
}

/** @param {number[]} values @param {number} share */
function quantile(values, share) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}
