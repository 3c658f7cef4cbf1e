// How much a page may be painted on at one time.
import { describe, expect, test } from 'vitest';
import { CanvasCap } from '../../../workers/canvasCap.ts';

const MEGABYTE = 1_000_000;

describe('the canvases of a page', () => {
  test('may take what the cap allows together, and no more', () => {
    const cap = new CanvasCap(2 * MEGABYTE);
    cap.create(500, 500);
    cap.create(500, 500);
    expect(() => cap.create(1, 1)).toThrow(RangeError);
    expect(cap.bytes).toBe(2 * MEGABYTE);
  });

  test('leave their room when they are destroyed', () => {
    const cap = new CanvasCap(MEGABYTE);
    const first = cap.create(500, 500);
    cap.destroy(first);
    expect(cap.bytes).toBe(0);
    expect(cap.create(500, 500).canvas.width).toBe(500);
  });

  test('count with the size that they are given later', () => {
    const cap = new CanvasCap(MEGABYTE);
    const one = cap.create(10, 10);
    cap.reset(one, 500, 500);
    expect(cap.bytes).toBe(MEGABYTE);
    expect(() => cap.reset(one, 500, 501)).toThrow(RangeError);
    cap.reset(one, 100, 100);
    expect(cap.bytes).toBe(40_000);
  });

  test('are all gone after the page', () => {
    const cap = new CanvasCap(MEGABYTE);
    const { canvas } = cap.create(500, 500);
    cap.clear();
    expect([cap.bytes, canvas.width]).toEqual([0, 0]);
  });

  test.each([
    ['longer than anything reads', 40_000, 1],
    ['without a width', 0, 10],
    ['of no number', Number.NaN, 10],
  ])('are never %s', (_what, width, height) => {
    expect(() => new CanvasCap(MEGABYTE).create(width, height)).toThrow(RangeError);
  });
});
