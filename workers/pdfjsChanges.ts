// Owns the changes to pdf.js's core as it is loaded: what makes it faster, and what keeps it within bounds.
import type { LoadHookSync } from 'node:module';
import { BOUNDS } from './pdfjsBounds.ts';
import { HOT_PATH } from './pdfjsHotPath.ts';

/** The text that is to be found once in pdf.js's core, and what takes its place. */
export type Change = { from: RegExp; to: string };

/** The changes; where the text of pdf.js is another, nothing is changed. */
export const CHANGES: readonly Change[] = [...HOT_PATH, ...BOUNDS];

/** A hook for `module.registerHooks`; concerns the core half of pdf.js only. */
export const changePdfjs: LoadHookSync = (url, context, nextLoad) => {
  const result = nextLoad(url, context);
  if (!url.endsWith('/pdf.worker.min.mjs') || !result.source) return result;
  return { ...result, source: withChanges(Buffer.from(result.source as Uint8Array).toString('utf8')) };
};

/** The source of pdf.js's core with the changes that find their place in it. */
export function withChanges(source: string): string {
  return CHANGES.reduce((changed, { from, to }) => changed.replace(from, to), source);
}
