// Offline sync: operations in batches of 50 beside the same as requests of their own, in turns; what
// an operation costs in D1 rows, CPU and dollars; the cost of a pull that brings nothing; and how fast
// a first sync is. workerd runs alone: the proxy of `wrangler dev` would double its work.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { round2 } from './bench-http.mjs';
import { medianOf } from './bench-scans.mjs';
import { Failure } from './failure.mjs';
import { migrateFile } from './migrations.mjs';
import { cpuSecondsOf } from './process-stats.mjs';
import { step } from './say.mjs';
import { freePort } from './server-record.mjs';
import { takeSnapshot } from './snapshot.mjs';
import { startWorkerd } from './workerd-server.mjs';

const BATCH = 50;
const DEVICES = 8;
const ROUNDS = 3;
const BATCHES_PER_ROUND = 5;
const SINGLES_PER_ROUND = 25;
const EMPTY_PULLS = 100;
const PAGE = 1_000;
const DOLLARS_LIMIT = 3;
const EMPTY_PULL_ROWS = 2;

/** Dollars, from PLATFORM section 4. */
const PRICE = { request: 0.3e-6, cpuMs: 0.02e-6, rowRead: 0.001e-6, rowWritten: 1e-6, object: 0.15e-6, queue: 0.4e-6 };

/** @typedef {{ trips: number, read: number, written: number, objects: number, queue: number }} Usage */
/** @typedef {{ name: string, operations: number, per_s: number, ratio: number, d1_trips: number, rows_read: number, rows_written: number, cpu_ms: number | null, dollars_per_million: number }} OperationFigures per operation, but for per_s */
/** @typedef {{ d1_trips: number, rows_read: number, rows_written: number, p50_ms: number, ratio_to_health: number, cpu_ms: number | null, dollars_per_million: number }} EmptyPullFigures per pull */
/** @typedef {{ rows: number, pages: number, per_s: number, rows_read_per_row: number, cpu_us_per_row: number | null }} FirstSyncFigures */
/** @typedef {{ operations: OperationFigures[], emptyPull: EmptyPullFigures, firstSync: FirstSyncFigures }} SyncFigures */

/** @param {string} scratch folder for data @param {boolean} isQuick @returns {Promise<SyncFigures>} */
export async function measureSync(scratch, isQuick) {
  const folder = join(scratch, 'sync');
  const persistTo = join(folder, 'state');
  const config = takeSnapshot(folder);
  migrateFile(persistTo);
  const server = startWorkerd({ port: await freePort(), persistTo, logFile: join(folder, 'server.log'), config, vars: { FAULTS: 'on', BUDGETS: 'off' } });
  process.once('exit', () => void server.kill());
  try {
    await server.ready();
    const devices = [];
    for (let number = 0; number < DEVICES; number += 1) devices.push(await BenchDevice.register(server.url));
    return {
      operations: await measureOperations(server.pid, devices, isQuick ? 1 : ROUNDS),
      emptyPull: await measureEmptyPull(server.pid, /** @type {BenchDevice} */ (devices[0])),
      firstSync: await measureFirstSync(server.pid, await BenchDevice.register(server.url), isQuick ? 5_000 : 20_000),
    };
  } finally {
    await server.kill();
  }
}

/** @param {SyncFigures} figures @returns {[string, boolean][]} */
export function syncVerdicts({ operations, emptyPull }) {
  const inBatches = operations.filter(({ name }) => /^(creates|changes|additions) in batches/.test(name));
  const { rows_read, rows_written } = emptyPull;
  return [
    ...inBatches.map(({ name, dollars_per_million }) => /** @type {[string, boolean]} */ ([`${name}: ${dollars_per_million} dollars per million operations, ${DOLLARS_LIMIT} promised`, dollars_per_million <= DOLLARS_LIMIT])),
    [`a pull that brings nothing reads ${rows_read} rows and writes ${rows_written}, ${EMPTY_PULL_ROWS} and none promised`, rows_read <= EMPTY_PULL_ROWS && rows_written === 0],
  ];
}

/** Somebody with one device. */
class BenchDevice {
  /** @param {string} url @param {string} token */
  constructor(url, token) {
    this.url = url;
    this.token = token;
    this.id = randomUUID();
    this.goal = randomUUID();
    this.number = 0;
    /** @type {string | null} */
    this.cursor = null;
    /** @type {string[]} */
    this.moods = [];
    /** @type {object[]} */
    this.lastBatch = [];
  }

  /** @param {string} url */
  static async register(url) {
    const account = { email: `${randomUUID()}@example.org`, password: 'SecurePass123!' };
    const answer = await fetch(`${url}/api/v1/auth/register`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(account) });
    const device = new BenchDevice(url, (await answer.json()).access_token);
    await device.send('POST', '/api/v1/goals', { id: device.goal, title: 'sum' });
    await device.pull();
    return device;
  }

  /** @param {string} method @param {string} path @param {object} [body] */
  async send(method, path, body) {
    const answer = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const value = await answer.json();
    if (!answer.ok) throw new Failure(`${method} ${path}: ${answer.status} ${JSON.stringify(value)}`);
    return { value, usage: usageOf(answer) };
  }

  /** @param {object[]} operations without their numbers */
  async batch(operations) {
    this.lastBatch = operations.map((operation) => ({ id: (this.number += 1), created_at: new Date().toISOString(), ...operation }));
    return this.sendBatch(['applied']);
  }

  /** The last batch, once more. @param {string[]} expected statuses */
  async sendBatch(expected) {
    const { value, usage } = await this.send('POST', '/api/v1/sync/batch', { device_id: this.id, cursor: this.cursor, operations: this.lastBatch });
    const odd = value.results.find((/** @type {{ status: string }} */ { status }) => !expected.includes(status));
    if (odd) throw new Failure(`an operation of a batch: ${JSON.stringify(odd)}`);
    this.cursor = value.cursor;
    return usage;
  }

  async pull() {
    const { value, usage } = await this.send('GET', `/api/v1/sync/changes?fields=changed&limit=${PAGE}${this.cursor ? `&since=${this.cursor}` : ''}`);
    this.cursor = value.cursor;
    return { usage, changes: value.changes.length, hasMore: value.has_more };
  }

  newMood() {
    const id = randomUUID();
    this.moods.push(id);
    return { id, mood: 'happy', note: 'A walk in the park, and nothing else to do.', date: '2026-11-21T10:00:00Z' };
  }
}

/**
 * A way to get operations to the server.
 * @typedef {object} Way
 * @property {string} name
 * @property {number} calls in a round and by device
 * @property {number} operations of a call
 * @property {(device: BenchDevice) => Promise<Usage>} call
 */

/** @type {Way[]} the first is what the others are measured against */
const WAYS = [
  { name: 'creates, one request each', calls: SINGLES_PER_ROUND, operations: 1, call: async (device) => (await device.send('POST', '/api/v1/moods', device.newMood())).usage },
  { name: `creates in batches of ${BATCH}`, calls: BATCHES_PER_ROUND, operations: BATCH, call: (device) => device.batch(times(() => ({ operation: 'POST', endpoint: '/api/v1/moods', data: device.newMood() }))) },
  { name: `the same again, in batches of ${BATCH}`, calls: BATCHES_PER_ROUND, operations: BATCH, call: (device) => device.sendBatch(['duplicate']) },
  {
    name: `changes in batches of ${BATCH}`,
    calls: BATCHES_PER_ROUND,
    operations: BATCH,
    call: (device) => {
      const ids = device.moods.splice(0, BATCH);
      device.moods.push(...ids);
      return device.batch(ids.map((id) => ({ operation: 'PATCH', endpoint: `/api/v1/moods/${id}`, data: { note: randomUUID(), updated_at: new Date().toISOString() } })));
    },
  },
  { name: `additions in batches of ${BATCH}`, calls: BATCHES_PER_ROUND, operations: BATCH, call: (device) => device.batch(times(() => ({ operation: 'POST', endpoint: `/api/v1/goals/${device.goal}/progress`, data: { amount: 1 } }))) },
  { name: `another route (own events) in batches of ${BATCH}`, calls: 2, operations: BATCH, call: (device) => device.batch(times(() => ({ operation: 'POST', endpoint: '/api/v1/events', data: { type: 'app.bench', data: 1 } }))) },
];

/** @template T @param {() => T} make @returns {T[]} */
const times = (make) => Array.from({ length: BATCH }, make);

/** @param {number} group @param {BenchDevice[]} devices @param {number} rounds @returns {Promise<OperationFigures[]>} */
async function measureOperations(group, devices, rounds) {
  /** @type {Map<string, RoundFigures[]>} */
  const results = new Map(WAYS.map(({ name }) => [name, []]));
  await step('warming up', async () => {
    for (const way of WAYS) await measureRound(group, devices, { ...way, calls: 2 });
  });
  for (let round = 1; round <= rounds; round += 1) {
    await step(`${DEVICES} devices, round ${round} of ${rounds}`, async () => {
      for (const way of WAYS) results.get(way.name)?.push(await measureRound(group, devices, way));
    });
  }
  const median = (/** @type {string} */ name, /** @type {keyof RoundFigures} */ key) => medianOf((results.get(name) ?? []).map((one) => Number(one[key])));
  const baseline = median(WAYS[0].name, 'rate');
  return WAYS.map(({ name, operations, calls }) => ({
    name,
    operations: operations * calls * devices.length * rounds,
    per_s: Math.round(median(name, 'rate')),
    ratio: round2(median(name, 'rate') / baseline),
    d1_trips: round3(median(name, 'trips')),
    rows_read: round2(median(name, 'read')),
    rows_written: round2(median(name, 'written')),
    cpu_ms: round3(median(name, 'cpu')) || null,
    dollars_per_million: round2(median(name, 'dollars') * 1e6),
  }));
}

/** @typedef {{ rate: number, trips: number, read: number, written: number, cpu: number, dollars: number }} RoundFigures per operation, but for the rate */

/** @param {number} group @param {BenchDevice[]} devices @param {Way} way @returns {Promise<RoundFigures>} */
async function measureRound(group, devices, { calls, call, operations }) {
  const sum = noUsage();
  const cpuBefore = cpuSecondsOf(group, 'workerd') ?? NaN;
  const start = performance.now();
  await Promise.all(
    devices.map(async (device) => {
      for (let left = calls; left > 0; left -= 1) add(sum, await call(device));
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  const cpu = ((cpuSecondsOf(group, 'workerd') ?? NaN) - cpuBefore) * 1000;
  const requests = devices.length * calls;
  const total = requests * operations;
  return { rate: total / seconds, trips: sum.trips / total, read: sum.read / total, written: sum.written / total, cpu: cpu / total, dollars: dollarsOf(sum, requests, cpu) / total };
}

/** @param {number} group @param {BenchDevice} device @returns {Promise<EmptyPullFigures>} */
async function measureEmptyPull(group, device) {
  return step('pulls that bring nothing', async () => {
    // Up to date, whatever that takes.
    while ((await device.pull()).hasMore);
    const [sum, pulls, healths] = [noUsage(), /** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
    let cpu = 0;
    for (let turn = 0; turn < EMPTY_PULLS; turn += 1) {
      healths.push(await timed(() => device.send('GET', '/health')));
      const before = cpuSecondsOf(group, 'workerd') ?? NaN;
      pulls.push(
        await timed(async () => {
          const { usage, changes } = await device.pull();
          if (changes > 0) throw new Failure('a pull that should bring nothing brought something');
          add(sum, usage);
        }),
      );
      cpu += ((cpuSecondsOf(group, 'workerd') ?? NaN) - before) * 1000;
    }
    return {
      d1_trips: sum.trips / EMPTY_PULLS,
      rows_read: sum.read / EMPTY_PULLS,
      rows_written: sum.written / EMPTY_PULLS,
      p50_ms: round2(medianOf(pulls)),
      ratio_to_health: round2(medianOf(pulls) / medianOf(healths)),
      cpu_ms: round2(cpu / EMPTY_PULLS) || null,
      dollars_per_million: round2((dollarsOf(sum, EMPTY_PULLS, cpu) / EMPTY_PULLS) * 1e6),
    };
  });
}

/** @param {number} group @param {BenchDevice} device @param {number} rows @returns {Promise<FirstSyncFigures>} */
async function measureFirstSync(group, device, rows) {
  await step(`${rows.toLocaleString('en')} records`, async () => {
    for (let made = 0; made < rows; made += 100) await device.batch([...times(() => create(device)), ...times(() => create(device))]);
  });
  return step('first sync', async () => {
    device.cursor = null;
    const sum = noUsage();
    let [pages, pulled, hasMore] = [0, 0, true];
    const before = cpuSecondsOf(group, 'workerd') ?? NaN;
    const start = performance.now();
    while (hasMore) {
      const page = await device.pull();
      add(sum, page.usage);
      [pages, pulled, hasMore] = [pages + 1, pulled + page.changes, page.hasMore];
    }
    const seconds = (performance.now() - start) / 1000;
    const cpu = (cpuSecondsOf(group, 'workerd') ?? NaN) - before;
    return { rows: pulled, pages, per_s: Math.round(pulled / seconds), rows_read_per_row: round3(sum.read / pulled), cpu_us_per_row: Math.round((cpu * 1e6) / pulled) || null };
  });
}

/** @param {BenchDevice} device */
const create = (device) => ({ operation: 'POST', endpoint: '/api/v1/moods', data: device.newMood() });

/** @param {() => Promise<unknown>} work @returns {Promise<number>} milliseconds */
async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** What a request used, from its `Server-Timing`. @param {Response} answer @returns {Usage} */
function usageOf(answer) {
  const header = answer.headers.get('server-timing') ?? '';
  const count = (/** @type {string} */ name) => Number(header.match(new RegExp(`\\b${name}=(\\d+)`))?.[1] ?? 0);
  return { trips: count('trips'), read: count('rows_read'), written: count('rows_written'), objects: count('calls'), queue: count('ops') };
}

/** @returns {Usage} */
const noUsage = () => ({ trips: 0, read: 0, written: 0, objects: 0, queue: 0 });

/** @param {Usage} sum @param {Usage} usage */
function add(sum, usage) {
  for (const name of /** @type {(keyof Usage)[]} */ (Object.keys(sum))) sum[name] += usage[name];
}

/** The CPU time is that of all of workerd, its database included: more than is billed. @param {Usage} usage @param {number} requests @param {number} cpuMs */
function dollarsOf(usage, requests, cpuMs) {
  const cpu = Number.isNaN(cpuMs) ? 0 : cpuMs * PRICE.cpuMs;
  return requests * PRICE.request + cpu + usage.read * PRICE.rowRead + usage.written * PRICE.rowWritten + usage.objects * PRICE.object + usage.queue * PRICE.queue;
}

/** @param {number} value */
const round3 = (value) => Math.round(value * 1000) / 1000;
