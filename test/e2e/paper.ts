// Owns the documents that the tests post: what is in them is known word by word, page by page.
import { writePdf } from '../fixtures/pdfWriter.ts';

export type Paper = { name: string; bytes: Buffer; mime: string; pages: string[][] };

const PLACES = ['Arden', 'Brackwater', 'Corviston', 'Dunmoor', 'Eastleigh', 'Farrowdale', 'Glenholm', 'Harrowby'];

/** A report that no other number shares a sentence with: `pages[0]` are the sentences of page 1. */
export function paper(number: number, pageCount = 2): Paper {
  const pages = Array.from({ length: pageCount }, (_, index) => sentences(number, index + 1));
  const bytes = writePdf({ title: `Harbour report ${number}`, pages: pages.map((lines) => ({ lines })) });
  return { name: `report-${number}.pdf`, bytes, mime: 'application/pdf', pages };
}

export function papers(count: number, first = 1): Paper[] {
  return Array.from({ length: count }, (_, index) => paper(first + index, 1 + (index % 3)));
}

function sentences(number: number, page: number): string[] {
  const place = PLACES[number % PLACES.length];
  const year = 1900 + ((number * 7 + page) % 100);
  return [
    `The harbour board of ${place} opened berth ${number} in the spring of ${year}.`,
    `On page ${page} the surveyors report that the quay of berth ${number} has settled by ${page} inches.`,
    `Repairs of the crane at berth ${number} cost ${number * 100 + page} crowns and took ${page + 2} weeks.`,
    `The ferry to berth ${number} will call ${page + 4} times a day until the sea wall is finished.`,
  ];
}
