// The promise of the realtime rooms, whole: publishers and readers of every protocol on networks
// that fail all the time, before a server that is killed again and again, and at the end every
// reader has had every acknowledged event exactly once, in the same order, without a gap notice.
//
// The run in the suite is short. The full one: npm run chaos -- --events 100000 --cuts 1000 --seed 1
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Chaos } from './support/realtime/chaos.ts';
import { chaosPlan } from './support/realtime/chaos-plan.ts';
import { say, show } from './support/realtime/chaos-report.ts';
import { isClean } from './support/realtime/ledger.ts';
import { READERS } from './support/realtime/readers.ts';
import { signUp } from './support/realtime/visitors.ts';
import { startTestServer, type OwnServer } from './support/server.ts';

const PROGRESS_MS = 5_000;
const plan = chaosPlan(process.env);
let server: OwnServer;

beforeAll(async () => {
  // Sockets that the server has not been told the end of count until it notices, and nobody else
  // comes back as often as these readers.
  server = await startTestServer({ isBare: true, vars: { MAX_SOCKETS_PER_USER: '1000', BUDGETS: 'off' } });
});

afterAll(() => server?.stop());

test('nothing lost, nothing doubled, nothing out of order, for a reader of each protocol', async () => {
  const token = await signUp(server);
  const underTest = { url: () => server.url, restart: () => server.restart() };
  const run = new Chaos(plan, underTest, token);
  say(`chaos: seed ${plan.seed}, ${plan.events} events, ${plan.cuts} cuts, ${plan.kills} of them kills`);
  const timer = setInterval(() => say(`chaos: ${run.progress()}`), PROGRESS_MS);
  try {
    const report = await run.run(Object.fromEntries(plan.readers.map((name) => [name, READERS[name]!])));
    show(report);
    expect(report.verdicts.filter((verdict) => !isClean(verdict)), `seed ${plan.seed}`).toEqual([]);
    expect(report.acknowledged).toBeGreaterThanOrEqual(plan.events);
    for (const { received } of report.verdicts) expect(received).toBe(report.acknowledged);
    for (const connects of Object.values(report.connects)) expect(connects).toBeGreaterThan(1);
  } finally {
    clearInterval(timer);
  }
}, plan.timeoutMs);
