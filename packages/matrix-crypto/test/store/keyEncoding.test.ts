// Owns the proof that keys as bytes sort, and come back, as the specification's keys do.
import { indexedDB as model } from 'fake-indexeddb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeKey, encodeKey, keyBytes } from '../../src/store/keyEncoding.ts';
import { anyKey, noKeys } from './keys.ts';

const order = (a: unknown, b: unknown) => Buffer.compare(encodeKey(a), encodeKey(b));

describe('keys as bytes', () => {
  it('sort as keys compare', () => {
    fc.assert(
      fc.property(anyKey, anyKey, (a, b) => {
        expect(order(a, b)).toBe(model.cmp(a, b));
      }),
      { numRuns: 3_000 },
    );
  });

  it('sort as keys compare where one begins like the other', () => {
    const alike = fc.tuple(
      fc.array(anyKey, { maxLength: 2 }),
      fc.array(anyKey, { maxLength: 2 }),
      fc.array(anyKey, { maxLength: 2 }),
    );
    fc.assert(
      fc.property(alike, ([begin, a, b]) => {
        expect(order([...begin, ...a], [...begin, ...b])).toBe(model.cmp([...begin, ...a], [...begin, ...b]));
      }),
      { numRuns: 1_000 },
    );
  });

  it('come back as they were', () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        expect(decodeKey(encodeKey(key))).toEqual(key);
      }),
      { numRuns: 2_000 },
    );
  });

  it('put numbers before dates, strings, binary keys and arrays', () => {
    const keys = [Number.POSITIVE_INFINITY, new Date(0), '', new ArrayBuffer(0), []];
    expect(keys.toReversed().sort(order)).toEqual(keys);
  });

  it('take -0 for 0, and a view for its part of a buffer', () => {
    expect(decodeKey(encodeKey(-0))).toBe(0);
    expect(decodeKey(encodeKey(new Uint8Array([1, 2, 3]).subarray(1)))).toEqual(Uint8Array.of(2, 3).buffer);
  });

  it('need one byte a character for ASCII, which is what wasm uses', () => {
    expect(encodeKey('@bot:example.org')).toHaveLength('@bot:example.org'.length + 2);
  });

  it('are refused for what is no key', () => {
    const within: unknown[] = [];
    within.push(within);
    // biome-ignore lint/suspicious/noSparseArray: a hole is the case.
    for (const value of [within, [, 1]]) expect(keyBytes(value)).toBeUndefined();
    fc.assert(
      fc.property(noKeys, (value) => {
        expect(() => encodeKey(value)).toThrow(expect.objectContaining({ name: 'DataError' }));
      }),
    );
  });
});
