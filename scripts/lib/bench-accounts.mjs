// Logins and refreshes: how many a second, and how much CPU and how many D1 trips each costs.
import { cpuSeconds, round2, tripsIn } from './bench-http.mjs';
import { step } from './say.mjs';

const SECONDS = 4;
const AT_ONCE = 16;

/** @typedef {{ email: string, password: string }} Account */
/** @typedef {{ name: string, per_s: number, cpu_ms: number | null, d1_trips: number | null, failures: number }} SignInFigures */

/**
 * @param {string} url @param {number} group process group of the server @param {Account[]} accounts
 * @returns {Promise<SignInFigures[]>}
 */
export async function measureSignIns(url, group, accounts) {
  const logIn = async (/** @type {number} */ turn) => post(`${url}/api/v1/auth/login`, { ...accounts[turn % accounts.length], device_id: `device-${turn % 4}` });
  // Each worker carries a session of its own on: a token that is used twice would only be repeated.
  /** @type {string[]} */
  const tokens = [];
  for (let worker = 0; worker < AT_ONCE; worker += 1) tokens.push((await (await logIn(worker)).json()).refresh_token);
  const refresh = async (/** @type {number} */ _, /** @type {number} */ worker) => {
    const answer = await post(`${url}/api/v1/auth/refresh`, { refresh_token: tokens[worker] });
    if (answer.ok) tokens[worker] = (await answer.clone().json()).refresh_token;
    return answer;
  };
  return [await measure('login by password', group, logIn), await measure('refresh', group, refresh)];
}

/** @param {string} name @param {number} group @param {(turn: number, worker: number) => Promise<Response>} call @returns {Promise<SignInFigures>} */
async function measure(name, group, call) {
  return step(name, async () => {
    const trips = tripsIn(await call(0, 0));
    let [turns, failures] = [0, 0];
    const before = cpuSeconds(group);
    const start = performance.now();
    const work = async (/** @type {number} */ worker) => {
      while (performance.now() - start < SECONDS * 1000) {
        const answer = await call((turns += 1), worker);
        await answer.arrayBuffer();
        if (!answer.ok) failures += 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, (_, worker) => work(worker)));
    const seconds = (performance.now() - start) / 1000;
    const after = cpuSeconds(group);
    const cpu = before === null || after === null ? null : round2(((after - before) * 1000) / turns);
    return { name, per_s: Math.round(turns / seconds), cpu_ms: cpu, d1_trips: trips, failures };
  });
}

/** @param {string} url @param {unknown} body */
const post = (url, body) => fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
