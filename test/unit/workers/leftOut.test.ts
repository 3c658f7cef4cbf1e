// What is heard of the pictures that pdf.js leaves out.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LeftOut } from '../../../workers/leftOut.ts';

describe('the warnings of pdf.js', () => {
  const print = vi.fn();
  const { warn } = console;
  let leftOut: LeftOut;

  beforeEach(() => {
    print.mockClear();
    console.warn = print;
    leftOut = LeftOut.install();
  });

  afterEach(() => {
    console.warn = warn;
  });

  test('tell a picture that is too large', () => {
    console.warn('Warning: Image exceeded maximum allowed size and was removed.');
    expect([leftOut.tooLarge, leftOut.broken]).toEqual([true, false]);
  });

  test.each(['Warning: Unable to decode image "img_p0_1": "…".', 'Warning: Unable to decode inline image: "…".'])(
    'tell one that cannot be decoded: %s',
    (warning) => {
      console.warn(warning);
      expect([leftOut.tooLarge, leftOut.broken]).toEqual([false, true]);
    },
  );

  test('of one page say nothing of the next', () => {
    console.warn('Warning: Image exceeded maximum allowed size and was removed.');
    leftOut.start();
    expect(leftOut.tooLarge).toBe(false);
  });

  test('are printed nowhere, those of others are', () => {
    console.warn('Warning: Indexing all PDF objects');
    console.warn('something else', 7);
    expect(print.mock.calls).toEqual([['something else', 7]]);
  });
});
