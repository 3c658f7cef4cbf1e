// Owns the way of one job from the spool to its answer: read, think, render, save, send; each state can be resumed.
import { setTimeout as sleep } from 'node:timers/promises';
import { ATTACH_TEXT_OVER_CHARS, MAX_OUTAGE_MS } from '../../config/limits.ts';
import type { Answer } from '../domain/answer.ts';
import { type AppError, toAppError } from '../domain/errors.ts';
import { END_STATES, type Job, type JobState } from '../domain/job.ts';
import type { JobEnd, JobLedger, JobRow } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import type { Upload } from '../domain/media.ts';
import type { Reading, ReadProgress } from '../domain/reading.ts';
import { afterError } from './afterError.ts';
import type { Rendered } from './content.ts';
import { textFileName, textLength, wholeText } from './markdown.ts';
import { renderAnswer, renderFailure, type Stage } from './render.ts';
import { endReplies, type ReplyFacts } from './replies.ts';
import { type Summariser, think } from './think.ts';

export type ProcessPorts = {
  jobs: JobLedger;
  read(job: Job, onProgress: (progress: ReadProgress) => void, signal: AbortSignal): Promise<Reading>;
  /** The model for this job; null: there is none. */
  summariserFor(log: Log, signal: AbortSignal): Summariser | null;
  fallback: boolean;
  status: {
    show(upload: Upload, stage: Stage): void;
    /** Ends the status notice's life of its own; returns its event id if one stands in the thread. */
    settle(upload: Upload): Promise<string | null>;
    /** Ends it without a word. */
    forget(eventId: string): void;
  };
  uploadText(text: string, fileName: string, signal: AbortSignal): Promise<string>;
  /** Sends what was saved for the job and ends it. */
  deliver(jobId: string): Promise<void>;
  maxFileBytes: number;
  clock(): number;
};

/** Pause after the ledger could not take what became of a job. */
const LEDGER_RETRY_MS = 5_000;

/** One pass of a job through its steps. */
type Run = {
  job: Job;
  ports: ProcessPorts;
  show(stage: Stage): void;
  log: Log;
  signal: AbortSignal;
};

/** Sees a job through. Never throws: what goes wrong is told, or backed off; when `signal` aborts the ledger resumes it later. */
export async function processJob(job: Job, ports: ProcessPorts, log: Log, signal: AbortSignal): Promise<void> {
  try {
    // While the model is away the notice says so, and not each time anew that the document is read.
    const isInOutage = (ports.jobs.get(job.id)?.outageSinceMs ?? null) !== null;
    const show = (stage: Stage) => (isInOutage || signal.aborted ? undefined : ports.status.show(job.upload, stage));
    const run: Run = { job, ports, show, log, signal };
    if (!ports.jobs.move(job.id, 'reading')) return ports.status.forget(job.id);
    const reading = await readStep(run);
    if (!ports.jobs.move(job.id, 'thinking')) return ports.status.forget(job.id);
    const { answer, attachment } = await attachStep(run, reading, await thinkStep(run, reading));
    await endJob(job.upload, ports, { end: 'done', code: null, rendered: renderAnswer(answer), attachment });
  } catch (error) {
    if (signal.aborted) return;
    await handleFailure(job.upload, error, ports, log, signal);
  }
}

async function readStep({ job, ports, show, log, signal }: Run): Promise<Reading> {
  const startedAtMs = ports.clock();
  show({ kind: 'reading', page: 0, of: 0 });
  const reading = await ports.read(job, ({ page, of }) => show({ kind: 'reading', page, of }), signal);
  log.info({ readMs: ports.clock() - startedAtMs, pages: reading.pages.length, of: reading.pageCount }, 'read');
  return reading;
}

async function thinkStep({ job, ports, show, log, signal }: Run, reading: Reading): Promise<Answer> {
  const startedAtMs = ports.clock();
  const onProgress = (part: number, of: number) => show({ kind: 'summarising', part, of });
  onProgress(1, 1);
  const outageSinceMs = ports.jobs.get(job.id)?.outageSinceMs ?? startedAtMs;
  const answer = await think(job.upload.fileName, reading, {
    summariser: ports.summariserFor(log, signal),
    fallback: ports.fallback,
    outageIsTooLong: startedAtMs - outageSinceMs >= MAX_OUTAGE_MS,
    onProgress,
  });
  log.info({ thinkMs: ports.clock() - startedAtMs, by: answer.summary.by }, 'summarised');
  return answer;
}

type Attached = { answer: Answer; attachment: ReplyFacts['attachment'] };

async function attachStep({ job, ports, log, signal }: Run, reading: Reading, answer: Answer): Promise<Attached> {
  if (textLength(reading.pages) <= ATTACH_TEXT_OVER_CHARS) return { answer, attachment: null };
  const text = wholeText(job.upload.fileName, reading);
  const name = textFileName(job.upload.fileName);
  try {
    const mxcUri = await ports.uploadText(text, name, signal);
    const attachment = { name, mxcUri, bytes: Buffer.byteLength(text) };
    return { answer: { ...answer, attachment: 'attached' }, attachment };
  } catch (thrown) {
    const error = toAppError(thrown);
    if (signal.aborted || error.code !== 'homeserver_refused') throw thrown;
    log.warn({ code: error.code, reason: error.message }, 'the homeserver did not take the text file');
    return { answer: { ...answer, notes: [...answer.notes, { kind: 'text_not_attached' }] }, attachment: null };
  }
}

type Ending = { end: JobEnd; code: AppError['code'] | null; rendered: Rendered; attachment: ReplyFacts['attachment'] };

async function endJob(upload: Upload, ports: ProcessPorts, ending: Ending): Promise<void> {
  const statusEventId = await ports.status.settle(upload);
  const row = ports.jobs.get(upload.eventId);
  const replies = endReplies({
    upload,
    rendered: ending.rendered,
    isSuccess: ending.end === 'done',
    elapsedMs: ports.clock() - (row?.postedAtMs ?? ports.clock()),
    statusEventId,
    attachment: ending.attachment,
  });
  if (!ports.jobs.saveReplies(upload.eventId, replies, { state: ending.end, errorCode: ending.code })) return;
  await ports.deliver(upload.eventId);
}

/**
 * Backs the job off or tells the member; also for jobs whose file could not be fetched. While the disk is full nothing of that
 * can be kept: it is tried again until there is room, or `signal` aborts. Throws only what nothing mends.
 */
export async function handleFailure(
  upload: Upload,
  thrown: unknown,
  ports: ProcessPorts,
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
  ports: ProcessPorts,
  log: Log,
): Promise<void> {
  const row: JobRow | null = ports.jobs.get(upload.eventId);
  if (!row || isEnded(row.state)) return;
  if (row.state === 'replying') {
    if (isLedgerBack || error.code === 'storage_full') return ports.deliver(upload.eventId);
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
  await endJob(upload, ports, { end: next.end, code: next.code, rendered, attachment: null });
}

function isEnded(state: JobState): boolean {
  return (END_STATES as readonly JobState[]).includes(state);
}

/** Whether a job waits for the model alone, so that it need not be read again to learn that the model is still away. */
export function isModelOutage(code: string | null): boolean {
  return code === 'model_unavailable' || code === 'model_rate_limited';
}
