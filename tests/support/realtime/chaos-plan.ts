// How much chaos: a little for the suite, more by environment variables (`npm run chaos` sets them).
import type { ChaosPlan } from './chaos.ts';
import { READERS } from './readers.ts';

const MS_PER_EVENT = 20;
const MS_PER_CUT = 500;
const MS_PER_KILL = 15_000;
const MS_PER_PAUSE = 20_000;
const MS_TO_SETTLE = 180_000;
/** One of so many cuts is a kill of the whole server. */
const CUTS_PER_KILL = 25;
const CUTS_PER_PAUSE = 125;

export interface WholePlan extends ChaosPlan {
  /** Names of readers. */
  readers: string[];
  /** How long it may take at the very most. */
  timeoutMs: number;
}

/** The plan that the environment asks for. */
export function chaosPlan(env: NodeJS.ProcessEnv): WholePlan {
  const number = (name: string, otherwise: number) => Number(env[`OUTPOST_CHAOS_${name}`] ?? otherwise);
  const cuts = number('CUTS', 60);
  const plan = {
    events: number('EVENTS', 3_000),
    cuts,
    kills: number('KILLS', Math.ceil(cuts / CUTS_PER_KILL)),
    pauses: number('PAUSES', Math.ceil(cuts / CUTS_PER_PAUSE)),
    seed: number('SEED', Date.now() % 1_000_000),
    publishers: 4,
    batch: number('BATCH', 10),
  };
  const timeoutMs = plan.events * MS_PER_EVENT + cuts * MS_PER_CUT + plan.kills * MS_PER_KILL + plan.pauses * MS_PER_PAUSE + MS_TO_SETTLE;
  const readers = env.OUTPOST_CHAOS_READERS?.split(',') ?? Object.keys(READERS);
  return { ...plan, readers, timeoutMs };
}
