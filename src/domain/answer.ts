// Owns what Lector knows when it answers: the reading with its summary, before it becomes text for a room.
import type { Fields } from './profile.ts';
import type { Note, PageText, Reading } from './reading.ts';

export type Summary = {
  text: string;
  keyPoints: string[];
  /** Who wrote it: a model by its name, or the document's own sentences. */
  by: { kind: 'model'; name: string } | { kind: 'extract' };
};

/** One line of the table of fields; `verified`: its value stands in the text that was read. */
export type FieldRow = { label: string; value: string; verified: boolean };
export type ShownFields = Fields & { rows: FieldRow[] };

/** What members post pictures of most. */
export type PictureKind = 'receipt' | 'invoice' | 'terminal' | 'chat' | 'event' | 'chart';

export type Answer = {
  fileName: string;
  reading: Pick<Reading, 'kind' | 'pageCount' | 'title' | 'author' | 'language' | 'ocrConfidence'>;
  pagesRead: number;
  /** What a picture shows, guessed from its words; null: a document, or nothing says so. */
  pictureKind: PictureKind | null;
  /** Everything that stands on the pages. */
  pages: PageText[];
  /** Pages that hold no text at all, blank ones included. */
  hasText: boolean;
  summary: Summary;
  notes: Note[];
  /** What the room's profile asks for; null: nothing, or nothing was found. */
  fields: ShownFields | null;
  attachment: 'none' | 'attached';
};
