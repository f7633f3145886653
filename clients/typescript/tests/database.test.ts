// Rows in memory, and the store behind them.
import { describe, expect, test } from 'vitest';
import { Database, type RowChange } from '../src/database.ts';
import { MemoryStore, type StoreChange } from '../src/index.ts';

/** A store that fails, or waits, when it is told to. */
class SlowStore extends MemoryStore {
  writes = 0;
  isFull = false;
  gate: Promise<void> = Promise.resolve();
  override async write(changes: readonly StoreChange[]): Promise<void> {
    this.writes += 1;
    await this.gate;
    if (this.isFull) throw new Error('full');
    await super.write(changes);
  }
}

const row = (key: string, value: unknown): RowChange => ({ table: 'records', key, value });

describe('a database', () => {
  test('shows a write at once, and has it after a restart', async () => {
    const store = new MemoryStore();
    const database = await Database.open(store);
    const isSafe = database.write([row('moods/a', { mood: 'x' }), row('moods/b', 1)]);
    expect(database.get('records', 'moods/a')).toEqual({ mood: 'x' });
    await isSafe;
    await database.write([row('moods/b', undefined)]);
    const again = await Database.open(store);
    expect([...again.rows('records')]).toEqual([['moods/a', { mood: 'x' }]]);
  });

  test('writes together what came while the store was busy', async () => {
    const store = new SlowStore();
    const database = await Database.open(store);
    await Promise.all(Array.from({ length: 100 }, (_, key) => database.write([row(String(key), key)])));
    expect(store.writes).toBe(2);
    expect((await Database.open(store)).rows('records').size).toBe(100);
  });

  test('takes back what the store refused, and what stood on it, and tells', async () => {
    const store = new SlowStore();
    const database = await Database.open(store);
    await database.write([row('a', 1)]);
    const heard: unknown[] = [];
    database.listen((changes) => heard.push(...changes.map(({ value }) => value)));
    store.isFull = true;
    const writes = [database.write([row('a', 2)]), database.write([row('a', 3), row('b', 1)])];
    expect(database.get('records', 'a')).toBe(3);
    expect((await Promise.allSettled(writes)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(database.get('records', 'a')).toBe(1);
    expect(database.get('records', 'b')).toBeUndefined();
    expect(heard).toEqual([2, 3, 1, undefined, 2, 1]);
    store.isFull = false;
    await database.write([row('a', 4)]);
    expect((await Database.open(store)).get('records', 'a')).toBe(4);
  });

  test('an empty write waits for those before it, and costs nothing', async () => {
    const store = new SlowStore();
    const database = await Database.open(store);
    let open = () => {};
    store.gate = new Promise((resolve) => (open = resolve));
    let isSafe = false;
    void database.write([row('a', 1)]);
    const empty = database.write([]).then(() => (isSafe = true));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(isSafe).toBe(false);
    open();
    await empty;
    expect(store.writes).toBe(1);
  });
});
