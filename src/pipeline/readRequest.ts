// Owns what is asked of a reading thread, from the limits in force.
import { MAX_STREAM_BYTES, MAX_SUMMARY_CHARS } from '../../config/limits.ts';
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
