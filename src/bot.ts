// Owns the joining of the parts for one logged-in account: what comes from the rooms goes through the queue and back.
import type { Config } from '../config/env.ts';
import { toAppError } from './domain/errors.ts';
import type { SyncBatch } from './domain/incoming.ts';
import type { Job } from './domain/job.ts';
import type { Ledger } from './domain/ledger.ts';
import type { Log } from './domain/log.ts';
import type { Upload } from './domain/media.ts';
import type { Model } from './domain/model.ts';
import type { Reply } from './domain/reply.ts';
import { SendBudget } from './matrix/budget.ts';
import { createClient } from './matrix/client.ts';
import { createMedia } from './matrix/media.ts';
import { createMembership } from './matrix/membership.ts';
import { createSender } from './matrix/sender.ts';
import type { Session } from './matrix/session.ts';
import { createStatusBoard } from './matrix/status.ts';
import { runSync } from './matrix/sync.ts';
import { createTransport } from './matrix/transport.ts';
import { createAccess } from './pipeline/access.ts';
import { deliver, sendOrDrop } from './pipeline/deliver.ts';
import { fetchUpload } from './pipeline/fetch.ts';
import { handleFailure, type ProcessPorts, processJob } from './pipeline/process.ts';
import { readRequest } from './pipeline/readRequest.ts';
import { receive } from './pipeline/receive.ts';
import { renderStatus, type Stage } from './pipeline/render.ts';
import { retraction, statusReply, takenReply } from './pipeline/replies.ts';
import { createSummariser } from './pipeline/summariser.ts';
import type { Pool } from './pool/pool.ts';
import { BoundedQueue } from './queue/bounded.ts';
import { startConsumers } from './queue/consumers.ts';
import { Dispatcher } from './queue/dispatcher.ts';
import { startQueueMonitor } from './queue/monitor.ts';

export type BotDeps = {
  config: Config;
  session: Session;
  ledger: Ledger;
  pool: Pool;
  model: Model | null;
  spoolDir: string;
  removeFile(path: string): void;
  clock(): number;
  log: Log;
  onSyncState(isUp: boolean): void;
};

export type Bot = {
  /** Settles when syncing ends: by `stop`, or with the error that ended the login. */
  ended: Promise<void>;
  /** Takes nothing new in, finishes what is in memory up to the time-out, and leaves the rest in the ledger. */
  stop(): Promise<void>;
};

/** A download that brings no byte for so long is given up and tried again later. */
const DOWNLOAD_STALL_MS = 30_000;
/** Reactions older than this help nobody. */
const OPTIONAL_LIFE_MS = 3_600_000;
/** The share of JOB_TIMEOUT_SECONDS after which a thread stops by itself and gives what it has. */
const SOFT_SHARE = 0.9;

/** Starts everything for one account: resumes what a crash left, then syncs. */
export function startBot(deps: BotDeps): Bot {
  const { config, session, ledger, model, clock, log } = deps;
  const { limits, work } = config;
  const syncing = new AbortController();
  const connected = new AbortController();
  const running = new Map<string, AbortController>();

  const client = createClient(session.homeserverUrl, session.accessToken);
  const transport = createTransport(client, session.userId, connected.signal);
  const media = createMedia({
    client,
    spoolDir: deps.spoolDir,
    maxBytes: limits.maxFileBytes,
    stallMs: DOWNLOAD_STALL_MS,
  });
  const answersToCome = () => dispatcher.held + ledger.jobs.untaken(work.queueMaxSize);
  const sender = createSender({
    put: transport.put,
    replies: ledger.replies,
    budget: new SendBudget(clock),
    takeBack,
    answersToCome,
    signal: connected.signal,
    clock,
    log,
  });
  const board = createStatusBoard<Stage>({
    sender,
    replies: ledger.replies,
    render(upload, stage, edited) {
      const rendered = renderStatus(upload.fileName, stage);
      return { reply: statusReply(upload, rendered, edited), text: rendered.body };
    },
    renderTaken: takenReply,
    answersToCome,
    clock,
  });
  const membership = createMembership({ transport, rooms: ledger.rooms, signal: connected.signal, log });
  const offer = (reply: Reply) =>
    void sender.offer(reply, { revision: 0, expiresAtMs: clock() + OPTIONAL_LIFE_MS, keep: true });
  const delivery = { jobs: ledger.jobs, replies: ledger.replies, send: sender.send, offer, log };

  const ports: ProcessPorts = {
    jobs: ledger.jobs,
    read: (job, onProgress, signal) =>
      deps.pool.read(readRequest(job.file.path, limits, Math.floor(limits.jobTimeoutMs * SOFT_SHARE)), {
        signal,
        hardTimeoutMs: limits.jobTimeoutMs,
        onProgress,
      }),
    summariserFor: (jobLog, signal) => createSummariser(model, config, jobLog, signal),
    fallback: config.llm.fallback,
    status: board,
    uploadText: media.uploadText,
    deliver: (jobId) => deliver(jobId, delivery),
    maxFileBytes: limits.maxFileBytes,
    clock,
  };

  const queue = new BoundedQueue<Job>(work.queueMaxSize);
  const dispatcher: Dispatcher = new Dispatcher({
    queue,
    claim: ledger.jobs.claim,
    nextDueMs: ledger.jobs.nextDueMs,
    fetch: (row, signal) =>
      fetchUpload(
        row,
        { jobs: ledger.jobs, model, download: media.download, status: { taken, forget: board.forget }, clock },
        signal,
      ),
    onFailure: (row, error, signal) =>
      handleFailure(row.upload, error, ports, log.child({ job: row.upload.eventId }), signal),
    spoolMaxBytes: config.storage.spoolMaxBytes,
    clock,
    log,
  });
  const consumers = startConsumers({
    count: work.consumers,
    queue,
    async process(job, jobLog, signal) {
      const own = new AbortController();
      running.set(job.id, own);
      try {
        await processJob(job, ports, jobLog, AbortSignal.any([signal, own.signal]));
      } finally {
        running.delete(job.id);
      }
      showBestEffort(transport.showIdle(job.upload.roomId));
    },
    release(job) {
      try {
        deps.removeFile(job.file.path);
      } finally {
        dispatcher.release(job);
      }
    },
    clock,
    log,
  });

  function taken(upload: Upload): void {
    board.track(upload, () => ({ kind: 'in_line', ahead: ledger.jobs.placeInLine(upload.eventId) }));
    board.taken(upload);
    showBestEffort(transport.showWorking(upload.roomId, upload.eventId));
  }

  /** Receipts and typing are courtesy: a homeserver that refuses them takes nothing from an answer. */
  function showBestEffort(request: Promise<void>): void {
    request.catch((error) => log.debug({ reason: toAppError(error).message }, 'receipt or typing not shown'));
  }

  function send(reply: Reply): void {
    sendOrDrop(reply, delivery).catch((error) =>
      log.debug({ reason: toAppError(error).message }, 'send put off to the next start'),
    );
  }

  /** What was sent for an upload that was redacted meanwhile. */
  function takeBack(reply: Reply, sentEventId: string): void {
    if (reply.body.kind === 'redaction') return;
    const gone = retraction(reply.roomId, sentEventId);
    if (ledger.replies.save(gone) === 'saved') send(gone);
  }

  function handle(batch: SyncBatch): void {
    const startedAt = performance.now();
    const received = receive(batch, { ledger, access, roomFacts, statusFacts, clock });
    const callbackMs = Math.round((performance.now() - startedAt) * 100) / 100;
    if (batch.incoming.length > 0) log.debug({ events: batch.incoming.length, callbackMs }, 'sync stored');
    for (const jobId of received.cancelledJobs) {
      running.get(jobId)?.abort(new Error('the upload was redacted'));
      board.forget(jobId);
    }
    for (const reply of received.replies) send(reply);
    membership.wake();
    dispatcher.wake();
  }

  const access = createAccess(session.userId, config.matrix?.allowedUsers ?? null, config.matrix?.allowedRooms ?? null);
  const roomFacts = { modelHost: model?.host ?? null, maxPages: limits.maxPages, maxFileBytes: limits.maxFileBytes };
  const statusFacts = () => {
    const counts = ledger.jobs.counts();
    const atWork = consumers.active();
    return {
      atWork,
      inLine: Math.max(0, counts.received + counts.queued + counts.reading + counts.thinking - atWork),
      waiting: counts.waiting,
      answered: counts.done,
      failed: counts.refused + counts.failed,
      model: model ? `by ${model.name}` : 'sentences of the document (no language model is set)',
    };
  };
  const stopMonitor = work.queueMonitoring
    ? startQueueMonitor(() => {
        const counts = ledger.jobs.counts();
        const waiting = counts.received + counts.waiting;
        return { depth: queue.size, active: consumers.active(), waiting, processed: consumers.processed() };
      }, log)
    : () => {};

  resume();
  const ended = runSync(
    {
      client,
      selfId: session.userId,
      backfillMs: config.storage.backfillMs,
      token: ledger.sync.token,
      isJoined: (roomId) => ledger.rooms.state(roomId) === 'joined',
      handle,
      onState: ({ up }) => deps.onSyncState(up),
      clock,
      log,
    },
    syncing.signal,
  );

  function resume(): void {
    const resumed = ledger.jobs.resume();
    const replying = ledger.jobs.replying();
    if (resumed + replying.length > 0)
      log.info({ resumed, replying: replying.length }, 'going on where the last run ended');
    const ofJobs = new Set(replying);
    for (const jobId of replying) deliver(jobId, delivery).catch((error) => log.debug({ err: error }, 'not sent yet'));
    for (const reply of ledger.replies.unsent()) {
      if (ofJobs.has(reply.sourceEventId) || reply.part === 'status') continue;
      if (reply.optional) offer(reply);
      else send(reply);
    }
    membership.wake();
    dispatcher.wake();
  }

  return {
    ended,
    async stop() {
      syncing.abort();
      await dispatcher.stop();
      // A send that waits for a homeserver would outlast the drain: its reply is in the ledger.
      const timer = setTimeout(() => connected.abort(), work.shutdownTimeoutMs);
      const left = await consumers.drain(work.shutdownTimeoutMs);
      clearTimeout(timer);
      for (const job of left) deps.removeFile(job.file.path);
      connected.abort();
      board.stop();
      stopMonitor();
      await ended.catch(() => undefined);
    },
  };
}
