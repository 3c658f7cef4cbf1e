// Owns the table of whole answers by what they depend on: a file that was read is not read again.
import type { Answer } from '../domain/answer.ts';
import type { ResultLedger } from '../domain/ledger.ts';
import type { Database } from './database.ts';

/** How `Answer` is written; counts up whenever its shape changes, and what is written in another way is not found. */
const FORMAT = 1;

/** The result part of the ledger; `clock` gives milliseconds since 1970. */
export function createResultLedger({ db, transact, mark }: Database, clock: () => number): ResultLedger {
  // A room that is being forgotten answers for no other any more.
  const find = db.prepare(
    `SELECT answer FROM results WHERE key = ? AND format = ? AND saved_at_ms >= ?
     AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.event_id = results.event_id AND wiped = 1)`,
  );
  const save = db.prepare(
    `INSERT INTO results (key, event_id, format, answer, saved_at_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET event_id = excluded.event_id, format = excluded.format, answer = excluded.answer,
       saved_at_ms = excluded.saved_at_ms`,
  );
  // A redacted upload leaves no trace, however late its answer comes.
  const use = db.prepare(`UPDATE jobs SET result_key = ? WHERE event_id = ? AND wiped = 0 AND state <> 'cancelled'`);
  const usedInRoom = db.prepare(
    `SELECT max(coalesce(ended_at_ms, updated_at_ms)) AS at FROM jobs
     WHERE result_key = ? AND room_id = ? AND event_id <> ? AND state = 'done' AND wiped = 0`,
  );

  return {
    find(key, savedSinceMs) {
      const row = find.get(key, FORMAT, Math.ceil(savedSinceMs));
      return row ? toAnswer(String(row.answer)) : null;
    },
    save: (key, eventId, answer) =>
      mark(() =>
        transact(() => {
          if (Number(use.run(key, eventId).changes) === 0) return;
          save.run(key, eventId, FORMAT, JSON.stringify(answer), Math.round(clock()));
        }),
      ),
    use: (key, eventId) => mark(() => void use.run(key, eventId)),
    usedInRoom: (key, roomId, exceptEventId) =>
      (usedInRoom.get(key, roomId, exceptEventId) as { at: number | null }).at,
  };
}

/** Null: a version that forgot to count `FORMAT` up wrote it. */
function toAnswer(json: string): Answer | null {
  const answer = JSON.parse(json) as Partial<Answer> | null;
  const isWhole =
    typeof answer?.fileName === 'string' &&
    typeof answer.reading?.pageCount === 'number' &&
    typeof answer.summary?.text === 'string' &&
    Array.isArray(answer.summary.keyPoints) &&
    Array.isArray(answer.pages) &&
    Array.isArray(answer.notes);
  return isWhole ? (answer as Answer) : null;
}
