// Publishers that do not give up: an event is sent again, with the same id, until it is
// acknowledged. Only then the next one of that publisher follows.
import { setTimeout as sleep } from 'node:timers/promises';
import { CHAOS_EVENT, keyOf, type ChaosData } from './ledger.ts';
import type { Place } from './readers.ts';
import type { Chance } from './random.ts';

const ANSWER_TIMEOUT_MS = 3_000;
const FIRST_BACKOFF_MS = 25;
const LONGEST_BACKOFF_MS = 400;
/** Every so many acknowledged posts, one is sent again, as a phone does that missed the answer. */
const SHARE_OF_REPEATS = 0.02;
const SHARE_OF_LARGE = 0.01;

export interface PublishedSoFar {
  /** Keys of acknowledged events. */
  acknowledged: Set<number>;
  /** Posts that had to be sent again. */
  resent: number;
  /** Posts that were sent again though they had been acknowledged. */
  repeated: number;
  troubles: string[];
}

const idOf = ({ publisher, number }: ChaosData): string => `chaos-${publisher}-${number}`;

/** Where anybody may publish, one at a time. */
const OWN_EVENTS = '/api/v1/events';
const asOwnEvent = (data: ChaosData) => ({ id: idOf(data), type: CHAOS_EVENT, data });

/** Where the tests' own producer publishes what handlers and consumers publish. */
const PRODUCER = '/api/v1/faults/publish';
const asEvent = (data: ChaosData) => ({ id: idOf(data), topic: 'chaos', name: CHAOS_EVENT, data, is_last: false });

/** With a batch of one it publishes at the public address, else as a producer inside of the server. */
export class Publisher {
  #next = 0;

  constructor(
    private readonly number: number,
    private readonly place: Place,
    private readonly chance: Chance,
    private readonly soFar: PublishedSoFar,
    private readonly batch: number,
  ) {}

  /** Publishes until the pace says that it is enough. */
  async run(mayStart: () => Promise<boolean>): Promise<void> {
    while (await mayStart()) {
      const events = Array.from({ length: this.chance.whole(1, this.batch) }, () => this.#event());
      await this.#publish(events);
      if (this.chance.happens(SHARE_OF_REPEATS)) {
        this.soFar.repeated += 1;
        await this.#publish(events);
      }
    }
  }

  #event(): ChaosData {
    const size = this.chance.happens(SHARE_OF_LARGE) ? this.chance.whole(4_000, 16_000) : this.chance.whole(0, 100);
    return { publisher: this.number, number: this.#next++, padding: 'x'.repeat(size) };
  }

  async #publish(events: ChaosData[]): Promise<void> {
    const isPublic = this.batch === 1;
    const [path, body] = isPublic ? [OWN_EVENTS, asOwnEvent(events[0]!)] : [PRODUCER, events.map(asEvent)];
    for (let backoff = FIRST_BACKOFF_MS; ; backoff = Math.min(backoff * 2, LONGEST_BACKOFF_MS)) {
      const answer = await this.#post(path, JSON.stringify(body)).catch(() => null);
      if (answer?.ok) break;
      if (answer && answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
        const complaint = `a publish was refused: ${answer.status} ${answer.text}`;
        this.soFar.troubles.push(complaint);
        throw new Error(complaint);
      }
      this.soFar.resent += 1;
      await sleep(backoff);
    }
    for (const data of events) this.soFar.acknowledged.add(keyOf(data));
  }

  async #post(path: string, body: string): Promise<{ ok: boolean; status: number; text: string }> {
    const answer = await fetch(`${this.place.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.place.token}` },
      body,
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    return { ok: answer.ok, status: answer.status, text: await answer.text() };
  }
}
