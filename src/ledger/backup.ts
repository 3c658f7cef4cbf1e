// Owns a copy of the ledger that is made while the bot runs.
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { AppError, type ErrorCode } from '../domain/errors.ts';
import { markAsBackup } from './restoreMark.ts';
import { storageError } from './storageErrors.ts';

export type BackupMade = { bytes: number; jobs: number };

/** What the file system says of a file that is to be written, where it is not SQLite that says it. */
const FILE_ERRORS: Record<string, ErrorCode> = { ENOSPC: 'storage_full', EDQUOT: 'storage_full' };

/**
 * Copies the database to `file` (0600): of one moment, whole, checked, and marked as a backup. The copying runs in a thread of
 * Node's own. The file stands there only when all of it is good. Throws `config_invalid` when there is a file already,
 * `data_dir_unusable` when there is no database, `storage_full`, `storage_unwritable`, `database_corrupt`.
 */
export async function backUpLedger(
  databasePath: string,
  file: string,
  clock: () => number = Date.now,
): Promise<BackupMade> {
  if (!existsSync(databasePath)) {
    throw new AppError('data_dir_unusable', `there is no database at ${databasePath}: nothing to back up`);
  }
  refuseExisting(file);
  const part = resolve(dirname(file), `.${basename(file)}.${process.pid}.part`);
  try {
    closeSync(openSync(part, 'wx', 0o600));
    await copy(databasePath, part);
    const jobs = finish(part, clock());
    refuseExisting(file);
    renameSync(part, file);
    flush(dirname(resolve(file)));
    return { bytes: statSync(file).size, jobs };
  } catch (cause) {
    throw backupError(file, cause);
  } finally {
    for (const ending of ['', '-journal', '-wal', '-shm']) rmSync(part + ending, { force: true });
  }
}

function refuseExisting(file: string): void {
  if (existsSync(file)) throw new AppError('config_invalid', `${file} is there already: name a file that is not`);
}

async function copy(from: string, to: string): Promise<void> {
  const source = new DatabaseSync(from, { readOnly: true, timeout: 5_000 });
  try {
    // Without a transaction of its own, each write of the bot between two batches would make the copying begin anew.
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_schema').get();
    await backup(source, to, { rate: 1_000 });
  } finally {
    source.close();
  }
}

/** Checks and marks the copy, and makes it one file without a log; returns its number of jobs. */
function finish(path: string, nowMs: number): number {
  const db = new DatabaseSync(path, { timeout: 5_000 });
  try {
    const finding = String(db.prepare('PRAGMA integrity_check(1)').get()?.integrity_check);
    if (finding !== 'ok')
      throw new AppError('database_corrupt', `the database is damaged, and so is its copy: ${finding}`);
    db.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL');
    markAsBackup(db, nowMs);
    return Number(db.prepare('SELECT count(*) AS n FROM jobs').get()?.n);
  } finally {
    db.close();
  }
}

/** A rename is on disk when its folder is. */
function flush(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function backupError(file: string, thrown: unknown): unknown {
  const error = storageError(thrown);
  if (error instanceof AppError) return error;
  const { code, message } = thrown as NodeJS.ErrnoException;
  if (code === undefined || code.startsWith('ERR_')) return thrown;
  return new AppError(FILE_ERRORS[code] ?? 'storage_unwritable', `the backup ${file} cannot be written: ${message}`, {
    cause: thrown,
  });
}
