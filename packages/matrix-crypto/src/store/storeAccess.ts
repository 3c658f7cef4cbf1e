// What an object store, its indices and cursors work with inside one transaction.
import type { Catalogue, StoreInfo } from './catalogue.ts';
import { domError } from './errors.ts';
import { decodeKey, encodeKey } from './keyEncoding.ts';
import type { Bounds } from './keyRange.ts';
import { deleteRecords, putRecord } from './records.ts';
import type { IDBRequest } from './request.ts';
import type { SqliteFile } from './sqliteFile.ts';
import type { TransactionRun } from './transactionRun.ts';
import { encodeValue } from './valueEncoding.ts';

export type StoreAccess = {
  readonly file: SqliteFile;
  readonly catalogue: Catalogue;
  readonly run: TransactionRun;
  /** The IDBTransaction, as callers see it. */
  readonly transaction: unknown;
  readonly info: StoreInfo;
};

/** Places a put, with key and value as they are now; the request's result is the key. */
export function placePut(
  access: StoreAccess,
  source: unknown,
  value: unknown,
  key: unknown,
  isNew: boolean,
): IDBRequest {
  assertWritable(access);
  const bytes = encodeKey(key);
  const text = encodeValue(value);
  const put = () => {
    putRecord(access.file, access.info, bytes, text, isNew);
    return decodeKey(bytes);
  };
  return access.run.place(source, put).request;
}

/** Places the deletion of a range; without bounds, of everything. */
export function placeDelete(access: StoreAccess, source: unknown, bounds?: Bounds): IDBRequest {
  assertWritable(access);
  return access.run.place(source, () => deleteRecords(access.file, access.info, bounds)).request;
}

/** Throws InvalidStateError, TransactionInactiveError or ReadOnlyError when nothing may be written here now. */
export function assertWritable({ run, info }: StoreAccess): void {
  if (info.isDeleted) throw domError('InvalidStateError', 'the object store was deleted');
  run.assertOpen();
  if (run.mode === 'readonly') throw domError('ReadOnlyError', 'the transaction is read-only');
}
