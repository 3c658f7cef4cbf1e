// Which arrays are given back at once.
import { expect, test } from 'vitest';
import { letGo } from '../../../workers/letGo.ts';

test('an array with a buffer of its own is empty afterwards', () => {
  const array = new Uint8Array(1_000);
  letGo(array);
  expect(array.length).toBe(0);
});

test('a part of a larger buffer stays, for the sake of the others', () => {
  const whole = new Uint8Array(1_000).fill(7);
  letGo(whole.subarray(10, 20));
  expect(whole[15]).toBe(7);
});

test('what was let go may be let go again', () => {
  const array = new Uint8Array(10);
  letGo(array);
  expect(() => letGo(array)).not.toThrow();
});
