// Owns the line of jobs: claimed from the ledger, fetched, queued, taken by the consumers, seen through.
import type { Config } from '../config/env.ts';
import { toAppError } from './domain/errors.ts';
import type { Job } from './domain/job.ts';
import type { Ledger } from './domain/ledger.ts';
import type { Log } from './domain/log.ts';
import { claimsToBeDocument } from './domain/media.ts';
import type { Model } from './domain/model.ts';
import { fetchUpload } from './pipeline/fetch.ts';
import { handleFailure, type ProcessPorts, processJob } from './pipeline/process.ts';
import { readRequest } from './pipeline/readRequest.ts';
import { createSummariser } from './pipeline/summariser.ts';
import type { Pool } from './pool/pool.ts';
import { BoundedQueue } from './queue/bounded.ts';
import { startConsumers } from './queue/consumers.ts';
import { Dispatcher } from './queue/dispatcher.ts';
import { type QueueFigures, startQueueMonitor } from './queue/monitor.ts';
import { createOutgoing, type Outgoing } from './queue/outgoing.ts';
import type { RoomLink } from './roomLink.ts';

export type JobLineDeps = {
  config: Config;
  ledger: Ledger;
  pool: Pool;
  model: Model | null;
  link: Pick<RoomLink, 'media' | 'board' | 'taken' | 'forget' | 'idle' | 'deliver'>;
  removeFile(path: string): void;
  clock(): number;
  log: Log;
};

export type JobLine = {
  /** Looks for jobs in the ledger. */
  wake(): void;
  /** Jobs in memory: being fetched, in line, or at work. */
  held(): number;
  /** Jobs that a consumer has. */
  active(): number;
  /** Ends the work on a job that was cancelled in the ledger. */
  abort(jobId: string): void;
  /** Takes nothing new, finishes what is in memory within `timeoutMs`, leaves the rest to the ledger. */
  stop(timeoutMs: number): Promise<void>;
};

/** The share of JOB_TIMEOUT_SECONDS after which a thread stops by itself and gives what it has. */
const SOFT_SHARE = 0.9;
/** Answers being sent while their consumers are at the next job: a homeserver that limits holds up reading only behind these. */
const MAX_OUTGOING = 16;

/** Starts the consumers; jobs come with the first `wake`. */
export function startJobLine(deps: JobLineDeps): JobLine {
  const { config, ledger, link, clock, log } = deps;
  const outgoing = createOutgoing(MAX_OUTGOING, (error) =>
    log.debug({ reason: toAppError(error).message }, 'send put off to the next start'),
  );
  const ports = processPorts(deps, outgoing);
  const running = new Map<string, AbortController>();
  const queue = new BoundedQueue<Job>(config.work.queueMaxSize);

  const dispatcher: Dispatcher = new Dispatcher({
    queue,
    claim: ledger.jobs.claim,
    nextDueMs: ledger.jobs.nextDueMs,
    fetch(row, signal) {
      const { jobs } = ledger;
      if (claimsToBeDocument(row.upload)) deps.pool.warm();
      const { download } = link.media;
      return fetchUpload(row, { jobs, model: deps.model, download, status: link, clock }, signal);
    },
    async onFailure({ upload }, error, signal) {
      link.idle(upload);
      await handleFailure(upload, error, ports, log.child({ job: upload.eventId }), signal);
    },
    spoolMaxBytes: config.storage.spoolMaxBytes,
    clock,
    log,
  });
  const consumers = startConsumers({
    count: config.work.consumers,
    queue,
    async process(job, jobLog, signal) {
      const own = new AbortController();
      running.set(job.id, own);
      try {
        await processJob(job, ports, jobLog, AbortSignal.any([signal, own.signal]));
      } finally {
        running.delete(job.id);
        link.idle(job.upload);
      }
    },
    release(job) {
      dispatcher.release(job);
      deps.removeFile(job.file.path);
    },
    clock,
    log,
  });
  const figures = (): QueueFigures => {
    const { received, waiting } = ledger.jobs.counts();
    return {
      depth: queue.size,
      active: consumers.active(),
      waiting: received + waiting,
      processed: consumers.processed(),
    };
  };
  const stopMonitor = config.work.queueMonitoring ? startQueueMonitor(figures, log) : () => {};

  return {
    wake: () => dispatcher.wake(),
    held: () => dispatcher.held,
    active: consumers.active,
    abort: (jobId) => running.get(jobId)?.abort(new Error('the upload was redacted')),
    async stop(timeoutMs) {
      await dispatcher.stop();
      for (const job of await consumers.drain(timeoutMs)) deps.removeFile(job.file.path);
      await outgoing.settled();
      stopMonitor();
    },
  };
}

function processPorts(deps: JobLineDeps, outgoing: Outgoing): ProcessPorts {
  const { config, ledger, pool, model, link, clock } = deps;
  const { limits, llm } = config;
  const softTimeoutMs = Math.floor(limits.jobTimeoutMs * SOFT_SHARE);
  return {
    jobs: ledger.jobs,
    read(job, onProgress, signal) {
      const request = readRequest(job.file.path, limits, softTimeoutMs);
      return pool.read(request, { signal, hardTimeoutMs: limits.jobTimeoutMs, onProgress });
    },
    summariserFor: (log, signal) => createSummariser(model, config, log, signal),
    fallback: llm.fallback,
    status: link.board,
    uploadText: link.media.uploadText,
    deliver: (jobId) => outgoing.run(() => link.deliver(jobId)),
    maxFileBytes: limits.maxFileBytes,
    clock,
  };
}
