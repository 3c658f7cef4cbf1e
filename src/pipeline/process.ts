// Owns the way of one job, or of several answered together, from the spool to the answer: read, think, save, send.
import { ANSWER_WITHOUT_MODEL_AFTER_MS, MAX_OUTAGE_MS } from '../../config/limits.ts';
import type { Answer } from '../domain/answer.ts';
import { AppError } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import type { JobLedger, JobRow } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import type { Upload } from '../domain/media.ts';
import type { Meter } from '../domain/meter.ts';
import type { Reading } from '../domain/reading.ts';
import { type EndPorts, endSilently, endTogether } from './ending.ts';
import { type FailurePorts, handleFailure } from './failure.ts';
import type { KnownAnswers } from './knownAnswers.ts';
import { type ReadPorts, readUpload } from './readUpload.ts';
import type { Stage } from './stage.ts';
import { think } from './think.ts';
import { isAway, type Patience, type ThinkDeps } from './thought.ts';

/** What thinks about one job: the models, bound to its file, its room's profile and its log. */
export type Minds = Pick<ThinkDeps, 'summariser' | 'seer' | 'findFields'>;

export type ProcessPorts = EndPorts &
  FailurePorts & {
    jobs: JobLedger;
    /** Reading for this job; its pages are kept under its id. */
    readingFor(job: Job, log: Log, signal: AbortSignal): ReadPorts;
    mindsFor(job: Job, log: Log, signal: AbortSignal): Minds;
    known: KnownAnswers;
    /** What the job's answer depends on; null: it shares with none. */
    keyFor(job: Job): string | null;
    fallback: boolean;
    meter: Meter;
    status: {
      show(upload: Upload, stage: Stage): void;
      /** Ends it without a word. */
      forget(eventId: string): void;
    };
  };

/** One job under way; `signal` also aborts when its upload is redacted. */
export type JobRun = { job: Job; log: Log; signal: AbortSignal };

type Run = JobRun & { row: JobRow | null; ports: ProcessPorts; show(stage: Stage): void };

/**
 * Sees jobs through, which are answered together when there is more than one. Never throws: what goes wrong with one is told, or
 * backed off, and the others go on; when `signal` aborts the ledger resumes them later.
 */
export async function processJobs(runs: JobRun[], ports: ProcessPorts, signal: AbortSignal): Promise<void> {
  const answered: (JobRun & { answer: Answer })[] = [];
  for (const run of withoutTwins(runs)) {
    await attempt(run, ports, async () => {
      const answer = await answerOf(run, ports);
      if (answer) answered.push({ ...run, answer });
    });
  }
  const [first] = answered;
  if (!first || signal.aborted) return;
  const ended = endTogether(
    answered.map(({ job, answer }) => ({ upload: job.upload, answer })),
    ports,
    first.log,
    signal,
  );
  await ended.catch(async (error: unknown) => {
    for (const run of answered) await attempt(run, ports, () => Promise.reject(error));
  });
}

/** An upload comes twice when its room was left and joined again while it was in line. */
function withoutTwins(runs: JobRun[]): JobRun[] {
  return [...new Map(runs.map((run) => [run.job.id, run])).values()];
}

async function attempt({ job, log, signal }: JobRun, ports: ProcessPorts, work: () => Promise<void>): Promise<void> {
  const startedAtMs = ports.clock();
  try {
    await work();
  } catch (thrown) {
    if (!signal.aborted) await handleFailure({ upload: job.upload, thrown, startedAtMs }, ports, log, signal);
  }
}

/** Null: the job has ended, by a redaction or because there is nothing to say. */
async function answerOf({ job, log, signal }: JobRun, ports: ProcessPorts): Promise<Answer | null> {
  const row = ports.jobs.get(job.id);
  // While the model is away the notice says so, and not each time anew that the document is read.
  const isSilent = row !== null && (row.outageSinceMs !== null || row.quietAfter !== null);
  const show = (stage: Stage) => (isSilent || signal.aborted ? undefined : ports.status.show(job.upload, stage));
  const run: Run = { job, row, log, signal, ports, show };
  const { roomId, fileName } = job.upload;
  if (!ports.jobs.move(job.id, 'reading')) return forget(run);
  const wanted = { eventId: job.id, roomId, fileName, key: ports.keyFor(job) };
  const answer = await ports.known.answer(wanted, () => readAndThink(run), signal);
  if (!ports.jobs.move(job.id, 'thinking')) return forget(run);
  const isToldWhy = answer.notes.some(({ kind }) => kind === 'vision_fallback');
  if (answer.reading.kind === 'pdf' || answer.summary.text !== '' || isToldWhy) return answer;
  await endSilently(job.upload, ports);
  return null;
}

async function readAndThink(run: Run): Promise<Answer> {
  const reading = await readStep(run);
  if (!run.ports.jobs.move(run.job.id, 'thinking')) {
    forget(run);
    throw new AppError('internal', 'the job ended while it was read');
  }
  return thinkStep(run, reading);
}

function forget({ job, ports }: Run): null {
  ports.status.forget(job.id);
  return null;
}

async function readStep({ job, ports, show, log, signal }: Run): Promise<Reading> {
  const startedAtMs = ports.clock();
  const reading = await readUpload(ports.readingFor(job, log, signal), show, signal);
  const { pages, pageCount, ocrConfidence } = reading;
  const scanned = pages.filter(({ source }) => source === 'ocr' || source === 'vision').length;
  const readMs = ports.clock() - startedAtMs;
  ports.meter.stageTook('read', readMs);
  log.info({ readMs, pages: pages.length, of: pageCount, scanned, ocrConfidence }, 'read');
  return reading;
}

async function thinkStep({ job, row, ports, show, log, signal }: Run, reading: Reading): Promise<Answer> {
  const startedAtMs = ports.clock();
  const onProgress = (part: number, of: number) => show({ kind: 'summarising', part, of });
  onProgress(1, 1);
  const answer = await think(job.upload.fileName, reading, {
    ...ports.mindsFor(job, log, signal),
    fallback: ports.fallback,
    patience: patienceWith(row, startedAtMs),
    onProgress,
  });
  const thinkMs = ports.clock() - startedAtMs;
  ports.meter.stageTook('think', thinkMs);
  log.info({ thinkMs, by: answer.summary.by }, 'summarised');
  return answer;
}

/** A short outage of the model is waited out; a quiet retry, which has an answer already, waits as long as a job may. */
function patienceWith(row: JobRow | null, nowMs: number): Patience {
  const isOfModel = row !== null && row.errorCode !== null && isAway(row.errorCode);
  const lastedMs = isOfModel ? nowMs - (row.outageSinceMs ?? nowMs) : 0;
  if (lastedMs >= MAX_OUTAGE_MS) return 'give_up';
  return lastedMs >= ANSWER_WITHOUT_MODEL_AFTER_MS && row?.quietAfter === null ? 'answer_now' : 'wait';
}
