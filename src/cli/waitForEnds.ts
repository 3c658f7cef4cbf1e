// Owns the wait of a command until certain jobs of the ledger have ended.
import { setTimeout as sleep } from 'node:timers/promises';
import { END_STATES, type JobState } from '../domain/job.ts';
import type { JobLedger, JobRow } from '../domain/ledger.ts';

const LOOK_EVERY_MS = 500;

/**
 * Tells each job once when it has ended (null: it is not in the ledger any more), whoever works on it, and returns the ids of those
 * that had not when `signal` was aborted.
 */
export async function waitForEnds(
  jobIds: readonly string[],
  jobs: Pick<JobLedger, 'get'>,
  onEnd: (jobId: string, row: JobRow | null) => void,
  signal: AbortSignal,
): Promise<string[]> {
  const open = new Set(jobIds);
  for (;;) {
    for (const jobId of open) {
      const row = jobs.get(jobId);
      if (row && !isEnd(row.state)) continue;
      open.delete(jobId);
      onEnd(jobId, row);
    }
    if (open.size === 0 || signal.aborted) return [...open];
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch((error: Error) => {
      if (!signal.aborted) throw error;
    });
  }
}

function isEnd(state: JobState): boolean {
  return END_STATES.some((end) => end === state);
}
