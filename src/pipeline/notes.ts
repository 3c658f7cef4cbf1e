// Owns the sentence that tells of each gap in a reading.
import type { Note } from '../domain/reading.ts';

/** One sentence on what a reading left out and why. */
export function noteText(note: Note): string {
  switch (note.kind) {
    case 'page_limit':
      return `Read ${note.read} of ${note.of} pages: page limit.`;
    case 'time_limit':
      return `Read ${note.read} of ${note.of} pages: time limit.`;
    case 'size_limit':
      return `Read ${note.read} of ${note.of} pages: the others hold more data than is safe to unpack.`;
    case 'pages_failed':
      return `${pageList(note.pages)} could not be read.`;
    case 'pages_without_text':
      return note.pages.length === 1
        ? `${pageList(note.pages)} holds a picture and no text that I could read.`
        : `${pageList(note.pages)} hold pictures and no text that I could read.`;
    case 'summary_limit':
      return `The summary covers the first ${note.characters.toLocaleString('en')} characters (to page ${note.lastPage}).`;
    case 'damaged':
      return 'The file is damaged; what could be repaired was read.';
    case 'model_fallback':
      return `The language model gave no usable answer (${note.reason}).`;
    case 'model_later':
      return 'The language model is away just now. Its words take the place of these when it is back.';
    case 'read_before':
      return `Read before in this room, on ${dayInWords(note.atMs)}.`;
    case 'vision_fallback':
      return `The model that sees pictures could not be asked (${note.reason}): this is what text recognition read.`;
    case 'ocr_language':
      return `It seems to be ${languageInWords(note.language)}, which text recognition is not set up for here: expect wrong letters.`;
    case 'fields_failed':
      return `The fields of this room's profile could not be found (${note.reason}).`;
    case 'fields_partial':
      return `Some fields may be missing (${note.reason}).`;
    case 'summary_cut':
      return 'The model was cut off at its length limit.';
    case 'text_not_attached':
      return 'The whole text could not be attached: the homeserver did not take the file.';
    case 'fields_not_attached':
      return 'The fields could not be attached: the homeserver did not take the file.';
  }
}

function dayInWords(atMs: number): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(atMs);
}

function pageList(pages: number[]): string {
  const shown = pages.slice(0, 12).join(', ');
  const rest = pages.length > 12 ? ` and ${pages.length - 12} more` : '';
  return `${pages.length === 1 ? 'Page' : 'Pages'} ${shown}${rest}`;
}

function languageInWords(code: string): string {
  return new Intl.DisplayNames(['en'], { type: 'language' }).of(code) ?? code;
}
