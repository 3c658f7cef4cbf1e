// Owns the question whether the text layer of a page says what stands on it, or whether the page has to be looked at.
import type { Run } from './joinRuns.ts';

/** What fonts without a character map give: replacement characters, private use, unassigned codes. */
const DAMAGED = /[\ufffd\p{Co}\p{Cn}]/gu;

/** From this share of them on nobody can read the rest. Symbols of a font of their own (bullets, icons) stay far below. */
const MAX_DAMAGED_SHARE = 0.3;

/** A page number, "Scanned by X": no page of text is so short, and over a picture of the page it says nothing of it. */
const STAMP_LETTERS = 60;

/** In the margin a stamp may be longer: name of the file, date, page of pages. */
const MARGIN_STAMP_LETTERS = 250;

/** The outer part of each side of a page. */
const MARGIN = 0.1;

/** Whether the text consists of characters that mean nothing. */
export function isDamagedText(text: string): boolean {
  const damaged = text.match(DAMAGED)?.length ?? 0;
  return damaged > 0 && damaged >= (text.match(/\S/gu)?.length ?? 0) * MAX_DAMAGED_SHARE;
}

/** Whether so little text, or so little outside the margins of `view` ([left, bottom, right, top]), may be a stamp on a scan. */
export function mayBeStamp(text: string, runs: readonly Run[], view: readonly number[]): boolean {
  const letters = text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  if (letters < STAMP_LETTERS) return true;
  return letters < MARGIN_STAMP_LETTERS && runs.every((run) => run.str.trim() === '' || isInMargin(run, view));
}

function isInMargin({ transform, width }: Run, [left = 0, bottom = 0, right = 0, top = 0]: readonly number[]): boolean {
  const [x, y] = [transform[4] ?? 0, transform[5] ?? 0];
  const [marginX, marginY] = [(right - left) * MARGIN, (top - bottom) * MARGIN];
  // A run along the side goes upwards, so that its width is no width on the page.
  const end = transform[1] === 0 ? x + width : x;
  return y < bottom + marginY || y > top - marginY || end < left + marginX || x > right - marginX;
}
