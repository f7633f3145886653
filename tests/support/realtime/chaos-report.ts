// What a chaos run tells people.
import { say as line } from '../../../scripts/lib/say.mjs';
import { asTable } from '../../../scripts/lib/table.mjs';
import type { ChaosReport } from './chaos.ts';

/** Prints a line about a run. */
export const say = (text: string): void => void line(`     ${text}`);

/** Prints how a run ended. */
export function show({ verdicts, connects, acknowledged, resent, repeated, faults, settledMs }: ChaosReport): void {
  line(asTable(verdicts.map(({ troubles, ...verdict }) => ({ ...verdict, connects: connects[verdict.reader], troubles: troubles.join('; ').slice(0, 200) }))));
  say(`${acknowledged} acknowledged, ${resent} posts sent again, ${repeated} repeated on purpose; everybody had everything ${settledMs} ms after the last fault`);
  say(Object.entries(faults).map(([kind, count]) => `${kind}: ${count}`).join(', '));
}
