// Owns processes that run one task each, one after the other: a file that kills its reader kills that one alone.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import { AppError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { type Answer, type Job, type JobOptions, type Success, successOf, YOUNG_MB } from './job.ts';
import type { LoneOrder, LoneWord } from './loneChild.ts';
import { Turns } from './turns.ts';

const PROGRAM = fileURLToPath(new URL('./loneChild.ts', import.meta.url));

/** Of what a dying process prints; V8 and the C library say their last words at the end. */
const MAX_LAST_WORDS = 4_000;

export type LoneDeps = {
  /** The worker's file, the same that the threads run. */
  filename: string;
  memoryMb: number;
  compileCacheDir?: string | undefined;
  log: Log;
};

export interface LoneProcesses {
  /**
   * Runs one job in a process of its own, waiting until no other does. Throws AppError with the code that it answered, or `timeout`,
   * `out_of_memory`, `reader_died` (a signal, an exit, an uncaught error), `thread_crashed` (no process could be started); rejects
   * with the signal's reason when that aborts. The process is gone when it settles.
   */
  run<S extends z.ZodType<Answer>>(job: Job<S>, options: JobOptions): Promise<Success<S>>;
  /** Ends the process there may be; what runs or waits rejects with `thread_crashed`. */
  close(): Promise<void>;
}

/** No process is started before the first job. */
export function createLoneProcesses(deps: LoneDeps): LoneProcesses {
  const closing = new AbortController();
  const turns = new Turns({ max: 1, count: () => 1, start: async () => undefined, growAfterMs: 0 });
  let running: Promise<unknown> = Promise.resolve();
  return {
    async run(job, options) {
      const signal = AbortSignal.any([options.signal, closing.signal]);
      const endTurn = await turns.acquire(signal);
      const outcome = runAlone(deps, job, { ...options, signal }).finally(endTurn);
      running = outcome.catch(() => undefined);
      return outcome;
    },
    async close() {
      closing.abort(new AppError('thread_crashed', 'the reading processes were closed'));
      await running;
    },
  };
}

type Ending =
  | { kind: 'word'; word: LoneWord }
  | { kind: 'ended'; exitCode: number | null; signalName: string | null }
  | { kind: 'not_started'; error: Error }
  | { kind: 'timeout' }
  | { kind: 'aborted' };

async function runAlone<S extends z.ZodType<Answer>>(
  deps: LoneDeps,
  job: Job<S>,
  { signal, hardTimeoutMs }: JobOptions,
): Promise<Success<S>> {
  const child = start(deps);
  const lastWords = keepLastWords(child);
  const ending = await endingOf(child, orderOf(deps, job.task().task), { signal, hardTimeoutMs });
  switch (ending.kind) {
    case 'word':
      return successOf(answerOf(ending.word), job.answer);
    case 'timeout':
      throw new AppError('timeout', `no end after ${hardTimeoutMs} ms`);
    case 'aborted':
      throw signal.reason;
    case 'not_started':
      throw new AppError('thread_crashed', ending.error.message, { cause: ending.error });
    case 'ended': {
      const { exitCode, signalName } = ending;
      deps.log.warn({ exitCode, signal: signalName, lastWords: lastWords() }, 'a file killed the process that read it');
      throw deathOf(ending, lastWords());
    }
  }
}

/** It gets none of the operator's secrets, and none of this process's options. */
function start({ compileCacheDir }: LoneDeps): ChildProcess {
  return fork(PROGRAM, [], {
    env: compileCacheDir === undefined ? {} : { NODE_COMPILE_CACHE: compileCacheDir },
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

function orderOf({ filename, memoryMb }: LoneDeps, task: unknown): LoneOrder {
  return { filename, task, resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: YOUNG_MB } };
}

function keepLastWords(child: ChildProcess): () => string {
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-MAX_LAST_WORDS);
  });
  return () => words;
}

/** Whatever comes first; then the process is killed, and waited for. */
async function endingOf(child: ChildProcess, order: LoneOrder, { signal, hardTimeoutMs }: JobOptions): Promise<Ending> {
  const { promise, resolve } = Promise.withResolvers<Ending>();
  const closed = once(child, 'close').catch(() => undefined);
  const onAbort = (): void => resolve({ kind: 'aborted' });
  child.once('message', (word) => resolve({ kind: 'word', word: word as LoneWord }));
  child.once('close', (exitCode, signalName) => resolve({ kind: 'ended', exitCode, signalName }));
  child.once('error', (error) => resolve({ kind: 'not_started', error }));
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => resolve({ kind: 'timeout' }), hardTimeoutMs);
  // A process that is gone before it was told what to do has its ending told by `close`.
  child.send(order, () => undefined);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    child.kill('SIGKILL');
    await closed;
  }
}

function answerOf(word: LoneWord): unknown {
  if ('answer' in word) return word.answer;
  throw new AppError(word.died === 'out_of_memory' ? 'out_of_memory' : 'reader_died', word.message);
}

/** V8 ends the process itself where a thread's limit comes too late, and says so. */
function deathOf({ exitCode, signalName }: Extract<Ending, { kind: 'ended' }>, lastWords: string): AppError {
  const how = signalName ? `by ${signalName}` : `with exit code ${exitCode}`;
  const isMemory = /out of memory/i.test(lastWords) && signalName !== 'SIGKILL';
  return new AppError(isMemory ? 'out_of_memory' : 'reader_died', `the process that read the file ended ${how}`);
}
