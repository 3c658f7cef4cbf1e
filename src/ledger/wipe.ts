// Owns forgetting: an upload of which only ids stay, a room of which nothing stays, and what is too old to be kept.
import { END_STATES } from '../domain/job.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { Upload } from '../domain/media.ts';
import type { Database } from './database.ts';

type Wipe = Pick<Ledger, 'wipeUpload' | 'wipeRoom' | 'sweep'>;

const ENDED = END_STATES.map((state) => `'${state}'`).join(', ');
/** What is still to be redacted holds ids alone, and has to be. */
const IS_CLEANUP = `json_extract(body, '$.kind') IN ('redaction', 'sweep')`;

/** The part of the ledger that forgets. Ids stay, so that no upload is read twice and its answer can be taken back later on. */
export function createWipe({ db, transact, emptyLog }: Database, clock: () => number): Wipe {
  const find = db.prepare('SELECT upload FROM jobs WHERE event_id = ? AND wiped = 0');
  const blank = db.prepare(
    `UPDATE jobs SET upload = :ids, sender = '', result_key = NULL, wiped = 1, is_provisional = 0,
       state = CASE WHEN state IN (${ENDED}) THEN state ELSE 'cancelled' END,
       ended_at_ms = coalesce(ended_at_ms, :nowMs), updated_at_ms = :nowMs
     WHERE event_id = :eventId`,
  );
  const ofUpload = [
    'DELETE FROM pages WHERE event_id = ?',
    'DELETE FROM model_answers WHERE event_id = ?',
    'DELETE FROM results WHERE event_id = ?',
    `DELETE FROM replies WHERE source_event_id = ? AND sent_event_id IS NULL AND NOT ${IS_CLEANUP}`,
  ].map((sql) => db.prepare(sql));

  const open = db.prepare(`SELECT event_id FROM jobs WHERE room_id = ? AND state NOT IN (${ENDED}) ORDER BY seq`);
  const ofRoom = [
    ...['pages', 'model_answers', 'results'].map(
      (table) => `DELETE FROM ${table} WHERE event_id IN (SELECT event_id FROM jobs WHERE room_id = ?)`,
    ),
    `DELETE FROM replies WHERE room_id = ? AND part NOT IN ('welcome', 'denied') AND NOT (sent_event_id IS NULL AND ${IS_CLEANUP})
       AND (sent_event_id IS NOT NULL OR EXISTS (SELECT 1 FROM jobs WHERE event_id = source_event_id))`,
    'DELETE FROM jobs WHERE room_id = ?',
  ].map((sql) => db.prepare(sql));

  const oldJobs = db.prepare(
    `SELECT event_id FROM jobs WHERE wiped = 0 AND state IN (${ENDED}) AND updated_at_ms < ? ORDER BY updated_at_ms LIMIT ?`,
  );
  const oldResults = db.prepare(
    `DELETE FROM results WHERE key IN (SELECT key FROM results WHERE saved_at_ms < ? ORDER BY saved_at_ms LIMIT ?)`,
  );

  function wipeUpload(eventId: string): void {
    const row = find.get(eventId);
    if (!row) return;
    const ids = JSON.stringify(idsOf(JSON.parse(String(row.upload)) as Upload));
    blank.run({ ids, eventId, nowMs: Math.round(clock()) });
    for (const statement of ofUpload) statement.run(eventId);
    emptyLog();
  }

  return {
    wipeUpload: (eventId) => transact(() => wipeUpload(eventId)),
    wipeRoom: (roomId) =>
      transact(() => {
        const cancelled = open.all(roomId).map((row) => String(row.event_id));
        const removed = ofRoom.reduce((sum, statement) => sum + Number(statement.run(roomId).changes), 0);
        if (removed > 0) emptyLog();
        return cancelled;
      }),
    sweep: ({ endedBeforeMs, resultsBeforeMs, limit }) =>
      transact(() => {
        const jobs = oldJobs.all(Math.ceil(endedBeforeMs), limit);
        for (const row of jobs) wipeUpload(String(row.event_id));
        const results = Number(oldResults.run(Math.ceil(resultsBeforeMs), limit).changes);
        if (results > 0) emptyLog();
        return jobs.length + results;
      }),
  };
}

function idsOf({ eventId, roomId, threadRootId }: Upload): Upload {
  return {
    eventId,
    roomId,
    threadRootId,
    sender: '',
    fileName: '',
    caption: undefined,
    mxcUri: '',
    declaredMime: undefined,
    declaredBytes: undefined,
    sentAtMs: 0,
    isPicture: false,
    isAsked: false,
  };
}
