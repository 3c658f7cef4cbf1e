// Owns the connection to the SQLite database and what its errors mean.
import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../domain/errors.ts';
import { migrate } from './migrations.ts';

/** SQLite's primary result code for a full disk (sqlite.org/rescode.html). */
const SQLITE_FULL = 13;

export type Transact = <T>(work: () => T) => T;
export type Database = {
  db: DatabaseSync;
  /** All of `work` or none, on disk before it returns. */
  transact: Transact;
  /**
   * For one write that may be lost in a power cut (never in a crash of the process), because it says only how far a job has come:
   * the job is then done again, and what was sent is sent with the same transaction id. Each wait for the disk that it saves is up to
   * 170 ms of the main thread, measured beside a homeserver that writes to the same disk.
   */
  mark: Transact;
};

/** Opens (creating it 0600) and migrates the database: every commit is on disk before it returns, but for those of `mark`. */
export function openDatabase(path: string): Database {
  const db = new DatabaseSync(path, { timeout: 5_000 });
  try {
    if (path !== ':memory:') chmodSync(path, 0o600);
    db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON',
    );
    migrate(db, path);
  } catch (cause) {
    db.close();
    if (cause instanceof AppError) throw cause;
    throw new AppError('data_dir_unusable', `the database ${path} cannot be used: ${(cause as Error).message}`, {
      cause,
    });
  }
  return { db, transact: createTransact(db), mark: createMark(db) };
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

/** Inside a transaction the level cannot be changed, and the transaction's own counts. */
function createMark(db: DatabaseSync): Transact {
  return (work) => {
    if (db.isTransaction) return work();
    db.exec('PRAGMA synchronous = NORMAL');
    try {
      return work();
    } finally {
      db.exec('PRAGMA synchronous = FULL');
    }
  };
}

function storageError(cause: unknown): unknown {
  const isFull = cause instanceof Error && 'errcode' in cause && (Number(cause.errcode) & 0xff) === SQLITE_FULL;
  return isFull ? new AppError('storage_full', 'the disk with DATA_DIR is full', { cause }) : cause;
}
