// Owns the reading of one picture file up to the point where OCR or a model that sees takes over: what it is, and whether that is worth it.
import { HEAD_BYTES, type PictureFormat, pictureFormatOf } from '../src/domain/fileKind.ts';
import type { Note, PageText, Reading, ReadRequest, ReadResult } from '../src/domain/reading.ts';
import { lookAtPage, type PageLook, type PageState, readHeader } from './imagePage.ts';

/** SVG may fetch from elsewhere; for the others libvips has no decoder here. */
const UNSUPPORTED: readonly PictureFormat[] = ['svg', 'bmp', 'jp2', 'jxl'];

/** Pages worth reading, later; a blurred one is only given up when no page is better. */
const WORTH_READING: readonly PageState[] = ['readable', 'blurred'];
const EMPTY: readonly PageState[] = ['blank', 'too_small'];

/** What is told of a file with no readable page: the first of these that one of its pages is. */
const FAILURES = [
  ['blurred', 'picture_blurred'],
  ['too_large', 'too_large'],
  ['unreadable', 'unreadable'],
  ['blank', 'picture_blank'],
  ['too_small', 'picture_too_small'],
] as const;

type Look = PageLook & { page: number };

/**
 * A Reading without text: each page of a TIFF, or the one page of any other picture (the first frame of an animation), stands in
 * `unread` or is blank. What cannot be read is a result too; nothing is thrown for the picture's sake.
 */
export async function readImage(bytes: Uint8Array, request: ReadRequest): Promise<ReadResult> {
  const deadlineMs = performance.now() + request.softTimeoutMs;
  const format = await pictureFormatOf(bytes.subarray(0, HEAD_BYTES));
  if (format === null || UNSUPPORTED.includes(format)) return unsupported(format);
  const pageCount = await countPages(bytes, format).catch((error: unknown) => cannotOpen(format, error));
  if (typeof pageCount !== 'number') return pageCount;
  const looks: Look[] = [];
  for (let page = 1; page <= Math.min(pageCount, request.maxPages); page++) {
    if (page > 1 && performance.now() > deadlineMs) break;
    looks.push({ page, ...(await lookAtPage(bytes, page, request.maxImagePixels)) });
  }
  if (!looks.some(({ state }) => state === 'readable')) return nothingToRead(looks, format);
  return { ok: true, reading: readingOf(looks, pageCount, request) };
}

async function countPages(bytes: Uint8Array, format: PictureFormat): Promise<number> {
  const { pages } = await readHeader(bytes, 1);
  return format === 'tiff' ? (pages ?? 1) : 1;
}

function readingOf(looks: readonly Look[], pageCount: number, request: ReadRequest): Reading {
  const seen = looks.filter(({ state }) => WORTH_READING.includes(state) || EMPTY.includes(state));
  return {
    kind: 'image',
    pageCount,
    pages: seen.map(
      ({ page, state }): PageText => ({ page, text: '', source: EMPTY.includes(state) ? 'blank' : 'ocr' }),
    ),
    body: [],
    title: null,
    author: null,
    outline: [],
    language: null,
    extract: { summary: [], keyPoints: [] },
    notes: notesOf(looks, pageCount, request),
    unread: looks.filter(({ state }) => WORTH_READING.includes(state)).map(({ page }) => page),
    ocrConfidence: null,
  };
}

function notesOf(looks: readonly Look[], pageCount: number, { maxPages }: ReadRequest): Note[] {
  const notes: Note[] = [];
  const failed = looks.filter(({ state }) => state === 'too_large' || state === 'unreadable').map(({ page }) => page);
  const wanted = Math.min(pageCount, maxPages);
  if (failed.length > 0) notes.push({ kind: 'pages_failed', pages: failed });
  if (looks.length < wanted) notes.push({ kind: 'time_limit', read: looks.length, of: pageCount });
  else if (wanted < pageCount) notes.push({ kind: 'page_limit', read: wanted, of: pageCount });
  return notes;
}

function nothingToRead(looks: readonly Look[], format: PictureFormat): ReadResult {
  for (const [state, code] of FAILURES) {
    const look = looks.find((one) => one.state === state);
    if (!look) continue;
    if (state === 'unreadable') return cannotOpen(format, look.why);
    return { ok: false, code, message: `page ${look.page} of ${looks.length} looked at is ${state}: ${look.why}` };
  }
  return { ok: false, code: 'unreadable', message: 'the picture has no page' };
}

/** A header of HEIF is no promise: this libvips decodes its AVIF, not the HEVC of phones' HEIC. */
function cannotOpen(format: PictureFormat, error: unknown): ReadResult {
  const message = error instanceof Error ? error.message : String(error);
  return { ok: false, code: format === 'heif' ? 'picture_unsupported' : 'unreadable', message };
}

function unsupported(format: PictureFormat | null): ReadResult {
  if (format === null) return { ok: false, code: 'not_a_document', message: 'no header of a picture' };
  return { ok: false, code: 'picture_unsupported', message: `pictures of the format ${format} are not read` };
}
