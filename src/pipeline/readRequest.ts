// Owns what is asked of the threads, from the limits in force.
import { MAX_STREAM_BYTES, MAX_SUMMARY_CHARS } from '../../config/limits.ts';
import type { DepictRequest } from '../domain/depict.ts';
import type { MediaKind } from '../domain/media.ts';
import type { OcrRequest } from '../domain/ocr.ts';
import type { Profile } from '../domain/profile.ts';
import type { ReadRequest } from '../domain/reading.ts';

/** The request for one file; the thread stops by itself after `softTimeoutMs`. */
export function readRequest(
  path: string,
  limits: { maxPages: number; maxImagePixels: number },
  softTimeoutMs: number,
): ReadRequest {
  return {
    path,
    maxPages: limits.maxPages,
    maxImagePixels: limits.maxImagePixels,
    maxSummaryChars: MAX_SUMMARY_CHARS,
    maxStreamBytes: MAX_STREAM_BYTES,
    softTimeoutMs,
  };
}

/** The request for one page that is to be recognised. */
export function ocrRequest(
  file: { path: string; kind: MediaKind },
  page: number,
  limits: { maxImagePixels: number },
): OcrRequest {
  const { path, kind } = file;
  return { path, kind, page, maxImagePixels: limits.maxImagePixels, maxStreamBytes: MAX_STREAM_BYTES };
}

/** The request for one page as a model shall see it. */
export function depictRequest(
  path: string,
  page: number,
  recipe: Profile['picture'],
  maxSide: number,
  limits: { maxImagePixels: number },
): DepictRequest {
  return { path, page, recipe, maxSide, maxImagePixels: limits.maxImagePixels, maxStreamBytes: MAX_STREAM_BYTES };
}
