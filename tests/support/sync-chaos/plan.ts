// How much goes wrong: a little for the suite, more by environment variables (`npm run chaos` sets them).

export interface SyncChaosPlan {
  /** Operations at least. */
  operations: number;
  users: number;
  /** Of each user. */
  devices: number;
  /** Faults of networks. */
  faults: number;
  /** Kills of the server. */
  kills: number;
  /** Apps that die and start again from their stores. */
  crashes: number;
  seed: number;
  /** How long it may take at the very most. */
  timeoutMs: number;
}

const MS_PER_OPERATION = 60;
const MS_PER_KILL = 20_000;
const MS_PER_FAULT = 300;
const MS_TO_SETTLE = 120_000;

/** The plan that the environment asks for. */
export function syncChaosPlan(env: NodeJS.ProcessEnv): SyncChaosPlan {
  const number = (name: string, otherwise: number) => Number(env[`OUTPOST_SYNC_CHAOS_${name}`] ?? otherwise);
  const operations = number('OPERATIONS', 600);
  const plan = {
    operations,
    users: number('USERS', 2),
    devices: number('DEVICES', 3),
    faults: number('FAULTS', Math.ceil(operations / 20)),
    kills: number('KILLS', Math.ceil(operations / 1_000)),
    crashes: number('CRASHES', Math.ceil(operations / 200)),
    seed: number('SEED', Date.now() % 1_000_000),
  };
  const timeoutMs = plan.operations * MS_PER_OPERATION + plan.kills * MS_PER_KILL + plan.faults * MS_PER_FAULT + MS_TO_SETTLE;
  return { ...plan, timeoutMs };
}
