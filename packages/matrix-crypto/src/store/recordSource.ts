// Reading, the same for an object store and an index: get, getAll, getAllKeys, count and cursors.
import { IDBCursorWithValue } from './cursor.ts';
import { domError } from './errors.ts';
import { decodeKey } from './keyEncoding.ts';
import { type Bounds, IDBKeyRange } from './keyRange.ts';
import type { IDBRequest } from './request.ts';
import { countRows, type Source, selectKeys, selectValues } from './selection.ts';
import type { StoreAccess } from './storeAccess.ts';
import { decodeValue } from './valueEncoding.ts';

/** What can be asked of a store or an index. Queries are a key or a key range; without one (not for `get`) everything is meant. */
export class RecordSource {
  readonly #access: StoreAccess;
  readonly #source: Source;

  constructor(access: StoreAccess, source: Source) {
    this.#access = access;
    this.#source = source;
  }

  /** The first value in the range; undefined when there is none. */
  get(query: unknown): IDBRequest {
    this.#assertOpen();
    const bounds = needBounds(query);
    return this.#place(() => selectValues(this.#access.file, this.#source, bounds, 1).map(decodeValue)[0]);
  }

  /** The values in the range, at most `count` when it is given and not 0. */
  getAll(query?: unknown, count = 0): IDBRequest {
    this.#assertOpen();
    const bounds = IDBKeyRange.boundsOf(query);
    return this.#place(() => selectValues(this.#access.file, this.#source, bounds, count).map(decodeValue));
  }

  /** The primary keys in the range, at most `count` when it is given and not 0. */
  getAllKeys(query?: unknown, count = 0): IDBRequest {
    this.#assertOpen();
    const bounds = IDBKeyRange.boundsOf(query);
    return this.#place(() => selectKeys(this.#access.file, this.#source, bounds, count).map(decodeKey));
  }

  count(query?: unknown): IDBRequest {
    this.#assertOpen();
    const bounds = IDBKeyRange.boundsOf(query);
    return this.#place(() => countRows(this.#access.file, this.#source, bounds));
  }

  /** A cursor over the range in ascending order. Throws NotSupportedError for another direction. */
  openCursor(query?: unknown, direction = 'next'): IDBRequest {
    if (direction !== 'next') throw domError('NotSupportedError', `cursors go forward only, not ${direction}`);
    this.#assertOpen();
    const bounds = IDBKeyRange.boundsOf(query);
    return IDBCursorWithValue.open({ access: this.#access, source: this.#source, shownSource: this, bounds });
  }

  #place(work: () => unknown): IDBRequest {
    return this.#access.run.place(this, work).request;
  }

  #assertOpen(): void {
    if (this.#source.store.isDeleted) throw domError('InvalidStateError', 'the object store was deleted');
    this.#access.run.assertOpen();
  }
}

/** The bounds of a query that must name something. Throws DataError when it does not. */
export function needBounds(query: unknown): Bounds {
  const bounds = IDBKeyRange.boundsOf(query);
  if (bounds === undefined) throw domError('DataError', 'a key or a key range is needed');
  return bounds;
}
