// npm run bench [-- --quick] [--only native|rooms|server|realtime|sync]: measures the crates natively,
// then the room engine in Wasm, in node and in workerd, then a server of its own on a scratch data folder, then the realtime
// rooms beside the official socket.io server, then offline sync, and writes bench-results.json.
// Numbers of a shared machine: compare within a run.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createKey, createUser } from './lib/accounts.mjs';
import { Api } from './lib/api.mjs';
import { SCAN_LIMITS, WASM_MEMORY_LIMIT_BYTES, measureScans } from './lib/bench-scans.mjs';
import { measureNative } from './lib/bench-native.mjs';
import { engineVerdicts, measureEngine } from './lib/bench-rooms.mjs';
import { measureSync, syncVerdicts } from './lib/bench-sync.mjs';
import { buildWorker, wasmSize } from './lib/build.mjs';
import { openDatabase } from './lib/database.mjs';
import { startServer } from './lib/dev-server.mjs';
import { newLog } from './lib/exec.mjs';
import { Failure, runMain } from './lib/failure.mjs';
import { prepareNode } from './lib/node.mjs';
import { inRepo } from './lib/paths.mjs';
import { heading, paint, say, size } from './lib/say.mjs';
import { ensureDevVars } from './lib/secrets.mjs';
import { freePort } from './lib/server-record.mjs';
import { takeSnapshot } from './lib/snapshot.mjs';
import { readOr } from './lib/stamp.mjs';
import { asTable } from './lib/table.mjs';

/** The same read by nobody and by a user: the difference is what authentication costs. */
const PUBLIC_READ = 'GET a profile, as nobody';
const SIGNED_IN_READ = 'GET a profile, signed in';
const AUTHENTICATION_LIMIT = 1.25;

const PARTS = ['native', 'rooms', 'server', 'realtime', 'sync'];

await runMain(async () => {
  const { values } = parseArgs({ options: { quick: { type: 'boolean' }, only: { type: 'string' } } });
  const { quick: isQuick = false, only } = values;
  if (only && !PARTS.includes(only)) throw new Failure(`--only is one of ${PARTS.join(', ')}`);
  await prepareNode();
  await buildWorker();
  ensureDevVars();
  const scratch = mkdtempSync(join(tmpdir(), 'outpost-bench-'));
  try {
    const measured = {
      ...((only ?? 'native') === 'native' && { native: await measureNatively() }),
      ...((only ?? 'rooms') === 'rooms' && { rooms: await measureRoomEngine(isQuick) }),
      ...((only ?? 'server') === 'server' && (await withServer(scratch, (server) => measureServer(server, isQuick)))),
      ...((only ?? 'realtime') === 'realtime' && { realtime: await measureRooms(scratch, isQuick) }),
      ...((only ?? 'sync') === 'sync' && { sync: await measureOfflineSync(scratch, isQuick) }),
    };
    // A part that was measured alone takes the place of its figures of before.
    const before = only ? JSON.parse(readOr(inRepo('bench-results.json'), '{}')) : {};
    const results = { ...before, at: new Date().toISOString(), cores: cpus().length, wasm: wasmSize(), ...measured };
    writeFileSync(inRepo('bench-results.json'), `${JSON.stringify(results, null, 2)}\n`);
    say('\nWritten to bench-results.json');
    return printVerdicts(measured);
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
});

function measureNatively() {
  heading('Native');
  return measureNative();
}

/** @param {string} scratch @param {boolean} isQuick */
async function measureRooms(scratch, isQuick) {
  heading('Realtime');
  const { measureRealtime, realtimeTables } = await import('./lib/bench-realtime.mjs');
  const figures = await measureRealtime(scratch, isQuick);
  const { fanOut, memory } = realtimeTables(figures);
  console.log(asTable(fanOut));
  console.log(asTable(memory));
  return figures;
}

/** @param {string} scratch @param {boolean} isQuick */
async function measureOfflineSync(scratch, isQuick) {
  heading('Offline sync');
  const figures = await measureSync(scratch, isQuick);
  console.log(asTable(figures.operations));
  console.log(asTable([figures.emptyPull]));
  console.log(asTable([figures.firstSync]));
  return figures;
}

/** @template T @param {string} scratch @param {(server: { api: Api, url: string, pid: number }) => Promise<T>} use */
async function withServer(scratch, use) {
  const persistTo = join(scratch, 'state');
  const db = await openDatabase({ persistTo });
  const user = await createUser(db, { email: 'bench@example.org', tier: 'enterprise' });
  const { key } = await createKey(db, { user: user.user_id, name: 'bench' });
  const port = await freePort();
  const server = startServer({ port, persistTo, logFile: newLog('bench-server'), config: takeSnapshot(join(scratch, 'worker')), detached: true });
  process.once('exit', () => server.kill());
  try {
    await server.ready();
    return await use({ api: await Api.signIn(server.url, key), url: server.url, pid: server.pid });
  } finally {
    await server.kill();
  }
}

/** @param {boolean} isQuick */
async function measureRoomEngine(isQuick) {
  heading('The room engine');
  const inNode = await measureEngine(isQuick);
  console.log(asTable(inNode.map(({ memory_bytes, ...rest }) => ({ ...rest, memory: size(memory_bytes) }))));
  // Needs npm packages, which may have been missing when this script started.
  const { measureInWorkerd } = await import('./lib/bench-workerd.mjs');
  const inWorkerd = await measureInWorkerd(isQuick);
  console.log(asTable(inWorkerd.map(({ memory_bytes, ...rest }) => ({ ...rest, memory: size(memory_bytes) }))));
  return { in_node: inNode, in_workerd: inWorkerd };
}

/** @param {{ api: Api, url: string, pid: number }} server @param {boolean} isQuick */
async function measureServer({ api, url, pid }, isQuick) {
  heading('Scans, end to end');
  // The first scan of an isolate also pays for compiling.
  await measureScans(api, 10_000, 1);
  const scans = [await measureScans(api, 100_000, isQuick ? 3 : 7), await measureScans(api, 1_000_000, isQuick ? 1 : 3)];
  console.log(asTable(scans.map(({ wasm_memory_bytes, ...rest }) => ({ ...rest, wasm_memory: wasm_memory_bytes === null ? null : size(wasm_memory_bytes) }))));

  heading('Small requests');
  // Needs an npm package, which may have been missing when this script started.
  const { measureHttp } = await import('./lib/bench-http.mjs');
  const { measureSignIns } = await import('./lib/bench-accounts.mjs');
  const accounts = await registerMany(url);
  const tokens = accounts.map(({ token }) => token);
  const profile = `/api/v1/users/${accounts[0].user_id}`;
  const http = await measureHttp(url, pid, [
    { name: 'GET /health', path: '/health' },
    { name: 'GET own profile', path: '/api/v1/user/profile', tokens },
    { name: 'GET scans', path: '/api/v1/user/scans', tokens },
    { name: PUBLIC_READ, path: profile },
    { name: SIGNED_IN_READ, path: profile, tokens },
  ]);
  console.log(asTable(http));

  heading('Signing in');
  const signIns = await measureSignIns(url, pid, accounts);
  console.log(asTable(signIns));
  return { scans, http, signIns };
}

/** Many users, since each has a budget. @param {string} url */
async function registerMany(url, count = 60) {
  const accounts = [];
  for (let number = 0; number < count; number += 1) {
    const account = { email: `person-${number}@example.org`, password: 'SecurePass123!' };
    const answer = await fetch(`${url}/api/v1/auth/register`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(account) });
    const { access_token, user_id } = await answer.json();
    accounts.push({ ...account, token: access_token, user_id });
  }
  return accounts;
}

/** @typedef {import('./lib/bench-scans.mjs').ScanFigures} ScanFigures */
/** @typedef {import('./lib/bench-http.mjs').HttpFigures} HttpFigures */
/** @typedef {{ in_node: import('./lib/bench-rooms.mjs').RoomFigures[], in_workerd: import('./lib/bench-workerd.mjs').WorkerdFigures[] }} EngineFigures */
/** @typedef {import('./lib/bench-realtime.mjs').RealtimeFigures} RealtimeFigures */
/** @typedef {[text: string, isKept: boolean | null]} VerdictLine */

/** @param {{ scans?: ScanFigures[], http?: HttpFigures[], rooms?: EngineFigures, realtime?: RealtimeFigures, sync?: import('./lib/bench-sync.mjs').SyncFigures }} measured */
async function printVerdicts({ scans, http, rooms, realtime, sync }) {
  heading('Promises');
  const verdicts = [...(rooms ? await roomEngineVerdicts(rooms) : []), ...(scans && http ? serverVerdicts(scans, http) : []), ...(realtime ? await roomVerdicts(realtime) : []), ...(sync ? syncVerdicts(sync) : [])];
  for (const [text, kept] of verdicts) say(`  ${kept === null ? paint('yellow', '??') : kept ? paint('green', 'ok') : paint('red', 'no')} ${text}`);
  return verdicts.some(([, kept]) => kept === false) ? 1 : 0;
}

/** @param {EngineFigures} figures @returns {Promise<VerdictLine[]>} */
async function roomEngineVerdicts({ in_node, in_workerd }) {
  const { workerdVerdicts } = await import('./lib/bench-workerd.mjs');
  return [...engineVerdicts(in_node), ...workerdVerdicts(in_workerd)];
}

/** @param {RealtimeFigures} figures @returns {Promise<VerdictLine[]>} */
async function roomVerdicts(figures) {
  const { realtimeVerdicts } = await import('./lib/bench-realtime.mjs');
  return realtimeVerdicts(figures);
}

/** @param {ScanFigures[]} scans @param {HttpFigures[]} http @returns {VerdictLine[]} */
function serverVerdicts(scans, http) {
  const [small, large] = scans;
  const growth = large.processing_ms / small.processing_ms;
  const memory = Math.max(...scans.map(({ wasm_memory_bytes }) => wasm_memory_bytes ?? 0));
  return [
    ...scans.map(({ points, processing_ms }) => {
      const limit = SCAN_LIMITS[/** @type {keyof typeof SCAN_LIMITS} */ (points)].processing_ms;
      return /** @type {VerdictLine} */ ([`${points.toLocaleString('en')} points in ${processing_ms} ms, ${limit} ms promised`, processing_ms < limit]);
    }),
    [`ten times the points take ${growth.toFixed(1)} times as long, at most 10 promised`, growth <= 10],
    authentication(http),
    [memory ? `${size(memory)} of Wasm memory, ${size(WASM_MEMORY_LIMIT_BYTES)} promised` : 'Wasm memory: the Worker does not say', memory ? memory < WASM_MEMORY_LIMIT_BYTES : null],
  ];
}

/** @param {import('./lib/bench-http.mjs').HttpFigures[]} http @returns {[string, boolean | null]} */
function authentication(http) {
  const cpu = (/** @type {string} */ name) => http.find((one) => one.name === name)?.cpu_ms ?? null;
  const [nobody, somebody] = [cpu(PUBLIC_READ), cpu(SIGNED_IN_READ)];
  if (!nobody || !somebody) return ['CPU of an authenticated request: /proc does not tell', null];
  const ratio = somebody / nobody;
  return [`an authenticated request takes ${ratio.toFixed(2)} times the CPU of the same one by nobody, at most ${AUTHENTICATION_LIMIT} promised`, ratio <= AUTHENTICATION_LIMIT];
}
