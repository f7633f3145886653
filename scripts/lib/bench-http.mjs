// Requests per second and latency of small requests, as ratios to GET /health measured in turns in
// the same run (the machine is shared), and the CPU time that workerd spends on each.
import autocannon from 'autocannon';
import { medianOf } from './bench-scans.mjs';
import { cpuSecondsOf } from './process-stats.mjs';
import { step } from './say.mjs';

const ROUNDS = 3;
const SECONDS = 3;
const CONNECTIONS = 16;

/** @typedef {{ name: string, path: string, tokens?: string[] }} Target the first one is the baseline; tokens are used in turns, since each user has a budget */
/** @typedef {{ name: string, requests_per_s: number, ratio: number, p50_ms: number, p99_ms: number, cpu_ms: number | null, d1_trips: number | null, failures: number }} HttpFigures */

/** @param {string} url @param {number} group process group of the server @param {Target[]} targets @returns {Promise<HttpFigures[]>} */
export async function measureHttp(url, group, targets) {
  /** @type {Map<string, { rate: number, p50: number, p99: number, cpu: number | null, failures: number }[]>} */
  const rounds = new Map(targets.map(({ name }) => [name, []]));
  for (let round = 1; round <= ROUNDS; round += 1) {
    await step(`small requests, round ${round} of ${ROUNDS}`, async () => {
      for (const target of targets) rounds.get(target.name)?.push(await measureOnce(url, group, target));
    });
  }
  const median = (/** @type {string} */ name, /** @type {'rate' | 'p50' | 'p99' | 'cpu'} */ key) => medianOf((rounds.get(name) ?? []).map((one) => Number(one[key])));
  const baseline = median(targets[0].name, 'rate');
  return Promise.all(
    targets.map(async (target) => ({
      name: target.name,
      requests_per_s: Math.round(median(target.name, 'rate')),
      ratio: round2(median(target.name, 'rate') / baseline),
      p50_ms: median(target.name, 'p50'),
      p99_ms: median(target.name, 'p99'),
      cpu_ms: round2(median(target.name, 'cpu')) || null,
      d1_trips: await countTrips(url, target),
      failures: (rounds.get(target.name) ?? []).reduce((sum, one) => sum + one.failures, 0),
    })),
  );
}

/** @param {Target} target @returns {Record<string, string>} */
const headersOf = ({ tokens: [token] = [] }) => (token ? { authorization: `Bearer ${token}` } : {});

/** @param {Target} target */
const requestsOf = ({ tokens = [''] }) => tokens.map((token) => ({ headers: token ? { authorization: `Bearer ${token}` } : {} }));

/** @param {string} url @param {number} group @param {Target} target */
async function measureOnce(url, group, target) {
  const before = cpuSeconds(group);
  const result = await autocannon({ url: url + target.path, connections: CONNECTIONS, duration: SECONDS, requests: requestsOf(target) });
  const after = cpuSeconds(group);
  const total = result.requests.total;
  return {
    rate: result.requests.average,
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpu: before === null || after === null || !total ? null : ((after - before) * 1000) / total,
    failures: result.non2xx + result.errors,
  };
}

/** D1 round trips of one request, from `Server-Timing: d1;desc="trips=1 ..."`. @param {string} url @param {Target} target */
async function countTrips(url, target) {
  const answer = await fetch(url + target.path, { headers: headersOf(target) });
  await answer.arrayBuffer();
  return tripsIn(answer);
}

/** D1 round trips of an answer. @param {Response} answer */
export function tripsIn(answer) {
  const header = answer.headers.get('server-timing') ?? '';
  const count = header.match(/\bd1;desc="trips=(\d+)/)?.[1];
  return count === undefined ? null : Number(count);
}

/** CPU seconds that the workerd processes of a group have used; null where /proc does not tell. @param {number} group */
export const cpuSeconds = (group) => cpuSecondsOf(group, 'workerd');

/** @param {number} value */
export const round2 = (value) => Math.round(value * 100) / 100;
