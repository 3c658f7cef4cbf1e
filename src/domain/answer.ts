// Owns what Lector knows when it answers: the reading with its summary, before it becomes text for a room.
import type { Fields } from './profile.ts';
import type { Note, Reading } from './reading.ts';

export type Summary = {
  text: string;
  keyPoints: string[];
  /** Who wrote it: a model by its name, or the document's own sentences. */
  by: { kind: 'model'; name: string } | { kind: 'extract' };
};

export type Answer = {
  fileName: string;
  reading: Pick<Reading, 'kind' | 'pageCount' | 'title' | 'author' | 'language' | 'ocrConfidence'>;
  pagesRead: number;
  /** Pages that hold no text at all, blank ones included. */
  hasText: boolean;
  summary: Summary;
  notes: Note[];
  /** What the room's profile asks for; null: nothing, or nothing was found. */
  fields: Fields | null;
  attachment: 'none' | 'attached';
};
