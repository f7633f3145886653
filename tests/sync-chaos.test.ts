// The promise of offline sync, whole: devices with the client for apps write on networks that fail
// all the time, to a server that is killed in the middle of batches, and die themselves. When the
// network heals, every outbox is empty within seconds with nobody doing anything, all devices of a
// user show the same, and every sum and every record is what a model says.
//
// The run in the suite is short. The full one: npm run chaos -- --only sync
import { afterAll, beforeAll, expect, test } from 'vitest';
import { say } from './support/realtime/chaos-report.ts';
import { startTestServer, type OwnServer } from './support/server.ts';
import { SyncChaos } from './support/sync-chaos/chaos.ts';
import { syncChaosPlan } from './support/sync-chaos/plan.ts';

const PROGRESS_MS = 5_000;
const HEALED_MS = 20_000;
const plan = syncChaosPlan(process.env);
let server: OwnServer;

beforeAll(async () => {
  // Everybody comes from one address.
  server = await startTestServer({ isBare: true, vars: { MAX_SOCKETS_PER_USER: '1000', BUDGETS: 'off' } });
});

afterAll(() => server?.stop());

test('nothing lost, nothing doubled, and all devices agree', { timeout: plan.timeoutMs }, async () => {
  const run = new SyncChaos(plan, { url: () => server.url, restart: () => server.restart() });
  say(`chaos: seed ${plan.seed}, ${plan.operations} operations of ${plan.users} users with ${plan.devices} devices each, ${plan.faults} faults, ${plan.kills} kills`);
  const timer = setInterval(() => say(`chaos: ${run.progress()}`), PROGRESS_MS);
  try {
    const { complaints, faults, ...figures } = await run.run();
    say(Object.entries(figures).map(([name, figure]) => `${name}: ${figure}`).join(', '));
    say(Object.entries(faults).map(([kind, count]) => `${kind}: ${count}`).join(', '));
    expect(complaints.slice(0, 20), `seed ${plan.seed}`).toEqual([]);
    expect(figures.operations).toBeGreaterThanOrEqual(plan.operations);
    expect(figures.sent).toBeGreaterThan(figures.operations);
    expect(figures.emptyMs).toBeLessThan(HEALED_MS);
    expect(figures.settledMs).toBeLessThan(HEALED_MS * 2);
  } finally {
    clearInterval(timer);
  }
});
