// Owns the whole text of a reading as the file that is attached to long answers.
import type { Reading } from '../domain/reading.ts';

/** Markdown with a heading a page; the pages' text stands in it as it is. */
export function wholeText(fileName: string, reading: Pick<Reading, 'pages' | 'title'>): string {
  const head = `# ${reading.title ?? fileName}\n`;
  const pages = reading.pages.map(({ page, text }) => `\n## Page ${page}\n\n${text.trim()}\n`);
  return head + pages.join('');
}
