// Owns the joining of a page's text runs to its text: lines, paragraphs, columns, and the form values where they stand.
import { plainText } from './plainText.ts';
import { inReadingOrder } from './rightToLeft.ts';

/** A run of text as pdf.js gives it; `transform` holds the direction and, at 4 and 5, the place (points, y upwards). */
export type Run = {
  str: string;
  /** `rtl`: the run's characters are in reading order, but the runs of its line stand as they are painted. */
  dir: string;
  transform: number[];
  width: number;
  height: number;
  hasEOL: boolean;
};

/** A form value; `rect` is [left, bottom, right, top]. A mark (a ticked box) stands before its label, a value after it. */
export type PlacedValue = { text: string; rect: number[]; isMark: boolean };

/** Lines further apart than this many times their height belong to different paragraphs. */
const PARAGRAPH_GAP = 1.75;

/** A gap wider than this many times the text's height separates columns of a table, not words. */
const COLUMN_GAP = 1.5;

/** Placing compares each value with each run; a hostile form must not make that millions of comparisons. */
const MAX_COMPARISONS = 2_000_000;

/**
 * The page's text: one line a line, an empty line between paragraphs, a tab between table columns, each value beside the
 * label on its line, and the values without a label at the end.
 */
export function joinRuns(painted: readonly Run[], values: readonly PlacedValue[] = []): string {
  const runs = painted.some((run) => run.dir === 'rtl') ? inReadingOrder(painted) : painted;
  const { before, after, rest } = placeValues(runs, values);
  let text = '';
  for (let index = 0; index < runs.length; index++) {
    const run = runs[index] as Run;
    const marks = before.get(index);
    if (marks) text += `${marks.join(' ')} `;
    text += isColumnGap(run, runs[index - 1]) ? '\t' : run.str;
    const found = after.get(index);
    if (found) text += ` ${found.join(' ')} `;
    if (run.hasEOL) text += isParagraphEnd(run, runs[index + 1]) ? '\n\n' : '\n';
  }
  const tidy = plainText(text).replaceAll(/ +\n/g, '\n').trim();
  return [tidy, ...rest].filter((part) => part !== '').join('\n');
}

function isUpright({ transform }: Run): boolean {
  return (transform[0] ?? 0) > 0 && transform[1] === 0;
}

function isColumnGap(run: Run, previous: Run | undefined): boolean {
  if (run.str !== ' ' || !previous || previous.height === 0) return false;
  return run.width > previous.height * COLUMN_GAP && isUpright(previous);
}

function isParagraphEnd(run: Run, next: Run | undefined): boolean {
  if (!next || run.height === 0 || !isUpright(run) || !isUpright(next)) return false;
  const gap = (run.transform[5] ?? 0) - (next.transform[5] ?? 0);
  return gap > Math.max(run.height, next.height) * PARAGRAPH_GAP;
}

type Placement = { before: Map<number, string[]>; after: Map<number, string[]>; rest: string[] };

function placeValues(runs: readonly Run[], values: readonly PlacedValue[]): Placement {
  const placement: Placement = { before: new Map(), after: new Map(), rest: [] };
  const tooMany = runs.length * values.length > MAX_COMPARISONS;
  for (const value of values) {
    const label = tooMany ? undefined : labelOf(runs, value);
    if (!label) placement.rest.push(value.text);
    else add(label.isAfter ? placement.before : placement.after, label.index, value.text);
  }
  return placement;
}

function add(map: Map<number, string[]>, index: number, text: string): void {
  const found = map.get(index);
  if (found) found.push(text);
  else map.set(index, [text]);
}

/** The run on the value's line that is nearest: to the left, for a mark rather to the right. */
function labelOf(runs: readonly Run[], value: PlacedValue): { index: number; isAfter: boolean } | undefined {
  const [left = 0, bottom = 0, right = 0, top = 0] = value.rect;
  let nearest = -1;
  let distance = Number.POSITIVE_INFINITY;
  let isAfter = false;
  for (let index = 0; index < runs.length; index++) {
    const run = runs[index] as Run;
    const [x = 0, y = 0] = [run.transform[4], run.transform[5]];
    if (run.str.trim() === '' || y < bottom - 2 || y > top) continue;
    const runIsAfter = x >= right - 2;
    if (runIsAfter ? !value.isMark : x > left + 2) continue;
    const gap = runIsAfter ? x - right : Math.max(0, left - x - run.width);
    // Labels of boxes stand right of them; one to the left counts only where there is none.
    const weighted = value.isMark && !runIsAfter ? gap + 1_000 : gap;
    if (weighted >= distance) continue;
    [nearest, distance, isAfter] = [index, weighted, runIsAfter];
  }
  return nearest < 0 ? undefined : { index: nearest, isAfter };
}
