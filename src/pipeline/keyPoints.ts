// Owns the key points of an extract: short lines with the amounts, dates and figures that people look for.
import { amountsIn, hasDate, hasShare } from './amounts.ts';
import type { Candidate } from './candidates.ts';
import { isBoilerplate } from './sentenceScores.ts';

const MAX_POINTS = 5;
/** Documents without figures get so many of their next best sentences. */
const MIN_POINTS = 3;
const MIN_CHARS = 8;
const MAX_CHARS = 160;

const FIGURE = /\b\d+(?:[.,]\d+)*\b/g;
const CODE = /[{}<>\\=|_#&*~^[\]"]|--/g;

/** More numbers than this are a row of data. */
const MAX_FIGURES = 5;

/** In longer documents a percentage within the text is a detail. */
const LONG_DOCUMENT = 120;

/** At most five pieces that do not repeat `summary`, in the document's order; `spare` are further sentences, best first. */
export function chooseKeyPoints(
  candidates: readonly Candidate[],
  summary: readonly Candidate[],
  spare: readonly Candidate[],
): Candidate[] {
  const largest = candidates.flatMap(({ text }) => amountsIn(text)).reduce((max, amount) => Math.max(max, amount), 0);
  const document = { isLong: candidates.length > LONG_DOCUMENT, largest };
  const withFigures = candidates
    .map((candidate) => ({ candidate, score: scoreOf(candidate, document) }))
    .filter(({ candidate, score }) => score > 0 && isReadable(candidate))
    .sort((a, b) => b.score - a.score || a.candidate.order - b.candidate.order)
    .map(({ candidate }) => candidate);
  const chosen: Candidate[] = [];
  takeNew(chosen, withFigures, summary, MAX_POINTS);
  takeNew(chosen, spare.filter(isReadable), summary, MIN_POINTS);
  return chosen.sort((a, b) => a.order - b.order);
}

function takeNew(
  chosen: Candidate[],
  offered: readonly Candidate[],
  summary: readonly Candidate[],
  count: number,
): void {
  for (const candidate of offered) {
    if (chosen.length >= count) return;
    if (![...summary, ...chosen].some((other) => repeats(candidate, other))) chosen.push(candidate);
  }
}

function isReadable({ text, kind, isSentence }: Candidate): boolean {
  if (text.length < MIN_CHARS || text.length > MAX_CHARS || !/\p{L}{2}/u.test(text)) return false;
  if (kind === 'contents' || isBoilerplate(text) || (text.match(CODE)?.length ?? 0) > 1) return false;
  if (kind === 'prose' && !isSentence && !/^["'“„«(]?[\p{Lu}\p{Lo}\d]/u.test(text)) return false;
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  return letters >= text.replaceAll(' ', '').length * (kind === 'prose' ? 0.5 : 0.35);
}

type Document = { isLong: boolean; largest: number };

function scoreOf({ text, kind, order }: Candidate, document: Document): number {
  if (text.length > MAX_CHARS) return 0;
  const figures = text.match(FIGURE)?.length ?? 0;
  if (figures === 0 || figures > MAX_FIGURES) return 0;
  const amounts = amountsIn(text);
  const share = hasShare(text) && (kind === 'row' || !document.isLong) ? 1.5 : 0;
  const found = scoreOfAmounts(amounts, kind, document.largest) + (hasDate(text) ? 2 : 0) + share;
  if (found === 0) return 0;
  return found + (kind === 'heading' ? -1 : 0.5) + 1 / (1 + order / 40) + (text.length < 90 ? 0.5 : 0);
}

/** Rows with several amounts are items of a list; the largest amount of the document is mostly its total. */
function scoreOfAmounts(amounts: readonly number[], kind: Candidate['kind'], largest: number): number {
  if (amounts.length === 0) return 0;
  const isItem = kind === 'row' && amounts.length > 1;
  return (isItem ? 1 : 3) + (amounts.includes(largest) ? 1.5 : 0);
}

/** Whether the candidate is said already: the same words, most of them, or a part of it. */
function repeats({ text, words }: Candidate, other: Candidate): boolean {
  if (other.text.includes(text) || text.includes(other.text)) return true;
  if (words.size === 0) return false;
  let shared = 0;
  for (const word of words) if (other.words.has(word)) shared += 1;
  return shared / words.size > 0.7 && sameFigures(text, other.text);
}

function sameFigures(text: string, other: string): boolean {
  const figures = text.match(FIGURE) ?? [];
  return figures.every((figure) => other.includes(figure));
}
