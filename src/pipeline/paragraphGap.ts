// Owns the distance between lines that separates paragraphs on a page, whatever its line spacing.
import type { Run } from './joinRuns.ts';

/** Paragraphs are this much further apart than the page's lines usually are. */
const WIDER = 1.3;

/** Lines this many times their height apart are apart on any page. */
const WIDE = 3.2;

/** Lines whose sizes differ by this share are heading and text, or text and note. */
const OTHER_SIZE = 0.12;

/** Fewer line breaks show no habit. */
const MIN_BREAKS = 4;

/** Whether a text run stands upright, so that its place on the page tells lines and columns. */
export function isUpright({ transform }: Run): boolean {
  return (transform[0] ?? 0) > 0 && transform[1] === 0;
}

/** For each run the next one that has a size: line breaks may stand in runs of their own. */
export function nextWritten(runs: readonly Run[]): (Run | undefined)[] {
  const next: (Run | undefined)[] = new Array(runs.length);
  let found: Run | undefined;
  for (let index = runs.length - 1; index >= 0; index--) {
    next[index] = found;
    const run = runs[index] as Run;
    if (run.height > 0) found = run;
  }
  return next;
}

/** The distance from a run's baseline down to the next, in its height; null where one of them is no ordinary line. */
export function lineGap(run: Run, next: Run | undefined): number | null {
  if (!next || run.height === 0 || next.height === 0 || !isUpright(run) || !isUpright(next)) return null;
  return ((run.transform[5] ?? 0) - (next.transform[5] ?? 0)) / Math.max(run.height, next.height);
}

/** Whether a line ends its paragraph: the next is `apart` heights away, or of another size, as below a heading. */
export function endsParagraph(run: Run, next: Run | undefined, apart: number): boolean {
  const gap = lineGap(run, next);
  if (gap === null || !next) return false;
  const isOtherSize = Math.abs(run.height - next.height) > OTHER_SIZE * Math.max(run.height, next.height);
  return gap >= apart || (isOtherSize && gap > 0);
}

/** The gap (in heights) from which on lines belong to different paragraphs; `next` as `nextWritten` gives it. */
export function paragraphGap(runs: readonly Run[], next: readonly (Run | undefined)[]): number {
  const gaps: number[] = [];
  let written: Run | undefined;
  for (let index = 0; index < runs.length; index++) {
    const run = runs[index] as Run;
    if (run.height > 0) written = run;
    const gap = run.hasEOL && written ? lineGap(written, next[index]) : null;
    if (gap !== null && gap > 0) gaps.push(gap);
  }
  if (gaps.length < MIN_BREAKS) return 1.75;
  gaps.sort((a, b) => a - b);
  // Not the middle one: half the lines of minutes or letters end a paragraph.
  const usual = gaps[Math.floor(gaps.length / 4)] ?? 1;
  return Math.min(Math.max(usual * WIDER, 1.35), WIDE);
}
