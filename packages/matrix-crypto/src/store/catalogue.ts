// Which databases, object stores and indices a store file holds: read once, kept in memory, changed only by an upgrade.
import type { KeyPath } from './keyPath.ts';
import type { SqliteFile } from './sqliteFile.ts';

/** One index. `isFilled` turns true when the records of before its creation stand in it: only then puts keep it up. */
export type IndexInfo = {
  readonly id: number;
  readonly name: string;
  readonly keyPath: KeyPath;
  readonly isUnique: boolean;
  isFilled: boolean;
};

/** One object store; `isDeleted` once an upgrade has deleted it, for those who still hold it. */
export type StoreInfo = {
  readonly id: number;
  readonly name: string;
  readonly indices: Map<string, IndexInfo>;
  isDeleted: boolean;
};

/** One IndexedDB database; version 0 before its first upgrade. */
export type DatabaseInfo = { readonly name: string; version: number; readonly stores: Map<string, StoreInfo> };

/** What the file holds. Changes are made within a transaction of the file; after its rollback call `forget`. */
export class Catalogue {
  readonly #file: SqliteFile;
  readonly #known = new Map<string, DatabaseInfo>();

  constructor(file: SqliteFile) {
    this.#file = file;
  }

  database(name: string): DatabaseInfo {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const info = this.#load(name);
    this.#known.set(name, info);
    return info;
  }

  /** Reads the database anew when it is next asked for. */
  forget(name: string): void {
    this.#known.delete(name);
  }

  setVersion(database: DatabaseInfo, version: number): void {
    const sql = 'INSERT INTO databases VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET version = excluded.version';
    this.#file.write(sql, database.name, version);
    database.version = version;
  }

  addStore(database: DatabaseInfo, name: string): StoreInfo {
    const id = this.#file.write('INSERT INTO stores (database, name) VALUES (?, ?)', database.name, name);
    const store: StoreInfo = { id, name, indices: new Map(), isDeleted: false };
    database.stores.set(name, store);
    return store;
  }

  /** Takes the store and its indices from the catalogue; their records go with `deleteRecords`. */
  removeStore(database: DatabaseInfo, store: StoreInfo): void {
    this.#file.write('DELETE FROM indices WHERE store = ?', store.id);
    this.#file.write('DELETE FROM stores WHERE id = ?', store.id);
    database.stores.delete(store.name);
    store.isDeleted = true;
  }

  addIndex(store: StoreInfo, name: string, keyPath: KeyPath, isUnique: boolean): IndexInfo {
    const sql = 'INSERT INTO indices (store, name, key_path, is_unique) VALUES (?, ?, ?, ?)';
    const id = this.#file.write(sql, store.id, name, JSON.stringify(keyPath), isUnique ? 1 : 0);
    const index: IndexInfo = { id, name, keyPath, isUnique, isFilled: false };
    store.indices.set(name, index);
    return index;
  }

  #load(name: string): DatabaseInfo {
    const version = this.#file.row('SELECT version FROM databases WHERE name = ?', name)?.version ?? 0;
    const stores = this.#file
      .rows('SELECT id, name FROM stores WHERE database = ?', name)
      .map((row) => this.#loadStore(Number(row.id), String(row.name)));
    return { name, version: Number(version), stores: new Map(stores.map((store) => [store.name, store])) };
  }

  #loadStore(id: number, name: string): StoreInfo {
    const indices = this.#file
      .rows('SELECT id, name, key_path, is_unique FROM indices WHERE store = ?', id)
      .map((row): IndexInfo => {
        const keyPath = JSON.parse(String(row.key_path)) as KeyPath;
        return { id: Number(row.id), name: String(row.name), keyPath, isUnique: row.is_unique === 1, isFilled: true };
      });
    return { id, name, indices: new Map(indices.map((index) => [index.name, index])), isDeleted: false };
  }
}
