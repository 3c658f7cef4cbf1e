// What a reading says once its scanned pages are in it.
import { expect, test } from 'vitest';
import type { PageScan, Reading } from '../../../src/domain/reading.ts';
import { compose } from '../../../workers/compose.ts';

const LETTER = `The new contract begins on the first of March and it runs for two years.
Either side may end it with a notice of three months before the end of a year.
The rent of the office is 1,200 euros a month, and it is to be paid on the first.`;

const scanned: Reading = {
  kind: 'pdf',
  pageCount: 3,
  pages: [
    { page: 1, text: '', source: 'text' },
    { page: 2, text: 'Typed words.', source: 'text' },
    { page: 3, text: '', source: 'text' },
  ],
  body: [{ page: 2, text: 'Typed words.' }],
  title: 'Contract',
  author: null,
  outline: [],
  language: null,
  extract: { summary: [], keyPoints: [] },
  notes: [{ kind: 'pages_without_text', pages: [1, 3] }, { kind: 'damaged' }],
  unread: [1, 3],
  ocrConfidence: null,
};

const scanOf = (page: number, text: string, confidence: number): PageScan => ({
  page,
  text,
  source: 'ocr',
  confidence,
});

function composed(scans: PageScan[], maxSummaryChars = 200_000): Promise<Reading> {
  return compose({ reading: scanned, scans, maxSummaryChars });
}

test('body, language and summary come from the whole text', async () => {
  const reading = await composed([scanOf(1, LETTER, 90), scanOf(3, 'Signed.', 90)]);
  expect(reading.body.map(({ page }) => page)).toEqual([1, 2, 3]);
  expect(reading.language).toBe('en');
  expect(reading.extract.summary.map(({ page }) => page)).toContain(1);
  expect(reading).toMatchObject({ title: 'Contract', unread: [], notes: [{ kind: 'damaged' }] });
});

test('a page that no scan is there for stays unread, and that is told', async () => {
  const { unread, notes } = await composed([scanOf(1, LETTER, 90)]);
  expect(unread).toEqual([3]);
  expect(notes).toEqual([{ kind: 'pages_without_text', pages: [3] }, { kind: 'damaged' }]);
});

test('the confidence is that of OCR, longer pages counting more; what a model read counts for none', async () => {
  const { ocrConfidence } = await composed([scanOf(1, 'a'.repeat(30), 90), scanOf(3, 'b'.repeat(10), 50)]);
  expect(ocrConfidence).toBe(80);
  const vision: PageScan = { page: 1, text: 'seen', source: 'vision', confidence: null };
  expect((await composed([vision])).ocrConfidence).toBeNull();
});

test('a text over the cap of the summary is told once, and the pages keep all of it', async () => {
  const reading = await composed([scanOf(1, LETTER, 90)], 100);
  expect(reading.notes).toContainEqual({ kind: 'summary_limit', characters: 100, lastPage: 1 });
  expect(reading.pages[0]?.text).toBe(LETTER);
});
