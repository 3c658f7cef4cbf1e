// Owns the ledger as a whole: its parts on one database connection.
import type { Ledger } from '../domain/ledger.ts';
import { openDatabase, withStorageErrors } from './database.ts';
import { createJobLedger } from './jobs.ts';
import { createPageLedger } from './pages.ts';
import { createReplyLedger } from './replies.ts';
import { createRoomLedger, createSyncLedger } from './rooms.ts';

/** Opens the ledger at `path` (`:memory:` for tests); `clock` gives milliseconds since 1970. */
export function openLedger(path: string, clock: () => number = Date.now): Ledger {
  const database = openDatabase(path);
  const replies = createReplyLedger(database);
  return {
    jobs: withStorageErrors(createJobLedger(database, replies, clock)),
    replies: withStorageErrors(replies),
    pages: withStorageErrors(createPageLedger(database)),
    rooms: withStorageErrors(createRoomLedger(database, clock)),
    sync: withStorageErrors(createSyncLedger(database)),
    transaction: database.transact,
    close: () => database.db.close(),
  };
}
