// Owns the step from a reading to an answer: what is said of it, and the fields that the room asks for.
import type { Answer } from '../domain/answer.ts';
import type { Note, Reading } from '../domain/reading.ts';
import { extractOf } from './extractSummary.ts';
import { guessPictureKind } from './pictureKind.ts';
import { thinkOfPicture } from './thinkOfPicture.ts';
import { type FoundFields, hasText, summarise, type ThinkDeps, type Thought } from './thought.ts';

/** The answer to a reading. Throws what the model throws: outages always, failures where there is no fallback. */
export async function think(fileName: string, reading: Reading, deps: ThinkDeps): Promise<Answer> {
  const isPicture = reading.kind === 'image' && reading.pageCount === 1;
  const thought = isPicture ? await thinkOfPicture(reading, deps) : await thinkOfDocument(reading, deps);
  const { findFields } = deps;
  const isAsked = findFields !== null && hasText(thought.reading);
  // What has been found without the model already is not held back for its fields.
  const patience = isProvisional(thought) ? 'answer_now' : deps.patience;
  const found = isAsked ? await findFields(thought.reading, thought.givenFields, patience) : NO_FIELDS;
  return toAnswer(fileName, thought, found, patience === 'answer_now');
}

const NO_FIELDS: FoundFields = { fields: null, notes: [], insteadOfModel: false };

function toAnswer(fileName: string, thought: Thought, found: FoundFields, isAwaited: boolean): Answer {
  const { reading, summary, notes } = thought;
  const { kind, pageCount, title, author, language, ocrConfidence } = reading;
  return {
    fileName,
    reading: { kind, pageCount, title, author, language, ocrConfidence },
    pagesRead: pagesRead(reading),
    hasText: hasText(reading),
    pictureKind: kind === 'image' ? guessPictureKind(reading.pages.map(({ text }) => text).join('\n')) : null,
    pages: reading.pages,
    summary,
    fields: found.fields,
    notes: [
      ...reading.notes,
      ...unreadNotes(reading),
      ...notes,
      ...laterNotes(notes, found, isAwaited),
      ...found.notes,
    ],
    attachment: 'none',
  };
}

/** The summary may be the model's and the fields not: then it is told all the same that there is more to come. */
function laterNotes(notes: readonly Note[], { insteadOfModel }: FoundFields, isAwaited: boolean): Note[] {
  const isTold = notes.some(({ kind }) => kind === 'model_later');
  return insteadOfModel && isAwaited && !isTold ? [{ kind: 'model_later' }] : [];
}

/** Whether the model is to think the answer over when it is back. */
export function isProvisional({ notes }: Pick<Answer, 'notes'>): boolean {
  return notes.some(({ kind }) => kind === 'model_later');
}

/** A picture that nothing could read; of the pages of a PDF its notes tell already. */
function unreadNotes({ kind, unread }: Reading): Note[] {
  return kind === 'image' && unread.length > 0 ? [{ kind: 'pages_without_text', pages: unread }] : [];
}

/** Pages that were read: those that failed or hold nothing but a picture are named in a note. */
export function pagesRead(reading: Pick<Reading, 'pages' | 'notes'>): number {
  const isUnread = (note: Note) => note.kind === 'pages_failed' || note.kind === 'pages_without_text';
  const unread = new Set(reading.notes.filter(isUnread).flatMap((note) => ('pages' in note ? note.pages : [])));
  return reading.pages.filter((page) => !unread.has(page.page)).length;
}

async function thinkOfDocument(reading: Reading, deps: ThinkDeps): Promise<Thought> {
  const thought = hasText(reading) ? await summarise(reading, deps) : { summary: extractOf(reading), notes: [] };
  return { reading, ...thought, givenFields: null };
}
