// Owns the transactions of one connection: their nesting, how durable they are, and that nothing wiped stays in the log behind them.
import type { DatabaseSync } from 'node:sqlite';
import type { StorageWatch } from './storageErrors.ts';

export type Transact = <T>(work: () => T) => T;

export type Transactions = {
  /** All of `work` or none, on disk before it returns. Inside of each other the outermost one commits. */
  transact: Transact;
  /**
   * For one write that may be lost in a power cut (never in a crash of the process), because it says only how far a job has come:
   * the job is then done again, and what was sent is sent with the same transaction id. Each wait for the disk that it saves is up to
   * 170 ms of the main thread, measured beside a homeserver that writes to the same disk.
   */
  mark: Transact;
  /** Something was removed for good: when the transaction is over, the write-ahead log, which may still hold it, is emptied. */
  emptyLog(): void;
};

/** `busyMs`: how long a statement waits for another connection. */
export function createTransactions(db: DatabaseSync, storage: StorageWatch, busyMs: number): Transactions {
  let isLogToEmpty = false;

  /** With readers in between (a backup) it is done after a later transaction; it waits for none of them. */
  const emptyLogNow = (): void => {
    try {
      db.exec('PRAGMA busy_timeout = 0');
      isLogToEmpty = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy !== 0;
    } catch (cause) {
      // What was asked for is stored: its caller must not be told otherwise.
      storage.note(cause);
    } finally {
      db.exec(`PRAGMA busy_timeout = ${busyMs}`);
    }
  };

  return {
    transact(work) {
      if (db.isTransaction) return work();
      const result = storage.watch(() => commit(db, work));
      if (isLogToEmpty) emptyLogNow();
      return result;
    },
    mark(work) {
      // Inside a transaction the level cannot be changed, and the transaction's own counts.
      if (db.isTransaction) return work();
      db.exec('PRAGMA synchronous = NORMAL');
      try {
        return work();
      } finally {
        db.exec('PRAGMA synchronous = FULL');
      }
    },
    emptyLog() {
      isLogToEmpty = true;
    },
  };
}

function commit<T>(db: DatabaseSync, work: () => T): T {
  try {
    db.exec('BEGIN IMMEDIATE');
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (cause) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw cause;
  }
}
