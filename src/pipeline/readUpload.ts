// Owns the reading of one upload as a whole: what a thread reads at once, and the pages that OCR or a model must see.
import type { PageScan, Reading, ReadProgress } from '../domain/reading.ts';
import { scanPages } from './scan.ts';

export type ReadPorts = {
  read(onProgress: (progress: ReadProgress) => void, signal: AbortSignal): Promise<Reading>;
  /** How the unread pages of this reading are scanned; null: there is neither OCR nor a model that sees. */
  scanningOf(reading: Reading): {
    /** Reads one page. Throws what threads and models throw. */
    page(page: number, signal: AbortSignal): Promise<PageScan>;
    /** Pages that were read in an earlier attempt. */
    kept(): PageScan[];
    keep(scan: PageScan): void;
    compose(reading: Reading, scans: PageScan[], signal: AbortSignal): Promise<Reading>;
    /** Pages at one time. */
    atOnce: number;
    /** Time for the pages to be scanned, in milliseconds. */
    timeoutMs(pages: number): number;
  } | null;
  clock(): number;
};

export type ReadStage = { kind: 'reading'; page: number; of: number } | { kind: 'scanning'; page: number; of: number };

/** Reads the file, then the pages that hold only a picture. Throws what `read` throws; pages that fail are told in notes. */
export async function readUpload(
  ports: ReadPorts,
  show: (stage: ReadStage) => void,
  signal: AbortSignal,
): Promise<Reading> {
  show({ kind: 'reading', page: 0, of: 0 });
  const reading = await ports.read(({ page, of }) => show({ kind: 'reading', page, of }), signal);
  const scanning = reading.unread.length > 0 ? ports.scanningOf(reading) : null;
  if (!scanning) return reading;
  const { page, kept, keep, compose, atOnce, timeoutMs } = scanning;
  return await scanPages(
    reading,
    {
      kept: kept(),
      scan: page,
      keep,
      compose: (scans) => compose(reading, scans, signal),
      onProgress: (done, of) => show({ kind: 'scanning', page: Math.min(done + 1, of), of }),
      atOnce,
      deadlineMs: ports.clock() + timeoutMs(reading.unread.length),
      nowMs: ports.clock,
    },
    signal,
  );
}
