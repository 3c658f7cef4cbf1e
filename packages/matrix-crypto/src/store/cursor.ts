// Forward cursors over a store or an index.
import { domError } from './errors.ts';
import { decodeKey, type Key } from './keyEncoding.ts';
import type { Bounds } from './keyRange.ts';
import type { IDBRequest } from './request.ts';
import { nextRow, type Row, type Source } from './selection.ts';
import { placeDelete, placePut, type StoreAccess } from './storeAccess.ts';
import type { Placed } from './transactionRun.ts';
import { decodeValue } from './valueEncoding.ts';

/** What a cursor walks over; `shownSource` is its IDBObjectStore or IDBIndex. */
export type CursorPlan = {
  readonly access: StoreAccess;
  readonly source: Source;
  readonly shownSource: unknown;
  readonly bounds: Bounds | undefined;
};

/** https://w3c.github.io/IndexedDB/#idbcursor, direction "next" */
export class IDBCursor {
  readonly direction = 'next';
  readonly #plan: CursorPlan;
  #placed: Placed | undefined;
  #row: Row | undefined;
  #isOnRow = false;

  constructor(plan: CursorPlan) {
    this.#plan = plan;
  }

  get source(): unknown {
    return this.#plan.shownSource;
  }

  get request(): IDBRequest | undefined {
    return this.#placed?.request;
  }

  get key(): Key | undefined {
    return this.#row && decodeKey(this.#row.position);
  }

  get primaryKey(): Key | undefined {
    return this.#row && decodeKey(this.#row.key);
  }

  /** Goes on to the next row: the same request succeeds again. Throws InvalidStateError while it is on its way, or at the end. */
  continue(): void {
    this.#plan.access.run.assertOpen();
    this.#rowHere();
    this.#isOnRow = false;
    this.#placed = this.#place();
  }

  /** Puts another value under the row's primary key. */
  update(value: unknown): IDBRequest {
    this.#plan.access.run.assertOpen();
    return placePut(this.#plan.access, this, value, decodeKey(this.#rowHere().key), false);
  }

  delete(): IDBRequest {
    this.#plan.access.run.assertOpen();
    const key = this.#rowHere().key;
    return placeDelete(this.#plan.access, this, { lower: key, upper: key, lowerOpen: false, upperOpen: false });
  }

  /** Opens a cursor: the request's result is the cursor, or null when there is no row. */
  static open(plan: CursorPlan): IDBRequest {
    const cursor: IDBCursor = new IDBCursorWithValue(plan);
    cursor.#placed = cursor.#place();
    return cursor.#placed.request;
  }

  /** The row's value; undefined when the cursor stands on none. */
  static valueOf(cursor: IDBCursor): string | undefined {
    return cursor.#row?.value;
  }

  #place(): Placed {
    const { access, shownSource } = this.#plan;
    return access.run.place(shownSource, () => this.#advance(), this.#placed);
  }

  #advance(): IDBCursor | null {
    const { access, source, bounds } = this.#plan;
    this.#row = nextRow(access.file, source, bounds, this.#row);
    this.#isOnRow = this.#row !== undefined;
    return this.#isOnRow ? this : null;
  }

  #rowHere(): Row {
    if (!this.#isOnRow || this.#row === undefined)
      throw domError('InvalidStateError', 'the cursor stands on no record');
    return this.#row;
  }
}

/** A cursor with the value of its row, decoded once. */
export class IDBCursorWithValue extends IDBCursor {
  #text: string | undefined;
  #value: unknown;

  get value(): unknown {
    const text = IDBCursor.valueOf(this);
    if (text !== this.#text) {
      this.#text = text;
      this.#value = text === undefined ? undefined : decodeValue(text);
    }
    return this.#value;
  }
}
