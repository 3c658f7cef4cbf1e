// Owns a reading whose scanned pages have been read: their text put in its place, and all that follows from the text made anew.
import type { ComposeRequest } from '../src/domain/compose.ts';
import type { Note, PageScan, Reading } from '../src/domain/reading.ts';
import { makeBody } from '../src/pipeline/body.ts';
import { extract } from '../src/pipeline/extractive.ts';
import { mergePage } from '../src/pipeline/mergePage.ts';
import { detectLanguage } from './language.ts';

/** The reading with the scans in it; `unread` and its note keep the pages that no scan is there for. */
export async function compose({ reading, scans, maxSummaryChars }: ComposeRequest): Promise<Reading> {
  const scanOf = new Map(scans.map((scan) => [scan.page, scan]));
  const pages = reading.pages.map((page) => mergePage(page, scanOf.get(page.page)));
  const unread = reading.unread.filter((page) => !scanOf.has(page));
  const { body, note } = makeBody(pages, maxSummaryChars);
  const notes = notesFor(reading.notes, unread);
  return {
    ...reading,
    pages,
    body,
    language: await detectLanguage(body),
    extract: extract(body, reading.title),
    notes: note ? [...notes, note] : notes,
    unread,
    ocrConfidence: meanConfidence(scans),
  };
}

function notesFor(notes: readonly Note[], unread: number[]): Note[] {
  return notes.flatMap((note): Note[] => {
    // The new body has a note of its own.
    if (note.kind === 'summary_limit') return [];
    if (note.kind !== 'pages_without_text') return [note];
    return unread.length > 0 ? [{ ...note, pages: unread }] : [];
  });
}

/** Weighted by the length of the pages that OCR has read; null: none. */
function meanConfidence(scans: readonly PageScan[]): number | null {
  const read = scans.filter(({ source, confidence }) => source === 'ocr' && confidence !== null);
  const characters = read.reduce((sum, { text }) => sum + text.length, 0);
  if (characters === 0) return null;
  return read.reduce((sum, { text, confidence }) => sum + text.length * (confidence ?? 0), 0) / characters;
}
