// Owns the task of an OCR thread: one page in, what stands on it or a failure out; it never throws.
import { access } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { AppError } from '../src/domain/errors.ts';
import type { OcrLanguage, OcrRequest, OcrResult } from '../src/domain/ocr.ts';
import type { PageScan } from '../src/domain/reading.ts';
import type { OcrText } from '../src/pipeline/ocrText.ts';
import type { GreyPicture } from './greyPicture.ts';
import { createOcrEngine, type OcrEngine } from './ocrEngine.ts';
import { toOcrPicture } from './ocrPicture.ts';
import type { PictureSource } from './pictureSource.ts';
import { renderPage } from './renderPage.ts';

/** Answering members and the homeserver go first, reading of text next. */
const NICENESS = 10;

/** Without a request the thread only loads what a request will need. */
export type OcrTask = { request: OcrRequest | null; languages: OcrLanguage[] };

let engine: Promise<OcrEngine> | undefined;

/** Reads one page of a PDF or of a picture; all tasks of a thread name the same languages. */
export default async function ocr({ request, languages }: OcrTask): Promise<OcrResult | null> {
  // Elsewhere than on Linux it would be the priority of the whole process.
  if (process.platform === 'linux') setPriority(NICENESS);
  try {
    const ready = await loadEngine(languages);
    return request && { ok: true, scan: await scanOf(request, ready) };
  } catch (error) {
    return failure(error);
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

async function scanOf(request: OcrRequest, ready: OcrEngine): Promise<PageScan> {
  await access(request.path);
  const picture = await toOcrPicture(await pictureOf(request), { maxImagePixels: request.maxImagePixels });
  const { text, confidence } = recognise(ready, picture);
  if (text === '') return { page: request.page, text, source: 'blank', confidence: null };
  return { page: request.page, text, source: 'ocr', confidence };
}

function recognise(ready: OcrEngine, picture: GreyPicture): OcrText {
  try {
    return ready.recognise(picture);
  } catch (error) {
    // One that gave up, as when its memory is full, is in no state to go on: the next page starts another.
    engine = undefined;
    throw error;
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
