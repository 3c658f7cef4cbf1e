// Work on one thing, one after the other.
import { expect, test } from 'vitest';
import { Turns } from '../src/turns.ts';

test('what was asked for first is done first, and other things do not wait', async () => {
  const turns = new Turns();
  const gate = Promise.withResolvers<void>();
  const order: string[] = [];
  const note = (what: string) => async () => void order.push(what);
  const first = turns.run('a', () => gate.promise.then(note('a1')));
  const second = turns.run('a', note('a2'));
  await turns.run('b', note('b1'));
  gate.resolve();
  await Promise.all([first, second]);
  expect(order).toEqual(['b1', 'a1', 'a2']);
});

test('a failure is told to whom it belongs, and the next has its turn', async () => {
  const turns = new Turns();
  const first = turns.run('a', () => Promise.reject(new Error('mine')));
  const second = turns.run('a', async () => 'done');
  await expect(first).rejects.toThrow('mine');
  expect(await second).toBe('done');
});
