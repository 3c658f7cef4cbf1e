// Owns the table of replies: what is to be sent, saved before it is sent, and what was sent as which event.
import type { ReplyLedger, StoredReply } from '../domain/ledger.ts';
import type { Reply, ReplyBody, ReplyPart } from '../domain/reply.ts';
import type { Database } from './database.ts';

/** The reply part of the ledger. */
export function createReplyLedger({ db, mark }: Database): ReplyLedger {
  const save = db.prepare(
    `INSERT INTO replies (source_event_id, part, room_id, body, optional, shared_with) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (source_event_id, part) DO NOTHING`,
  );
  const find = db.prepare('SELECT * FROM replies WHERE source_event_id = ? AND part = ?');
  const unsent = db.prepare('SELECT * FROM replies WHERE sent_event_id IS NULL ORDER BY seq');
  const unsentOf = db.prepare('SELECT * FROM replies WHERE source_event_id = ? AND sent_event_id IS NULL ORDER BY seq');
  const markSent = db.prepare(
    `UPDATE replies SET sent_event_id = ?, body = '{"kind":"message","content":{}}' WHERE source_event_id = ? AND part = ?`,
  );
  const drop = db.prepare('DELETE FROM replies WHERE source_event_id = ? AND part = ? AND sent_event_id IS NULL');
  const sentFor = db.prepare(
    `SELECT sent_event_id FROM replies WHERE source_event_id = ? AND sent_event_id IS NOT NULL
     AND part NOT IN ('status_gone', 'retracted')`,
  );
  const leadOf = db.prepare(`SELECT shared_with FROM replies WHERE source_event_id = ? AND part = 'answer'`);
  const followersOf = db.prepare('SELECT source_event_id FROM replies WHERE shared_with = ? ORDER BY seq');
  const takeBack = db.prepare(
    `DELETE FROM replies WHERE source_event_id = ? AND part NOT IN ('taken', 'retracted')
     RETURNING part, sent_event_id`,
  );
  const dropRoom = db.prepare('DELETE FROM replies WHERE room_id = ? AND sent_event_id IS NULL');

  return {
    save(reply) {
      const body = JSON.stringify(reply.body);
      const { sourceEventId, part, roomId } = reply;
      const sharedWith = reply.body.kind === 'shared' ? reply.body.withEventId : null;
      const { changes } = save.run(sourceEventId, part, roomId, body, reply.optional ? 1 : 0, sharedWith);
      return Number(changes) === 1 ? 'saved' : 'known';
    },
    find: (sourceEventId, part) => toStored(find.get(sourceEventId, part)),
    unsent: () => unsent.all().map((row) => toReply(row)),
    unsentOf: (sourceEventId) => unsentOf.all(sourceEventId).map((row) => toReply(row)),
    markSent: (reply, sentEventId) =>
      mark(() => Number(markSent.run(sentEventId, reply.sourceEventId, reply.part).changes) === 1),
    drop: (reply) => void drop.run(reply.sourceEventId, reply.part),
    answeredWith(sourceEventId) {
      const lead = leadOf.get(sourceEventId)?.shared_with ?? sourceEventId;
      const followers = followersOf.all(lead).map((row) => String(row.source_event_id));
      return [String(lead), ...followers].filter((each) => each !== sourceEventId);
    },
    takeBack: (sourceEventId) => takeBack.all(sourceEventId).flatMap((row) => sentIdOf(row)),
    sentFor: (sourceEventId) => sentFor.all(sourceEventId).map((row) => String(row.sent_event_id)),
    dropRoom: (roomId) => void dropRoom.run(roomId),
  };
}

/** A mark stays: it is set again, and the homeserver knows it already. */
function sentIdOf({ part, sent_event_id: sentId }: Record<string, unknown>): string[] {
  return sentId === null || part === 'mark' || part === 'status_gone' ? [] : [String(sentId)];
}

function toReply(row: Record<string, unknown>): Reply {
  return {
    roomId: String(row.room_id),
    sourceEventId: String(row.source_event_id),
    part: row.part as ReplyPart,
    body: JSON.parse(String(row.body)) as ReplyBody,
    optional: row.optional === 1,
  };
}

function toStored(row: Record<string, unknown> | undefined): StoredReply | null {
  if (!row) return null;
  return { reply: toReply(row), sentEventId: row.sent_event_id === null ? null : String(row.sent_event_id) };
}
