// What producers and consumers may rely on in the bounded queue.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BoundedQueue } from '../../../src/queue/bounded.ts';

describe('the bounded queue', () => {
  test('a put waits while the queue is full and goes in when an item is taken', async () => {
    const queue = new BoundedQueue<string>(1);
    await queue.put('first');
    let isIn = false;
    const second = queue.put('second').then((outcome) => {
      isIn = true;
      return outcome;
    });
    await Promise.resolve();
    expect(isIn).toBe(false);
    expect(await queue.take()).toBe('first');
    expect(await second).toBe('put');
    expect(await queue.take()).toBe('second');
  });

  test('tryPut says that it is full instead of waiting', () => {
    const queue = new BoundedQueue<number>(2);
    expect([queue.tryPut(1), queue.tryPut(2), queue.tryPut(3)]).toEqual(['put', 'put', 'full']);
    expect(queue.size).toBe(2);
  });

  test('a take waits for the next item', async () => {
    const queue = new BoundedQueue<number>(1);
    const taken = queue.take();
    queue.tryPut(7);
    expect(await taken).toBe(7);
    expect(queue.size).toBe(0);
  });

  test('after close nothing goes in, what is inside comes out, then takes end', async () => {
    const queue = new BoundedQueue<number>(1);
    queue.tryPut(1);
    const waiting = queue.put(2);
    queue.close();
    expect(await waiting).toBe('closed');
    expect(queue.tryPut(3)).toBe('closed');
    expect(await queue.take()).toBe(1);
    expect(await queue.take()).toBeUndefined();
  });

  test('closing with drop hands back what was in line', async () => {
    const queue = new BoundedQueue<number>(3);
    queue.tryPut(1);
    queue.tryPut(2);
    expect(queue.close('drop')).toEqual([1, 2]);
    await queue.join();
    expect(await queue.take()).toBeUndefined();
  });

  test('join waits until every item that was put is done', async () => {
    const queue = new BoundedQueue<number>(2);
    queue.tryPut(1);
    queue.tryPut(2);
    let joined = false;
    const join = queue.join().then(() => {
      joined = true;
    });
    await queue.take();
    queue.done();
    await queue.take();
    await Promise.resolve();
    expect(joined).toBe(false);
    queue.done();
    await join;
    expect(joined).toBe(true);
  });

  test('the order is that of whoever chooses', async () => {
    const queue = new BoundedQueue<number>(3, (line) => line.indexOf(Math.max(...line)));
    for (const item of [1, 3, 2]) queue.tryPut(item);
    expect([await queue.take(), await queue.take(), await queue.take()]).toEqual([3, 2, 1]);
  });

  test('nothing is taken while the chooser holds it back, until a done lets it choose again', async () => {
    let isHeld = false;
    const queue = new BoundedQueue<string>(2, () => (isHeld ? null : 0));
    queue.tryPut('first');
    await queue.take();
    isHeld = true;
    queue.tryPut('second');
    const second = queue.take();
    const third = queue.take();
    expect(queue.size).toBe(1);
    queue.close();
    isHeld = false;
    queue.done();
    expect(await second).toBe('second');
    expect(await third).toBeUndefined();
  });

  test('a line that is held back still has its bound', () => {
    const queue = new BoundedQueue<number>(1, () => null);
    void queue.take();
    expect([queue.tryPut(1), queue.tryPut(2)]).toEqual(['put', 'full']);
  });

  test('done more often than put is a mistake that shows', () => {
    expect(() => new BoundedQueue(1).done()).toThrow('more often');
  });

  test('whatever the order of puts and takes: nothing is lost, doubled or reordered, and the size keeps its bound', async () => {
    const steps = fc.array(fc.constantFrom('put', 'tryPut', 'take'), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), steps, async (maxSize, script) => {
        const queue = new BoundedQueue<number>(maxSize);
        const accepted: number[] = [];
        const taken: (number | undefined)[] = [];
        const pending: Promise<unknown>[] = [];
        let next = 0;
        for (const step of script) {
          const item = next;
          if (step === 'take') {
            pending.push(queue.take().then((got) => taken.push(got)));
          } else if (step === 'put') {
            next += 1;
            accepted.push(item);
            pending.push(queue.put(item));
          } else if (queue.tryPut(item) === 'put') {
            next += 1;
            accepted.push(item);
          }
          await Promise.resolve();
          expect(queue.size).toBeLessThanOrEqual(maxSize);
        }
        while (taken.length < accepted.length) {
          const got = await queue.take();
          if (got === undefined) break;
          taken.push(got);
        }
        queue.close();
        await Promise.all(pending);
        expect(taken.filter((item) => item !== undefined)).toEqual(accepted);
      }),
    );
  });
});
