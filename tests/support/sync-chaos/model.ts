// What must come of everything that the devices of a user did.
import type { Fields } from '../../../clients/typescript/src/index.ts';

export class Model {
  /** What was added to each goal. */
  readonly sums = new Map<string, number>();
  /** Records that one device alone writes, as they must be; null if deleted. */
  readonly own = new Map<string, Fields | null>();
  /** Fields that several devices write: all that was ever written. */
  readonly shared = new Map<string, Set<unknown>>();
  /** Organizations that were founded: one row each, on a route that would make another every time. */
  founded = 0;
  /** Events that were sent to the own devices: another one each time. */
  told = 0;
  /** Operations that no server would take. */
  poisonous = 0;
  operations = 0;

  add(goal: string, amount: number): void {
    this.sums.set(goal, (this.sums.get(goal) ?? 0) + amount);
  }

  wrote(record: string, field: string, value: unknown): void {
    const key = `${record}.${field}`;
    const all = this.shared.get(key) ?? new Set();
    this.shared.set(key, all.add(value));
  }

  /** What is not as it must be. */
  complaints(state: Record<string, Fields>): string[] {
    return [...this.#sumsOf(state), ...this.#ownOf(state), ...this.#sharedOf(state), ...this.#foundedOf(state), ...this.#strangers(state)];
  }

  /** What is wrong with the events that the server has. */
  complaintsOfEvents(numbers: number[]): string[] {
    const missing = Array.from({ length: this.told }, (_, index) => index + 1).filter((number) => !numbers.includes(number));
    const doubled = numbers.filter((number, index) => numbers.indexOf(number) !== index);
    return [...missing.map((number) => `event ${number} is missing`), ...doubled.map((number) => `event ${number} is there twice`)];
  }

  #foundedOf(state: Record<string, Fields>): string[] {
    const count = Object.keys(state).filter(isOrganization).length;
    return count === this.founded ? [] : [`${count} organizations are there, not ${this.founded}`];
  }

  #sumsOf(state: Record<string, Fields>): string[] {
    return [...this.sums].flatMap(([goal, sum]) => {
      const value = state[goal]?.current_value ?? 0;
      return value === sum ? [] : [`${goal} is ${JSON.stringify(value)}, not ${sum}`];
    });
  }

  #ownOf(state: Record<string, Fields>): string[] {
    return [...this.own].flatMap(([name, expected]) => {
      const record = state[name];
      if (!expected) return record ? [`${name} is there, though deleted`] : [];
      if (!record) return [`${name} is missing`];
      const wrong = Object.keys(expected).filter((field) => JSON.stringify(record[field]) !== JSON.stringify(expected[field]));
      return wrong.map((field) => `${name}.${field} is ${JSON.stringify(record[field])}, not ${JSON.stringify(expected[field])}`);
    });
  }

  #sharedOf(state: Record<string, Fields>): string[] {
    return [...this.shared].flatMap(([key, values]) => {
      const cut = key.lastIndexOf('.');
      const value = state[key.slice(0, cut)]?.[key.slice(cut + 1)];
      return values.has(value) ? [] : [`${key} is ${JSON.stringify(value)}, which nobody wrote`];
    });
  }

  #strangers(state: Record<string, Fields>): string[] {
    const known = new Set([...this.sums.keys(), ...this.own.keys(), ...[...this.shared.keys()].map((key) => key.slice(0, key.lastIndexOf('.')))]);
    return Object.keys(state).filter((name) => !known.has(name) && !isOrganization(name)).map((name) => `${name} was made by nobody`);
  }
}

const isOrganization = (name: string): boolean => name.startsWith('organizations/');
