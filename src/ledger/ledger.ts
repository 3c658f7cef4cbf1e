// Owns the ledger as a whole: its parts on one database connection.
import type { Ledger } from '../domain/ledger.ts';
import { openDatabase, withStorageErrors } from './database.ts';
import { createJobLedger } from './jobs.ts';
import { createMemberLedger } from './members.ts';
import { createModelAnswerLedger } from './modelAnswers.ts';
import { createPageLedger } from './pages.ts';
import { createReplyLedger } from './replies.ts';
import { restoredAtMs } from './restoreMark.ts';
import { createResultLedger } from './results.ts';
import { createRoomLedger, createSyncLedger } from './rooms.ts';
import { createWipe } from './wipe.ts';
import { createWipeRoom } from './wipeRoom.ts';

/**
 * Opens the ledger at `path` (`:memory:` for tests); `clock` gives milliseconds since 1970. A second process may open it while the
 * bot runs. Throws what `openDatabase` throws.
 */
export function openLedger(path: string, clock: () => number = Date.now): Ledger {
  const database = openDatabase(path);
  const watched = <T extends object>(part: T) => withStorageErrors(part, database.storage);
  const replies = createReplyLedger(database, clock);
  const restoredAt = restoredAtMs(database, clock);
  return {
    jobs: watched(createJobLedger(database, replies, clock)),
    replies: watched(replies),
    pages: watched(createPageLedger(database)),
    modelAnswers: watched(createModelAnswerLedger(database)),
    results: watched(createResultLedger(database, clock)),
    members: watched(createMemberLedger(database, clock)),
    rooms: watched(createRoomLedger(database, clock)),
    sync: watched(createSyncLedger(database)),
    ...createWipe(database, clock),
    ...watched(createWipeRoom(database, replies, clock)),
    transaction: database.transact,
    trouble: database.storage.trouble,
    restoredAtMs: () => restoredAt,
    close: () => database.db.close(),
  };
}
