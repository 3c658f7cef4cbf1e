// Owns the vitals of a bot that is well, for the tests of health and metrics.
import { JOB_STATES } from '../../../src/domain/job.ts';
import type { JobCounts } from '../../../src/domain/ledger.ts';
import type { ModelLoad } from '../../../src/domain/model.ts';
import type { Vitals } from '../../../src/domain/vitals.ts';

export const NOW_MS = Date.UTC(2026, 0, 15, 12, 0, 0);

/** Synced ten seconds ago, and nothing to do. */
export function wellVitals(changed: Partial<Vitals> = {}): Vitals {
  return {
    queueDepth: 0,
    activeJobs: 0,
    waitingJobs: 0,
    jobs: Object.fromEntries(JOB_STATES.map((state) => [state, 0])) as JobCounts,
    spoolBytes: 0,
    lastSyncAtMs: NOW_MS - 10_000,
    isHomeserverUp: true,
    storageTrouble: null,
    threads: { read: 0, ocr: 0 },
    model: null,
    ...changed,
  };
}

/** A model that is there, without limits. */
export function modelLoad(changed: Partial<ModelLoad> = {}): ModelLoad {
  return {
    state: 'closed',
    retryAtMs: null,
    awayForMs: null,
    requestsLastMinute: 0,
    maxRequestsPerMinute: null,
    tokensLastMinute: 0,
    maxTokensPerMinute: null,
    callsUnderWay: 0,
    ...changed,
  };
}
