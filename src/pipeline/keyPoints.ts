// Owns the key points of an extract: short lines with the amounts, dates and figures that people look for.
import type { Candidate } from './candidates.ts';

const MAX_POINTS = 5;
const MIN_CHARS = 8;
const MAX_CHARS = 160;

const AMOUNT =
  /(?:[€$£¥]|\b(?:EUR|USD|CHF|GBP|PLN|SEK|NOK|DKK|CZK|JPY)\b)\s?\d|\d\s?(?:[€$£¥%円元]|(?:EUR|USD|CHF|GBP|PLN|zł|SEK|kr|Kč)\b)/;
const DATE =
  /\b(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|(?:19|20)\d{2}-\d{2}-\d{2}|\d{1,2}\.? \p{L}{3,10}\.? (?:19|20)\d{2}|\p{L}{3,9} \d{1,2}, (?:19|20)\d{2})\b|\d{4}年/u;
const FIGURE = /\b\d+(?:[.,]\d+)*\b/g;

/** More numbers than this are a row of data. */
const MAX_FIGURES = 5;

/** At most five pieces that are not in `taken`, in the document's order. */
export function chooseKeyPoints(candidates: readonly Candidate[], taken: ReadonlySet<Candidate>): Candidate[] {
  const takenWords = [...taken].map((candidate) => candidate.words);
  const scored = candidates
    .filter((candidate) => !taken.has(candidate) && isReadable(candidate))
    .map((candidate) => ({ candidate, score: scoreOf(candidate) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.candidate.order - b.candidate.order);
  const chosen: Candidate[] = [];
  for (const { candidate } of scored) {
    if (chosen.length === MAX_POINTS) break;
    const others = [...takenWords, ...chosen.map((other) => other.words)];
    if (chosen.some((other) => other.text === candidate.text)) continue;
    if (!others.some((words) => repeats(candidate.words, words))) chosen.push(candidate);
  }
  return chosen.sort((a, b) => a.order - b.order);
}

function isReadable({ text, kind, isSentence }: Candidate): boolean {
  if (text.length < MIN_CHARS || text.length > MAX_CHARS || !/\p{L}{2}/u.test(text)) return false;
  if (kind === 'prose' && !isSentence && /^\p{Ll}/u.test(text)) return false;
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  return letters >= text.replaceAll(' ', '').length * 0.35;
}

function scoreOf({ text, kind, order }: Candidate): number {
  const figures = text.match(FIGURE)?.length ?? 0;
  if (figures === 0 || figures > MAX_FIGURES) return 0;
  const found = (AMOUNT.test(text) ? 3 : 0) + (DATE.test(text) ? 2 : 0) + (kind === 'heading' ? -1 : 0.5);
  return found <= 0.5 ? 0 : found + 1 / (1 + order / 40) + (text.length < 90 ? 0.5 : 0);
}

/** Whether most of the words are already there. */
function repeats(words: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  if (words.size === 0) return false;
  let shared = 0;
  for (const word of words) if (others.has(word)) shared += 1;
  return shared / words.size > 0.7;
}
