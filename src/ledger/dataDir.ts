// Owns the data folder: private to its owner, and used by one process at a time.
import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../domain/errors.ts';
import { whyDenied } from './whyDenied.ts';

/** SQLite's primary result code for a lock that another connection holds (sqlite.org/rescode.html). */
const SQLITE_BUSY = 5;

export type DataDir = { path: string; database: string; spool: string; session: string; lock: string };

/** Names what lies where in the data folder; touches nothing. */
export function dataDirAt(path: string): DataDir {
  return {
    path,
    database: join(path, 'lector.db'),
    spool: join(path, 'spool'),
    session: join(path, 'session.json'),
    lock: join(path, 'lock.db'),
  };
}

/** Creates the folder (0700), or tightens one that is there. Throws `data_dir_unusable` naming what to do. */
export function prepareDataDir(path: string): DataDir {
  const dir = dataDirAt(resolve(path));
  try {
    for (const folder of [dir.path, dir.spool]) {
      makeFolder(folder);
      chmodSync(folder, 0o700);
    }
  } catch (cause) {
    throw unusable(dir.path, cause, (cause as NodeJS.ErrnoException).path ?? dir.path);
  }
  return dir;
}

/** `at`: what of the folder the error is about. */
function unusable(dataDir: string, cause: unknown, at: string): AppError {
  const { message } = cause as Error;
  const advice = whyDenied(cause, at, dataDir) ?? 'set DATA_DIR to a folder that Lector may make and write';
  return new AppError('data_dir_unusable', `DATA_DIR ${dataDir} cannot be used: ${message}; ${advice}`, { cause });
}

/** With its parents, one by one: Node 24's own `recursive` never returns where the kernel says ENOENT for a new name (under /proc). */
function makeFolder(path: string): void {
  if (existsSync(path)) {
    // Tightened all the same, a device such as /dev/null would be closed to everybody.
    if (!statSync(path).isDirectory()) throw new Error(`${path} is no folder`);
    return;
  }
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/**
 * Takes the folder for this process until `release` or the process's end, however it ends: the lock is SQLite's own, on a file
 * beside the database, so that backups can still read the database. Throws `data_dir_in_use`, `data_dir_unusable`.
 */
export function lockDataDir(dir: DataDir): { release(): void } {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(dir.lock, { timeout: 0 });
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    db?.close();
    if (((cause as { errcode?: number }).errcode ?? 0) % 256 !== SQLITE_BUSY) throw unusable(dir.path, cause, dir.lock);
    throw new AppError('data_dir_in_use', `DATA_DIR ${dir.path} is in use by another Lector: stop that one first`, {
      cause,
    });
  }
  const held = db;
  return { release: () => held.close() };
}
