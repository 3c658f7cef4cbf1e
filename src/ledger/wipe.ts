// Owns forgetting uploads, of which only ids stay: one that is redacted, and what is too old to be kept.
import { END_STATES } from '../domain/job.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { Upload } from '../domain/media.ts';
import type { Database } from './database.ts';
import { IS_CLEANUP } from './forgottenRooms.ts';

type Wipe = Pick<Ledger, 'wipeUpload' | 'sweep'>;

const ENDED = END_STATES.map((state) => `'${state}'`).join(', ');

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
