// The statements on records: put, delete, fill an index.
import type { IndexInfo, StoreInfo } from './catalogue.ts';
import { domError } from './errors.ts';
import { keyAt } from './keyPath.ts';
import type { Bounds } from './keyRange.ts';
import { rangeClause } from './selection.ts';
import type { SqliteFile } from './sqliteFile.ts';
import { decodeValue } from './valueEncoding.ts';

/**
 * Stores a record under an encoded key, in the place of one that is there unless `isNew`. Throws ConstraintError, before anything
 * is written, when it must be new and is not, or when a unique index has its key for another record.
 */
export function putRecord(file: SqliteFile, store: StoreInfo, key: Uint8Array, text: string, isNew: boolean): void {
  const indices = [...store.indices.values()].filter((index) => index.isFilled);
  const former = isNew || indices.length > 0 ? textOf(file, store, key) : undefined;
  if (isNew && former !== undefined) throw domError('ConstraintError', `${store.name} has a record with this key`);
  if (indices.length > 0) moveEntries(file, indices, key, former, text);
  const sql =
    'INSERT INTO records (store, key, value) VALUES (?, ?, ?) ON CONFLICT (store, key) DO UPDATE SET value = excluded.value';
  file.write(sql, store.id, key, text);
}

/** Deletes the records of a range (all without bounds) and their entries in the store's indices. */
export function deleteRecords(file: SqliteFile, store: StoreInfo, bounds?: Bounds): void {
  const range = rangeClause('key', bounds);
  const indices = [...store.indices.values()];
  if (indices.length > 0 && bounds === undefined) {
    for (const index of indices) file.write('DELETE FROM entries WHERE index_id = ?', index.id);
  } else if (indices.length > 0) {
    for (const row of file.rows(
      `SELECT key, value FROM records WHERE store = ?${range.sql}`,
      store.id,
      ...range.values,
    )) {
      const value = decodeValue(row.value as string);
      for (const index of indices) deleteEntry(file, index, keyAt(value, index.keyPath), row.key as Uint8Array);
    }
  }
  file.write(`DELETE FROM records WHERE store = ?${range.sql}`, store.id, ...range.values);
}

/** Enters all records of a store in a new index. Throws ConstraintError when it is unique and two have the same key. */
export function fillIndex(file: SqliteFile, store: StoreInfo, index: IndexInfo): void {
  for (const row of file.rows('SELECT key, value FROM records WHERE store = ?', store.id)) {
    const position = keyAt(decodeValue(row.value as string), index.keyPath);
    if (position === undefined) continue;
    if (index.isUnique) refuseTaken(file, index, position);
    addEntry(file, index, position, row.key as Uint8Array);
  }
  index.isFilled = true;
}

function textOf(file: SqliteFile, store: StoreInfo, key: Uint8Array): string | undefined {
  return file.row('SELECT value FROM records WHERE store = ? AND key = ?', store.id, key)?.value as string | undefined;
}

function moveEntries(
  file: SqliteFile,
  indices: IndexInfo[],
  key: Uint8Array,
  former: string | undefined,
  text: string,
): void {
  const before = former === undefined ? undefined : decodeValue(former);
  const after = decodeValue(text);
  const moves = indices
    .map((index) => ({ index, from: keyAt(before, index.keyPath), to: keyAt(after, index.keyPath) }))
    .filter(({ from, to }) => from === undefined || to === undefined || !Buffer.from(from).equals(to));
  for (const { index, to } of moves) {
    if (index.isUnique && to !== undefined) refuseTaken(file, index, to);
  }
  for (const { index, from, to } of moves) {
    deleteEntry(file, index, from, key);
    if (to !== undefined) addEntry(file, index, to, key);
  }
}

function refuseTaken(file: SqliteFile, index: IndexInfo, position: Uint8Array): void {
  if (file.row('SELECT 1 FROM entries WHERE index_id = ? AND position = ? LIMIT 1', index.id, position)) {
    throw domError('ConstraintError', `the unique index ${index.name} has this key for another record`);
  }
}

function addEntry(file: SqliteFile, index: IndexInfo, position: Uint8Array, key: Uint8Array): void {
  file.write('INSERT INTO entries (index_id, position, key) VALUES (?, ?, ?)', index.id, position, key);
}

function deleteEntry(file: SqliteFile, index: IndexInfo, position: Uint8Array | undefined, key: Uint8Array): void {
  if (position === undefined) return;
  file.write('DELETE FROM entries WHERE index_id = ? AND position = ? AND key = ?', index.id, position, key);
}
