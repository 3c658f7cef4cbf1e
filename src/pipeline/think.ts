// Owns the step from a reading to an answer: by the model, or by the document's own sentences where there is none.

import type { Answer, Summary } from '../domain/answer.ts';
import { type ErrorCode, toAppError } from '../domain/errors.ts';
import type { Note, Reading, Sentence } from '../domain/reading.ts';
import { oneLine } from './html.ts';
import { withoutWrongPages } from './pageReferences.ts';

export type Summarised = { summary: string; keyPoints: string[]; notes: Note[] };
/** Asks the model; null: there is none. */
export type Summariser = {
  name: string;
  summarise(reading: Reading, onProgress: (part: number, of: number) => void): Promise<Summarised>;
};
export type ThinkDeps = {
  summariser: Summariser | null;
  /** Answers with the document's own sentences when the model fails on it. */
  fallback: boolean;
  /** The model has been away for as long as a job may wait. */
  outageIsTooLong: boolean;
  onProgress(part: number, of: number): void;
};

/** The answer to a reading. Throws what the model throws: outages always, failures where there is no fallback. */
export async function think(fileName: string, reading: Reading, deps: ThinkDeps): Promise<Answer> {
  const hasText = reading.body.some((page) => page.text.trim() !== '');
  const { summary, notes } = hasText ? await summarise(reading, deps) : { summary: extractOf(reading), notes: [] };
  const { kind, pageCount, title, author, language, ocrConfidence } = reading;
  return {
    fileName,
    reading: { kind, pageCount, title, author, language, ocrConfidence },
    pagesRead: pagesRead(reading),
    hasText,
    summary,
    notes: [...reading.notes, ...notes],
    fields: null,
    attachment: 'none',
  };
}

/** Pages that were read: those that failed or hold nothing but a picture are named in a note. */
export function pagesRead(reading: Pick<Reading, 'pages' | 'notes'>): number {
  const isUnread = (note: Note) => note.kind === 'pages_failed' || note.kind === 'pages_without_text';
  const unread = new Set(reading.notes.filter(isUnread).flatMap((note) => ('pages' in note ? note.pages : [])));
  return reading.pages.filter((page) => !unread.has(page.page)).length;
}

async function summarise(reading: Reading, deps: ThinkDeps): Promise<{ summary: Summary; notes: Note[] }> {
  const { summariser } = deps;
  if (!summariser) return { summary: extractOf(reading), notes: [] };
  try {
    const { summary, keyPoints, notes } = await summariser.summarise(reading, deps.onProgress);
    const onPages = (text: string) => withoutWrongPages(text, reading.pageCount);
    const by = { kind: 'model' as const, name: summariser.name };
    return { summary: { text: onPages(summary), keyPoints: keyPoints.map(onPages), by }, notes };
  } catch (thrown) {
    const reason = fallbackReason(toAppError(thrown).code, deps);
    if (reason === null) throw thrown;
    return { summary: extractOf(reading), notes: [{ kind: 'model_fallback', reason }] };
  }
}

function fallbackReason(code: ErrorCode, deps: ThinkDeps): string | null {
  if (!deps.fallback) return null;
  if (code === 'model_failed') return 'it failed';
  if (code === 'model_context_exceeded') return 'the document does not fit it';
  const isAway = code === 'model_unavailable' || code === 'model_rate_limited';
  return isAway && deps.outageIsTooLong ? 'it was away for too long' : null;
}

/** Documents without a sentence in them (a label, a form with one word) are short: their beginning says it all. */
const BEGINNING_CHARS = 300;

function extractOf({ extract, body }: Reading): Summary {
  const sentences = extract.summary.length > 0 ? extract.summary : beginningOf(body);
  const text = sentences.map((sentence) => `${sentence.text} (p. ${sentence.page})`).join(' ');
  const keyPoints = extract.keyPoints.map((sentence) => `${sentence.text} (p. ${sentence.page})`);
  return { text, keyPoints, by: { kind: 'extract' } };
}

function beginningOf(body: Reading['body']): Sentence[] {
  const first = body.find(({ text }) => text.trim() !== '');
  return first ? [{ text: oneLine(first.text, BEGINNING_CHARS), page: first.page }] : [];
}
