// Owns a look at the data folder that changes nothing in it: whether a Lector works there, and whether this version could.
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { AppError } from '../domain/errors.ts';
import type { DataDir } from './dataDir.ts';
import { checkIntegrity } from './integrity.ts';
import { SCHEMA_VERSION } from './migrations.ts';
import { whyDenied } from './whyDenied.ts';

/** SQLite's primary result code for a lock that another connection holds (sqlite.org/rescode.html). */
const SQLITE_BUSY = 5;

/** Creates no file and migrates nothing. Throws `database_newer`, `database_corrupt`, or `data_dir_unusable` for files that cannot be read. */
export function lookAtDataDir(dir: DataDir): { isInUse: boolean } {
  if (isLocked(dir.lock)) return { isInUse: true };
  if (existsSync(dir.database)) checkDatabase(dir.database);
  return { isInUse: false };
}

/** Whether a process holds the lock of `lockDataDir`: reading needs a lock of its own, which that one forbids. */
function isLocked(path: string): boolean {
  if (!existsSync(path)) return false;
  return reading(path, path, (db) => {
    try {
      db.prepare('PRAGMA schema_version').get();
      return false;
    } catch (cause) {
      if (((cause as { errcode?: number }).errcode ?? 0) % 256 === SQLITE_BUSY) return true;
      throw cause;
    }
  });
}

function checkDatabase(path: string): void {
  // Without `immutable` even a reader creates files beside a database with a write-ahead log (sqlite.org/wal.html#readonly).
  const url = pathToFileURL(path);
  url.searchParams.set('immutable', '1');
  const version = reading(path, url, (db) => Number(db.prepare('PRAGMA user_version').get()?.user_version));
  if (version > SCHEMA_VERSION) {
    throw new AppError('database_newer', `${path} was written by a newer version of Lector`);
  }
  // Without what its log holds it may be half of a change; the start reads both.
  if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) return;
  reading(path, url, (db) => checkIntegrity(db, path));
}

function reading<T>(path: string, location: string | URL, look: (db: DatabaseSync) => T): T {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(location, { readOnly: true, timeout: 0 });
    return look(db);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const advice = whyDenied(cause, path, dirname(path));
    const message = `${path} cannot be read: ${(cause as Error).message}${advice === null ? '' : `; ${advice}`}`;
    throw new AppError('data_dir_unusable', message, { cause });
  } finally {
    db?.close();
  }
}
