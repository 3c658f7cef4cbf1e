// Owns the task of an OCR thread: one page in, what stands on it or a failure out; it never throws.
import { access } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { AppError } from '../src/domain/errors.ts';
import type { OcrLanguage, OcrRequest, OcrResult } from '../src/domain/ocr.ts';
import type { PageScan } from '../src/domain/reading.ts';
import type { OcrText } from '../src/pipeline/ocrText.ts';
import type { GreyPicture } from './greyPicture.ts';
import { letGo } from './letGo.ts';
import { createOcrEngine, type OcrEngine } from './ocrEngine.ts';
import { toOcrPicture } from './ocrPicture.ts';
import type { PictureSource } from './pictureSource.ts';
import { renderPage } from './renderPage.ts';
import { loadSharp } from './sharp.ts';
import { tidyUp } from './tidyUp.ts';

/** Answering members and the homeserver go first, reading of text next. */
const NICENESS = 10;

/** A larger picture leaves the recogniser with twice the memory and more (45 MB after 4 megapixels, 110 after 16), for good. */
const LARGE_PIXELS = 6_000_000;

/** Without a request the thread only loads what a request will need. */
export type OcrTask = { request: OcrRequest | null; languages: OcrLanguage[] };

let engine: Promise<OcrEngine> | undefined;

/** Reads one page of a PDF or of a picture; all tasks of a thread name the same languages. */
export default async function ocr({ request, languages }: OcrTask): Promise<OcrResult | null> {
  // Elsewhere than on Linux it would be the priority of the whole process.
  if (process.platform === 'linux') setPriority(NICENESS);
  try {
    if (request) return { ok: true, scan: await scanOf(request, languages) };
    await loadSharp();
    return null;
  } catch (error) {
    return failure(error);
  } finally {
    tidyUp();
  }
}

/** Rejects with the trained data's fault, which is none of the page. */
function loadEngine(languages: readonly OcrLanguage[]): Promise<OcrEngine> {
  engine ??= createOcrEngine(languages).catch((error: unknown) => {
    engine = undefined;
    throw new AppError('internal', `the recogniser does not start: ${String(error)}`, { cause: error });
  });
  return engine;
}

async function scanOf(request: OcrRequest, languages: readonly OcrLanguage[]): Promise<PageScan> {
  await access(request.path);
  // Painting takes 100 MB for a moment, the recogniser 60 MB for good: the first page has them one after the other.
  const picture = await greyOf(request);
  const { text, confidence } = recognise(await loadEngine(languages), picture);
  if (text === '') return { page: request.page, text, source: 'blank', confidence: null };
  return { page: request.page, text, source: 'ocr', confidence };
}

async function greyOf(request: OcrRequest): Promise<GreyPicture> {
  const source = await pictureOf(request);
  const picture = await toOcrPicture(source, { maxImagePixels: request.maxImagePixels });
  // The recogniser takes seconds, in which nothing is collected: the colours of a page (16 MB) go at once.
  if ('raw' in source) letGo(source.raw);
  return picture;
}

function recognise(ready: OcrEngine, picture: GreyPicture): OcrText {
  let isFit = false;
  try {
    const text = ready.recognise(picture);
    isFit = picture.width * picture.height <= LARGE_PIXELS;
    return text;
  } finally {
    // One that gave up, as when its memory is full, is in no state to go on, either: the next page starts another.
    if (!isFit) engine = undefined;
  }
}

async function pictureOf(request: OcrRequest): Promise<PictureSource> {
  return request.kind === 'pdf' ? renderPage(request) : { path: request.path, page: request.page };
}

function failure(error: unknown): OcrResult {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof AppError) return { ok: false, code: 'internal', message };
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return { ok: false, code: 'file_not_found', message };
  return { ok: false, code: error instanceof RangeError ? 'too_large' : 'unreadable', message };
}
