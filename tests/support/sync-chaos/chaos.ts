// People whose devices write all the time, on networks that fail all the time, to a server that is
// killed again and again. Then the network heals, and nobody does anything any more.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MemoryStore, OutpostClient } from '../../../clients/typescript/src/index.ts';
import { CuttingProxy } from '../realtime/cutting-proxy.ts';
import { Chance } from '../realtime/random.ts';
import { Device } from './device.ts';
import { PASSWORD, Person, TOLD } from './person.ts';
import type { SyncChaosPlan } from './plan.ts';

/** What is under test. */
export interface SyncServer {
  url(): string;
  /** Ends everything without a warning and starts it again on the same data. */
  restart(): Promise<void>;
}

export interface SyncReport {
  operations: number;
  sent: number;
  batches: number;
  refreshes: number;
  faults: Record<string, number>;
  /** From the last fault until every outbox was empty. */
  emptyMs: number;
  /** And until all devices of each user showed the same. */
  settledMs: number;
  complaints: string[];
}

type Kind = 'cut' | 'reply cut short' | 'reply lost' | 'request lost' | 'slow' | 'offline';

const SETTLE_MS = 90_000;
const READY_MS = 60_000;
const MAX_WAITING = 300;
/** A log that was told whole is silent. */
const QUIET_MS = 1_500;

export class SyncChaos {
  readonly #chance: Chance;
  readonly #folder = mkdtempSync(join(tmpdir(), 'outpost-sync-chaos-'));
  readonly #people: Person[] = [];
  readonly #faults: Record<string, number> = {};
  readonly #background = new Set<Promise<unknown>>();
  #allowed = 0;
  #done = 0;

  constructor(
    private readonly plan: SyncChaosPlan,
    private readonly server: SyncServer,
  ) {
    this.#chance = new Chance(plan.seed);
  }

  get #devices(): Device[] {
    return this.#people.flatMap(({ devices }) => devices);
  }

  /** One line on how far it is. */
  progress(): string {
    const waiting = this.#devices.map(({ client }) => client.status.pending);
    return `${this.#done}/${this.plan.operations} operations, ${Object.values(this.#faults).reduce((sum, count) => sum + count, 0)} faults, waiting: ${waiting.join(' ')}`;
  }

  async run(): Promise<SyncReport> {
    try {
      for (let number = 0; number < this.plan.users; number += 1) this.#people.push(await this.#person(number));
      await this.#until(READY_MS, () => this.#people.every(({ isReady }) => isReady));
      await Promise.all([this.#breakThings(), ...this.#people.flatMap((person, number) => person.devices.map((device, place) => this.#use(person, device, number * 100 + place)))]);
      await Promise.all(this.#background);
      return await this.#judge();
    } finally {
      for (const device of this.#devices) {
        await device.client?.close();
        await device.proxy.close();
      }
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }

  async #person(number: number): Promise<Person> {
    const devices = [];
    for (let place = 0; place < this.plan.devices; place += 1) {
      const name = `${number}-${place}`;
      const proxy = await CuttingProxy.start(() => this.server.url());
      devices.push(new Device(name, join(this.#folder, name), proxy, place % 3 === 2));
    }
    const person = new Person(devices);
    await person.start();
    return person;
  }

  /** Bursts and pauses, as a person does; and now and then the app dies. */
  async #use(person: Person, device: Device, number: number): Promise<void> {
    const chance = new Chance(this.plan.seed * 1_000 + number);
    const crashShare = this.plan.crashes / this.plan.operations;
    while (this.#done < this.plan.operations) {
      for (let left = chance.whole(1, 30); left > 0; left -= 1) {
        while (this.#mustWait(device)) await sleep(5);
        if (this.#done >= this.plan.operations) return;
        this.#done += 1;
        await person.act(device, chance);
        if (!chance.happens(crashShare)) continue;
        this.#count('app died');
        await sleep(chance.whole(0, 80));
        await device.crash();
      }
      await sleep(chance.whole(0, 150));
    }
  }

  /** Nobody runs ahead of the faults, nor writes more than a person would before the device has sent some of it. */
  #mustWait({ client }: Device): boolean {
    return this.#done < this.plan.operations && (this.#done >= this.#allowed || client.status.pending >= MAX_WAITING);
  }

  /** Faults keep step with the operations, so that each of them meets some under way. */
  async #breakThings(): Promise<void> {
    const { faults, kills, operations } = this.plan;
    const total = faults + kills;
    const killedAt = new Set(Array.from({ length: kills }, (_, index) => Math.floor(((index + 0.5) * total) / kills)));
    for (let fault = 0; fault < total; fault += 1) {
      this.#allowed = Math.ceil(((fault + 1) * operations) / total);
      const due = ((fault + this.#chance.next()) * operations) / total;
      while (this.#done < due) await sleep(2);
      if (killedAt.has(fault)) await this.#kill();
      else for (const device of this.#chance.some(this.#devices)) this.#later(this.#harm(device));
      await sleep(this.#chance.whole(0, 60));
    }
    this.#allowed = Infinity;
  }

  /** In the middle of batches: they go on being made until the moment of it. */
  async #kill(): Promise<void> {
    this.#count('server killed');
    this.#allowed += 40;
    await sleep(this.#chance.whole(20, 150));
    await this.server.restart();
  }

  async #harm({ proxy }: Device): Promise<void> {
    const kind = this.#chance.pick<Kind>([[20, 'cut'], [25, 'reply cut short'], [25, 'reply lost'], [10, 'request lost'], [10, 'slow'], [10, 'offline']]);
    this.#count(kind);
    const ms = this.#chance.whole(50, 1_000);
    if (kind === 'cut') proxy.cut();
    else if (kind === 'reply cut short') {
      proxy.cutAfter(this.#chance.whole(1, 3_000), 'down');
      await sleep(ms);
      proxy.cut();
    } else if (kind === 'reply lost' || kind === 'request lost') {
      proxy.swallow([kind === 'reply lost' ? 'down' : 'up']);
      await sleep(ms);
      proxy.cut();
    } else if (kind === 'slow') {
      proxy.delay(this.#chance.whole(1, 150));
      await sleep(ms * 2);
      proxy.delay(0);
    } else {
      proxy.refuse(true);
      proxy.cut();
      await sleep(ms * 3);
      proxy.refuse(false);
    }
  }

  /** Nobody does anything. */
  async #judge(): Promise<SyncReport> {
    const started = Date.now();
    await this.#until(SETTLE_MS, () => this.#devices.every(({ client }) => client.status.pending === 0));
    const emptyMs = Date.now() - started;
    await this.#until(SETTLE_MS, () => this.#people.every((person) => this.#differences(person).length === 0));
    const settledMs = Date.now() - started;
    const complaints = [];
    for (const person of this.#people) complaints.push(...this.#differences(person), ...(await this.#complaintsOf(person)));
    const sum = (count: (device: Device) => number) => this.#devices.reduce((total, device) => total + count(device), 0);
    return {
      operations: this.#people.reduce((total, { model }) => total + model.operations, 0),
      sent: sum(({ sent }) => sent),
      batches: sum(({ batches }) => batches),
      refreshes: sum(({ refreshes }) => refreshes),
      faults: this.#faults,
      emptyMs,
      settledMs,
      complaints,
    };
  }

  /** Where the devices of one person do not show the same. */
  #differences({ devices }: Person): string[] {
    const [first, ...others] = devices.map((device) => ({ name: device.name, state: device.state() }));
    return others.flatMap(({ name, state }) => {
      const names = [...new Set([...Object.keys(state), ...Object.keys(first!.state)])];
      const different = names.filter((record) => JSON.stringify(state[record]) !== JSON.stringify(first!.state[record]));
      return different.map((record) => `${name} has ${JSON.stringify(state[record])}, ${first!.name} ${JSON.stringify(first!.state[record])}`);
    });
  }

  /** What the server has, as a device sees it that comes new; and what was set aside. */
  async #complaintsOf({ devices, email, model }: Person): Promise<string[]> {
    const fresh = await OutpostClient.open({ url: this.server.url(), store: new MemoryStore(), isLive: false, pageSize: 1_000 });
    const proxy = devices[0]!.proxy;
    try {
      await fresh.signIn({ email, password: PASSWORD });
      await this.#until(SETTLE_MS, () => fresh.status.isComplete);
      const copy = new Device('new', '', proxy, false);
      copy.client = fresh;
      const [truth, shown] = [copy.state(), devices[0]!.state()];
      const aside = devices.flatMap(({ client }) => client.setAside);
      const odd = aside.filter(({ operation: { data } }) => (data as { mood?: string } | undefined)?.mood !== '');
      return [
        ...model.complaints(truth),
        ...model.complaintsOfEvents(await this.#eventsOf(email)),
        ...(JSON.stringify(truth) === JSON.stringify(shown) ? [] : ['a device that comes new shows something else']),
        ...(aside.length === model.poisonous ? [] : [`${aside.length} operations were set aside, not ${model.poisonous}`]),
        ...odd.map(({ operation, verdict }) => `set aside: ${JSON.stringify({ operation, verdict })}`),
      ];
    } finally {
      await fresh.close();
    }
  }

  /** The numbers of the events that are in the person's log. */
  async #eventsOf(email: string): Promise<number[]> {
    const json = { 'content-type': 'application/json' };
    const answer = await fetch(`${this.server.url()}/api/v1/auth/login`, { method: 'POST', headers: json, body: JSON.stringify({ email, password: PASSWORD }) });
    const { access_token } = (await answer.json()) as { access_token: string };
    const stream = await fetch(`${this.server.url()}/api/v1/events?after=0&types=${TOLD}`, { headers: { authorization: `Bearer ${access_token}` } });
    const [reader, decoder] = [stream.body!.getReader(), new TextDecoder()];
    let text = '';
    for (;;) {
      const piece = await Promise.race([reader.read(), sleep(QUIET_MS).then(() => null)]);
      if (!piece?.value) break;
      text += decoder.decode(piece.value, { stream: true });
    }
    await reader.cancel();
    return [...text.matchAll(/^data: *\{"number":(\d+)\}/gm)].map(([, number]) => Number(number));
  }

  async #until(patienceMs: number, isSo: () => boolean): Promise<void> {
    const end = Date.now() + patienceMs;
    while (!isSo() && Date.now() < end) await sleep(50);
  }

  #later(work: Promise<unknown>): void {
    this.#background.add(work);
    void work.finally(() => this.#background.delete(work));
  }

  #count(kind: string): void {
    this.#faults[kind] = (this.#faults[kind] ?? 0) + 1;
  }
}
