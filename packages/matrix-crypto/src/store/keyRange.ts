// Key ranges: the class that wasm calls by its global name, and the bounds in bytes that statements are made with.
import { domError } from './errors.ts';
import { decodeKey, encodeKey, type Key } from './keyEncoding.ts';

/** The bounds of a range in encoded keys; an absent bound is no bound. */
export type Bounds = {
  readonly lower?: Uint8Array;
  readonly upper?: Uint8Array;
  readonly lowerOpen: boolean;
  readonly upperOpen: boolean;
};

/** https://w3c.github.io/IndexedDB/#keyrange */
export class IDBKeyRange {
  readonly #bounds: Bounds;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  static only(value: unknown): IDBKeyRange {
    return new IDBKeyRange(onlyBounds(value));
  }

  static lowerBound(lower: unknown, isOpen = false): IDBKeyRange {
    return new IDBKeyRange({ lower: encodeKey(lower), lowerOpen: isOpen, upperOpen: true });
  }

  static upperBound(upper: unknown, isOpen = false): IDBKeyRange {
    return new IDBKeyRange({ upper: encodeKey(upper), lowerOpen: true, upperOpen: isOpen });
  }

  /** Throws DataError when the lower bound lies above the upper one, or both are one key and a bound is open. */
  static bound(lower: unknown, upper: unknown, lowerOpen = false, upperOpen = false): IDBKeyRange {
    const bounds = { lower: encodeKey(lower), upper: encodeKey(upper), lowerOpen, upperOpen };
    const order = Buffer.compare(bounds.lower, bounds.upper);
    if (order > 0 || (order === 0 && (lowerOpen || upperOpen))) {
      throw domError('DataError', 'a range needs a lower bound below its upper bound');
    }
    return new IDBKeyRange(bounds);
  }

  get lower(): Key | undefined {
    return this.#bounds.lower && decodeKey(this.#bounds.lower);
  }

  get upper(): Key | undefined {
    return this.#bounds.upper && decodeKey(this.#bounds.upper);
  }

  get lowerOpen(): boolean {
    return this.#bounds.lowerOpen;
  }

  get upperOpen(): boolean {
    return this.#bounds.upperOpen;
  }

  /** What a query asks for: a range's bounds, one key, or undefined for everything. Throws DataError for anything else. */
  static boundsOf(query: unknown): Bounds | undefined {
    if (query === undefined || query === null) return undefined;
    return query instanceof IDBKeyRange ? query.#bounds : onlyBounds(query);
  }
}

function onlyBounds(value: unknown): Bounds {
  const key = encodeKey(value);
  return { lower: key, upper: key, lowerOpen: false, upperOpen: false };
}
