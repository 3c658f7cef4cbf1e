// Reading rows of a store or of one of its indices: by range, in order, with a limit or after a place.
import type { SQLInputValue } from 'node:sqlite';
import type { IndexInfo, StoreInfo } from './catalogue.ts';
import type { Bounds } from './keyRange.ts';
import type { SqliteFile } from './sqliteFile.ts';

/** Where rows come from: the store's records in the order of their keys, or in the order of an index. */
export type Source = { readonly store: StoreInfo; readonly index?: IndexInfo };

/** A place in a source, in encoded keys; in a store both are the record's key. */
export type Place = { readonly position: Uint8Array; readonly key: Uint8Array };

/** A row where a cursor stands: its place and its value's text. */
export type Row = Place & { readonly value: string };

type Clause = { readonly sql: string; readonly values: readonly SQLInputValue[] };

/** The encoded values of a range, in order; `limit` 0 is no limit. */
export function selectValues(file: SqliteFile, source: Source, bounds: Bounds | undefined, limit: number): string[] {
  return select(file, source, 'r.value', bounds, limit).map((row) => row.value as string);
}

/** The encoded keys of the records of a range, in the source's order; `limit` 0 is no limit. */
export function selectKeys(file: SqliteFile, source: Source, bounds: Bounds | undefined, limit: number): Uint8Array[] {
  return select(file, source, 'r.key', bounds, limit).map((row) => row.key as Uint8Array);
}

/** How many records (of an index: entries) lie within a range. */
export function countRows(file: SqliteFile, source: Source, bounds: Bounds | undefined): number {
  const { table, id, column } = bareTable(source);
  const range = rangeClause(column, bounds);
  return Number(
    file.row(`SELECT count(*) AS n FROM ${table} WHERE ${id} = ?${range.sql}`, ownId(source), ...range.values)?.n,
  );
}

/** The first row of a range after a place, or the first at all; undefined at the end. */
export function nextRow(file: SqliteFile, source: Source, bounds: Bounds | undefined, after?: Place): Row | undefined {
  const columns = source.index ? 'e.position, r.key, r.value' : 'r.key AS position, r.key, r.value';
  return select(file, source, columns, bounds, 1, after)[0] as Row | undefined;
}

/** The condition that a column lies within bounds, to be put after another condition. */
export function rangeClause(column: string, bounds: Bounds | undefined): Clause {
  const parts: string[] = [];
  const values: SQLInputValue[] = [];
  if (bounds?.lower !== undefined) {
    parts.push(` AND ${column} ${bounds.lowerOpen ? '>' : '>='} ?`);
    values.push(bounds.lower);
  }
  if (bounds?.upper !== undefined) {
    parts.push(` AND ${column} ${bounds.upperOpen ? '<' : '<='} ?`);
    values.push(bounds.upper);
  }
  return { sql: parts.join(''), values };
}

function select(file: SqliteFile, source: Source, columns: string, bounds?: Bounds, limit = 0, after?: Place) {
  const { from, values, position, order } = source.index
    ? indexTables(source.store, source.index)
    : storeTable(source.store);
  const range = rangeClause(position, bounds);
  const resume = after === undefined ? { sql: '', values: [] } : afterClause(order, after);
  const sql = `SELECT ${columns} FROM ${from}${range.sql}${resume.sql} ORDER BY ${order}${limit > 0 ? ' LIMIT ?' : ''}`;
  return file.rows(sql, ...values, ...range.values, ...resume.values, ...(limit > 0 ? [limit] : []));
}

function afterClause(order: string, after: Place): Clause {
  if (!order.includes(',')) return { sql: ` AND ${order} > ?`, values: [after.key] };
  return { sql: ` AND (${order}) > (?, ?)`, values: [after.position, after.key] };
}

function storeTable(store: StoreInfo) {
  return { from: 'records r WHERE r.store = ?', values: [store.id], position: 'r.key', order: 'r.key' };
}

/** CROSS JOIN: SQLite may not reorder it, so that the entries are walked in their order and each record is looked up. */
function indexTables(store: StoreInfo, index: IndexInfo) {
  const from = 'entries e CROSS JOIN records r ON r.store = ? AND r.key = e.key WHERE e.index_id = ?';
  return { from, values: [store.id, index.id], position: 'e.position', order: 'e.position, e.key' };
}

function bareTable(source: Source): { table: string; id: string; column: string } {
  if (source.index) return { table: 'entries', id: 'index_id', column: 'position' };
  return { table: 'records', id: 'store', column: 'key' };
}

function ownId({ store, index }: Source): number {
  return index ? index.id : store.id;
}
