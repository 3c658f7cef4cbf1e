// Owns what is thought of a reading: the parts that think, and the summary of its text with what stands in for a model.
import type { ShownFields, Summary } from '../domain/answer.ts';
import { type ErrorCode, toAppError } from '../domain/errors.ts';
import type { Note, Reading } from '../domain/reading.ts';
import { extractOf } from './extractSummary.ts';
import { withoutWrongPages } from './pageReferences.ts';

export type Summarised = { summary: string; keyPoints: string[]; notes: Note[] };
/** Asks the model; null: there is none. */
export type Summariser = {
  name: string;
  summarise(reading: Reading, onProgress: (part: number, of: number) => void): Promise<Summarised>;
};
export type Seen = {
  description: string;
  /** All text on the picture, as the model read it. */
  transcription: string;
  /** Of the room's profile; not checked yet. */
  fields: unknown;
  notes: Note[];
};
export type Seer = {
  name: string;
  /** `ocrText`: a hint that is right in most words; null: OCR is off or not sure. Throws what the model throws, and `model_cannot_see`. */
  see(reading: Reading, ocrText: string | null): Promise<Seen>;
};

/** `insteadOfModel`: rules found them, since the model is away. */
export type FoundFields = { fields: ShownFields | null; notes: Note[]; insteadOfModel: boolean };
/** Finds the fields that the room's profile asks for; `given`: what a model that saw the picture has found already. */
export type FieldFinder = (reading: Reading, given: unknown, patience: Patience) => Promise<FoundFields>;

/**
 * What is done while the model is away: `wait` for it (its errors are thrown), `answer_now` without it and think again when it is
 * back, or `give_up` on it. The last two only where there is a fallback.
 */
export type Patience = 'wait' | 'answer_now' | 'give_up';

export type ThinkDeps = {
  summariser: Summariser | null;
  /** Null: there is no model that sees. */
  seer: Seer | null;
  /** Null: the room's profile asks for no fields. */
  findFields: FieldFinder | null;
  /** Answers with the document's own sentences when the model fails on it. */
  fallback: boolean;
  patience: Patience;
  onProgress(part: number, of: number): void;
};

/** What is said of a reading, before it is put together with its fields; `reading` may hold more text than before. */
export type Thought = { reading: Reading; summary: Summary; notes: Note[]; givenFields: unknown };

/** Whether anything is left to be summarised. */
export function hasText(reading: Pick<Reading, 'body'>): boolean {
  return reading.body.some((page) => page.text.trim() !== '');
}

/** By the model, or by sentences of the text where there is none or it fails. */
export async function summarise(reading: Reading, deps: ThinkDeps): Promise<{ summary: Summary; notes: Note[] }> {
  const { summariser } = deps;
  if (!summariser) return { summary: extractOf(reading), notes: [] };
  try {
    const { summary, keyPoints, notes } = await summariser.summarise(reading, deps.onProgress);
    const onPages = (text: string) => withoutWrongPages(text, reading.pageCount);
    const by = { kind: 'model' as const, name: summariser.name };
    return { summary: { text: onPages(summary), keyPoints: keyPoints.map(onPages), by }, notes };
  } catch (thrown) {
    const note = fallbackNote(toAppError(thrown).code, deps);
    if (note === null) throw thrown;
    return { summary: extractOf(reading), notes: [note] };
  }
}

function fallbackNote(code: ErrorCode, { fallback, patience }: ThinkDeps): Note | null {
  if (!fallback) return null;
  if (code === 'model_failed') return { kind: 'model_fallback', reason: 'it failed' };
  if (code === 'model_context_exceeded') return { kind: 'model_fallback', reason: 'the document does not fit it' };
  if (!isAway(code) || patience === 'wait') return null;
  if (patience === 'give_up') return { kind: 'model_fallback', reason: 'it was away for too long' };
  // One that limits has its answer ready within minutes.
  return code === 'model_rate_limited' ? null : { kind: 'model_later' };
}

/** Whether the model cannot be had just now, which says nothing of the document. */
export function isAway(code: ErrorCode): boolean {
  return code === 'model_unavailable' || code === 'model_rate_limited';
}
