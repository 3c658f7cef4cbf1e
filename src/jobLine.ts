// Owns the line of jobs: claimed from the ledger, fetched, queued, taken by the consumers, seen through.
import type { Config } from '../config/env.ts';
import type { Document, DocumentReader } from './documentReader.ts';
import { toAppError } from './domain/errors.ts';
import type { Job } from './domain/job.ts';
import type { Ledger } from './domain/ledger.ts';
import type { Log } from './domain/log.ts';
import { claimsToBeDocument } from './domain/media.ts';
import type { Model } from './domain/model.ts';
import { handleFailure } from './pipeline/failure.ts';
import { fetchUpload } from './pipeline/fetch.ts';
import { type ProcessPorts, processJobs } from './pipeline/process.ts';
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
  pool: Pick<Pool, 'warm'>;
  reader: DocumentReader;
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
      const mode = ledger.rooms.settings(row.upload.roomId).mode ?? config.rooms.mode;
      const { model, removeFile } = deps;
      return fetchUpload(row, { jobs, model, mode, download, removeFile, status: link, clock }, signal);
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
    async process(taken, signal) {
      const begun = taken.map(({ job, log: jobLog }) => ({ job, log: jobLog, own: new AbortController() }));
      for (const { job, own } of begun) running.set(job.id, own);
      try {
        const runs = begun.map(({ own, ...run }) => ({ ...run, signal: AbortSignal.any([signal, own.signal]) }));
        await processJobs(runs, ports, signal);
      } finally {
        for (const { job, own } of begun) {
          // A job that was put off while others of its group went on may be at work again by now.
          if (running.get(job.id) !== own) continue;
          running.delete(job.id);
          link.idle(job.upload);
        }
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

function processPorts({ config, ledger, reader, link, clock }: JobLineDeps, outgoing: Outgoing): ProcessPorts {
  const documentOf = ({ id, upload, file }: Job, log: Log): Document => ({
    file,
    fileName: upload.fileName,
    profileName: ledger.rooms.settings(upload.roomId).profile,
    pages: { kept: () => ledger.pages.of(id), keep: (scan) => ledger.pages.save(id, scan) },
    log,
  });
  return {
    jobs: ledger.jobs,
    transaction: ledger.transaction,
    readingFor: (job, log) => reader.reading(documentOf(job, log)),
    mindsFor: (job, log, signal) => reader.minds(documentOf(job, log), signal),
    fallback: config.llm.fallback,
    status: link.board,
    uploadFile: link.media.uploadFile,
    deliver: (jobIds) =>
      outgoing.run(async () => {
        for (const jobId of jobIds) await link.deliver(jobId);
      }),
    maxFileBytes: config.limits.maxFileBytes,
    clock,
  };
}
