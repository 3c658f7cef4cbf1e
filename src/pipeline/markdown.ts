// Owns the whole text of a reading as the file that is attached to long answers.
import type { PageText, Reading } from '../domain/reading.ts';

/** Characters on all pages: the measure of whether the text is worth a file. */
export function textLength(pages: readonly PageText[]): number {
  return pages.reduce((sum, page) => sum + page.text.length, 0);
}

/** Markdown with a heading a page; the pages' text stands in it as it is. */
export function wholeText(fileName: string, reading: Pick<Reading, 'pages' | 'title'>): string {
  const head = `# ${reading.title ?? fileName}\n`;
  const pages = reading.pages.map(({ page, text }) => `\n## Page ${page}\n\n${text.trim()}\n`);
  return head + pages.join('');
}

/** The name of that file: the upload's with `.md`. */
export function textFileName(fileName: string): string {
  return `${fileName.replace(/\.pdf$/i, '')}.md`;
}
