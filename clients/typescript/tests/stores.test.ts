// Stores keep what was written, all of a transaction or nothing.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { IndexedDbStore, MemoryStore, WebStorageStore, type Store, type WebStorage } from '../src/index.ts';
import { FileStore } from '../src/node.ts';
import { FakeIndexedDb } from './fake-indexed-db.ts';

const folder = mkdtempSync(join(tmpdir(), 'outpost-client-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newFile = () => join(folder, `store-${(files += 1)}`);

/** `localStorage` as browsers have it, with so much room. */
class FakeStorage implements WebStorage {
  readonly rows = new Map<string, string>();
  /** So many more calls of `setItem`, then the power is out. */
  left = Infinity;
  room = Infinity;
  get length(): number {
    return this.rows.size;
  }
  key(index: number): string | null {
    return [...this.rows.keys()][index] ?? null;
  }
  getItem(key: string): string | null {
    return this.rows.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    if ((this.left -= 1) < 0) throw new Error('power cut');
    if (value.length > this.room) throw new Error('no room');
    this.rows.set(key, value);
  }
  removeItem(key: string): void {
    if (this.left < 0) throw new Error('power cut');
    this.rows.delete(key);
  }
}

/** Without locks: a crash lets go of them. */
const web = (storage: FakeStorage, name = 'app') => new WebStorageStore(name, storage, null);
const contents = async (store: Store): Promise<Record<string, string>> => Object.fromEntries(await store.load());
/** What one that is opened now finds. */
const found = async (store: Store): Promise<Record<string, string>> => {
  const rows = await contents(store);
  await store.close();
  return rows;
};

const storage = new FakeStorage();
const file = newFile();
const memory = new MemoryStore();
const databases = new FakeIndexedDb();
const indexed = (factory: FakeIndexedDb) => new IndexedDbStore('app', factory as unknown as IDBFactory, null);
describe.each<[string, () => Store]>([
  ['memory', () => memory],
  ['web storage', () => web(storage)],
  ['IndexedDB', () => indexed(databases)],
  ['a file', () => new FileStore(file)],
])('%s', (_, open) => {
  test('gives back what was written', async () => {
    const store = open();
    expect(await contents(store)).toEqual({});
    await store.write([['a', '1'], ['b', 'line\nbreak "ä"'], ['c/d:e', '3']]);
    await store.write([['a', '2'], ['c/d:e', null], ['never', null]]);
    await store.close();
    const again = open();
    expect(await contents(again)).toEqual({ a: '2', b: 'line\nbreak "ä"' });
    await again.write([['b', null]]);
    await again.close();
    expect(await found(open())).toEqual({ a: '2' });
  });
});

describe('web storage', () => {
  test('is whole after a crash at any point', async () => {
    for (let left = 0; left < 6; left += 1) {
      const storage = new FakeStorage();
      const store = web(storage);
      await store.write([['a', 'old'], ['b', 'old']]);
      storage.left = left;
      await store.write([['a', 'new'], ['b', 'new'], ['c', 'new']]).catch(() => {});
      storage.left = Infinity;
      const after = await contents(web(storage));
      expect([{ a: 'old', b: 'old' }, { a: 'new', b: 'new', c: 'new' }]).toContainEqual(after);
    }
  });

  test('without room for all changes nothing', async () => {
    const storage = new FakeStorage();
    const store = web(storage);
    await store.write([['a', 'old']]);
    storage.room = 40;
    await expect(store.write([['b', 'x'], ['a', 'x'.repeat(50)]])).rejects.toThrow('no room');
    expect(await contents(web(storage))).toEqual({ a: 'old' });
  });

  test('shares with others', async () => {
    const storage = new FakeStorage();
    storage.setItem('theme', 'dark');
    await web(storage, 'one').write([['a', '1']]);
    expect(await contents(web(storage, 'other'))).toEqual({});
    expect(storage.getItem('theme')).toBe('dark');
  });
});

describe('IndexedDB', () => {
  test('without room for all changes nothing', async () => {
    const factory = new FakeIndexedDb();
    const store = indexed(factory);
    await store.load();
    await store.write([['a', 'old']]);
    factory.isFull = true;
    await expect(store.write([['a', 'new'], ['b', 'new']])).rejects.toThrow('no room');
    factory.isFull = false;
    expect(await found(indexed(factory))).toEqual({ a: 'old' });
    await store.close();
    await expect(store.write([['a', 'x']])).rejects.toThrow('not open');
  });
});

describe('a file', () => {
  test('cut anywhere has the transactions before the cut', async () => {
    const path = newFile();
    const store = new FileStore(path);
    await store.load();
    for (let count = 1; count <= 3; count += 1) await store.write([['count', String(count)], [`row-${count}`, 'x']]);
    await store.close();
    const whole = readFileSync(path);
    for (let length = 0; length <= whole.length; length += 1) {
      writeFileSync(path, whole.subarray(0, length));
      const cut = new FileStore(path);
      const rows = await contents(cut);
      const count = Number(rows.count ?? 0);
      expect(Object.keys(rows).filter((key) => key.startsWith('row-'))).toHaveLength(count);
      // And goes on.
      await cut.write([['after', 'x']]);
      await cut.close();
      expect(await found(new FileStore(path))).toMatchObject({ ...rows, after: 'x' });
    }
  });

  test('does not grow with what is overwritten', async () => {
    const path = newFile();
    const store = new FileStore(path);
    await store.load();
    for (let count = 0; count < 100; count += 1) await store.write([['large', `${count}`.padEnd(100_000, 'x')]]);
    expect(statSync(path).size).toBeLessThan(3_000_000);
    await store.close();
    appendFileSync(path, '[["half');
    expect((await found(new FileStore(path))).large).toMatch(/^99x/);
  });
});
