// What is read from ordinary documents of our own: forms, comments, outlines, scans, the examples.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXAMPLES } from '../../examples/make.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';
import { createReadingRig, type ReadingRig, textOf } from '../fixtures/readingRig.ts';
import { xfaPdf } from '../fixtures/xfaPdf.ts';

let rig: ReadingRig;

beforeAll(() => {
  rig = createReadingRig();
});

afterAll(() => rig.close());

describe('a page gives', () => {
  test('the values of its form fields and its comments', async () => {
    const page = { lines: ['Application'], fields: [{ name: 'n', value: 'Ada Lövelace' }], comments: ['Bitte prüfen'] };
    const reading = await rig.readBytes(writePdf({ pages: [page] }));
    expect(textOf(reading)).toBe('Application\nAda Lövelace\nBitte prüfen');
  });

  test('the text of an XFA form instead of "Please wait"', async () => {
    const reading = await rig.readBytes(xfaPdf('Application for leave', 'Your name', 'Ada Lovelace'));
    expect(textOf(reading)).toBe('Application for leave\nYour name\nAda Lovelace');
  });

  test('no text when it is a scan, and none when it is blank', async () => {
    const reading = await rig.readBytes(writePdf({ pages: [{ picture: true }, {}, { lines: ['Some text.'] }] }));
    expect(reading.pages).toEqual([
      { page: 1, text: '', source: 'text' },
      { page: 2, text: '', source: 'blank' },
      { page: 3, text: 'Some text.', source: 'text' },
    ]);
    expect(reading.notes).toEqual([{ kind: 'pages_without_text', pages: [1] }]);
    expect(reading.body).toEqual([{ page: 3, text: 'Some text.' }]);
  });

  test('all that stands on it, also what the body leaves out', async () => {
    const pages = ['apples', 'pears', 'plums', 'figs'].map((fruit) => ({ lines: [`A page about ${fruit}.`] }));
    const reading = await rig.readBytes(writePdf({ header: 'Fruit Report', footer: 'Page {page} of {pages}', pages }));
    expect(reading.pages[1]?.text.split(/\n+/)).toEqual(['Fruit Report', 'A page about pears.', 'Page 2 of 4']);
    expect(reading.body[1]).toEqual({ page: 2, text: 'A page about pears.' });
  });
});

describe('a document gives', () => {
  test('its title, author and outline', async () => {
    const outline = [
      { title: 'Chapter', page: 1 },
      { title: 'Section', page: 2, level: 2 },
      { title: 'End', page: 2 },
    ];
    const pages = [{ lines: ['one'] }, { lines: ['two'] }];
    const reading = await rig.readBytes(writePdf({ title: 'Über uns', author: 'Ann Author', outline, pages }));
    expect(reading.title).toBe('Über uns');
    expect(reading.author).toBe('Ann Author');
    expect(reading.outline).toEqual([
      { title: 'Chapter', level: 1, page: 1 },
      { title: 'Section', level: 2, page: 2 },
      { title: 'End', level: 1, page: 2 },
    ]);
  });

  test('at most two hundred entries of its outline', async () => {
    const outline = Array.from({ length: 300 }, (_, index) => ({ title: `Entry ${index}`, page: 1 }));
    const reading = await rig.readBytes(writePdf({ outline, pages: [{ lines: ['one'] }] }));
    expect(reading.outline.length).toBe(200);
  });

  test('its largest line as the title when it names none', async () => {
    const lines = [{ text: 'Minutes of the meeting', size: 18 }, ...Array(20).fill('An ordinary line of the text.')];
    expect((await rig.readBytes(writePdf({ pages: [{ lines }] }))).title).toBe('Minutes of the meeting');
  });

  test('no language when it has only a few words', async () => {
    expect((await rig.readBytes(writePdf({ pages: [{ lines: ['Invoice 12'] }] }))).language).toBeNull();
  });

  test('its language also when it is not a common one', async () => {
    const danish = [
      'Medlemmerne af kooperativet har besluttet, at cykler er tilladt i gården,',
      'og at en del af pengene fra sidste år skal bruges til det nye tag.',
      'Arbejdet begynder til sommer og bliver ikke dyrere end ventet.',
    ];
    expect((await rig.readBytes(writePdf({ pages: [{ lines: danish }] }))).language).toBe('da');
  });

  test('a summary of the first characters, and says so', async () => {
    const pages = ['harbour', 'ferry', 'market'].map((place) => ({ lines: Array(20).fill(`About the ${place}.`) }));
    const reading = await rig.readBytes(writePdf({ pages }), { maxSummaryChars: 500 });
    expect(reading.pages.length).toBe(3);
    expect(reading.body.reduce((sum, page) => sum + page.text.length, 0)).toBeLessThanOrEqual(500);
    expect(reading.notes).toEqual([{ kind: 'summary_limit', characters: 500, lastPage: 2 }]);
  });
});

describe('the examples', () => {
  const readExample = (name: string) => rig.readPath(join(import.meta.dirname, '../../examples', name));

  test.each(Object.keys(EXAMPLES))('%s is what its source makes', async (name) => {
    const made = writePdf(EXAMPLES[name] ?? { pages: [] });
    const committed = readFileSync(join(import.meta.dirname, '../../examples', name));
    expect(textOf(await rig.readBytes(committed))).toBe(textOf(await rig.readBytes(made)));
  });

  test('the invoice gives what is to be paid, and when', async () => {
    const { extract, title, language } = await readExample('invoice.pdf');
    expect([title, language]).toEqual(['Invoice 2026-0417', 'en']);
    expect(extract.keyPoints.map(({ text }) => text)).toContain('Total amount due £754.20');
    expect(extract.summary.map(({ text }) => text).join(' ')).toContain(
      'Please pay the total of £754.20 by 14 May 2026',
    );
  });

  test('the report gives what happened and what it asks for, without its header', async () => {
    const { extract, outline, pages, body } = await readExample('report.pdf');
    const summary = extract.summary.map(({ text }) => text).join(' ');
    expect(summary).toContain('renewed 6.4 kilometres of dyke');
    expect(summary).toContain('11.2 million euros for 2026');
    expect(outline.map(({ page }) => page)).toEqual([1, 2, 3, 3, 3, 4, 5, 6]);
    expect(pages.map(({ text }) => text).join('').length).toBeGreaterThan(4_000);
    expect(body.filter(({ text }) => text.includes('Wend Valley Water Board ·'))).toEqual([]);
  });

  test('the letter is read as German, umlauts and all', async () => {
    const { extract, language } = await readExample('brief.pdf');
    expect(language).toBe('de');
    const summary = extract.summary.map(({ text }) => text).join(' ');
    expect(summary).toContain('vom 1. April bis voraussichtlich 30. September 2026 umgebaut');
  });

  test('the minutes give the decision and its price', async () => {
    const { extract } = await readExample('minutes.pdf');
    expect(extract.keyPoints.map(({ text }) => text).join(' ')).toContain(
      'the new roof to the firm Brandt for EUR 184,000',
    );
  });
});
