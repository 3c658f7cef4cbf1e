// Owns the scanning of a reading's pages that have no text: a few at a time, each kept when it is done, within the time there is.
import { AppError, type ErrorCode, toAppError } from '../domain/errors.ts';
import type { Note, PageScan, Reading } from '../domain/reading.ts';

/** What one page's scan may fail with without saying anything of the others. */
const OF_THE_PAGE = new Set<ErrorCode>([
  'timeout',
  'out_of_memory',
  'thread_crashed',
  'reader_died',
  'unreadable',
  'too_large',
  'model_failed',
  'model_context_exceeded',
]);

export type ScanPorts = {
  /** Pages that an earlier attempt has read. */
  kept: readonly PageScan[];
  /** Rejects with an AppError, or with the signal's reason when that aborts. */
  scan(page: number, signal: AbortSignal): Promise<PageScan>;
  keep(scan: PageScan): void;
  /** The reading with the scans in it, without their pages in `unread`. */
  compose(scans: PageScan[]): Promise<Reading>;
  /** At the start, and each time a page is done or given up. */
  onProgress(done: number, of: number): void;
  /** Pages that are scanned at a time. */
  atOnce: number;
  /** In terms of `nowMs`: no page is begun after it. */
  deadlineMs: number;
  nowMs(): number;
};

/**
 * Scans the pages of `reading.unread` in their order. A page that fails is told in a note `pages_failed`, pages that the time did
 * not reach in `time_limit`; all of them stay in `unread`. Rejects with the signal's reason when that aborts, and with the AppError of
 * a scan that says more than that its page cannot be read (`internal`, `file_not_found`), once no page is being scanned any more.
 */
export async function scanPages(reading: Reading, ports: ScanPorts, signal: AbortSignal): Promise<Reading> {
  const pages = new Set(reading.unread);
  const scans = ports.kept.filter(({ page }) => pages.delete(page));
  const round: Round = { waiting: [...pages], scans, failed: [], firstFailure: null, fatal: null, isBlind: false };
  const report = (): void => ports.onProgress(round.scans.length + round.failed.length, reading.unread.length);
  report();
  const lanes = Array.from({ length: Math.min(ports.atOnce, pages.size) }, () => lane(round, ports, signal, report));
  await Promise.all(lanes);
  signal.throwIfAborted();
  if (round.fatal) throw round.fatal;
  throwIfNothingIsThere(reading, round);
  const composed = round.scans.length > 0 ? await ports.compose(inOrder(round.scans)) : reading;
  return { ...composed, notes: withFailures(composed, round) };
}

type Round = {
  waiting: number[];
  scans: PageScan[];
  failed: number[];
  firstFailure: AppError | null;
  fatal: AppError | null;
  /** Nothing can see the pages after all: they stay as they are. */
  isBlind: boolean;
};

/** Takes one page after the other; never rejects. */
async function lane(round: Round, ports: ScanPorts, signal: AbortSignal, report: () => void): Promise<void> {
  while (!signal.aborted && !round.fatal && !round.isBlind && ports.nowMs() < ports.deadlineMs) {
    const page = round.waiting.shift();
    if (page === undefined) return;
    try {
      const scan = await ports.scan(page, signal);
      ports.keep(scan);
      round.scans.push(scan);
    } catch (error) {
      if (signal.aborted) return;
      const failure = toAppError(error);
      if (failure.code === 'model_cannot_see') {
        round.isBlind = true;
        return;
      }
      round.firstFailure ??= failure;
      if (!OF_THE_PAGE.has(failure.code)) round.fatal = failure;
      round.failed.push(page);
    }
    report();
  }
}

/** Of a document with nothing else in it there is nothing to answer: its member is told why, or it is tried again. */
function throwIfNothingIsThere(reading: Reading, { scans, firstFailure, waiting, isBlind }: Round): void {
  if (scans.length > 0 || isBlind || reading.pages.some(({ text }) => text.trim() !== '')) return;
  if (firstFailure) throw firstFailure;
  if (waiting.length > 0) throw new AppError('timeout', 'no page could be scanned in time');
}

function inOrder(scans: readonly PageScan[]): PageScan[] {
  return [...scans].sort((a, b) => a.page - b.page);
}

/** What is told as failed is not told as a picture without text, too. */
function withoutFailed(note: Note, failed: readonly number[]): Note[] {
  if (note.kind === 'pages_failed') return [];
  if (note.kind !== 'pages_without_text') return [note];
  const pages = note.pages.filter((page) => !failed.includes(page));
  return pages.length > 0 ? [{ ...note, pages }] : [];
}

/** One note each: pages that failed before are told with those that failed now. */
function withFailures({ notes, pages, pageCount }: Reading, { failed, waiting, isBlind }: Round): Note[] {
  const before = notes.flatMap((note) => (note.kind === 'pages_failed' ? note.pages : []));
  const others = notes.flatMap((note) => withoutFailed(note, failed));
  const all = [...before, ...failed].sort((a, b) => a - b);
  if (all.length > 0) others.push({ kind: 'pages_failed', pages: all });
  const isTold = others.some(({ kind }) => kind === 'time_limit');
  if (waiting.length > 0 && !isBlind && !isTold) {
    others.push({ kind: 'time_limit', read: pages.length - waiting.length, of: pageCount });
  }
  return others;
}
