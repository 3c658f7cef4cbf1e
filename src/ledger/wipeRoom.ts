// Owns forgetting a room: from one moment on nothing of it is worked on or found, and then it goes a little at a time.
import type { Ledger, ReplyLedger } from '../domain/ledger.ts';
import type { Database } from './database.ts';
import { createForgottenRooms, type Forgotten, IS_CLEANUP } from './forgottenRooms.ts';
import { OPEN, stateChange } from './stateChange.ts';

type WipeRoom = Pick<Ledger, 'wipeRoom' | 'wipeMore'>;

/** The part of the ledger that forgets rooms; `clock` gives milliseconds since 1970. */
export function createWipeRoom(
  { db, transact, mark, emptyLog }: Database,
  replies: Pick<ReplyLedger, 'save'>,
  clock: () => number,
): WipeRoom {
  const rooms = createForgottenRooms(db);
  const cancel = db.prepare(
    stateChange('cancel', {
      set: 'askable = 0, due_at_ms = NULL, is_provisional = 0, ended_at_ms = coalesce(ended_at_ms, :now)',
      where: `room_id = :room AND state IN (${OPEN})`,
      returning: 'seq, event_id',
    }),
  );
  // What is wiped comes back by no way: no retry, no improvement, no answer of it for the same file.
  const hide = db.prepare('UPDATE jobs SET wiped = 1 WHERE room_id = ? AND wiped = 0');
  const silence = db.prepare(
    `DELETE FROM replies INDEXED BY replies_unsent WHERE sent_event_id IS NULL AND room_id = ? AND NOT ${IS_CLEANUP}
       AND EXISTS (SELECT 1 FROM jobs WHERE event_id = source_event_id)`,
  );
  const last = db.prepare(
    'SELECT coalesce((SELECT max(seq) FROM jobs), 0) AS job, coalesce((SELECT max(seq) FROM replies), 0) AS reply',
  );
  const some = db.prepare('SELECT event_id FROM jobs WHERE room_id = ? AND seq <= ? ORDER BY seq LIMIT ?');
  const removeSaid = db.prepare(
    `DELETE FROM replies WHERE seq IN (SELECT seq FROM replies WHERE room_id = ? AND seq <= ?
       AND sent_event_id IS NOT NULL AND part NOT IN ('welcome', 'denied') LIMIT ?)`,
  );
  const isJoined = db.prepare(`SELECT 1 FROM rooms WHERE room_id = ? AND state = 'joined'`);

  /** Whether all of the room is gone. */
  const removeSome = ({ roomId, lastJobSeq, lastReplySeq }: Forgotten, limit: number): boolean => {
    const uploads = some.all(roomId, lastJobSeq, limit);
    for (const row of uploads) rooms.removeUpload(String(row.event_id));
    if (uploads.length === limit) return false;
    return Number(removeSaid.run(roomId, lastReplySeq, limit).changes) < limit;
  };
  const goOn = (forgotten: Forgotten, limit: number) => {
    if (!removeSome(forgotten, limit)) return [];
    rooms.end(forgotten.roomId);
    emptyLog();
    // Nothing is said in a room that was left meanwhile, or that is encrypted now.
    const said = isJoined.get(forgotten.roomId) ? forgotten.confirmations : [];
    return said.filter((reply) => replies.save(reply) === 'saved');
  };

  return {
    wipeRoom: (roomId, confirmation) =>
      transact(() => {
        const before = rooms.of(roomId)?.confirmations ?? [];
        if (before.some(({ sourceEventId }) => sourceEventId === confirmation?.sourceEventId)) return [];
        const cancelled = cancel.all({ room: roomId, now: Math.round(clock()) });
        silence.run(roomId);
        hide.run(roomId);
        const { job, reply } = last.get() as { job: number; reply: number };
        const confirmations = confirmation ? [...before, confirmation] : [];
        rooms.keep({ roomId, lastJobSeq: job, lastReplySeq: reply, confirmations });
        return cancelled.sort((a, b) => Number(a.seq) - Number(b.seq)).map((row) => String(row.event_id));
      }),
    wipeMore(limit) {
      const forgotten = rooms.next();
      // A step that a power cut takes back is done again.
      return forgotten && mark(() => transact(() => goOn(forgotten, limit)));
    },
  };
}
