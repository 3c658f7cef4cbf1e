// Owns what the bot does by itself from time to time: the backlog run, thinking over what was answered without the model, forgetting.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Config } from '../config/env.ts';
import { BACKLOG_REACH_MS, MAX_BACKLOG_TRIES, MAX_OUTAGE_MS } from '../config/limits.ts';
import { toAppError } from './domain/errors.ts';
import type { Ledger } from './domain/ledger.ts';
import type { Log } from './domain/log.ts';
import type { Model } from './domain/model.ts';
import { type Schedule, startSchedule } from './ops/schedule.ts';

export type UpkeepDeps = {
  config: Config;
  ledger: Pick<Ledger, 'jobs' | 'sweep'>;
  model: Model | null;
  /** There is work in the ledger. */
  wake(): void;
  clock(): number;
  log: Log;
};

export type Upkeep = {
  /** The model has answered after it had failed, or its server is there again. */
  modelIsBack(): void;
  stop(): void;
};

/** While it is away nobody else may ask the model, so that nobody would notice its return. */
const LOOK_FOR_MODEL_EVERY_MS = 30_000;
const SWEEP_EVERY_MS = 6 * 3_600_000;
/** A start has better things to do. */
const FIRST_SWEEP_AFTER_MS = 60_000;
/** Rows in one transaction: some milliseconds of the main thread. */
const SWEEP_ROWS = 200;

/** Starts the schedules; nothing runs before their time. */
export function startUpkeep(deps: UpkeepDeps): Upkeep {
  const { config, model, log } = deps;
  const stopping = new AbortController();
  const { backlogCron } = config.work;
  const backlog: Schedule | null =
    backlogCron === null ? null : startSchedule(backlogCron, () => runBacklog(deps), log);
  const improving = setInterval(() => mayAsk(model) && improve(deps), LOOK_FOR_MODEL_EVERY_MS).unref();
  const sweeping = setInterval(() => void sweep(deps, stopping.signal), SWEEP_EVERY_MS).unref();
  const first = setTimeout(() => void sweep(deps, stopping.signal), FIRST_SWEEP_AFTER_MS).unref();
  return {
    modelIsBack: () => takeUp(deps),
    stop() {
      stopping.abort();
      backlog?.stop();
      clearInterval(improving);
      clearInterval(sweeping);
      clearTimeout(first);
    },
  };
}

/** Failed uploads of the last days are tried again, each a few nights, without a word unless something comes of it. */
function runBacklog({ ledger, wake, clock, log }: UpkeepDeps): void {
  const postedSinceMs = clock() - BACKLOG_REACH_MS;
  const jobs = ledger.jobs.retryBacklog({ postedSinceMs, maxTries: MAX_BACKLOG_TRIES });
  log.info({ jobs: jobs.length }, 'backlog run: failed uploads are tried again');
  if (jobs.length > 0) wake();
}

function mayAsk(model: Model | null): boolean {
  const load = model?.load?.();
  if (!load) return false;
  return load.state !== 'open';
}

function improve({ ledger, wake, clock, log }: UpkeepDeps): void {
  try {
    const jobs = ledger.jobs.improve(clock() - MAX_OUTAGE_MS);
    if (jobs.length === 0) return;
    log.info({ jobs: jobs.length }, 'what was answered without the model is thought over');
    wake();
  } catch (thrown) {
    log.warn({ code: toAppError(thrown).code, err: thrown }, 'the ledger could not be asked what to think over');
  }
}

/** What waits for the model, and what was answered without it, is taken up. */
function takeUp(deps: UpkeepDeps): void {
  try {
    deps.ledger.jobs.modelMayBeBack();
    deps.wake();
  } catch (thrown) {
    deps.log.warn(
      { code: toAppError(thrown).code, err: thrown },
      'the ledger could not be told that the model is back',
    );
  }
  improve(deps);
}

/** Removes what is older than RETENTION_DAYS and RESULT_CACHE_DAYS say, a little at a time. */
async function sweep({ config, ledger, clock, log }: UpkeepDeps, signal: AbortSignal): Promise<void> {
  const { retentionMs, resultCacheMs } = config.storage;
  const before = {
    endedBeforeMs: retentionMs === null ? 0 : clock() - retentionMs,
    resultsBeforeMs: clock() - (resultCacheMs ?? 0),
    limit: SWEEP_ROWS,
  };
  try {
    let gone = 0;
    for (let some = ledger.sweep(before); some > 0 && !signal.aborted; some = ledger.sweep(before)) {
      gone += some;
      await nextTurn();
    }
    if (gone > 0) log.info({ rows: gone }, 'what is older than RETENTION_DAYS and RESULT_CACHE_DAYS was removed');
  } catch (thrown) {
    log.warn({ code: toAppError(thrown).code, err: thrown }, 'the sweep of old rows was broken off');
  }
}
