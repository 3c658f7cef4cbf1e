// Owns the reading of one PDF from its bytes to what the main thread gets: open, read the pages, summarise, close.
import type { Reading, ReadProgress, ReadRequest, ReadResult } from '../src/domain/reading.ts';
import { makeBody } from '../src/pipeline/body.ts';
import { extract } from '../src/pipeline/extractive.ts';
import { chooseTitle } from '../src/pipeline/title.ts';
import { readAbout } from './about.ts';
import { detectLanguage } from './language.ts';
import { loadPdfjs } from './pdfjs.ts';
import { type PagesRead, pageNotes, readPages } from './pdfPages.ts';
import { PdfSource } from './pdfSource.ts';
import { isDamaged } from './repair.ts';
import type { StreamCap } from './streamCap.ts';

/** Reads within the limits of `request`; what cannot be read is a result too, nothing is thrown for the document's sake. */
export async function readPdf(
  bytes: Uint8Array,
  request: ReadRequest,
  onProgress: (progress: ReadProgress) => void,
): Promise<ReadResult> {
  const deadlineMs = performance.now() + request.softTimeoutMs;
  const { cap } = await loadPdfjs();
  cap.start(request.maxStreamBytes);
  try {
    const { maxImagePixels } = request;
    const source = await PdfSource.open(bytes, { maxImagePixels }).catch((error: unknown) => failure(error, cap));
    if (!(source instanceof PdfSource)) return source;
    return await readSource(source, request, { cap, deadlineMs, onProgress }).finally(() => source.close());
  } finally {
    cap.release();
  }
}

type ReadContext = { cap: StreamCap; deadlineMs: number; onProgress(progress: ReadProgress): void };

async function readSource(source: PdfSource, request: ReadRequest, context: ReadContext): Promise<ReadResult> {
  const read = await readPages({ source, request, ...context });
  const pageCount = source.document.numPages;
  if (read.pages.length === 0) return nothingRead(read, pageCount);
  context.cap.start(request.maxStreamBytes);
  const about = await readAbout(source.document);
  const title = chooseTitle(about.title, read.firstRuns);
  const { body, note } = makeBody(read.pages, request.maxSummaryChars);
  const notes = pageNotes(read, pageCount, Math.min(pageCount, request.maxPages));
  if (note) notes.push(note);
  if (isDamaged(source.bytes)) notes.push({ kind: 'damaged' });
  const language = await detectLanguage(body);
  const reading: Reading = {
    kind: 'pdf',
    pageCount,
    pages: read.pages,
    body,
    ...about,
    title,
    language,
    extract: extract(body, title),
    notes,
    unread: read.unread,
    ocrConfidence: null,
  };
  return { ok: true, reading };
}

function nothingRead({ overCap, firstError }: PagesRead, pageCount: number): ReadResult {
  const message = `none of ${pageCount} pages could be read: ${firstError}`;
  return { ok: false, code: overCap ? 'too_large' : 'unreadable', message };
}

function failure(error: unknown, cap: StreamCap): ReadResult {
  const message = error instanceof Error ? error.message : String(error);
  const isLocked = error instanceof Error && error.name === 'PasswordException';
  if (isLocked) return { ok: false, code: 'password_needed', message };
  if (cap.exceeded) return { ok: false, code: 'too_large', message: `unpacks to more than the limit: ${message}` };
  return { ok: false, code: 'unreadable', message };
}
