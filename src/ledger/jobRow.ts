// Owns how a row of the table of jobs is read, and the numbers that stand for priorities in it.
import type { ErrorCode } from '../domain/errors.ts';
import { type JobState, PRIORITIES, type Priority } from '../domain/job.ts';
import type { JobRow } from '../domain/ledger.ts';
import type { Upload } from '../domain/media.ts';

type Row = {
  upload: string;
  state: JobState;
  attempt: number;
  posted_at_ms: number;
  received_at_ms: number;
  outage_since_ms: number | null;
  error_code: ErrorCode | null;
  priority: number;
  deaths: number;
  before_state: 'done' | 'failed' | null;
};

/** Smaller goes first; the numbers stand in databases that are in use. */
export const LEVEL = { asked: 0, fresh: 1, backlog: 2 } as const satisfies Record<Priority, number>;

/** A row of `SELECT *` or `RETURNING *`; nothing for nothing. */
export function toJobRow(found: unknown): JobRow | null {
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
    priority: PRIORITIES.find((name) => LEVEL[name] === row.priority) ?? 'fresh',
    deaths: row.deaths,
    quietAfter: row.before_state,
  };
}
