// Owns threads that run one worker file: they start with the first job, end when idle, and one that hangs or dies takes only its job along.
import type { TransferListItem } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { z } from 'zod';
import { AppError, type ErrorCode } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { Turns } from './turns.ts';

/**
 * What a thread makes while it reads dies young: room for it makes the process larger and, from here on, reading no faster. With 16
 * the bot peaked at 450–474 MB over the corpus (two threads, 32 documents), with 8 at 423–447 (`node test/bench/bot.ts lag`).
 */
const YOUNG_MB = 8;

export type ThreadsDeps = {
  /** The worker's file; its task returns `{ ok: true, … } | { ok: false, code, message }` and never throws. */
  filename: string;
  /** Task that only loads what the others will need. */
  warmTask: unknown;
  threads: number;
  /** Heap of one thread; what a PDF unpacks to, pictures and WebAssembly lie outside it and have caps of their own. */
  memoryMb: number;
  /** While threads are at work, one more is started only for a line that lasts so long. */
  growAfterMs: number;
  /** One more thread is started at once for a line of so many; absent: none is. */
  growAtWaiting?: number;
  /** A thread that has had nothing to do for so long ends. */
  idleMs: number;
  /** Where threads keep their compiled code, which takes a third off their start; absent: nowhere. */
  compileCacheDir?: string | undefined;
  log: Log;
};

export type JobOptions = {
  signal: AbortSignal;
  /** From the moment that a thread is free; when it passes, the thread is ended. */
  hardTimeoutMs: number;
};

/** `growAfterMs`: for a job that is worth one more thread sooner than others, see ThreadsDeps. */
type RunOptions = JobOptions & { growAfterMs?: number };

export type Failure = { ok: false; code: ErrorCode; message: string };

/** The answer of a job that went well. */
export type Success<S extends z.ZodType<Answer>> = Extract<z.infer<S>, { ok: true }>;

type Answer = { ok: true } | Failure;

/** What to run, and what its answer must look like; `task` is called once a thread is free. */
export type Job<S extends z.ZodType<Answer>> = {
  task(): { task: unknown; transferList?: TransferListItem[] };
  answer: S;
};

export type ThreadStats = { threads: number; running: number; waiting: number };

export interface Threads {
  /**
   * Runs one job, waiting for a free thread first. Throws AppError with the code that the thread gave, or `timeout`,
   * `out_of_memory`, `thread_crashed`; rejects with the signal's reason when that aborts, which ends the thread.
   */
  run<S extends z.ZodType<Answer>>(job: Job<S>, options: RunOptions): Promise<Success<S>>;
  /** Starts the first thread before anybody needs it. */
  warm(): void;
  stats(): ThreadStats;
  /** Ends all threads; what still runs or waits rejects with `thread_crashed`, which is tried again. */
  close(): Promise<void>;
}

/** Threads for one kind of work. */
export function createThreads(deps: ThreadsDeps): Threads {
  const { threads, memoryMb, compileCacheDir, log } = deps;
  const piscina = new Piscina({
    filename: deps.filename,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: deps.idleMs,
    // Threads read strangers' files: they get none of the operator's secrets.
    env: (compileCacheDir === undefined ? {} : { NODE_COMPILE_CACHE: compileCacheDir }) as never,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: YOUNG_MB },
  });
  piscina.on('error', (error: unknown) => log.warn({ err: error }, 'a reading thread ended between jobs'));
  const closing = new AbortController();
  // Piscina's own queue forgets its jobs when the last thread ends by an abort: it never gets more than it has threads.
  const turns = new Turns({
    max: threads,
    count: () => piscina.threads.length,
    start: () => piscina.run(deps.warmTask, { signal: closing.signal }),
    growAfterMs: deps.growAfterMs,
    growAtWaiting: deps.growAtWaiting,
  });

  return {
    async run(job, options) {
      const signal = AbortSignal.any([options.signal, closing.signal]);
      const endTurn = await turns.acquire(signal, options.growAfterMs);
      return runInThread(piscina, job, { ...options, signal }).finally(endTurn);
    },
    warm: () => turns.warm(),
    stats: () => ({ threads: piscina.threads.length, running: turns.running, waiting: turns.waiting }),
    async close() {
      turns.close();
      closing.abort(new AppError('thread_crashed', 'the reading threads were closed'));
      await piscina.destroy();
    },
  };
}

async function runInThread<S extends z.ZodType<Answer>>(
  piscina: Piscina,
  job: Job<S>,
  options: JobOptions,
): Promise<Success<S>> {
  const timeLimit = new AbortController();
  const timer = setTimeout(() => timeLimit.abort(), options.hardTimeoutMs);
  const signal = AbortSignal.any([options.signal, timeLimit.signal]);
  try {
    const { task, transferList } = job.task();
    return successOf(await piscina.run(task, transferList ? { transferList, signal } : { signal }), job.answer);
  } catch (error) {
    options.signal.throwIfAborted();
    if (timeLimit.signal.aborted) throw new AppError('timeout', `no end after ${options.hardTimeoutMs} ms`);
    throw error instanceof AppError ? error : threadError(error);
  } finally {
    clearTimeout(timer);
  }
}

function successOf<S extends z.ZodType<Answer>>(answer: unknown, schema: S): Success<S> {
  const { data, error } = schema.safeParse(answer);
  if (!data) throw new AppError('internal', 'a thread gave no valid result', { cause: error });
  if (data.ok) return data as Success<S>;
  throw new AppError(data.code, data.message);
}

function threadError(error: unknown): AppError {
  const message = error instanceof Error ? error.message : String(error);
  const isMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return new AppError(isMemory ? 'out_of_memory' : 'thread_crashed', message, { cause: error });
}
