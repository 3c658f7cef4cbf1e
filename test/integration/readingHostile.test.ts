// How files that are broken or mean harm end: in a clear code or in what could be read, and the next file reads as always.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as hostile from '../fixtures/hostilePdfs.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';
import { createReadingRig, type ReadingRig, textOf } from '../fixtures/readingRig.ts';

let rig: ReadingRig;

beforeAll(() => {
  rig = createReadingRig();
});

afterEach(async () => {
  const next = await rig.readBytes(writePdf({ title: 'Next', pages: [{ lines: ['An ordinary page comes next.'] }] }));
  expect(textOf(next)).toBe('An ordinary page comes next.');
  expect(next.notes).toEqual([]);
});

afterAll(() => rig.close());

describe('a file that cannot be read ends in the code', () => {
  test.each([
    ['empty_file', 'that is empty', hostile.emptyFile],
    ['not_a_document', 'that is a web page', hostile.htmlNamedPdf],
    ['unreadable', 'that has nothing but a header', hostile.headerOnlyPdf],
    ['password_needed', 'that needs a password', hostile.passwordPdf],
  ])('%s: one %s', async (code, _which, make) => {
    expect(await rig.codeOf(make())).toBe(code);
  });

  test('too_large: one whose only page is a bomb', async () => {
    const oneBomb = hostile.flateBombPdf(200 * 1024 * 1024);
    const onlyBomb = Buffer.from(
      oneBomb.toString('latin1').replace(/\/Kids \[\d+ 0 R (\d+ 0 R)\]/, '/Kids [$1]      '),
      'latin1',
    );
    expect(await rig.codeOf(onlyBomb)).toBe('too_large');
  });

  test('file_not_found: one that is not there', async () => {
    await expect(rig.readPath(`${rig.folder.path}/nothing.pdf`)).rejects.toMatchObject({ code: 'file_not_found' });
  });
});

describe('a file that can be read in part gives that part', () => {
  test('a truncated one its first pages, and says that it is damaged', async () => {
    const { pages, pageCount, notes } = await rig.readBytes(hostile.truncatedPdf());
    expect(pageCount).toBeGreaterThan(pages.length);
    expect(pages[0]?.text).toContain('Page 1, line 30 of the ordinary document.');
    expect(notes).toContainEqual({ kind: 'damaged' });
  });

  test('one with a bad page the others, and names the page', async () => {
    const { pages, notes } = await rig.readBytes(hostile.oneBadPagePdf());
    expect(pages.map(({ page, text }) => [page, text])).toEqual([
      [1, 'The first page is good.'],
      [3, 'The third page is good too.'],
    ]);
    expect(notes).toEqual([{ kind: 'pages_failed', pages: [2] }]);
  });

  test('a Flate bomb the page before it', async () => {
    const { pages, notes } = await rig.readBytes(hostile.flateBombPdf());
    expect(pages.map(({ text }) => text)).toEqual(['The page before the bomb.']);
    expect(notes).toEqual([{ kind: 'pages_failed', pages: [2] }]);
  });

  test('forms that draw each other a billion times the page before them', async () => {
    const { pages, notes } = await rig.readBytes(hostile.formBombPdf());
    expect(pages.map(({ text }) => text)).toEqual(['The page before the bomb.']);
    expect(notes).toEqual([{ kind: 'pages_failed', pages: [2] }]);
  });

  test('a page of endless text the beginning of it', async () => {
    const { pages, notes } = await rig.readBytes(hostile.endlessTextPdf());
    expect(pages[0]?.text).toBe('The page before the bomb.');
    expect(pages[1]?.text).toMatch(/^endless/);
    expect(notes).toContainEqual({ kind: 'size_limit', read: 2, of: 2 });
  });

  test('ten thousand pages the first five hundred', async () => {
    const { pages, pageCount, notes } = await rig.readBytes(hostile.manyPagesPdf());
    expect([pageCount, pages.length, pages[499]?.text]).toEqual([10_000, 500, 'This is page 500.']);
    expect(notes).toEqual([{ kind: 'page_limit', read: 500, of: 10_000 }]);
  });

  test('any file what was read when its time was up', async () => {
    const many = hostile.manyPagesPdf(3_000);
    const { pages, notes } = await rig.readBytes(many, { maxPages: 3_000, softTimeoutMs: 200 });
    expect(pages[0]?.text).toBe('This is page 1.');
    expect(pages.length).toBeLessThan(3_000);
    expect(notes).toContainEqual({ kind: 'time_limit', read: pages.length, of: 3_000 });
  });

  test('time is up within one long page too', async () => {
    const { pages, notes } = await rig.readBytes(hostile.endlessTextPdf(), { softTimeoutMs: 50 });
    expect(pages.length).toBeGreaterThan(0);
    expect(notes).toContainEqual({ kind: 'time_limit', read: pages.length, of: 2 });
  });
});

describe('a file that is only strange is read', () => {
  test('one that lies about its pages', async () => {
    const reading = await rig.readBytes(hostile.lyingPageCountPdf());
    expect(textOf(reading)).toBe('The first page.\nThe second page.');
    expect(reading.pageCount).toBe(2);
  });

  test('one with arrays nested a hundred thousand deep', async () => {
    const { pages } = await rig.readBytes(hostile.deepNestingPdf());
    expect(pages[0]?.text).toBe('The page before the nest.');
  });

  test('one with a form that draws itself', async () => {
    expect(textOf(await rig.readBytes(hostile.contentCyclePdf()))).toBe('Round and round.');
  });

  test('one with a picture of 900 million pixels, as a page without text', async () => {
    const { pages, notes } = await rig.readBytes(hostile.hugePicturePdf());
    expect(pages).toEqual([{ page: 1, text: '', source: 'text' }]);
    expect(notes).toEqual([{ kind: 'pages_without_text', pages: [1] }]);
  });

  test('one that is encrypted but opens with an empty password', async () => {
    expect(textOf(await rig.readBytes(hostile.emptyPasswordPdf()))).toBe('Everybody may read this sentence.');
  });
});
