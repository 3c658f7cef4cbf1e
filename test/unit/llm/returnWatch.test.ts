// Owns the tests of the look-out for a server that was left alone: only one that had gone is tried before its time.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createReturnWatch } from '../../../src/llm/returnWatch.ts';

let isThere: boolean;
let looks: number;
let returns: number;
const watch = () =>
  createReturnWatch({
    async isThere() {
      looks++;
      return isThere;
    },
    onReturn: () => returns++,
  });

beforeEach(() => {
  vi.useFakeTimers();
  [isThere, looks, returns] = [false, 0, 0];
});
afterEach(() => {
  vi.useRealTimers();
});

it('tells once that a server that had gone is there again', async () => {
  watch().start();
  await vi.advanceTimersByTimeAsync(12_000);
  expect([looks, returns]).toEqual([3, 0]);
  isThere = true;
  await vi.advanceTimersByTimeAsync(60_000);
  expect([looks, returns]).toEqual([4, 1]);
});

it('leaves a server alone that is there and fails at its work', async () => {
  isThere = true;
  watch().start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([looks, returns]).toEqual([1, 0]);
});

it('looks no more when the server is called again', async () => {
  const own = watch();
  own.start();
  await vi.advanceTimersByTimeAsync(6_000);
  own.stop();
  isThere = true;
  await vi.advanceTimersByTimeAsync(60_000);
  expect([looks, returns]).toEqual([2, 0]);
});
