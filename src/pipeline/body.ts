// Owns the body of a document: its pages as the summary and the prompt see them.
import type { Note, PageText, Reading } from '../domain/reading.ts';
import { runningLineFilter } from './runningLines.ts';

export type Body = Reading['body'];

/**
 * The pages with text, without running headers and footers, up to `maxChars` characters in all;
 * `note` tells where the cap cut.
 */
export function makeBody(pages: readonly PageText[], maxChars: number): { body: Body; note: Note | null } {
  const withText = pages.filter((page) => page.text !== '').map(({ page, text }) => ({ page, text }));
  const body: Body = [];
  let left = maxChars;
  const filter = runningLineFilter(withText);
  for (const pageText of withText) {
    const { page, text } = filter(pageText);
    if (text.length > left) {
      const cut = cutAtLine(text, left);
      if (cut !== '') body.push({ page, text: cut });
      return { body, note: { kind: 'summary_limit', characters: maxChars, lastPage: body.at(-1)?.page ?? page } };
    }
    body.push({ page, text });
    left -= text.length;
  }
  return { body, note: null };
}

/** The last whole line within the cap, so that no word is cut in two. */
function cutAtLine(text: string, maxChars: number): string {
  const end = text.lastIndexOf('\n', maxChars);
  return end > 0 ? text.slice(0, end) : '';
}
