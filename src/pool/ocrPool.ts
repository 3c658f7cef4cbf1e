// Owns the threads that recognise text in pictures, one page at a time, with the languages that are there.
import { fileURLToPath } from 'node:url';
import type { Log } from '../domain/log.ts';
import { type Meter, NO_METER } from '../domain/meter.ts';
import { type OcrLanguage, type OcrRequest, ocrResultSchema } from '../domain/ocr.ts';
import type { PageScan } from '../domain/reading.ts';
import type { JobOptions } from './job.ts';
import { boundless, type MemoryGovernor } from './memoryGovernor.ts';
import { createThreads, type ThreadStats } from './threads.ts';

const WORKER = fileURLToPath(new URL('../../workers/ocr.ts', import.meta.url));

/** One more thread takes 130 MB: a lone page of another file waits for the one before, as long as that is an ordinary one. */
const GROW_AFTER_MS = 5_000;
const GROW_AT_WAITING = 2;

/** Of one file there are likely more to come. */
const GROW_FOR_SAME_FILE_AFTER_MS = 0;

/** A colour page of 600 dpi has 104 MB, and several of it for a moment; the recogniser takes up to 110. */
const PICTURES_MB = 256;

/** Starting a thread costs 0.4 s, less than any page takes; keeping an idle one costs 130 MB. */
const IDLE_MS = 5_000;

export type OcrPoolDeps = {
  threads: number;
  /** What one thread may hold, without pictures and the recogniser. */
  memoryMb: number;
  /** At least one, of `findOcrLanguages`. */
  languages: readonly OcrLanguage[];
  compileCacheDir?: string | undefined;
  /** Shared by all pools of a process; absent: memory has no bounds but those of each thread. */
  governor?: MemoryGovernor | undefined;
  meter?: Meter | undefined;
  log: Log;
};

export interface OcrPool {
  /**
   * Reads one page, waiting for a free thread first; the scan is `blank` when nothing is recognised. Throws AppError with the
   * code that the thread gave (`unreadable`, `too_large`, `file_not_found`) or `timeout`, `out_of_memory`, `thread_crashed`;
   * rejects with the signal's reason when that aborts, which ends the recognition. `alone`: in a process of its own, one at a time,
   * whose death throws `reader_died`.
   */
  scan(request: OcrRequest, options: JobOptions): Promise<PageScan>;
  stats(): ThreadStats;
  /** Ends all threads; what is still read or waits rejects with `thread_crashed`, which is tried again. */
  close(): Promise<void>;
}

/** The pool of OCR threads; a thread keeps its recogniser between pages and ends after a few seconds without any. */
export function createOcrPool({ languages, meter = NO_METER, governor, ...deps }: OcrPoolDeps): OcrPool {
  const threads = createThreads({
    ...deps,
    governor: governor ?? boundless(),
    memoryMb: deps.memoryMb + PICTURES_MB,
    filename: WORKER,
    warmTask: { request: null, languages },
    growAfterMs: GROW_AFTER_MS,
    growAtWaiting: GROW_AT_WAITING,
    idleMs: IDLE_MS,
    onEnded: (reason) => meter.threadEnded('ocr', reason),
  });
  const asked = new Map<string, number>();
  const count = (path: string, by: number): number => {
    const pages = (asked.get(path) ?? 0) + by;
    if (pages > 0) asked.set(path, pages);
    else asked.delete(path);
    return pages;
  };
  return {
    async scan(request, options) {
      const task = (): { task: unknown } => ({ task: { request, languages } });
      const growAfterMs = count(request.path, 1) > 1 ? GROW_FOR_SAME_FILE_AFTER_MS : GROW_AFTER_MS;
      try {
        return (await threads.run({ task, answer: ocrResultSchema }, { ...options, growAfterMs })).scan;
      } finally {
        count(request.path, -1);
      }
    },
    stats: threads.stats,
    close: threads.close,
  };
}
