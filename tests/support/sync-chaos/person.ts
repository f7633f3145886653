// Somebody with several devices, and what is done on them: additions that count, records of one
// device, records that all devices write at once, operations of other routes that would show if they
// were carried out twice, and operations that no server would take.
import { randomUUID } from 'node:crypto';
import type { Fields } from '../../../clients/typescript/src/index.ts';
import type { Chance } from '../realtime/random.ts';
import { Model } from './model.ts';
import type { Device } from './device.ts';

const GOALS = 3;
const SHARED = 4;
/** As many as one user may. */
const FOUNDED = 20;
/** What an event of a run is called. */
export const TOLD = 'app.chaos';
export const PASSWORD = 'SecurePass123!';

type Deed = 'add' | 'create' | 'change' | 'delete' | 'share' | 'found' | 'tell' | 'poison';

export class Person {
  readonly model = new Model();
  readonly #goals = Array.from({ length: GOALS }, () => randomUUID());
  readonly #shared = Array.from({ length: SHARED }, () => randomUUID());
  /** Ids of each device's own moods that are there. */
  readonly #own = new Map<Device, string[]>();
  readonly email = `${randomUUID()}@example.org`;

  constructor(readonly devices: Device[]) {
    for (const device of devices) this.#own.set(device, []);
  }

  /** Signs in on all devices, and makes what they share, which all have before things go wrong. */
  async start(): Promise<void> {
    const [first, ...others] = this.devices as [Device, ...Device[]];
    for (const device of this.devices) await device.start();
    await first.client.register({ email: this.email, password: PASSWORD });
    for (const { client } of others) await client.signIn({ email: this.email, password: PASSWORD });
    for (const id of this.#goals) {
      await first.client.collection('goals').put({ id, title: 'sum' });
      this.model.add(`goals/${id}`, 0);
    }
    for (const id of this.#shared) {
      await first.client.collection('journals').put({ id, title: 'start', content: 'start' });
      for (const field of ['title', 'content']) this.model.wrote(`journals/${id}`, field, 'start');
    }
  }

  /** Whether all devices have what they share. */
  get isReady(): boolean {
    return this.devices.every(({ client }) => client.status.pending === 0 && Object.keys(client.collection('goals').list()).length === GOALS && client.collection('journals').list().length === SHARED);
  }

  /** Does something on a device; it is done when the device has stored it. */
  async act(device: Device, chance: Chance): Promise<void> {
    const own = this.#own.get(device)!;
    const deed = chance.pick<Deed>([[37, 'add'], [20, 'create'], [20, 'change'], [8, 'delete'], [9, 'share'], [2, 'found'], [3, 'tell'], [1, 'poison']]);
    this.model.operations += 1;
    if (deed === 'add') return this.#add(device, chance);
    if (deed === 'share') return this.#share(device, chance);
    if (deed === 'found' && this.model.founded < FOUNDED) return this.#found(device);
    if (deed === 'tell') return this.#tell(device);
    if (deed === 'poison') return this.#poison(device);
    if (deed === 'create' || own.length === 0) return this.#create(device, chance);
    const id = own[chance.whole(0, own.length - 1)]!;
    return deed === 'change' ? this.#change(device, id, chance) : this.#delete(device, id);
  }

  async #add({ client }: Device, chance: Chance): Promise<void> {
    const [id, amount] = [this.#goals[chance.whole(0, GOALS - 1)]!, chance.whole(-3, 9)];
    await client.collection('goals').add(id, amount, { priority: chance.whole(1, 4) });
    this.model.add(`goals/${id}`, amount);
  }

  async #create(device: Device, chance: Chance): Promise<void> {
    const mood = { mood: 'new', note: 'x'.repeat(chance.whole(0, 200)) };
    const { id } = await device.client.collection('moods').put(mood, { priority: chance.whole(1, 4) });
    this.#own.get(device)!.push(id);
    this.model.own.set(`moods/${id}`, mood);
  }

  async #change({ client }: Device, id: string, chance: Chance): Promise<void> {
    const fields: Fields = chance.happens(0.5) ? { mood: `m${chance.whole(0, 1e6)}` } : { note: `n${chance.whole(0, 1e6)}` };
    await client.collection('moods').patch(id, fields, { priority: chance.whole(1, 4) });
    this.model.own.set(`moods/${id}`, { ...this.model.own.get(`moods/${id}`)!, ...fields });
  }

  async #delete(device: Device, id: string): Promise<void> {
    await device.client.collection('moods').delete(id);
    this.#own.set(device, this.#own.get(device)!.filter((one) => one !== id));
    this.model.own.set(`moods/${id}`, null);
  }

  async #share({ client }: Device, chance: Chance): Promise<void> {
    const id = this.#shared[chance.whole(0, SHARED - 1)]!;
    const [field, value] = [chance.happens(0.5) ? 'title' : 'content', randomUUID()];
    this.model.wrote(`journals/${id}`, field, value);
    await client.collection('journals').patch(id, { [field]: value });
  }

  async #found({ client }: Device): Promise<void> {
    this.model.founded += 1;
    await client.queue({ method: 'POST', path: '/api/v1/organizations', data: { name: `Team ${this.model.founded}` } });
  }

  async #tell({ client }: Device): Promise<void> {
    this.model.told += 1;
    await client.queue({ method: 'POST', path: '/api/v1/events', data: { type: TOLD, data: { number: this.model.told } } });
  }

  async #poison({ client }: Device): Promise<void> {
    await client.collection('moods').put({ mood: '' });
    this.model.poisonous += 1;
  }
}
