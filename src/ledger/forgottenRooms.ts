// Owns which rooms are being forgotten and how far back, and the removal of one upload with everything that is known of it.
import type { DatabaseSync } from 'node:sqlite';
import type { Upload } from '../domain/media.ts';
import type { Reply } from '../domain/reply.ts';
import { createMeta } from './meta.ts';

/** Jobs and replies up to these rows go: those that come after the command are not touched. */
export type Forgotten = { roomId: string; lastJobSeq: number; lastReplySeq: number; confirmations: Reply[] };

export type ForgottenRooms = {
  of(roomId: string): Forgotten | null;
  /** Any of them. */
  next(): Forgotten | null;
  keep(forgotten: Forgotten): void;
  end(roomId: string): void;
  /** Removes an upload, its ids included; what is still to be redacted stays. */
  removeUpload(eventId: string): void;
  /** An upload that is only waiting to be removed is removed now, so that it can come in anew. */
  makeWay(upload: Pick<Upload, 'eventId' | 'roomId'>): void;
};

/** SQL: what is still to be redacted; it holds ids alone. */
export const IS_CLEANUP = `json_extract(body, '$.kind') IN ('redaction', 'sweep')`;
const PREFIX = 'forgetting ';

/** The rooms that are being forgotten are rows of `meta`, so that a crash changes nothing. */
export function createForgottenRooms(db: DatabaseSync): ForgottenRooms {
  const rowOf = (roomId: string) => createMeta(db, PREFIX + roomId);
  const first = db.prepare(`SELECT value FROM meta WHERE key >= '${PREFIX}' AND key < 'forgetting!' LIMIT 1`);
  const seqOf = db.prepare('SELECT seq FROM jobs WHERE event_id = ?');
  const removal = [
    'DELETE FROM pages WHERE event_id = ?',
    'DELETE FROM model_answers WHERE event_id = ?',
    'DELETE FROM results WHERE event_id = ?',
    `DELETE FROM replies WHERE source_event_id = ? AND part NOT IN ('welcome', 'denied') AND NOT (sent_event_id IS NULL AND ${IS_CLEANUP})`,
    'DELETE FROM jobs WHERE event_id = ?',
  ].map((sql) => db.prepare(sql));

  const removeUpload = (eventId: string): void => {
    for (const statement of removal) statement.run(eventId);
  };
  const of = (roomId: string) => toForgotten(rowOf(roomId).get());
  return {
    of,
    next: () => toForgotten(first.get()?.value),
    keep: (forgotten) => rowOf(forgotten.roomId).set(JSON.stringify(forgotten)),
    end: (roomId) => rowOf(roomId).remove(),
    removeUpload,
    makeWay({ eventId, roomId }) {
      const seq = seqOf.get(eventId)?.seq;
      if (seq !== undefined && Number(seq) <= (of(roomId)?.lastJobSeq ?? 0)) removeUpload(eventId);
    },
  };
}

function toForgotten(value: unknown): Forgotten | null {
  return typeof value === 'string' ? (JSON.parse(value) as Forgotten) : null;
}
