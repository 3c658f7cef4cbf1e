// Owns the keys that property tests draw: every type, nested, and many that lie close together.
import fc from 'fast-check';

const numbers = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.double({ noNaN: true }).map((n) => (n === 0 ? 0 : n)),
  fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MIN_VALUE, Number.MAX_VALUE),
);
// Units, not characters: at the borders of the encoding's widths, lone surrogates among them.
const units = fc.oneof(
  fc.constantFrom(0, 1, 0x7d, 0x7e, 0x7f, 0x80, 0xff, 0x407d, 0x407e, 0x407f, 0x4080, 0xd800, 0xdfff, 0xffff),
  fc.integer({ min: 0, max: 0xffff }),
);
const strings = fc.oneof(
  fc.constantFrom('', 'a', 'b', 'ab', 'a\0', 'a\0b'),
  fc.array(units, { maxLength: 6 }).map((codes) => String.fromCharCode(...codes)),
);
const dates = fc.date({ noInvalidDate: true });
const binaries = fc.uint8Array({ maxLength: 5 }).map((bytes) => Uint8Array.from(bytes).buffer);

/** A valid key of any type; arrays to a depth of three. */
export const anyKey: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  key: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    numbers,
    strings,
    dates,
    binaries,
    fc.array(tie('key'), { maxLength: 3 }),
  ),
})).key;

/** One of few keys of every type, so that records meet. */
export const fewKeys: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(
  1,
  2,
  3.5,
  'a',
  'b',
  'ab',
  new Date(5),
  Uint8Array.of(1, 0).buffer,
  ['a', 1],
  ['a', 2],
  ['a', 1, 'b'],
  [],
);

/** What is no key: of no valid type, or an array with such a thing in it. */
export const noKeys: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(
  undefined,
  null,
  true,
  Number.NaN,
  new Date(Number.NaN),
  {},
  ['a', undefined],
  [[null]],
  1n,
  /a/,
);
