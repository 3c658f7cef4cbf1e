// Owns the joining of a page's text runs to its text: lines, paragraphs, columns, and the form values where they stand.
import { dehyphenate } from './dehyphenate.ts';
import { endsParagraph, isUpright, nextWritten, paragraphGap } from './paragraphGap.ts';
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

/** A gap wider than this many times the text's height separates columns of a table, not words. */
const COLUMN_GAP = 1.5;

/** Runs further apart than these shares of their height do not belong to one word. */
const WORD_GAP = 0.25;
const JUMP_BACK = 0.6;

/** Placing compares each value with each run; a hostile form must not make that millions of comparisons. */
const MAX_COMPARISONS = 2_000_000;

/**
 * The page's text: one line a line, an empty line between paragraphs, a tab between table columns, each value beside the
 * label on its line, and the values without a label at the end.
 */
export function joinRuns(painted: readonly Run[], values: readonly PlacedValue[] = []): string {
  const runs = painted.some((run) => run.dir === 'rtl') ? inReadingOrder(painted) : painted;
  const { before, after, rest } = placeValues(runs, values);
  const next = nextWritten(runs);
  const apart = paragraphGap(runs, next);
  let written = runs[0] as Run;
  let text = '';
  for (let index = 0; index < runs.length; index++) {
    const run = runs[index] as Run;
    text += separatorBefore(run, runs[index - 1], index < 2 || (runs[index - 2] as Run).hasEOL);
    const marks = before.get(index);
    if (marks) text += `${marks.join(' ')} `;
    text += isColumnGap(run, runs[index - 1]) ? '\t' : run.str;
    const found = after.get(index);
    if (found) text += ` ${found.join(' ')} `;
    if (run.height > 0) written = run;
    if (run.hasEOL) text += endsParagraph(written, next[index], apart) ? '\n\n' : '\n';
  }
  const tidy = dehyphenate(plainText(text).replaceAll(/ +\n/g, '\n')).trim();
  return [tidy, ...rest].filter((part) => part !== '').join('\n');
}

function isColumnGap(run: Run, previous: Run | undefined): boolean {
  if (run.str !== ' ' || !previous || previous.height === 0) return false;
  return run.width > previous.height * COLUMN_GAP && isUpright(previous);
}

/** pdf.js gives no space where the text jumps back or aside on its line, as labels of a form or a figure do. */
function separatorBefore(run: Run, previous: Run | undefined, previousStartsLine: boolean): string {
  if (!previous || previous.hasEOL || previous.dir === 'rtl' || run.height === 0 || run.str === '') return '';
  if (!isUpright(run) || !isUpright(previous)) return '';
  if (previous.str.endsWith(' ') || run.str.startsWith(' ')) return '';
  const gap = (run.transform[4] ?? 0) - (previous.transform[4] ?? 0) - previous.width;
  const isNoteMark = previousStartsLine && previous.height < run.height * 0.85 && /^\d+$/.test(previous.str);
  return isNoteMark || gap > run.height * WORD_GAP || gap < -run.height * JUMP_BACK ? ' ' : '';
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
