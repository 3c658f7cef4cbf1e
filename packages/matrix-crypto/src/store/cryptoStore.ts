// Opening and closing the crypto store: an IndexedDB for matrix-sdk-crypto-wasm in one SQLite file.
import { Catalogue } from './catalogue.ts';
import { IDBCursor, IDBCursorWithValue } from './cursor.ts';
import { IDBDatabase } from './database.ts';
import { CryptoStoreError } from './errors.ts';
import { IDBFactory } from './factory.ts';
import { IDBKeyRange } from './keyRange.ts';
import { IDBIndex, IDBObjectStore } from './objectStore.ts';
import { IDBOpenDBRequest, IDBRequest } from './request.ts';
import { openSqliteFile } from './sqliteFile.ts';
import { IDBTransaction } from './transaction.ts';
import { Turns } from './turns.ts';

/** The classes that wasm-bindgen looks up on globalThis: it checks `instanceof` and calls `IDBKeyRange` by its name. */
export const idbClasses = {
  IDBCursor,
  IDBCursorWithValue,
  IDBDatabase,
  IDBFactory,
  IDBIndex,
  IDBKeyRange,
  IDBObjectStore,
  IDBOpenDBRequest,
  IDBRequest,
  IDBTransaction,
};

export type CryptoStoreOptions = {
  /** What `commits` was when it was last noted outside the store: with fewer, an older copy was put back. */
  readonly knownCommits?: number;
};

export type CryptoStore = {
  /** What wasm finds as `globalThis.indexedDB` while it opens its databases. */
  readonly indexedDB: IDBFactory;
  /** How many transactions were ever committed; only grows, over all openings. */
  readonly commits: number;
  /** Lets live transactions come to their end, refuses new ones, then closes the file and lets its lock go. */
  close(): Promise<void>;
};

/**
 * Opens the store at `path` (a file; its folder must be there) for this machine alone; makes it when it is not there.
 * Throws CryptoStoreError: `store_in_use`, `store_unusable`, or `store_rolled_back` when it has fewer commits than are known.
 */
export function openCryptoStore(path: string, options: CryptoStoreOptions = {}): CryptoStore {
  const file = openSqliteFile(path);
  const { commits } = file;
  const { knownCommits = 0 } = options;
  if (commits < knownCommits) {
    file.close();
    const message = `crypto store ${path} is an older copy: ${commits} changes, where ${knownCommits} are known`;
    throw new CryptoStoreError('store_rolled_back', message);
  }
  const turns = new Turns();
  const indexedDB = new IDBFactory({ file, turns, catalogue: new Catalogue(file) });
  let closing: Promise<void> | undefined;
  return {
    indexedDB,
    get commits() {
      return file.commits;
    },
    close() {
      IDBFactory.shut(indexedDB);
      closing ??= turns.idle().then(() => file.close());
      return closing;
    },
  };
}
