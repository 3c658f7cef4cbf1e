// Owns threads that run one worker file: they start with the first job, end when idle, and one that hangs or dies takes only its job along.
import { setFlagsFromString } from 'node:v8';
import type { Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { z } from 'zod';
import { AppError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { ThreadEnd } from '../domain/meter.ts';
import { IdleThreads } from './idleThreads.ts';
import { type Answer, type Job, type JobOptions, type Success, successOf, YOUNG_MB } from './job.ts';
import { createLoneProcesses } from './loneProcess.ts';
import type { GovernedThreads, Holder, MemoryGovernor } from './memoryGovernor.ts';
import { heapOf, MemoryWatch, outOfMemory } from './memoryWatch.ts';
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
  /** The same for all threads of the process. */
  governor: MemoryGovernor;
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
  const { threads, memoryMb, compileCacheDir, governor, log } = deps;
  const idle = new IdleThreads();
  // Threads that start from now on may collect after a file that left much (`workers/tidyUp.ts`).
  setFlagsFromString('--expose-gc');
  const piscina = new Piscina({
    filename: deps.filename,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: deps.idleMs,
    loadBalancer: idle.loadBalancer,
    // Threads read strangers' files: they get none of the operator's secrets.
    env: (compileCacheDir === undefined ? {} : { NODE_COMPILE_CACHE: compileCacheDir }) as never,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb * V8_LIMIT_FACTOR, maxYoungGenerationSizeMb: YOUNG_MB },
  });
  piscina.on('error', (error: unknown) => {
    if (!(error instanceof EndedForMemory)) log.warn({ err: error }, 'a reading thread ended between jobs');
  });
  const lone = createLoneProcesses(deps);
  const closing = new AbortController();
  // Piscina's own queue forgets its jobs when the last thread ends by an abort: it never gets more than it has threads.
  const turns = new Turns({
    max: threads,
    count: () => piscina.threads.length,
    start: () => piscina.run(deps.warmTask, { signal: closing.signal }),
    growAfterMs: deps.growAfterMs,
    growAtWaiting: deps.growAtWaiting,
    mayGrow: () => governor.mayGrow(),
  });
  const leaveGovernor = governor.join(governed(piscina, idle, governor, () => turns.look()));

  const watch = new MemoryWatch({ threads: () => piscina.threads, maxBytes: memoryMb * 1024 * 1024 });
  let asked = 0;

  return {
    async run(job, options) {
      if (options.alone) return lone.run(job, options);
      const signal = AbortSignal.any([options.signal, closing.signal]);
      const onEnded = (reason: ThreadEnd): void => {
        if (!closing.signal.aborted) deps.onEnded(reason);
      };
      const runOnce = async (isAlone: boolean): Promise<Success<typeof job.answer>> => {
        const leave = await governor.enter(signal, { isAlone });
        try {
          const endTurn = await turns.acquire(signal, options.growAfterMs);
          watch.begin();
          return await runInThread(piscina, job, { ...options, signal, onEnded }).finally(() => {
            watch.end();
            endTurn();
          });
        } finally {
          leave();
        }
      };
      asked += 1;
      try {
        return await runOnce(false).catch((error: unknown) => {
          if (!(error instanceof EndedForMemory)) throw error;
          log.debug({}, 'a file that takes much memory begins anew when it is alone');
          return runOnce(true);
        });
      } finally {
        asked -= 1;
      }
    },
    warm: () => turns.warm(),
    stats: () => ({ threads: piscina.threads.length, running: turns.running, waiting: asked - turns.running }),
    async close() {
      turns.close();
      leaveGovernor();
      closing.abort(new AppError('thread_crashed', 'the reading threads were closed'));
      await Promise.all([piscina.destroy(), lone.close()]);
    },
  };
}

/** What a thread is ended with for the memory of all; none of its job's doing. */
class EndedForMemory extends Error {}

function governed(piscina: Piscina, idle: IdleThreads, governor: MemoryGovernor, look: () => void): GovernedThreads {
  const end = (thread: Worker, error: Error): void => {
    // It may have ended while others were looked at, and would never be heard of.
    if (!piscina.threads.includes(thread)) return;
    governor.followEnd(thread);
    // Piscina then ends the thread, and its job with this error.
    thread.emit('error', error);
  };
  return {
    endIdle() {
      for (const thread of idle.of(piscina.threads)) end(thread, new EndedForMemory('idle'));
    },
    look,
    async holders() {
      const looks = idle.atWork(piscina.threads).map(async (thread): Promise<Holder[]> => {
        const heap = await heapOf(thread);
        if (!heap) return [];
        const heldBytes = heap.total_heap_size + heap.external_memory;
        const putAside = new EndedForMemory(`holds ${heldBytes} bytes`);
        return [{ heldBytes, end: (how) => end(thread, how === 'put_aside' ? putAside : outOfMemory(heldBytes)) }];
      });
      return (await Promise.all(looks)).flat();
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
    if (error instanceof EndedForMemory) throw error;
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
