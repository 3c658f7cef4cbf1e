// Owns the proof that stored values come back as they were put, and that what cannot is refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeValue, encodeValue } from '../../src/store/valueEncoding.ts';

const anyValue = fc.anything({
  withBigInt: true,
  withDate: true,
  withSparseArray: false,
  withNullPrototype: false,
  values: [
    fc.string({ unit: 'binary' }),
    fc.boolean(),
    fc.double(),
    fc.bigInt(),
    fc.constantFrom(null, undefined),
    fc.date(),
    fc.uint8Array({ maxLength: 9 }),
    fc.uint8Array({ maxLength: 9 }).map((bytes) => Uint8Array.from(bytes).buffer),
  ],
  key: fc.oneof(fc.string(), fc.constantFrom('$', 'v', '__proto__', 'toJSON')),
});

describe('stored values', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(decodeValue(encodeValue(value))).toStrictEqual(value);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are plain JSON where JSON has a word for them', () => {
    const session = { pickled_session: '{"a":1}', needs_backup: 1, backed_up_to: -1, parts: [true, null] };
    expect(JSON.parse(encodeValue(session))).toEqual(session);
  });

  it('are written as they are documented where it has none', () => {
    expect(encodeValue({ a: undefined, b: Uint8Array.of(1, 2), c: -0, $: 1n })).toBe(
      '{"$":"object","v":[["a",{"$":"undefined"}],["b",{"$":"bytes","v":"AQI="}],["c",{"$":"number","v":"-0"}],["$",{"$":"bigint","v":"1"}]]}',
    );
  });

  it('are clones: bytes of a larger buffer come back without the rest', () => {
    const large = Buffer.from('secret beside it');
    const back = decodeValue(encodeValue(large.subarray(0, 3)));
    expect(back).toStrictEqual(new Uint8Array(Buffer.from('sec')));
    expect((back as Uint8Array).buffer.byteLength).toBe(3);
  });

  it.each([
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a Map', new Map()],
    ['an object of a class', new (class Session {})()],
    ['a view of words', new Uint16Array(2)],
    ['an array with a hole', new Array(2)],
  ])('are refused when they are or hold %s', (_name, value) => {
    const refused = expect.objectContaining({ name: 'DataCloneError' });
    expect(() => encodeValue(value)).toThrow(refused);
    expect(() => encodeValue({ deep: [value] })).toThrow(refused);
  });

  it('are refused when they contain themselves, not when they hold a thing twice', () => {
    const shared = { a: 1 };
    const circle: Record<string, unknown> = { shared, again: shared };
    expect(decodeValue(encodeValue(circle))).toEqual({ shared: { a: 1 }, again: { a: 1 } });
    circle.self = circle;
    expect(() => encodeValue(circle)).toThrow(expect.objectContaining({ name: 'DataCloneError' }));
  });
});
