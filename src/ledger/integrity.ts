// Owns the look at a database before it is used: that it is Lector's, whole, and not mixed with another one's log.
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '../domain/errors.ts';
import { SCHEMA_VERSION } from './migrations.ts';

/** Byte 18 of the file: 1 with a rollback journal, 2 with a write-ahead log (sqlite.org/fileformat.html, "file format version numbers"). */
const WRITE_VERSION_AT = 18;
const HEADER_BYTES = 100;

/**
 * A log beside a database that never had one belongs to the database that stood there before, which a backup was copied over; SQLite
 * would write its pages into the backup. Throws `data_dir_unusable`.
 */
export function checkLog(path: string): void {
  const log = `${path}-wal`;
  if (!existsSync(path) || !existsSync(log) || statSync(log).size === 0) return;
  const header = Buffer.alloc(HEADER_BYTES);
  const file = openSync(path, 'r');
  try {
    if (readSync(file, header, 0, HEADER_BYTES, 0) < HEADER_BYTES || header[WRITE_VERSION_AT] !== 1) return;
  } finally {
    closeSync(file);
  }
  throw new AppError(
    'data_dir_unusable',
    `${log} belongs to another database than ${path}, which was put in its place: remove ${log} and ${path}-shm, then start again`,
  );
}

/** Throws `database_corrupt`, saying what to do. Reads the whole file once. */
export function checkIntegrity(db: DatabaseSync, path: string): void {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  const tables = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all();
  const isLectors = version === 0 ? tables.length === 0 : tables.some(({ name }) => name === 'jobs');
  // What a newer Lector has written is told as such when it comes to the migrations.
  if (version > SCHEMA_VERSION) return;
  if (!isLectors) throw unusable(path, 'is the database of another program');
  const finding = String(db.prepare('PRAGMA quick_check(1)').get()?.quick_check);
  if (finding !== 'ok') throw unusable(path, `is damaged (${finding.replaceAll(/\s+/g, ' ').trim()})`);
}

/** `what`: such as `is damaged`. */
export function unusable(path: string, what: string, cause?: unknown): AppError {
  return new AppError(
    'database_corrupt',
    `the database ${path} ${what}: put a backup in its place (README, "Backup and restore"), or move it away with ${path}-wal and ${path}-shm ` +
      'and start anew; nothing that was posted before is answered then',
    { cause },
  );
}
