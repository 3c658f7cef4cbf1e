// Owns what becomes of a job that failed: backed off in the ledger, or ended with a sentence to its member.
import { setTimeout as sleep } from 'node:timers/promises';
import { type AppError, toAppError } from '../domain/errors.ts';
import { END_STATES, type JobState } from '../domain/job.ts';
import type { JobLedger } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import type { Upload } from '../domain/media.ts';
import { afterError } from './afterError.ts';
import { type EndPorts, endJob } from './ending.ts';
import { renderFailure } from './renderFailure.ts';
import type { Stage } from './stage.ts';

export type FailurePorts = EndPorts & {
  jobs: Pick<JobLedger, 'get' | 'saveReplies' | 'wait'>;
  status: { show(upload: Upload, stage: Stage): void };
  maxFileBytes: number;
};

/** Pause after the ledger could not take what became of a job. */
const LEDGER_RETRY_MS = 5_000;

/**
 * Backs the job off or tells the member; also for jobs whose file could not be fetched. While the disk is full nothing of that
 * can be kept: it is tried again until there is room, or `signal` aborts. Throws only what nothing mends.
 */
export async function handleFailure(
  upload: Upload,
  thrown: unknown,
  ports: FailurePorts,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  for (let isLedgerBack = false; !signal.aborted; isLedgerBack = true) {
    try {
      return await endOrDelay(upload, toAppError(thrown), isLedgerBack, ports, log);
    } catch (again) {
      if (toAppError(again).code !== 'storage_full') throw again;
      log.error({ job: upload.eventId }, 'the disk is full: what became of the job cannot be kept yet');
      await sleep(LEDGER_RETRY_MS, undefined, { signal }).catch(() => signal.aborted);
    }
  }
}

async function endOrDelay(
  upload: Upload,
  error: AppError,
  isLedgerBack: boolean,
  ports: FailurePorts,
  log: Log,
): Promise<void> {
  const row = ports.jobs.get(upload.eventId);
  if (!row || isEnded(row.state)) return;
  if (row.state === 'replying') {
    if (isLedgerBack || error.code === 'storage_full') return ports.deliver([upload.eventId]);
    log.error({ code: error.code, err: error }, 'the answer could not be sent');
    return;
  }
  const next = afterError(error, row, ports.clock());
  log.warn({ code: error.code, reason: error.message, attempt: row.attempt, next }, 'job failed');
  if (next.kind === 'wait') {
    ports.jobs.wait(upload.eventId, { ...next, errorCode: error.code });
    if (isModelOutage(error.code)) ports.status.show(upload, { kind: 'model_away' });
    return;
  }
  const rendered = renderFailure(next.code, { fileName: upload.fileName, maxFileBytes: ports.maxFileBytes });
  await endJob(upload, { end: next.end, code: next.code, rendered, mark: 'failed' }, [], ports);
}

function isEnded(state: JobState): boolean {
  return (END_STATES as readonly JobState[]).includes(state);
}

/** Whether a job waits for the model alone, so that it need not be read again to learn that the model is still away. */
export function isModelOutage(code: string | null): boolean {
  return code === 'model_unavailable' || code === 'model_rate_limited';
}
