// Owns the connection to the SQLite database and what its errors mean.
import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../domain/errors.ts';
import { migrate } from './migrations.ts';

/** SQLite's primary result code for a full disk (sqlite.org/rescode.html). */
const SQLITE_FULL = 13;

export type Transact = <T>(work: () => T) => T;
export type Database = { db: DatabaseSync; transact: Transact };

/**
 * Opens (creating it 0600) and migrates the database. A commit outlives the process at once, and a power cut a few seconds later:
 * until then a power cut takes the last commits back, in order. The sync token goes with them, so those syncs come again, and
 * what was sent is sent with the same transaction ids. `synchronous = FULL` would hold the main thread for up to 170 ms a commit
 * beside a homeserver that writes to the same disk.
 */
export function openDatabase(path: string): Database {
  const db = new DatabaseSync(path, { timeout: 5_000 });
  try {
    if (path !== ':memory:') chmodSync(path, 0o600);
    db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON',
    );
    migrate(db, path);
  } catch (cause) {
    db.close();
    if (cause instanceof AppError) throw cause;
    throw new AppError('data_dir_unusable', `the database ${path} cannot be used: ${(cause as Error).message}`, {
      cause,
    });
  }
  return { db, transact: createTransact(db) };
}

/** The same methods, with SQLite's own errors turned into AppErrors. */
export function withStorageErrors<T extends object>(part: T): T {
  const wrapped = Object.entries(part).map(([name, method]) => [
    name,
    (...args: unknown[]) => {
      try {
        return method(...args);
      } catch (cause) {
        throw storageError(cause);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as T;
}

/** Transactions that may stand inside each other: the outermost one commits. */
function createTransact(db: DatabaseSync): Transact {
  return (work) => {
    if (db.isTransaction) return work();
    try {
      db.exec('BEGIN IMMEDIATE');
      const result = work();
      db.exec('COMMIT');
      return result;
    } catch (cause) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw storageError(cause);
    }
  };
}

function storageError(cause: unknown): unknown {
  const isFull = cause instanceof Error && 'errcode' in cause && (Number(cause.errcode) & 0xff) === SQLITE_FULL;
  return isFull ? new AppError('storage_full', 'the disk with DATA_DIR is full', { cause }) : cause;
}
