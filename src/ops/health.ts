// Owns the verdict on the bot's health: what /health and /ready tell, made of the vitals alone.
import type { ErrorCode } from '../domain/errors.ts';
import type { ModelLoad } from '../domain/model.ts';
import type { Vitals } from '../domain/vitals.ts';

export type Health = {
  /** degraded: it works, but something is missing; down: it answers nobody. */
  status: 'healthy' | 'degraded' | 'down';
  /** Why it is not healthy, a sentence each. */
  reasons: string[];
  queueDepth: number;
  activeJobs: number;
  waitingJobs: number;
  jobsProcessed: number;
  jobsFailed: number;
  avgProcessingMs: number;
  /** ISO 8601; null: none in this life of the process. */
  lastSync: string | null;
  llm: { state: 'none' | ModelLoad['state']; requestsLastMinute: number; maxPerMinute: number | null };
};

export type HealthFacts = {
  jobsProcessed: number;
  jobsFailed: number;
  avgProcessingMs: number;
  /** By the clock of the vitals. */
  startedAtMs: number;
};

export type Readiness = { ready: boolean; reasons: string[] };

/** An idle bot has a sync every 30 s (its long poll); the homeserver's restart takes less than the first. */
const SYNC_LATE_MS = 2 * 60_000;
const SYNC_LOST_MS = 5 * 60_000;

type Finding = { isDown: boolean; reason: string };

/** The JSON of /health; `nowMs` is by the clock of the vitals. */
export function healthOf(vitals: Vitals, facts: HealthFacts, nowMs: number): Health {
  const findings = [...storage(vitals), ...homeserver(vitals, facts, nowMs), ...model(vitals, nowMs)];
  const { queueDepth, activeJobs, waitingJobs, lastSyncAtMs, model: load } = vitals;
  const { jobsProcessed, jobsFailed, avgProcessingMs } = facts;
  return {
    status: findings.some(({ isDown }) => isDown) ? 'down' : findings.length > 0 ? 'degraded' : 'healthy',
    reasons: findings.map(({ reason }) => reason),
    queueDepth,
    activeJobs,
    waitingJobs,
    jobsProcessed,
    jobsFailed,
    avgProcessingMs,
    lastSync: lastSyncAtMs === null ? null : new Date(lastSyncAtMs).toISOString(),
    llm: {
      state: load?.state ?? 'none',
      requestsLastMinute: load?.requestsLastMinute ?? 0,
      maxPerMinute: load?.maxRequestsPerMinute ?? null,
    },
  };
}

/** The JSON of /ready: whether an upload that is posted now would be taken and answered. */
export function readinessOf({ lastSyncAtMs, isHomeserverUp, storageTrouble }: Vitals): Readiness {
  const reasons: string[] = [];
  if (lastSyncAtMs === null) reasons.push('the first sync is not stored yet');
  if (!isHomeserverUp) reasons.push('the homeserver is away');
  if (storageTrouble !== null) reasons.push(storageReason(storageTrouble));
  return { ready: reasons.length === 0, reasons };
}

function storage({ storageTrouble }: Vitals): Finding[] {
  if (storageTrouble === null) return [];
  return [{ isDown: storageTrouble === 'database_corrupt', reason: storageReason(storageTrouble) }];
}

function storageReason(code: ErrorCode): string {
  switch (code) {
    case 'storage_full':
      return 'the disk with DATA_DIR is full: nothing new is taken until there is room';
    case 'storage_unwritable':
      return 'DATA_DIR cannot be written: nothing new is taken until it can';
    case 'storage_locked':
      return 'another process holds the database: nothing new is taken until it lets go';
    case 'database_corrupt':
      return 'the database is damaged: stop Lector and put a backup in its place';
    default:
      return `the database could not store something (${code})`;
  }
}

/** One sentence at most: that syncs are late says no more when the homeserver is known to be away. */
function homeserver({ isHomeserverUp, lastSyncAtMs }: Vitals, { startedAtMs }: HealthFacts, nowMs: number): Finding[] {
  const withoutMs = nowMs - (lastSyncAtMs ?? startedAtMs);
  const isDown = withoutMs > SYNC_LOST_MS;
  if (withoutMs > SYNC_LATE_MS) {
    const why = isHomeserverUp ? '' : ': the homeserver is away';
    return [{ isDown, reason: `no sync for ${Math.floor(withoutMs / 60_000)} minutes${why}` }];
  }
  if (lastSyncAtMs === null) return [{ isDown, reason: 'the first sync is not stored yet' }];
  return isHomeserverUp ? [] : [{ isDown, reason: 'the homeserver is away' }];
}

function model({ model: load }: Vitals, nowMs: number): Finding[] {
  if (!load || load.state === 'closed') return [];
  const waitMs = Math.max(0, (load.retryAtMs ?? nowMs) - nowMs);
  const next =
    load.state === 'half_open' ? 'the next call tries it' : `it is tried again in ${Math.ceil(waitMs / 1000)} s`;
  return [{ isDown: false, reason: `the language model failed too often and is left alone: ${next}` }];
}
