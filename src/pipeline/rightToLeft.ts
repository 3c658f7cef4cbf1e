// Owns the order of a right-to-left line: its runs come as they are painted, people read them from the right.
import type { Run } from './joinRuns.ts';

/** A wider gap than this share of the height is a space between words; letters of one word touch. */
const SPACE = 0.12;

/** The runs with each right-to-left line in reading order; numbers and Latin words within it keep theirs. */
export function inReadingOrder(runs: readonly Run[]): Run[] {
  const ordered: Run[] = [];
  let line: Run[] = [];
  for (const run of runs) {
    line.push(run);
    if (!run.hasEOL) continue;
    ordered.push(...orderedLine(line));
    line = [];
  }
  return [...ordered, ...orderedLine(line)];
}

function orderedLine(line: Run[]): Run[] {
  const words = line.filter((run) => run.str.trim() !== '');
  const lengthOf = (dir: string): number => words.reduce((sum, run) => sum + (run.dir === dir ? run.str.length : 0), 0);
  const isUpright = words.every((run) => run.transform[1] === 0);
  if (!isUpright || words.length < 2 || lengthOf('rtl') <= lengthOf('ltr')) return line;
  const fromRight = [...words].sort((a, b) => leftOf(b) - leftOf(a));
  const inOrder = leftToRightGroups(fromRight).flat();
  const spaced = inOrder.map((run, index) => withSpace(run, inOrder[index + 1]));
  const last = spaced.at(-1);
  if (last) spaced[spaced.length - 1] = { ...last, hasEOL: line.at(-1)?.hasEOL ?? false };
  return spaced;
}

/** Neighbouring runs that read from the left are put back into that order. */
function leftToRightGroups(fromRight: readonly Run[]): Run[][] {
  const groups: Run[][] = [];
  let isOpen = false;
  for (const run of fromRight) {
    if (run.dir === 'ltr' && isOpen) groups.at(-1)?.unshift(run);
    else groups.push([run]);
    isOpen = run.dir === 'ltr';
  }
  return groups;
}

function withSpace(run: Run, next: Run | undefined): Run {
  if (!next) return run;
  const [left, right] = leftOf(next) < leftOf(run) ? [next, run] : [run, next];
  const gap = leftOf(right) - (leftOf(left) + left.width);
  const isApart = gap > run.height * SPACE;
  return { ...run, str: isApart ? `${run.str} ` : run.str, hasEOL: false };
}

function leftOf(run: Run): number {
  return run.transform[4] ?? 0;
}
