// A store belongs to one tab at a time.
import { expect, test } from 'vitest';
import { TabLock } from '../src/tab-lock.ts';

/** Web Locks as browsers have them, exclusive ones only. */
class FakeLocks {
  readonly #last = new Map<string, Promise<unknown>>();
  query = () => Promise.reject(new Error('not played'));
  request = (async (name: string, work: () => Promise<unknown>) => {
    const before = this.#last.get(name) ?? Promise.resolve();
    const mine = before.then(work);
    this.#last.set(name, mine);
    return mine;
  }) as LockManager['request'];
}

test('a second tab waits until the first lets go', async () => {
  const locks = new FakeLocks();
  const [first, second, other] = [new TabLock('a', locks), new TabLock('a', locks), new TabLock('b', locks)];
  const order: string[] = [];
  await first.take();
  const waiting = second.take().then(() => order.push('second'));
  await other.take().then(() => order.push('other'));
  await new Promise((resolve) => setTimeout(resolve, 5));
  order.push('first lets go');
  first.release();
  await waiting;
  expect(order).toEqual(['other', 'first lets go', 'second']);
});

test('where there are no tabs nobody waits', async () => {
  await new TabLock('a', null).take();
  await new TabLock('a', null).take();
});
