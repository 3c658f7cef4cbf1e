// Owns the table of replies: what is to be sent, saved before it is sent, and what was sent as which event.
import type { ReplyLedger, StoredReply } from '../domain/ledger.ts';
import type { Reply, ReplyBody, ReplyPart } from '../domain/reply.ts';
import type { Database } from './database.ts';
import { OPEN } from './stateChange.ts';

/** What takes something back is not taken back itself. */
const CLEANUP = `('status_gone', 'mark_gone', 'fields_gone', 'retracted')`;

/** The reply part of the ledger; `clock` gives milliseconds since 1970. */
export function createReplyLedger({ db, transact, mark }: Database, clock: () => number): ReplyLedger {
  const save = db.prepare(
    `INSERT INTO replies (source_event_id, part, room_id, body, optional, shared_with, saved_at_ms, taken_back)
     VALUES (:source, :part, :roomId, :body, :optional, :sharedWith, :nowMs,
       coalesce((SELECT times FROM taken_back WHERE source_event_id = :source), 0))
     ON CONFLICT (source_event_id, part) DO NOTHING`,
  );
  const sourceOf = db.prepare(
    `SELECT source_event_id AS source FROM replies WHERE sent_event_id = ? AND part NOT IN ${CLEANUP}
     ORDER BY shared_with IS NOT NULL, seq LIMIT 1`,
  );
  const find = db.prepare('SELECT * FROM replies WHERE source_event_id = ? AND part = ?');
  const unsent = db.prepare('SELECT * FROM replies WHERE sent_event_id IS NULL ORDER BY seq');
  const unsentBeside = db.prepare(
    `SELECT * FROM replies WHERE sent_event_id IS NULL AND part <> 'status'
     AND NOT EXISTS (SELECT 1 FROM jobs WHERE event_id = source_event_id AND state = 'replying') ORDER BY seq`,
  );
  const unsentOf = db.prepare('SELECT * FROM replies WHERE source_event_id = ? AND sent_event_id IS NULL ORDER BY seq');
  // What was taken back while its request was under way is not what has its place now.
  const markSent = db.prepare(
    `UPDATE replies SET sent_event_id = ?, body = '{"kind":"message","content":{}}'
     WHERE source_event_id = ? AND part = ? AND taken_back = coalesce(?, taken_back)`,
  );
  const drop = db.prepare(
    `DELETE FROM replies WHERE source_event_id = ? AND part = ? AND taken_back = coalesce(?, taken_back) AND sent_event_id IS NULL`,
  );
  const sentFor = db.prepare(
    `SELECT sent_event_id FROM replies WHERE source_event_id = ? AND sent_event_id IS NOT NULL
     AND part NOT IN ${CLEANUP}`,
  );
  const leadOf = db.prepare(`SELECT shared_with FROM replies WHERE source_event_id = ? AND part = 'answer'`);
  const followersOf = db.prepare('SELECT source_event_id FROM replies WHERE shared_with = ? ORDER BY seq');
  const takeBack = db.prepare(
    `DELETE FROM replies WHERE source_event_id = ? AND part NOT IN ('taken', 'retracted')
     RETURNING part, sent_event_id`,
  );
  const dropNotice = db.prepare(`DELETE FROM replies WHERE source_event_id = ? AND part = 'status'`);
  const countTakenBack = db.prepare(
    `INSERT INTO taken_back (source_event_id, times) VALUES (?, 1) ON CONFLICT (source_event_id) DO UPDATE SET times = times + 1`,
  );
  const wasTakenBack = db.prepare('SELECT 1 FROM taken_back WHERE source_event_id = ?');
  const openNotices = db.prepare(
    `SELECT replies.* FROM jobs JOIN replies ON source_event_id = event_id AND part = 'status'
     WHERE jobs.room_id = ? AND state IN (${OPEN}) AND NOT EXISTS (
       SELECT 1 FROM replies AS said WHERE said.source_event_id = event_id AND said.part = 'answer' AND said.sent_event_id IS NOT NULL
     ) ORDER BY replies.seq`,
  );
  const dropRoom = db.prepare('DELETE FROM replies WHERE room_id = ? AND sent_event_id IS NULL');

  return {
    sourceOf: (sentEventId) => (sourceOf.get(sentEventId)?.source as string | undefined) ?? null,
    save({ sourceEventId: source, part, roomId, body, optional }) {
      const sharedWith = body.kind === 'shared' ? body.withEventId : null;
      const row = { source, part, roomId, body: JSON.stringify(body), optional: optional ? 1 : 0, sharedWith };
      const saveIt = () => Number(save.run({ ...row, nowMs: Math.round(clock()) }).changes) === 1;
      // What is optional may be lost in a power cut: nothing waits for the disk.
      return (optional ? mark(saveIt) : saveIt()) ? 'saved' : 'known';
    },
    find: (sourceEventId, part) => toStored(find.get(sourceEventId, part)),
    unsent: () => unsent.all().map((row) => toReply(row)),
    unsentBeside: () => unsentBeside.all().map((row) => toReply(row)),
    unsentOf: (sourceEventId) => unsentOf.all(sourceEventId).map((row) => toReply(row)),
    markSent: ({ sourceEventId, part, takenBack }, sentEventId) =>
      mark(() => Number(markSent.run(sentEventId, sourceEventId, part, takenBack ?? null).changes) === 1),
    drop: ({ sourceEventId, part, takenBack }) => void drop.run(sourceEventId, part, takenBack ?? null),
    answeredWith(sourceEventId) {
      const lead = leadOf.get(sourceEventId)?.shared_with ?? sourceEventId;
      const followers = followersOf.all(lead).map((row) => String(row.source_event_id));
      return [String(lead), ...followers].filter((each) => each !== sourceEventId);
    },
    takeBack: (sourceEventId) =>
      transact(() => {
        const rows = takeBack.all(sourceEventId);
        // One that is not sent yet may be under way.
        if (rows.length > 0) countTakenBack.run(sourceEventId);
        return rows.filter((row) => !String(row.part).endsWith('_gone')).flatMap(sentIdOf);
      }),
    takeBackNotice: (sourceEventId) =>
      transact(() => {
        dropNotice.run(sourceEventId);
        countTakenBack.run(sourceEventId);
      }),
    wasTakenBack: (sourceEventId) => wasTakenBack.get(sourceEventId) !== undefined,
    sentFor: (sourceEventId) => sentFor.all(sourceEventId).flatMap(sentIdOf),
    openNotices: (roomId) => openNotices.all(roomId).flatMap((row) => toStored(row) ?? []),
    dropRoom: (roomId) => void dropRoom.run(roomId),
  };
}

function sentIdOf({ sent_event_id: sentId }: Record<string, unknown>): string[] {
  return sentId === null ? [] : [String(sentId)];
}

function toReply(row: Record<string, unknown>): Reply {
  return {
    roomId: String(row.room_id),
    sourceEventId: String(row.source_event_id),
    part: row.part as ReplyPart,
    body: JSON.parse(String(row.body)) as ReplyBody,
    savedAtMs: Number(row.saved_at_ms),
    takenBack: Number(row.taken_back),
    optional: row.optional === 1,
  };
}

function toStored(row: Record<string, unknown> | undefined): StoredReply | null {
  if (!row) return null;
  return { reply: toReply(row), sentEventId: row.sent_event_id === null ? null : String(row.sent_event_id) };
}
