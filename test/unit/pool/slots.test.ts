// Who gets a free thread, and in what order.
import { describe, expect, test, vi } from 'vitest';
import { Slots } from '../../../src/pool/slots.ts';

const never = new AbortController().signal;
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('slots', () => {
  test('are given at once while there are some, then in the order of asking', async () => {
    const slots = new Slots(1);
    const order: string[] = [];
    const release = await slots.acquire(never);
    const second = slots.acquire(never).then((done) => {
      order.push('second');
      return done;
    });
    const third = slots.acquire(never).then(() => order.push('third'));
    await settled();
    expect([order, slots.waiting]).toEqual([[], 2]);
    release();
    (await second)();
    await third;
    expect(order).toEqual(['second', 'third']);
  });

  test('are not given to one who left', async () => {
    const slots = new Slots(1);
    const release = await slots.acquire(never);
    const leaving = new AbortController();
    const left = slots.acquire(leaving.signal);
    const stayed = vi.fn();
    const waiting = slots.acquire(never).then(stayed);
    leaving.abort(new Error('cancelled'));
    await expect(left).rejects.toThrow('cancelled');
    release();
    await waiting;
    expect(stayed).toHaveBeenCalledOnce();
    expect(slots.waiting).toBe(0);
  });

  test('are not given to one who comes with an aborted signal', async () => {
    const slots = new Slots(1);
    await expect(slots.acquire(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    await expect(slots.acquire(never)).resolves.toBeTypeOf('function');
  });
});
