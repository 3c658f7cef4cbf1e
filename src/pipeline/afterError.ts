// Owns what becomes of a job after an error: told now, or tried again and when.
import { MAX_OUTAGE_MS } from '../../config/limits.ts';
import { type AppError, ERRORS, type ErrorCode } from '../domain/errors.ts';
import type { JobEnd } from '../domain/ledger.ts';

export type AfterError =
  | { kind: 'wait'; untilMs: number; attempt: number; outageSinceMs: number | null }
  | { kind: 'tell'; end: Exclude<JobEnd, 'done'>; code: ErrorCode };

const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 30_000;
const MAX_OUTAGE_PAUSE_MS = 60_000;

/** Jobs that failed together do not come back together: each waits up to so much longer. */
const JITTER_SHARE = 0.25;

/**
 * The next step after `error`. Attempts back off 1, 2, 4 … 30 s; an outage uses up none and is asked after ever more rarely, from
 * every second to every minute, for 24 h. `chance`, from 0 to 1, makes each pause up to a quarter longer.
 */
export function afterError(
  error: AppError,
  job: { attempt: number; outageSinceMs: number | null; errorCode: ErrorCode | null },
  nowMs: number,
  chance: number,
): AfterError {
  const { action, attempts } = ERRORS[error.code];
  if (action !== 'retry') return { kind: 'tell', end: action === 'refuse' ? 'refused' : 'failed', code: error.code };
  const until = (pauseMs: number) =>
    Math.ceil(nowMs + Math.max(error.retryAfterMs ?? 0, pauseMs * (1 + JITTER_SHARE * chance)));
  if (attempts !== null) {
    if (job.attempt >= attempts) return { kind: 'tell', end: 'failed', code: error.code };
    const backoffMs = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (job.attempt - 1));
    return { kind: 'wait', untilMs: until(backoffMs), attempt: job.attempt + 1, outageSinceMs: null };
  }
  const outageSinceMs = isSameSide(job.errorCode, error.code) ? (job.outageSinceMs ?? nowMs) : nowMs;
  const lastedMs = nowMs - outageSinceMs;
  if (lastedMs >= MAX_OUTAGE_MS) return { kind: 'tell', end: 'failed', code: error.code };
  const pauseMs = Math.min(MAX_OUTAGE_PAUSE_MS, Math.max(FIRST_BACKOFF_MS, lastedMs / 4));
  return { kind: 'wait', untilMs: until(pauseMs), attempt: job.attempt, outageSinceMs };
}

/** Homeserver, model or storage: an outage of the one is not made longer by one of the other. */
function isSameSide(before: ErrorCode | null, now: ErrorCode): boolean {
  return before !== null && before.split('_')[0] === now.split('_')[0];
}
