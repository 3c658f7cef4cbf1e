// Owns how a job that has ended begins anew: asked for again, tried by the backlog run, thought over, or said in other words.
import { SUSPECT_AFTER_DEATHS } from '../../config/limits.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { FailedJob, JobLedger } from '../domain/ledger.ts';
import type { Upload } from '../domain/media.ts';
import type { Database } from './database.ts';
import { LEVEL } from './jobRow.ts';
import { OPEN, stateChange } from './stateChange.ts';

export type Retries = Pick<JobLedger, 'again' | 'leave' | 'retry' | 'retryBacklog' | 'improve' | 'failures'>;

/** A file that may have killed the process is read alone from the first attempt on, and condemned only by as many deaths again. */
const ANEW = `attempt = 1, error_code = NULL, end_state = NULL, outage_since_ms = NULL, due_at_ms = NULL,
  is_provisional = 0, since_ms = :now, deaths = min(deaths, ${SUSPECT_AFTER_DEATHS})`;
/** What fails each time, and not because the model is away, is let be. */
const MAX_THOUGHTS = 3;
const ALOUD = 'before_state = NULL, before_error_code = NULL, ended_at_ms = NULL';
/** `state` and `error_code` are those before the update: so it ends again when nothing better comes of it, and as long ago. */
const QUIETLY = `before_state = state, before_error_code = error_code, priority = ${LEVEL.backlog}`;

/** The part of the job ledger for jobs that had ended; `clock` gives milliseconds since 1970. */
export function createRetries({ db }: Database, clock: () => number): Retries {
  const byId = 'event_id = :id';
  const again = db.prepare(
    stateChange('again', {
      set: `${ANEW}, ${ALOUD}, priority = CASE WHEN json_extract(upload, '$.isAsked') IS 1 THEN ${LEVEL.asked} ELSE ${LEVEL.fresh} END`,
      where: byId,
    }),
  );
  const retry = db.prepare(
    stateChange('retry', {
      set: `${ANEW}, ${ALOUD}, priority = ${LEVEL.asked}, upload = json_set(upload, '$.isAsked', json('true'))`,
      where: byId,
    }),
  );
  const retryAloud = db.prepare(
    `UPDATE jobs SET ${ALOUD}, priority = ${LEVEL.asked}, upload = json_set(upload, '$.isAsked', json('true')), updated_at_ms = :now
     WHERE event_id = :id AND before_state = 'failed' AND state IN (${OPEN})`,
  );
  const retryBacklog = db.prepare(
    stateChange('retry', {
      set: `${ANEW}, ${QUIETLY}, tries = tries + 1`,
      where: 'posted_at_ms >= :since AND tries < :max',
      returning: 'seq, event_id',
    }),
  );
  const improve = db.prepare(
    stateChange('improve', {
      set: `${ANEW}, ${QUIETLY}, tries = tries + 1`,
      where: `seq IN (SELECT seq FROM jobs INDEXED BY jobs_provisional WHERE is_provisional = 1 AND ended_at_ms >= :since) AND tries < ${MAX_THOUGHTS}`,
      returning: 'seq, event_id',
    }),
  );
  const leave = db.prepare(
    stateChange('leave', {
      set: `error_code = before_error_code, is_provisional = (before_state = 'done'), due_at_ms = NULL, outage_since_ms = NULL,
        before_state = NULL, before_error_code = NULL`,
      where: byId,
      toColumn: 'before_state',
    }),
  );
  const failures = db.prepare(
    `SELECT upload, error_code, ended_at_ms, tries FROM jobs
     WHERE state = 'failed' AND wiped = 0 AND posted_at_ms >= :since AND (:room IS NULL OR room_id = :room) ORDER BY seq`,
  );

  return {
    again: (eventId) => void again.run({ id: eventId, now: clock() }),
    leave: (eventId) => void leave.run({ id: eventId, now: clock() }),
    retry(eventId) {
      const which = { id: eventId, now: clock() };
      const isRetried = Number(retry.run(which).changes) === 1 || Number(retryAloud.run(which).changes) === 1;
      return isRetried ? 'retried' : 'not_failed';
    },
    retryBacklog: ({ postedSinceMs, maxTries }) =>
      oldestFirst(retryBacklog.all({ since: postedSinceMs, max: maxTries, now: clock() })),
    improve: (endedSinceMs) => oldestFirst(improve.all({ since: endedSinceMs, now: clock() })),
    failures: ({ postedSinceMs, roomId }) =>
      failures.all({ since: postedSinceMs, room: roomId ?? null }).map(toFailedJob),
  };
}

function toFailedJob(row: Record<string, unknown>): FailedJob {
  return {
    upload: JSON.parse(String(row.upload)) as Upload,
    errorCode: row.error_code as ErrorCode | null,
    failedAtMs: Number(row.ended_at_ms),
    tries: Number(row.tries),
  };
}

function oldestFirst(rows: Record<string, unknown>[]): string[] {
  return rows.sort((a, b) => Number(a.seq) - Number(b.seq)).map((row) => String(row.event_id));
}
