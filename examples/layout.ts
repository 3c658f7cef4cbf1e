// Owns the setting of the examples' text: paragraphs broken to the page's width, pages filled from top to bottom.
import { helveticaWidth, type PdfPage, type StyledLine } from '../test/fixtures/pdfWriter.ts';

const TEXT_WIDTH = 467;
const LINES_PER_PAGE = 50;
const SIZE = 10.5;

export type Piece = string | StyledLine;

/** A paragraph as lines that fit the page, and a gap below. */
export function paragraph(text: string, indent = ''): Piece[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().split(/\s+/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && helveticaWidth(indent + longer, SIZE) > TEXT_WIDTH) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  lines.push(line);
  return [...lines.map((each, index) => (index === 0 ? indent : ' '.repeat(indent.length * 2)) + each), ''];
}

/** A section's heading. */
export function heading(text: string): Piece[] {
  return [{ text, size: 13, bold: true }, ''];
}

/** The pieces on as many pages as they need; `newPage` starts one. */
export function pagesOf(pieces: readonly (Piece | typeof newPage)[]): PdfPage[] {
  const pages: Piece[][] = [[]];
  for (const piece of pieces) {
    const page = pages.at(-1) as Piece[];
    if (piece === newPage || page.length >= LINES_PER_PAGE) pages.push(piece === newPage ? [] : [piece]);
    else page.push(piece);
  }
  return pages.map((lines) => ({ lines }));
}

export const newPage = Symbol('a new page');
