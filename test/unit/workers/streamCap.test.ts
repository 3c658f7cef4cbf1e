// When a page has unpacked too much: one stream, or all of them together.
import { describe, expect, test, vi } from 'vitest';
import { StreamCap } from '../../../workers/streamCap.ts';

function capOf(maxStreamBytes: number): StreamCap {
  const cap = new StreamCap();
  cap.start(maxStreamBytes);
  return cap;
}

describe('the cap on streams', () => {
  test('lets a page unpack four full streams, and no more', () => {
    const cap = capOf(1_000);
    for (let stream = 0; stream < 4; stream++) cap.count(1_000);
    expect(cap.exceeded).toBe(false);
    expect(() => cap.count(1)).toThrow(RangeError);
    expect(cap.exceeded).toBe(true);
  });

  test('stops one stream that is too long, and tells once', () => {
    const cap = capOf(100_000);
    cap.onExceeded = vi.fn();
    expect(() => cap.count(100_001)).toThrow(RangeError);
    expect(() => cap.count(100_001)).toThrow(RangeError);
    expect(cap.onExceeded).toHaveBeenCalledOnce();
  });

  test('leaves little to a page that is over it, so that other ways to unpack end soon', () => {
    const cap = capOf(100_000_000);
    expect(() => cap.count(100_000_001)).toThrow();
    expect(() => cap.count(1_000_000)).toThrow();
    expect(() => cap.count(1_000)).not.toThrow();
  });

  test('begins anew with the next page', () => {
    const cap = capOf(1_000);
    expect(() => cap.count(1_001)).toThrow();
    cap.start(1_000);
    expect(cap.exceeded).toBe(false);
    expect(() => cap.count(1_000)).not.toThrow();
    expect(cap.bytes).toBe(1_000);
  });

  test('is off when the page has been left', () => {
    const cap = capOf(1_000);
    cap.release();
    expect(() => cap.count(10_000_000)).not.toThrow();
  });
});
