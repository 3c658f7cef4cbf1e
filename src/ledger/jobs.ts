// Owns the table of jobs: every change of a job's state is one row update in one transaction.
import type { ErrorCode } from '../domain/errors.ts';
import { END_STATES, JOB_STATES, type JobState } from '../domain/job.ts';
import type { JobCounts, JobLedger, JobRow, ReplyLedger } from '../domain/ledger.ts';
import type { Upload } from '../domain/media.ts';
import type { Database } from './database.ts';

type Row = {
  upload: string;
  state: JobState;
  attempt: number;
  posted_at_ms: number;
  received_at_ms: number;
  outage_since_ms: number | null;
  error_code: ErrorCode | null;
};

const ENDED = END_STATES.map((state) => `'${state}'`).join(', ');
const CLAIMABLE = `(
  SELECT seq FROM (
    SELECT * FROM (SELECT seq FROM jobs WHERE state = 'received' ORDER BY seq LIMIT 1)
    UNION ALL
    SELECT * FROM (SELECT seq FROM jobs WHERE state = 'waiting' AND due_at_ms <= ? ORDER BY due_at_ms LIMIT 1)
  ) ORDER BY seq LIMIT 1
)`;

/** The job part of the ledger; `clock` gives milliseconds since 1970. */
export function createJobLedger(
  { db, transact, mark }: Database,
  replies: ReplyLedger,
  clock: () => number,
): JobLedger {
  const insert = db.prepare(
    `INSERT INTO jobs (event_id, room_id, upload, state, posted_at_ms, received_at_ms, updated_at_ms)
     VALUES (?, ?, ?, 'received', ?, ?, ?) ON CONFLICT (event_id) DO NOTHING`,
  );
  const forgetAskable = db.prepare(`DELETE FROM jobs WHERE event_id = ? AND state = 'cancelled' AND askable = 1`);
  const markAsked = db.prepare(
    `UPDATE jobs SET upload = json_set(upload, '$.isAsked', json('true')), updated_at_ms = ?
     WHERE event_id = ? AND state NOT IN (${ENDED})`,
  );
  const setAside = db.prepare(
    `UPDATE jobs SET state = 'cancelled', askable = 1, updated_at_ms = ?
     WHERE event_id = ? AND state NOT IN (${ENDED}, 'replying') AND json_extract(upload, '$.isAsked') IS NOT 1`,
  );
  const get = db.prepare('SELECT * FROM jobs WHERE event_id = ?');
  const claim = db.prepare(
    `UPDATE jobs SET state = 'queued', due_at_ms = NULL, updated_at_ms = ? WHERE seq = ${CLAIMABLE} RETURNING *`,
  );
  const nextDue = db.prepare(`SELECT min(due_at_ms) AS due FROM jobs WHERE state = 'waiting'`);
  const move = db.prepare(
    `UPDATE jobs SET state = ?, updated_at_ms = ? WHERE event_id = ? AND state NOT IN (${ENDED}, 'replying')`,
  );
  const wait = db.prepare(
    `UPDATE jobs SET state = 'waiting', due_at_ms = ?, attempt = ?, outage_since_ms = ?, error_code = ?, updated_at_ms = ?
     WHERE event_id = ? AND state NOT IN (${ENDED}, 'replying')`,
  );
  const reply = db.prepare(
    `UPDATE jobs SET state = 'replying', end_state = ?, error_code = ?, updated_at_ms = ?
     WHERE event_id = ? AND state NOT IN (${ENDED}, 'replying')`,
  );
  const finish = db.prepare(
    `UPDATE jobs SET state = end_state, updated_at_ms = ? WHERE event_id = ? AND state = 'replying'`,
  );
  const cancel = db.prepare(
    `UPDATE jobs SET state = 'cancelled', askable = 0, updated_at_ms = ?
     WHERE event_id = ? AND (state NOT IN (${ENDED}) OR askable = 1)`,
  );
  const cancelRoom = db.prepare(
    `UPDATE jobs SET state = 'cancelled', askable = 1, updated_at_ms = ?
     WHERE room_id = ? AND state NOT IN (${ENDED}) RETURNING event_id`,
  );
  const again = db.prepare(
    `UPDATE jobs SET state = 'received', end_state = NULL, error_code = NULL, attempt = 1, updated_at_ms = ?
     WHERE event_id = ? AND state IN ('replying', 'done')`,
  );
  const resume = db.prepare(
    `UPDATE jobs SET state = 'received', updated_at_ms = ? WHERE state IN ('queued', 'reading', 'thinking')`,
  );
  const replying = db.prepare(`SELECT event_id FROM jobs WHERE state = 'replying' ORDER BY seq`);
  const place = db.prepare(
    `SELECT count(*) AS ahead FROM jobs
     WHERE state IN ('received', 'queued', 'reading', 'thinking') AND seq < (SELECT seq FROM jobs WHERE event_id = ?)`,
  );
  const untaken = db.prepare(`SELECT count(*) AS n FROM (SELECT 1 FROM jobs WHERE state = 'received' LIMIT ?)`);
  const counts = db.prepare('SELECT state, count(*) AS n FROM jobs GROUP BY state');

  const add: JobLedger['insert'] = (upload, { postedAtMs, receivedAtMs }) => {
    const { eventId, roomId } = upload;
    const times = [wholeMs(postedAtMs) ?? Math.round(receivedAtMs), Math.round(receivedAtMs), clock()];
    const { changes } = insert.run(eventId, roomId, JSON.stringify(upload), ...times);
    return Number(changes) === 1 ? 'inserted' : 'known';
  };

  return {
    insert: add,
    ask: (upload, times) =>
      transact(() => {
        const asked = { ...upload, isAsked: true };
        forgetAskable.run(asked.eventId);
        if (add(asked, times) === 'inserted') return 'inserted';
        markAsked.run(clock(), asked.eventId);
        return 'known';
      }),
    setAside: (eventId) => Number(setAside.run(clock(), eventId).changes) === 1,
    get: (eventId) => toJobRow(get.get(eventId)),
    claim: (nowMs) => mark(() => toJobRow(claim.get(clock(), nowMs))),
    nextDueMs: () => (nextDue.get() as { due: number | null }).due,
    move: (eventId, state) => mark(() => Number(move.run(state, clock(), eventId).changes) === 1),
    wait(eventId, back) {
      wait.run(Math.ceil(back.untilMs), back.attempt, back.outageSinceMs, back.errorCode, clock(), eventId);
    },
    saveReplies: (eventId, saved, end) =>
      transact(() => {
        if (Number(reply.run(end.state, end.errorCode, clock(), eventId).changes) === 0) return false;
        for (const each of saved) replies.save(each);
        return true;
      }),
    finish: (eventId) => mark(() => void finish.run(clock(), eventId)),
    cancel: (eventId) => void cancel.run(clock(), eventId),
    cancelRoom: (roomId) => cancelRoom.all(clock(), roomId).map((row) => String(row.event_id)),
    again: (eventId) => void again.run(clock(), eventId),
    resume: () => Number(resume.run(clock()).changes),
    replying: () => replying.all().map((row) => String(row.event_id)),
    placeInLine: (eventId) => Number(place.get(eventId)?.ahead ?? 0),
    untaken: (limit) => Number(untaken.get(limit)?.n ?? 0),
    counts() {
      const all = Object.fromEntries(JOB_STATES.map((state) => [state, 0])) as JobCounts;
      for (const row of counts.all()) all[row.state as JobState] = Number(row.n);
      return all;
    },
  };
}

/**
 * Undefined: SQLite would not store it, or node:sqlite not read it back. A row that cannot be read would stop every claim, and a throw
 * would bring its sync again for ever.
 */
function wholeMs(ms: number): number | undefined {
  const whole = Math.round(ms);
  return Number.isSafeInteger(whole) ? whole : undefined;
}

function toJobRow(found: unknown): JobRow | null {
  if (!found) return null;
  const row = found as Row;
  return {
    upload: JSON.parse(row.upload) as Upload,
    state: row.state,
    attempt: row.attempt,
    postedAtMs: row.posted_at_ms,
    receivedAtMs: row.received_at_ms,
    outageSinceMs: row.outage_since_ms,
    errorCode: row.error_code,
  };
}
