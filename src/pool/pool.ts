// Owns the reading threads: files to readings, readings and scans to one reading.
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { ComposeRequest } from '../domain/compose.ts';
import { type DepictRequest, depictResultSchema } from '../domain/depict.ts';
import type { Log } from '../domain/log.ts';
import { type Meter, NO_METER } from '../domain/meter.ts';
import type { ModelImage } from '../domain/model.ts';
import { type Reading, type ReadProgress, type ReadRequest, readResultSchema } from '../domain/reading.ts';
import type { JobOptions } from './job.ts';
import { boundless, type MemoryGovernor } from './memoryGovernor.ts';
import { createThreads, type ThreadStats } from './threads.ts';

/** A small document is read in 20–50 ms, the start of a thread takes 150 ms of a core: a burst of them is read sooner by one. */
const GROW_AFTER_MS = 100;

/** Starting a thread costs 0.2 s; keeping an idle one costs 70 MB. */
const IDLE_MS = 30_000;

const WORKER = fileURLToPath(new URL('../../workers/read.ts', import.meta.url));

export type PoolDeps = {
  threads: number;
  /**
   * Heap and byte arrays of one thread. Manuals hold some 100 MB, one of 2,400 pages 180; a PDF that is made for it would take
   * gigabytes.
   */
  memoryMb: number;
  /** Where threads keep their compiled code, which takes a third off their start; absent: nowhere. */
  compileCacheDir?: string | undefined;
  /** Shared by all pools of a process; absent: memory has no bounds but those of each thread. */
  governor?: MemoryGovernor | undefined;
  meter?: Meter | undefined;
  log: Log;
};

export type PoolReadOptions = JobOptions & { onProgress?: ((progress: ReadProgress) => void) | undefined };

export interface Pool {
  /**
   * Reads one file in a thread, waiting for a free one first. Throws AppError with the code that the thread gave
   * (`unreadable`, `password_needed`, …) or `timeout`, `out_of_memory`, `thread_crashed`; rejects with the signal's reason
   * when that aborts. `alone`: in a process of its own, one at a time, without progress; its death throws `reader_died`.
   */
  read(request: ReadRequest, options: PoolReadOptions): Promise<Reading>;
  /** The reading with its scanned pages in it: body, extract, language and notes made anew. Rejects as `read` does. */
  compose(request: ComposeRequest, options: JobOptions): Promise<Reading>;
  /** One page as a model shall see it: a picture, or the parts of a very tall or wide one. Rejects as `read` does. */
  depict(request: DepictRequest, options: JobOptions): Promise<ModelImage[]>;
  /** Starts the first thread: it loads its libraries while the file is still on its way. */
  warm(): void;
  stats(): ThreadStats;
  /** Ends all threads; what is still being read or waits rejects with `thread_crashed`, which is tried again. */
  close(): Promise<void>;
}

/** The pool of reading threads. */
export function createPool({ meter = NO_METER, governor, ...deps }: PoolDeps): Pool {
  const threads = createThreads({
    ...deps,
    governor: governor ?? boundless(),
    filename: WORKER,
    warmTask: null,
    growAfterMs: GROW_AFTER_MS,
    idleMs: IDLE_MS,
    onEnded: (reason) => meter.threadEnded('read', reason),
  });
  return {
    async read(request, { onProgress, ...options }) {
      if (options.alone) {
        return (await threads.run({ task: () => ({ task: { request } }), answer: readResultSchema }, options)).reading;
      }
      let ours: MessagePort | undefined;
      const task = (): { task: unknown; transferList: MessagePort[] } => {
        ours?.close();
        const { port1, port2 } = new MessageChannel();
        ours = port1;
        listen(port1, onProgress);
        return { task: { request, port: port2 }, transferList: [port2] };
      };
      try {
        return (await threads.run({ task, answer: readResultSchema }, options)).reading;
      } finally {
        ours?.close();
      }
    },
    async compose(request, options) {
      const task = () => ({ task: { compose: request } });
      return (await threads.run({ task, answer: readResultSchema }, options)).reading;
    },
    async depict(request, options) {
      const task = () => ({ task: { depict: request } });
      return (await threads.run({ task, answer: depictResultSchema }, options)).images;
    },
    warm: threads.warm,
    stats: threads.stats,
    close: threads.close,
  };
}

function listen(port: MessagePort, onProgress: PoolReadOptions['onProgress']): void {
  if (onProgress) port.on('message', (progress: ReadProgress) => onProgress(progress));
  port.unref();
}
