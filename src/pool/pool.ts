// Owns the reading threads: they start with the first job, end when idle, and one that hangs or dies takes only its job along.
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { AppError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { type Reading, type ReadProgress, type ReadRequest, readResultSchema } from '../domain/reading.ts';
import { Turns } from './turns.ts';

/** Starting a thread costs 0.2 s; keeping an idle one costs 70 MB. */
const IDLE_MS = 30_000;

/** A small document is read in 20–50 ms, the start of a thread takes 150 ms of a core: a burst of them is read sooner by one. */
const GROW_AFTER_MS = 100;

/**
 * What a thread makes while it reads dies young: room for it makes the process larger and, from here on, reading no faster. With 16
 * the bot peaked at 450–474 MB over the corpus (two threads, 32 documents), with 8 at 423–447 (`node test/bench/bot.ts lag`).
 */
const YOUNG_MB = 8;

const WORKER = fileURLToPath(new URL('../../workers/read.ts', import.meta.url));

export type PoolDeps = {
  threads: number;
  /** Heap of one thread; what a PDF unpacks to lies outside it and has a cap of its own. */
  memoryMb: number;
  /** Where threads keep their compiled code, which takes a third off their start; absent: nowhere. */
  compileCacheDir?: string;
  log: Log;
};

export type PoolReadOptions = {
  signal: AbortSignal;
  /** From the moment that a thread is free; when it passes, the thread is ended. */
  hardTimeoutMs: number;
  onProgress?: ((progress: ReadProgress) => void) | undefined;
};

export interface Pool {
  /**
   * Reads one file in a thread, waiting for a free one first. Throws AppError with the code that the thread gave
   * (`unreadable`, `password_needed`, …) or `timeout`, `out_of_memory`, `thread_crashed`; rejects with the signal's reason
   * when that aborts.
   */
  read(request: ReadRequest, options: PoolReadOptions): Promise<Reading>;
  /** Starts the first thread: it loads its libraries while the file is still on its way. */
  warm(): void;
  stats(): { threads: number; running: number; waiting: number };
  /** Ends all threads; what is still being read or waits rejects with `thread_crashed`, which is tried again. */
  close(): Promise<void>;
}

/** The pool of reading threads. */
export function createPool({ threads, memoryMb, compileCacheDir, log }: PoolDeps): Pool {
  const piscina = new Piscina({
    filename: WORKER,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: IDLE_MS,
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
    start: () => piscina.run(null, { signal: closing.signal }),
    growAfterMs: GROW_AFTER_MS,
  });

  return {
    async read(request, options) {
      const signal = AbortSignal.any([options.signal, closing.signal]);
      const endTurn = await turns.acquire(signal);
      return runInThread(piscina, request, { ...options, signal }).finally(endTurn);
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

async function runInThread(piscina: Piscina, request: ReadRequest, options: PoolReadOptions): Promise<Reading> {
  const { port1, port2 } = new MessageChannel();
  listen(port1, options.onProgress);
  const timeLimit = new AbortController();
  const timer = setTimeout(() => timeLimit.abort(), options.hardTimeoutMs);
  const signal = AbortSignal.any([options.signal, timeLimit.signal]);
  try {
    const result: unknown = await piscina.run({ request, port: port2 }, { transferList: [port2], signal });
    return readingOf(result);
  } catch (error) {
    options.signal.throwIfAborted();
    if (timeLimit.signal.aborted) throw new AppError('timeout', `no end after ${options.hardTimeoutMs} ms`);
    throw error instanceof AppError ? error : threadError(error);
  } finally {
    clearTimeout(timer);
    port1.close();
  }
}

function listen(port: MessagePort, onProgress: PoolReadOptions['onProgress']): void {
  if (onProgress) port.on('message', (progress: ReadProgress) => onProgress(progress));
  port.unref();
}

function readingOf(result: unknown): Reading {
  const checked = readResultSchema.safeParse(result);
  if (!checked.success) throw new AppError('internal', 'a thread gave no valid result', { cause: checked.error });
  if (checked.data.ok) return checked.data.reading;
  throw new AppError(checked.data.code, checked.data.message);
}

function threadError(error: unknown): AppError {
  const message = error instanceof Error ? error.message : String(error);
  const isMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return new AppError(isMemory ? 'out_of_memory' : 'thread_crashed', message, { cause: error });
}
