// Owns what becomes of a job that failed: backed off in the ledger, or ended with a sentence to its member.
import { setTimeout as sleep } from 'node:timers/promises';
import { ANSWER_WITHOUT_MODEL_AFTER_MS } from '../../config/limits.ts';
import { type AppError, type ErrorCode, toAppError } from '../domain/errors.ts';
import { END_STATES, type JobState } from '../domain/job.ts';
import type { JobLedger, JobRow } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import type { Upload } from '../domain/media.ts';
import type { Meter } from '../domain/meter.ts';
import { type AfterError, afterError } from './afterError.ts';
import { type EndPorts, endJob } from './ending.ts';
import { renderFailure } from './renderFailure.ts';
import type { Stage } from './stage.ts';
import { isAway } from './thought.ts';

export type FailurePorts = EndPorts & {
  jobs: Pick<JobLedger, 'get' | 'saveReplies' | 'leave' | 'wait'>;
  status: { show(upload: Upload, stage: Stage): void };
  meter: Pick<Meter, 'attemptFailed'>;
  /** What the model is away for is answered without it for now. */
  fallback: boolean;
  maxFileBytes: number;
  /** From 0 to 1, as Math.random gives it. */
  chance(): number;
};

/** An attempt that came to nothing. */
export type Failed = {
  upload: Upload;
  thrown: unknown;
  /** When the attempt began. */
  startedAtMs: number;
};

/** Pause after the ledger could not take what became of a job. */
const LEDGER_RETRY_MS = 5_000;

/**
 * Backs the job off or tells the member; also for jobs whose file could not be fetched. While the disk is full nothing of that
 * can be kept: it is tried again until there is room, or `signal` aborts. Throws only what nothing mends. `log` is that of the job: its
 * lines name job, room and attempt.
 */
export async function handleFailure(failed: Failed, ports: FailurePorts, log: Log, signal: AbortSignal): Promise<void> {
  for (let isLedgerBack = false; !signal.aborted; isLedgerBack = true) {
    try {
      return await endOrDelay(failed, isLedgerBack, ports, log);
    } catch (again) {
      const { code } = toAppError(again);
      if (!isOfStorage(code)) throw again;
      log.error({ code }, 'the disk takes nothing: what became of the job cannot be kept yet');
      await sleep(LEDGER_RETRY_MS, undefined, { signal }).catch(() => signal.aborted);
    }
  }
}

async function endOrDelay(
  { upload, thrown, startedAtMs }: Failed,
  isLedgerBack: boolean,
  ports: FailurePorts,
  log: Log,
): Promise<void> {
  const error = toAppError(thrown);
  const row = ports.jobs.get(upload.eventId);
  if (!row || isEnded(row.state)) return;
  if (row.state === 'replying') {
    if (isLedgerBack || isOfStorage(error.code)) return ports.deliver([upload.eventId]);
    log.error({ code: error.code, err: error }, 'the answer could not be sent');
    return;
  }
  const nowMs = ports.clock();
  const next = inTimeForFallback(afterError(error, row, nowMs, ports.chance()), error.code, row, ports);
  log.warn(failureRecord(error, row, next, nowMs - startedAtMs), 'job failed');
  if (next.kind === 'wait') {
    ports.jobs.wait(upload.eventId, { ...next, errorCode: error.code });
    ports.meter.attemptFailed(error.code, false);
    if (isAway(error.code) && !row.quietAfter) ports.status.show(upload, { kind: 'model_away' });
    return;
  }
  const rendered = renderFailure(next.code, { fileName: upload.fileName, maxFileBytes: ports.maxFileBytes });
  await endJob(upload, { ...next, rendered, mark: 'failed', isProvisional: false }, [], ports);
  ports.meter.attemptFailed(error.code, true);
}

/** However long a model that is away is left alone: the member gets an answer without it before. One that limits is waited for. */
function inTimeForFallback(next: AfterError, code: ErrorCode, { quietAfter }: JobRow, ports: FailurePorts): AfterError {
  if (next.kind !== 'wait' || code !== 'model_unavailable' || !ports.fallback || quietAfter) return next;
  const answerAtMs = (next.outageSinceMs ?? 0) + ANSWER_WITHOUT_MODEL_AFTER_MS;
  return answerAtMs > ports.clock() ? { ...next, untilMs: Math.min(next.untilMs, answerAtMs) } : next;
}

/** What an operator searches the log for: where a job failed, with what, and when it is tried again. The log's own fields say which attempt of which job. */
function failureRecord(error: AppError, row: JobRow, next: AfterError, durationMs: number): object {
  return {
    stage: stageOf(row.state, error.code),
    code: error.code,
    reason: error.message,
    nextAttemptAt: next.kind === 'wait' ? new Date(next.untilMs).toISOString() : null,
    durationMs: Math.round(durationMs),
    ...(next.kind === 'tell' && { end: next.end }),
  };
}

/** What was done when it failed, in a word. Two things are found out before the download of a queued job, see `fetchUpload`. */
function stageOf(state: JobState, code: ErrorCode): string {
  if (state !== 'queued') return state;
  if (isAway(code)) return 'model_check';
  return code === 'reader_died' ? 'reading' : 'fetching';
}

/** The ledger cannot keep anything just now. */
function isOfStorage(code: ErrorCode): boolean {
  return code === 'storage_full' || code === 'storage_unwritable' || code === 'storage_locked';
}

function isEnded(state: JobState): boolean {
  return (END_STATES as readonly JobState[]).includes(state);
}
