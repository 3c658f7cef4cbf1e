// Owns the reading of a document's pages one by one: what is text, what is blank, what failed, and where to stop.
import type { Note, PageText, ReadProgress, ReadRequest } from '../src/domain/reading.ts';
import type { Run } from '../src/pipeline/joinRuns.ts';
import { isDamagedText, mayBeStamp } from '../src/pipeline/usableText.ts';
import { createAnnotationReader } from './annotations.ts';
import { type OnePage, readPage, type Stop } from './pdfPage.ts';
import type { PdfSource } from './pdfSource.ts';
import { createPictureProbe, type PictureProbe } from './pictureProbe.ts';
import type { StreamCap } from './streamCap.ts';

/** Ten times the text of the longest novel: beyond it the answer itself would be the harm. */
const MAX_TEXT_CHARS = 20_000_000;

/** A picture that covers so much of its page is the page: slides and letterheads leave more of it free. */
const SCAN_SHARE = 0.5;

export type PagesDeps = {
  source: PdfSource;
  request: ReadRequest;
  cap: StreamCap;
  /** In terms of `performance.now()`. */
  deadlineMs: number;
  onProgress(progress: ReadProgress): void;
};

export type PagesRead = {
  pages: PageText[];
  failed: number[];
  /** What the first failed page said. */
  firstError: string | null;
  /** Pages with a picture and no text, or none of use. */
  unread: number[];
  /** A page failed because it unpacks to more than the cap. */
  overCap: boolean;
  stopped: Stop | null;
  /** Runs of the first page with text, for the title. */
  firstRuns: Run[];
};

/** Reads up to `maxPages` pages. A page that cannot be read is left out and counted as failed; the others are kept. */
export async function readPages(deps: PagesDeps): Promise<PagesRead> {
  const probe = createPictureProbe(deps.source.bytes);
  try {
    return await readAll(deps, probe);
  } finally {
    await probe.close();
  }
}

async function readAll(deps: PagesDeps, probe: PictureProbe): Promise<PagesRead> {
  const { source, request, cap, deadlineMs } = deps;
  const pageCount = source.document.numPages;
  const of = Math.min(pageCount, request.maxPages);
  const annotations = createAnnotationReader(pageCount);
  const read = nothingYet();
  let characters = 0;
  for (let page = 1; page <= of && !read.stopped; page++) {
    deps.onProgress({ page, of });
    cap.start(request.maxStreamBytes);
    try {
      const one = await readPage(source.document, page, { annotations, cap, deadlineMs });
      await keep(read, page, one, probe, cap);
      characters += one.text.length;
      read.stopped = one.stopped;
    } catch (error) {
      // Whatever pdf.js throws for one page says nothing about the others.
      read.failed.push(page);
      read.firstError ??= String(error);
      if (cap.exceeded) await leaveJammed(read, source, cap, request);
    }
    if (page < of) read.stopped ??= limitReached(characters, deadlineMs);
  }
  return read;
}

function nothingYet(): PagesRead {
  return { pages: [], failed: [], firstError: null, unread: [], overCap: false, stopped: null, firstRuns: [] };
}

async function keep(read: PagesRead, page: number, one: OnePage, probe: PictureProbe, cap: StreamCap): Promise<void> {
  const isUnread = await needsLook(page, one, probe, cap);
  read.pages.push({ page, text: one.text, source: one.text === '' && !isUnread ? 'blank' : 'text' });
  if (isUnread) read.unread.push(page);
  else if (read.firstRuns.length === 0) read.firstRuns = one.runs;
}

/** Whether what stands on the page is not, or not only, in its text. */
async function needsLook(page: number, one: OnePage, probe: PictureProbe, cap: StreamCap): Promise<boolean> {
  if (one.text === '') return probe.hasPicture(page, cap.bytes);
  if (isDamagedText(one.text)) return true;
  if (!mayBeStamp(one.text, one.runs, one.view)) return false;
  return (await probe.pictureShare(page, cap.bytes)) >= SCAN_SHARE;
}

async function leaveJammed(read: PagesRead, source: PdfSource, cap: StreamCap, request: ReadRequest): Promise<void> {
  read.overCap = true;
  cap.start(request.maxStreamBytes);
  await source.reopen();
}

function limitReached(characters: number, deadlineMs: number): Stop | null {
  if (performance.now() > deadlineMs) return 'time';
  return characters > MAX_TEXT_CHARS ? 'size' : null;
}

/** What the reader must be told about pages that are missing or empty. */
export function pageNotes({ pages, failed, unread, stopped }: PagesRead, pageCount: number, of: number): Note[] {
  const notes: Note[] = [];
  const read = pages.length;
  if (stopped === 'time') notes.push({ kind: 'time_limit', read, of: pageCount });
  else if (stopped === 'size') notes.push({ kind: 'size_limit', read, of: pageCount });
  else if (pageCount > of) notes.push({ kind: 'page_limit', read: of, of: pageCount });
  if (failed.length > 0) notes.push({ kind: 'pages_failed', pages: failed });
  if (unread.length > 0) notes.push({ kind: 'pages_without_text', pages: unread });
  return notes;
}
