// Owns the line of jobs: claimed from the ledger, fetched, queued, taken by the consumers, seen through.
import type { Config } from '../config/env.ts';
import type { DocumentReader } from './documentReader.ts';
import { toAppError } from './domain/errors.ts';
import type { Job } from './domain/job.ts';
import type { JobRow, Ledger, SavedJob } from './domain/ledger.ts';
import type { Log } from './domain/log.ts';
import { claimedKind, claimsToBeDocument } from './domain/media.ts';
import type { Meter } from './domain/meter.ts';
import type { Model } from './domain/model.ts';
import { createJobPorts } from './jobPorts.ts';
import { handleFailure } from './pipeline/failure.ts';
import { fetchUpload } from './pipeline/fetch.ts';
import { processJobs } from './pipeline/process.ts';
import type { Pool } from './pool/pool.ts';
import { BoundedQueue } from './queue/bounded.ts';
import { startConsumers } from './queue/consumers.ts';
import { Dispatcher } from './queue/dispatcher.ts';
import { createFairOrder } from './queue/fairOrder.ts';
import { startQueueMonitor } from './queue/monitor.ts';
import { createOutgoing } from './queue/outgoing.ts';
import type { RoomLink } from './roomLink.ts';

export type JobLineDeps = {
  config: Config;
  ledger: Ledger;
  pool: Pick<Pool, 'warm'>;
  reader: DocumentReader;
  model: Model | null;
  link: Pick<RoomLink, 'media' | 'board' | 'taken' | 'forget' | 'idle' | 'deliver' | 'takeOverAnswer'>;
  removeFile(path: string): void;
  meter: Meter;
  clock(): number;
  log: Log;
};

/** How things stand in memory. */
export type LineFigures = {
  /** Jobs fetched and in line. */
  depth: number;
  /** Jobs that a consumer has. */
  active: number;
  /** Jobs in memory: being fetched, in line, or at work. */
  held: number;
  spoolBytes: number;
};

export type JobLine = {
  /** Looks for jobs in the ledger. */
  wake(): void;
  figures(): LineFigures;
  /** Sends what was saved for jobs in `replying` before a restart, in this order; it counts to what is on its way out of their rooms. */
  sendSaved(jobs: readonly SavedJob[]): void;
  /** Ends the work on a job that was cancelled, or begins anew, in the ledger: wherever in memory it is. */
  abort(jobId: string): void;
  /** Begins nothing more, finishes what runs within `timeoutMs`, leaves the rest to the ledger. */
  stop(timeoutMs: number): Promise<void>;
};

/** Answers of a room that are being sent: a homeserver that limits, or takes nothing for this room, holds up its reading only behind these. */
const MAX_ROOM_OUTGOING = 16;

/** Starts the consumers; jobs come with the first `wake`. */
export function startJobLine(deps: JobLineDeps): JobLine {
  const { config, ledger, link, meter, clock, log } = deps;
  const { consumers: count, queueMaxSize } = config.work;
  const outgoing = createOutgoing({
    onError: (error) => log.debug({ reason: toAppError(error).message }, 'send put off to the next start'),
    onEnd: () => dispatcher.wake(),
  });
  const ports = createJobPorts(deps, outgoing);
  const running = new Map<string, AbortController>();
  const order = createFairOrder(count);
  const queue = new BoundedQueue<Job>(queueMaxSize, order.choose);
  const fetching = new Map<string, { startedAtMs: number; own: AbortController }>();

  const dispatcher: Dispatcher = new Dispatcher({
    queue,
    consumers: count,
    claim: (nowMs, fullRooms) => ledger.jobs.claim(nowMs, new Set([...fullRooms, ...outgoing.full(MAX_ROOM_OUTGOING)])),
    nextDueMs: ledger.jobs.nextDueMs,
    async fetch(row, signal) {
      const begun = { startedAtMs: clock(), own: new AbortController() };
      fetching.set(row.upload.eventId, begun);
      const file = await fetchJob(row, deps, AbortSignal.any([signal, begun.own.signal]));
      fetching.delete(row.upload.eventId);
      meter.stageTook('fetch', clock() - begun.startedAtMs);
      if (!file && ledger.jobs.get(row.upload.eventId)?.state === 'cancelled') {
        meter.jobEnded(claimedKind(row.upload), 'cancelled');
      }
      return file;
    },
    async onFailure({ upload, attempt }, thrown, signal) {
      link.idle(upload);
      const begun = fetching.get(upload.eventId);
      fetching.delete(upload.eventId);
      // What becomes of a job whose work was ended is in the ledger already.
      if (begun?.own.signal.aborted) return;
      const failed = { upload, thrown, startedAtMs: begun?.startedAtMs ?? clock() };
      await handleFailure(failed, ports, log.child({ job: upload.eventId, room: upload.roomId, attempt }), signal);
    },
    spoolMaxBytes: config.storage.spoolMaxBytes,
    maxFileBytes: config.limits.maxFileBytes,
    clock,
    log,
  });
  const consumers = startConsumers({
    count,
    queue,
    order,
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
    release,
    meter,
    clock,
    log,
  });
  function release(job: Job): void {
    // First the file: the room that it leaves is claimed for another at once.
    deps.removeFile(job.file.path);
    dispatcher.release(job);
  }

  function abort(jobId: string): void {
    const reason = new Error('the upload was redacted');
    running.get(jobId)?.abort(reason);
    fetching.get(jobId)?.own.abort(reason);
    for (const job of queue.takeMatching(({ id }) => id === jobId, Number.POSITIVE_INFINITY)) {
      queue.done();
      release(job);
    }
  }

  const stopMonitor = config.work.queueMonitoring ? startQueueMonitor(monitored, log) : () => {};

  function monitored() {
    const { received, waiting } = ledger.jobs.counts();
    return {
      depth: queue.size,
      active: consumers.active(),
      waiting: received + waiting,
      processed: consumers.processed(),
    };
  }

  return {
    wake: () => dispatcher.wake(),
    figures: () => ({
      depth: queue.size,
      active: consumers.active(),
      held: dispatcher.held,
      spoolBytes: dispatcher.spoolBytes,
    }),
    sendSaved(jobs) {
      const all = jobs.map(({ eventId, roomId }) => ({ roomId, work: () => link.deliver(eventId) }));
      outgoing.runInTurn(all, MAX_ROOM_OUTGOING);
    },
    abort,
    async stop(timeoutMs) {
      await dispatcher.stop();
      for (const job of await consumers.drain(timeoutMs)) deps.removeFile(job.file.path);
      await outgoing.drain();
      stopMonitor();
    },
  };
}

/** The file of a claimed job, see `fetchUpload`. */
function fetchJob(
  row: JobRow,
  { config, ledger, link, model, pool, removeFile, clock }: JobLineDeps,
  signal: AbortSignal,
) {
  const isQuiet = row.quietAfter !== null;
  if (claimsToBeDocument(row.upload)) pool.warm();
  const ports = {
    jobs: ledger.jobs,
    model,
    mode: ledger.rooms.settings(row.upload.roomId).mode ?? config.rooms.mode,
    answersWithoutModel: config.llm.fallback,
    restoredAtMs: ledger.restoredAtMs(),
    isSaidAnew: ledger.replies.wasTakenBack,
    takeOverAnswer: link.takeOverAnswer,
    download: link.media.download,
    removeFile,
    status: isQuiet ? SILENT : link,
    clock,
  };
  return fetchUpload(row, ports, signal);
}

/** Of what is tried again by itself nobody is told before it has come to something. */
const SILENT = { taken: () => undefined, forget: () => undefined };
