// Owns threads that run one worker file: they start with the first job, end when idle, and one that hangs or dies takes only its job along.
import { setFlagsFromString } from 'node:v8';
import { Piscina } from 'piscina';
import type { z } from 'zod';
import { AppError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { ThreadEnd } from '../domain/meter.ts';
import { type Answer, type Job, type JobOptions, type Success, successOf, YOUNG_MB } from './job.ts';
import { createLoneProcesses } from './loneProcess.ts';
import { MemoryWatch } from './memoryWatch.ts';
import { Turns } from './turns.ts';

/**
 * V8's own limit is no safe one: when a table or an array that doubles goes over it, V8 ends the process instead of the thread (a
 * character map of 1 kB did it). The watch ends a thread at `memoryMb`; V8's limit is only for what doubles between two looks.
 */
const V8_LIMIT_FACTOR = 4;

export type ThreadsDeps = {
  /** The worker's file; its task returns `{ ok: true, … } | { ok: false, code, message }` and never throws. */
  filename: string;
  /** Task that only loads what the others will need. */
  warmTask: unknown;
  threads: number;
  /** Heap and byte arrays of one thread together; a thread that holds more is ended. */
  memoryMb: number;
  /** While threads are at work, one more is started only for a line that lasts so long. */
  growAfterMs: number;
  /** One more thread is started at once for a line of so many; absent: none is. */
  growAtWaiting?: number;
  /** A thread that has had nothing to do for so long ends. */
  idleMs: number;
  /** Where threads keep their compiled code, which takes a third off their start; absent: nowhere. */
  compileCacheDir?: string | undefined;
  /** A job took its thread along. */
  onEnded(reason: ThreadEnd): void;
  log: Log;
};

/** `growAfterMs`: for a job that is worth one more thread sooner than others, see ThreadsDeps. */
type RunOptions = JobOptions & { growAfterMs?: number };

export type ThreadStats = { threads: number; running: number; waiting: number };

export interface Threads {
  /**
   * Runs one job, waiting for a free thread first. Throws AppError with the code that the thread gave, or `timeout`,
   * `out_of_memory`, `thread_crashed`; rejects with the signal's reason when that aborts, which ends the thread. A job that is to be
   * `alone` gets a process instead, one at a time, and may throw `reader_died`.
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
  // Threads that start from now on may collect after a file that left much (`workers/tidyUp.ts`).
  setFlagsFromString('--expose-gc');
  const piscina = new Piscina({
    filename: deps.filename,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: deps.idleMs,
    // Threads read strangers' files: they get none of the operator's secrets.
    env: (compileCacheDir === undefined ? {} : { NODE_COMPILE_CACHE: compileCacheDir }) as never,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb * V8_LIMIT_FACTOR, maxYoungGenerationSizeMb: YOUNG_MB },
  });
  piscina.on('error', (error: unknown) => log.warn({ err: error }, 'a reading thread ended between jobs'));
  const lone = createLoneProcesses(deps);
  const closing = new AbortController();
  // Piscina's own queue forgets its jobs when the last thread ends by an abort: it never gets more than it has threads.
  const turns = new Turns({
    max: threads,
    count: () => piscina.threads.length,
    start: () => piscina.run(deps.warmTask, { signal: closing.signal }),
    growAfterMs: deps.growAfterMs,
    growAtWaiting: deps.growAtWaiting,
  });

  const watch = new MemoryWatch({ threads: () => piscina.threads, maxBytes: memoryMb * 1024 * 1024 });

  return {
    async run(job, options) {
      if (options.alone) return lone.run(job, options);
      const signal = AbortSignal.any([options.signal, closing.signal]);
      const endTurn = await turns.acquire(signal, options.growAfterMs);
      const onEnded = (reason: ThreadEnd): void => {
        if (!closing.signal.aborted) deps.onEnded(reason);
      };
      watch.begin();
      return runInThread(piscina, job, { ...options, signal, onEnded }).finally(() => {
        watch.end();
        endTurn();
      });
    },
    warm: () => turns.warm(),
    stats: () => ({ threads: piscina.threads.length, running: turns.running, waiting: turns.waiting }),
    async close() {
      turns.close();
      closing.abort(new AppError('thread_crashed', 'the reading threads were closed'));
      await Promise.all([piscina.destroy(), lone.close()]);
    },
  };
}

async function runInThread<S extends z.ZodType<Answer>>(
  piscina: Piscina,
  job: Job<S>,
  options: JobOptions & { onEnded(reason: ThreadEnd): void },
): Promise<Success<S>> {
  const timeLimit = new AbortController();
  const timer = setTimeout(() => timeLimit.abort(), options.hardTimeoutMs);
  const signal = AbortSignal.any([options.signal, timeLimit.signal]);
  try {
    const { task, transferList } = job.task();
    return successOf(await piscina.run(task, transferList ? { transferList, signal } : { signal }), job.answer);
  } catch (error) {
    if (!(error instanceof AppError)) options.onEnded(endOf(error, options.signal));
    options.signal.throwIfAborted();
    if (timeLimit.signal.aborted) throw new AppError('timeout', `no end after ${options.hardTimeoutMs} ms`);
    throw error instanceof AppError ? error : threadError(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Piscina rejects with an AbortError of its own when a signal has ended the thread. */
function endOf(error: unknown, asked: AbortSignal): ThreadEnd {
  if (error instanceof Error && error.name === 'AbortError') return asked.aborted ? 'aborted' : 'timeout';
  return isOutOfMemory(error) ? 'out_of_memory' : 'crashed';
}

function threadError(error: unknown): AppError {
  const message = error instanceof Error ? error.message : String(error);
  return new AppError(isOutOfMemory(error) ? 'out_of_memory' : 'thread_crashed', message, { cause: error });
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
