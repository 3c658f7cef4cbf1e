// IndexedDB keys as bytes whose order under memcmp is the order of the keys: what SQLite sorts, finds and compares.
//
// number  0x10, the IEEE 754 double, big-endian, its sign bit flipped (all bits of a negative one): 8 bytes
// date    0x20, the same of its milliseconds
// string  0x30, its UTF-16 code units, 0x00
// binary  0x40, its bytes, 0x00
// array   0x50, its keys one after the other, 0x00
//
// A unit (a code unit or a byte) takes 1 to 3 bytes, never 0x00, as in Firefox's
// https://searchfox.org/mozilla-central/source/dom/indexedDB/Key.cpp:
// up to 0x7e: 0xxxxxxx (unit + 1); up to 0x407e: 10xxxxxx xxxxxxxx (unit - 0x7f); above: 11xxxxxx xxxxxxxx xx000000.
import { domError } from './errors.ts';

/** A valid key (https://w3c.github.io/IndexedDB/#key-construct); binary keys come back as ArrayBuffer. */
export type Key = number | Date | string | ArrayBuffer | Key[];

const END = 0x00;
const NUMBER = 0x10;
const DATE = 0x20;
const STRING = 0x30;
const BINARY = 0x40;
const ARRAY = 0x50;
const ONE_BYTE_MAX = 0x7e;
const TWO_BYTES_MAX = 0x3fff + ONE_BYTE_MAX + 1;

/** The bytes of a key; undefined when the value is no valid key. */
export function keyBytes(value: unknown): Uint8Array | undefined {
  const out: number[] = [];
  return append(value, out, []) ? Uint8Array.from(out) : undefined;
}

/** The bytes of a key. Throws DataError when the value is no valid key. */
export function encodeKey(value: unknown): Uint8Array {
  const bytes = keyBytes(value);
  if (bytes === undefined) throw domError('DataError', `not a valid key: ${typeof value}`);
  return bytes;
}

/** The key that `encodeKey` made these bytes of (-0 comes back as 0, a view as the ArrayBuffer of its bytes). */
export function decodeKey(bytes: Uint8Array): Key {
  return new KeyReader(bytes).key();
}

function append(value: unknown, out: number[], ancestors: unknown[]): boolean {
  if (typeof value === 'number') return appendDouble(NUMBER, value, out);
  if (typeof value === 'string') {
    out.push(STRING);
    for (let i = 0; i < value.length; i++) appendUnit(value.charCodeAt(i), out);
    out.push(END);
    return true;
  }
  if (value instanceof Date) return appendDouble(DATE, value.getTime(), out);
  if (value instanceof ArrayBuffer) return appendBinary(new Uint8Array(value), out);
  if (ArrayBuffer.isView(value)) {
    return appendBinary(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), out);
  }
  return Array.isArray(value) && appendArray(value, out, ancestors);
}

function appendArray(value: unknown[], out: number[], ancestors: unknown[]): boolean {
  if (ancestors.includes(value)) return false;
  out.push(ARRAY);
  // By index: holes are invalid, and forEach would step over them.
  for (let i = 0; i < value.length; i++) {
    if (!append(value[i], out, [...ancestors, value])) return false;
  }
  out.push(END);
  return true;
}

function appendBinary(bytes: Uint8Array, out: number[]): boolean {
  out.push(BINARY);
  for (const byte of bytes) appendUnit(byte, out);
  out.push(END);
  return true;
}

function appendUnit(unit: number, out: number[]): void {
  if (unit <= ONE_BYTE_MAX) {
    out.push(unit + 1);
  } else if (unit <= TWO_BYTES_MAX) {
    const shifted = unit - ONE_BYTE_MAX - 1;
    out.push(0x80 | (shifted >> 8), shifted & 0xff);
  } else {
    out.push(0xc0 | (unit >> 10), (unit >> 2) & 0xff, (unit << 6) & 0xff);
  }
}

function appendDouble(tag: number, value: number, out: number[]): boolean {
  if (Number.isNaN(value)) return false;
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value === 0 ? 0 : value);
  flipSign(bytes, (bytes[0] as number) >= 0x80);
  out.push(tag, ...bytes);
  return true;
}

function flipSign(bytes: Uint8Array, isNegative: boolean): void {
  if (!isNegative) bytes[0] = (bytes[0] as number) ^ 0x80;
  else for (let i = 0; i < bytes.length; i++) bytes[i] = (bytes[i] as number) ^ 0xff;
}

class KeyReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  key(): Key {
    const tag = this.#next();
    if (tag === NUMBER) return this.#double();
    if (tag === DATE) return new Date(this.#double());
    if (tag === STRING) return this.#units().reduce((text, unit) => text + String.fromCharCode(unit), '');
    if (tag === BINARY) return Uint8Array.from(this.#units()).buffer;
    if (tag === ARRAY) return this.#array();
    throw domError('DataError', 'the bytes are no key');
  }

  #next(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw domError('DataError', 'the bytes of a key end too early');
    return byte;
  }

  #double(): number {
    const bytes = this.#bytes.slice(this.#at, this.#at + 8);
    this.#at += 8;
    flipSign(bytes, (bytes[0] as number) < 0x80);
    return new DataView(bytes.buffer).getFloat64(0);
  }

  #units(): number[] {
    const units: number[] = [];
    for (let first = this.#next(); first !== END; first = this.#next()) {
      if (first < 0x80) units.push(first - 1);
      else if (first < 0xc0) units.push((((first & 0x3f) << 8) | this.#next()) + ONE_BYTE_MAX + 1);
      else units.push(((first & 0x3f) << 10) | (this.#next() << 2) | (this.#next() >> 6));
    }
    return units;
  }

  #array(): Key[] {
    const keys: Key[] = [];
    while (this.#bytes[this.#at] !== END) keys.push(this.key());
    this.#at++;
    return keys;
  }
}
