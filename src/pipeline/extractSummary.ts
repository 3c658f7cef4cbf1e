// Owns the summary that is made of the document's own sentences, as an answer tells it.
import type { Summary } from '../domain/answer.ts';
import type { Reading, Sentence } from '../domain/reading.ts';
import { oneLine } from './html.ts';

/** Documents without a sentence in them (a label, a form with one word) are short: their beginning says it all. */
const BEGINNING_CHARS = 300;

/** Sentences of a document with their pages. */
export function extractOf({ extract, body }: Pick<Reading, 'extract' | 'body'>): Summary {
  const sentences = extract.summary.length > 0 ? extract.summary : beginningOf(body);
  const text = sentences.map((sentence) => `${sentence.text} (p. ${sentence.page})`).join(' ');
  const keyPoints = extract.keyPoints.map((sentence) => `${sentence.text} (p. ${sentence.page})`);
  return { text, keyPoints, by: { kind: 'extract' } };
}

function beginningOf(body: Reading['body']): Sentence[] {
  const first = body.find(({ text }) => text.trim() !== '');
  return first ? [{ text: oneLine(first.text, BEGINNING_CHARS), page: first.page }] : [];
}
