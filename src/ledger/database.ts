// Owns the connection to the SQLite database: how it is opened, and what is checked before anything is stored in it.
import { chmodSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../domain/errors.ts';
import { checkIntegrity, checkLog, unusable } from './integrity.ts';
import { migrate } from './migrations.ts';
import { createStorageWatch, type StorageWatch, storageError } from './storageErrors.ts';
import { createTransactions, type Transactions } from './transactions.ts';
import { whyDenied } from './whyDenied.ts';

/** A statement that waits for another process stops the event loop; the ways that end in one try again themselves. */
const BUSY_MS = 500;

export type Database = { db: DatabaseSync; storage: StorageWatch } & Transactions;

/**
 * Opens (creating it 0600), checks and migrates the database: every commit is on disk before it returns, but for those of `mark`.
 * Throws `database_corrupt`, `database_newer`, `storage_full`, or `data_dir_unusable` for all else that is in its way.
 */
export function openDatabase(path: string): Database {
  if (path !== ':memory:') checkLog(path);
  const db = opened(path);
  try {
    if (path !== ':memory:') chmodSync(path, 0o600);
    db.exec('PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON');
    checkIntegrity(db, path);
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    migrate(db, path);
    const storage = createStorageWatch(db);
    return { db, storage, ...createTransactions(db, storage, BUSY_MS) };
  } catch (cause) {
    db.close();
    throw openingError(path, cause);
  }
}

function opened(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: BUSY_MS });
  } catch (cause) {
    throw openingError(path, cause);
  }
}

function openingError(path: string, thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const error = storageError(thrown);
  const code = error instanceof AppError ? error.code : null;
  if (code === 'database_corrupt')
    return unusable(path, `is damaged or no SQLite database (${(thrown as Error).message})`, thrown);
  if (code === 'storage_full') return error as AppError;
  const text = error instanceof Error ? error.message : String(error);
  const advice = whyDenied(thrown, path, dirname(path));
  const message = `the database ${path} cannot be used: ${text}${advice === null ? '' : `; ${advice}`}`;
  return new AppError('data_dir_unusable', message, { cause: thrown });
}

/** The same methods, with SQLite's own errors turned into AppErrors and the last of them remembered. */
export function withStorageErrors<T extends object>(part: T, storage: StorageWatch): T {
  const wrapped = Object.entries(part).map(([name, method]) => [
    name,
    (...args: unknown[]) => storage.watch(() => method(...args)),
  ]);
  return Object.fromEntries(wrapped) as T;
}
