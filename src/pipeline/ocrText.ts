// Owns the text of a recognised page: Tesseract's words put together to lines, table columns and paragraphs.
import { dehyphenate } from './dehyphenate.ts';
import { plainText } from './plainText.ts';

export type OcrText = {
  text: string;
  /** 0–100: mean over the characters. */
  confidence: number;
};

type Word = { text: string; confidence: number; left: number; right: number };
type Line = { words: Word[]; block: string; top: number; bottom: number };

/** A gap wider than this many heights of its line separates columns of a table, not words. */
const COLUMN_GAP = 1.2;

/** A line that is so many times further down than lines mostly are begins a paragraph. */
const PARAGRAPH_PITCH = 1.5;

/** A line that the engine is less sure of is a guess at a picture's texture. */
const MIN_LINE_CONFIDENCE = 35;

/** Marks without letter or digit that the engine is less sure of are specks, frames and icons. */
const MIN_MARK_CONFIDENCE = 50;

/** Texture gives many short words of middling confidence; text has at least one word that is sure. */
const SURE_WORD = { confidence: 60, characters: 2 };

const LETTERS = /[\p{L}\p{N}]/gu;

/**
 * The text of a page from Tesseract's TSV output (level, page, block, paragraph, line, word, left, top, width, height,
 * confidence, text): one line a line, a tab between table columns, an empty line between paragraphs. Empty when nothing in it
 * is sure to be a word.
 */
export function ocrText(tsv: string): OcrText {
  const lines = linesOf(tsv).filter(({ words }) => confidenceOf(words) >= MIN_LINE_CONFIDENCE);
  const words = lines.flatMap((line) => line.words);
  if (!words.some(isSure)) return { text: '', confidence: 0 };
  const typical = typicalPitch(lines);
  const text = lines.map((line, index) => separator(lines[index - 1], line, typical) + lineText(line)).join('');
  return { text: dehyphenate(plainText(text)).trim(), confidence: confidenceOf(words) };
}

/** Mean over the characters; 0 without any. */
function confidenceOf(words: readonly Word[]): number {
  const characters = words.reduce((sum, word) => sum + word.text.length, 0);
  const weighted = words.reduce((sum, word) => sum + word.text.length * word.confidence, 0);
  return characters === 0 ? 0 : weighted / characters;
}

function isSure({ text, confidence }: Word): boolean {
  return confidence >= SURE_WORD.confidence && (text.match(LETTERS)?.length ?? 0) >= SURE_WORD.characters;
}

function linesOf(tsv: string): Line[] {
  const lines = new Map<string, Line>();
  for (const row of tsv.split('\n')) {
    const [level, page, block, paragraph, line, , left, top, width, height, confidence, ...rest] = row.split('\t');
    const text = rest.join(' ').trim();
    const key = [page, block, paragraph, line].join(' ');
    const [x, y, w, h] = [left, top, width, height].map(Number) as [number, number, number, number];
    if (level === '4') lines.set(key, { words: [], block: block ?? '', top: y, bottom: y + h });
    const word = { text, confidence: Number(confidence), left: x, right: x + w };
    if (level === '5' && isText(word)) lines.get(key)?.words.push(word);
  }
  return Array.from(lines.values()).filter((line) => line.words.length > 0);
}

function isText({ text, confidence }: Word): boolean {
  if (text === '') return false;
  return confidence >= MIN_MARK_CONFIDENCE || text.match(LETTERS) !== null;
}

/** How far lines mostly are below the one before; 0 when there is no such pair. */
function typicalPitch(lines: readonly Line[]): number {
  const pitches = lines
    .slice(1)
    .map((line, index) => line.bottom - (lines[index] as Line).bottom)
    .filter((pitch) => pitch > 0)
    .sort((a, b) => a - b);
  return pitches[Math.floor((pitches.length - 1) / 2)] ?? 0;
}

function lineText({ words, top, bottom }: Line): string {
  const wide = (bottom - top) * COLUMN_GAP;
  return words
    .map(({ text, left }, index) => {
      const before = words[index - 1];
      if (!before) return text;
      return `${left - before.right > wide ? '\t' : ' '}${text}`;
    })
    .join('');
}

function separator(before: Line | undefined, line: Line, typical: number): string {
  if (!before) return '';
  const isParagraph = before.block !== line.block || line.bottom - before.bottom > typical * PARAGRAPH_PITCH;
  return isParagraph ? '\n\n' : '\n';
}
