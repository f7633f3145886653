// A run in which everything goes wrong: publishers of numbered events, readers of every protocol,
// each behind a bad network of its own, and a server that is killed again and again. Afterwards
// every reader must have had every acknowledged event exactly once, all in the same order.
import { setTimeout as sleep } from 'node:timers/promises';
import { CuttingProxy, type Direction } from './cutting-proxy.ts';
import { judge, type Verdict } from './ledger.ts';
import { Publisher, type PublishedSoFar } from './publishers.ts';
import { Chance } from './random.ts';
import { HOLDING_READERS, type MakeReader, type Place, type Reader } from './readers.ts';

export interface ChaosPlan {
  /** Events at least; the last batches may bring a few more. */
  events: number;
  /** Connections cut and servers killed. */
  cuts: number;
  /** Of these, kills of the server. */
  kills: number;
  /** Times that nothing happens until idle objects are evicted from memory. */
  pauses: number;
  seed: number;
  publishers: number;
  /** Events in one publish, at most. */
  batch: number;
}

/** What is under test. */
export interface ChaosServer {
  url(): string;
  /** Ends everything without a warning and starts it again on the same data. */
  restart(): Promise<void>;
}

export interface ChaosReport {
  acknowledged: number;
  resent: number;
  repeated: number;
  faults: Record<string, number>;
  /** By reader: how often it was connected. */
  connects: Record<string, number>;
  verdicts: Verdict[];
  /** From the last fault until everybody had everything. */
  settledMs: number;
}

/** workerd evicts an object after ten seconds without an event. */
const EVICTION_MS = 11_500;
/** Longer than the heartbeats and timeouts by which either side notices a dead peer. */
const SETTLE_MS = 120_000;
/** What would come twice has come by then. */
const AFTERMATH_MS = 2_000;
const EITHER: readonly (readonly Direction[])[] = [['up'], ['down'], ['up', 'down']];

type Kind = 'cut' | 'cut inside a frame' | 'swallowed, then cut' | 'client gone, server not told' | 'server killed';

export class Chaos {
  readonly #chance: Chance;
  readonly #proxies = new Map<string, CuttingProxy>();
  readonly #faults: Record<string, number> = {};
  readonly #soFar: PublishedSoFar = { acknowledged: new Set(), resent: 0, repeated: 0, troubles: [] };
  readonly #background = new Set<Promise<unknown>>();
  #readers: Reader[] = [];
  #allowed = 0;
  #isPaused = false;
  #cutsDone = 0;

  constructor(
    private readonly plan: ChaosPlan,
    private readonly server: ChaosServer,
    private readonly token: string,
  ) {
    this.#chance = new Chance(plan.seed);
  }

  /** One line on how far it is. */
  progress(): string {
    const behind = this.#readers.map(({ ledger }) => this.#soFar.acknowledged.size - ledger.count);
    return `${this.#soFar.acknowledged.size}/${this.plan.events} events, ${this.#cutsDone}/${this.plan.cuts} cuts, ${this.#soFar.resent} resent, readers behind by ${behind.join(' ')}`;
  }

  /** Runs it all. */
  async run(makers: Record<string, MakeReader>): Promise<ChaosReport> {
    const publisherNames = Array.from({ length: this.plan.publishers }, (_, number) => `publisher-${number}`);
    const readerNames = Object.keys(makers);
    for (const name of [...publisherNames, ...readerNames]) this.#proxies.set(name, await CuttingProxy.start(() => this.server.url()));
    try {
      this.#readers = Object.entries(makers).map(([name, make]) => make(this.#place(name)));
      await Promise.all(this.#readers.map((reader) => reader.start()));
      const publishing = Promise.all(publisherNames.map((name, number) => this.#publish(name, number)));
      await Promise.all([this.#breakThings(publisherNames, readerNames), publishing]);
      await Promise.all(this.#background);
      const settledMs = await this.#settle();
      return this.#report(settledMs);
    } finally {
      for (const reader of this.#readers) reader.stop();
      for (const proxy of this.#proxies.values()) await proxy.close();
    }
  }

  #place(name: string): Place {
    return { url: this.#proxies.get(name)!.url, token: this.token };
  }

  #publish(name: string, number: number): Promise<void> {
    const chance = new Chance(this.plan.seed * 1_000 + number);
    // One publishes at the public address, which has a budget.
    const batch = number === 0 ? 1 : this.plan.batch;
    const publisher = new Publisher(number, this.#place(name), chance, this.#soFar, batch);
    return publisher.run(() => this.#mayPublish());
  }

  /** Publishing keeps step with the faults, so that each of them meets events under way. */
  async #mayPublish(): Promise<boolean> {
    while (this.#soFar.acknowledged.size < this.plan.events && (this.#isPaused || this.#soFar.acknowledged.size >= this.#allowed)) await sleep(2);
    return this.#soFar.acknowledged.size < this.plan.events;
  }

  async #breakThings(publishers: string[], readers: string[]): Promise<void> {
    const { events, cuts, pauses } = this.plan;
    const killedAt = spread(this.plan.kills, cuts);
    const pausedAt = spread(pauses, cuts);
    for (let fault = 0; fault < cuts; fault += 1) {
      this.#allowed = Math.ceil(((fault + 1) * events) / cuts);
      const due = ((fault + this.#chance.next()) * events) / cuts;
      while (this.#soFar.acknowledged.size < Math.min(due, events)) await sleep(2);
      if (pausedAt.has(fault)) await this.#pause(readers);
      if (killedAt.has(fault)) await this.#kill();
      else this.#harm(publishers, readers);
      this.#cutsDone = fault + 1;
      await sleep(this.#chance.whole(0, 60));
    }
    this.#allowed = Infinity;
  }

  /** One fault for one or several connections; those that take a while go on beside the next ones. */
  #harm(publishers: string[], readers: string[]): void {
    const names = this.#chance.happens(0.15) ? this.#chance.some(publishers) : this.#chance.some(readers);
    const proxies = names.map((name) => this.#proxies.get(name)!);
    const kind = this.#chance.pick<Kind>([
      [50, 'cut'],
      [20, 'cut inside a frame'],
      [20, 'swallowed, then cut'],
      [10, 'client gone, server not told'],
    ]);
    this.#count(kind);
    if (this.#chance.happens(0.05)) this.#later(this.#stall(this.#chance.some(readers)));
    if (this.#chance.happens(0.05)) for (const proxy of proxies) proxy.delay(this.#chance.whole(0, 30));
    for (const proxy of proxies) this.#later(this.#harmOne(kind, proxy));
  }

  async #harmOne(kind: Kind, proxy: CuttingProxy): Promise<void> {
    const ms = this.#chance.whole(20, 1_500);
    if (kind === 'cut') proxy.cut();
    else if (kind === 'cut inside a frame') {
      proxy.cutAfter(this.#chance.whole(1, 3_000), this.#chance.happens(0.8) ? 'down' : 'up');
      await sleep(300);
      proxy.cut();
    } else if (kind === 'swallowed, then cut') {
      proxy.swallow(EITHER[this.#chance.whole(0, 2)]!);
      await sleep(ms);
      proxy.cut();
    } else proxy.abandon(ms * 10);
  }

  async #stall(names: string[]): Promise<void> {
    this.#count('stopped reading');
    const proxies = names.map((name) => this.#proxies.get(name)!);
    for (const proxy of proxies) proxy.stall(['down']);
    await sleep(this.#chance.whole(100, 4_000));
    for (const proxy of proxies) proxy.resume();
  }

  /** In the middle of publishing and delivering: both go on until the moment of it. */
  async #kill(): Promise<void> {
    this.#count('server killed');
    this.#allowed += 200;
    await sleep(this.#chance.whole(0, 30));
    await this.server.restart();
  }

  /** Silence until the objects are gone from memory. What keeps an object there has to leave: held requests. */
  async #pause(readers: string[]): Promise<void> {
    this.#count('silence until eviction');
    this.#isPaused = true;
    const holding = readers.filter((name) => HOLDING_READERS.includes(name)).map((name) => this.#proxies.get(name)!);
    for (const proxy of holding) proxy.refuse(true);
    for (const proxy of holding) proxy.cut();
    await sleep(EVICTION_MS);
    for (const proxy of holding) proxy.refuse(false);
    this.#isPaused = false;
  }

  /** Waits until everybody has everything, on a network that is good again. */
  async #settle(): Promise<number> {
    const started = Date.now();
    for (const proxy of this.#proxies.values()) {
      proxy.delay(0);
      proxy.resume();
    }
    const total = this.#soFar.acknowledged.size;
    while (Date.now() - started < SETTLE_MS && this.#readers.some(({ ledger }) => ledger.count < total)) await sleep(20);
    const settledMs = Date.now() - started;
    await sleep(AFTERMATH_MS);
    return settledMs;
  }

  #report(settledMs: number): ChaosReport {
    const { acknowledged, resent, repeated, troubles } = this.#soFar;
    const [first] = this.#readers;
    const verdicts = this.#readers.map(({ name, ledger }) => judge(name, ledger, acknowledged, first!.ledger));
    verdicts[0]?.troubles.push(...troubles);
    const connects = Object.fromEntries(this.#readers.map(({ name, connects }) => [name, connects]));
    return { acknowledged: acknowledged.size, resent, repeated, faults: this.#faults, connects, verdicts, settledMs };
  }

  #later(work: Promise<unknown>): void {
    this.#background.add(work);
    void work.finally(() => this.#background.delete(work));
  }

  #count(kind: string): void {
    this.#faults[kind] = (this.#faults[kind] ?? 0) + 1;
  }
}

/** So many of the numbers below `total`, evenly. */
function spread(count: number, total: number): Set<number> {
  return new Set(Array.from({ length: count }, (_, index) => Math.floor(((index + 0.5) * total) / count)));
}
