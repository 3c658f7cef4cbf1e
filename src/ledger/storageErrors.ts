// Owns what SQLite's errors mean, and what is remembered of the last one.
import type { DatabaseSync } from 'node:sqlite';
import { AppError, type ErrorCode } from '../domain/errors.ts';

/** SQLite's primary result codes (sqlite.org/rescode.html); the upper bytes of an `errcode` only say where it happened. */
const MEANINGS: Record<number, [ErrorCode, string]> = {
  3: ['storage_unwritable', 'the database may not be written'],
  5: ['storage_locked', 'another process holds the database'],
  6: ['storage_locked', 'the database is held by another statement'],
  8: ['storage_unwritable', 'the database, or the disk with DATA_DIR, is read-only'],
  10: ['storage_unwritable', 'the disk with DATA_DIR does not read or write'],
  11: ['database_corrupt', 'the database is damaged'],
  13: ['storage_full', 'the disk with DATA_DIR is full'],
  14: ['storage_unwritable', 'the database cannot be opened'],
  26: ['database_corrupt', 'the database is no SQLite database'],
};

/** An error of SQLite as the AppError that it means; any other value as it is. */
export function storageError(thrown: unknown): unknown {
  const meaning = thrown instanceof Error && 'errcode' in thrown ? MEANINGS[Number(thrown.errcode) & 0xff] : undefined;
  if (!meaning) return thrown;
  const [code, text] = meaning;
  return new AppError(code, `${text} (${(thrown as Error).message})`, { cause: thrown });
}

export type StorageWatch = {
  /** Runs `work`, turns SQLite's errors into AppErrors, and remembers how it went. */
  watch<T>(work: () => T): T;
  /** Remembers an error of SQLite that nobody is told of otherwise. */
  note(thrown: unknown): void;
  /** Why the last attempt to store something failed; null: it went well. A damaged database stays one until it is opened anew. */
  trouble(): ErrorCode | null;
};

/** Watches one connection. */
export function createStorageWatch(db: DatabaseSync): StorageWatch {
  const changes = db.prepare('SELECT total_changes() AS n');
  const changed = () => Number(changes.get()?.n);
  let trouble: ErrorCode | null = null;

  const note = (thrown: unknown): unknown => {
    const error = storageError(thrown);
    const isStorage = error instanceof AppError && Object.values(MEANINGS).some(([code]) => code === error.code);
    if (isStorage && trouble !== 'database_corrupt') trouble = error.code;
    return error;
  };

  return {
    note,
    trouble: () => trouble,
    watch(work) {
      const before = trouble === null ? 0 : changed();
      let result: ReturnType<typeof work>;
      try {
        result = work();
      } catch (thrown) {
        throw note(thrown);
      }
      // A read proves nothing, and neither does a statement of a transaction that may still fail.
      const isStored = trouble !== null && !db.isTransaction && changed() !== before;
      if (isStored && trouble !== 'database_corrupt') trouble = null;
      return result;
    },
  };
}
