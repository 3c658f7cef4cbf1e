// What is read from scanned PDFs: which pages are looked at, and how their text comes into the reading.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { drawScan } from '../fixtures/drawnText.ts';
import { hugePicturePdf, nestedGroupsPdf, threadPagePdf } from '../fixtures/hostilePdfs.ts';
import { createOcrRig, type OcrRig } from '../fixtures/ocrRig.ts';
import { PdfFile } from '../fixtures/pdfObjects.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';

const LETTER = ['Dear Ms Brown', 'the new contract begins on the first of March.', 'Please sign both copies.'];
const TEXT_LAYER = Array.from({ length: 12 }, (_, line) => `Line ${line + 1} of a layer that a scanner has written.`);

let rig: OcrRig;

beforeAll(() => {
  rig = createOcrRig();
});

afterAll(() => rig.close());

async function unreadOf(pages: Parameters<typeof writePdf>[0]['pages']): Promise<number[]> {
  return (await rig.reading.readBytes(writePdf({ pages }))).unread;
}

describe('a page is to be looked at when', () => {
  test('it is a picture with nothing but a stamp or a page number on it', async () => {
    const stamp =
      'BT /F1 8 Tf 64 30 Td (Scanned by QuickScan, 2024-03-01 12:33, page 1 of 4, archive box 1138, shelf 12) Tj ET';
    const picture = await drawScan(LETTER);
    expect(
      await unreadOf([
        { picture, operators: stamp },
        { picture, lines: ['17'] },
      ]),
    ).toEqual([1, 2]);
  });

  test('its characters mean nothing, with or without a picture', async () => {
    expect((await rig.reading.readBytes(damagedTextPdf('Plain words of a broken font'))).unread).toEqual([1]);
  });
});

describe('a page is not looked at again when', () => {
  test('a scanner has put its text under the picture', async () => {
    expect(await unreadOf([{ picture: await drawScan(LETTER), lines: TEXT_LAYER }])).toEqual([]);
  });

  test('it is short and has a small picture', async () => {
    const logo = { ...(await drawScan(LETTER)), place: [120, 60, 64, 700] as [number, number, number, number] };
    expect(await unreadOf([{ picture: logo, lines: ['The end'] }])).toEqual([]);
  });
});

test('scanned pages between pages of text are read in their place', async () => {
  const scanned = await drawScan(LETTER);
  const text = ['This page was typed and carries its own text, so that nobody has to look at it.'];
  const reading = await rig.readAndScan(
    writePdf({ title: 'Contract', pages: [{ picture: scanned }, { lines: text }, { picture: scanned }, {}] }),
  );
  const letter = LETTER.join('\n');
  expect(reading.pages).toEqual([
    { page: 1, source: 'ocr', text: letter },
    { page: 2, source: 'text', text: text[0] },
    { page: 3, source: 'ocr', text: letter },
    { page: 4, source: 'blank', text: '' },
  ]);
  expect(reading).toMatchObject({ title: 'Contract', unread: [], notes: [], language: 'en' });
  expect(reading.body.map(({ page }) => page)).toEqual([1, 2, 3]);
  expect(reading.ocrConfidence).toBeGreaterThan(85);
});

test('the stamp on a scan stays in the text of its page', async () => {
  const operators = 'BT /F1 8 Tf 300 20 Td (QuickScan 4711) Tj ET';
  // White on the picture's edge, so that the recogniser does not see it.
  const reading = await rig.readAndScan(
    writePdf({ pages: [{ picture: await drawScan(LETTER), operators: `1 g ${operators}` }] }),
  );
  expect(reading.pages[0]?.text).toBe(`${LETTER.join('\n')}\nQuickScan 4711`);
});

test('words in a font without a map are read from how they look', async () => {
  const reading = await rig.readAndScan(damagedTextPdf('Plain words of a broken font'));
  expect(reading.pages).toEqual([{ page: 1, source: 'ocr', text: 'Plain words of a broken font' }]);
});

describe('a page that cannot be painted is told as such, and the next file is read:', () => {
  afterEach(async () => {
    const reading = await rig.readAndScan(writePdf({ pages: [{ picture: await drawScan(LETTER) }] }));
    expect(reading.pages[0]).toEqual({ page: 1, source: 'ocr', text: LETTER.join('\n') });
  });

  test.each([
    ['one with a picture of 900 megapixels', hugePicturePdf],
    ['one as thin as a thread', threadPagePdf],
    ['one of groups in groups', nestedGroupsPdf],
  ])('%s', async (_which, make) => {
    const path = rig.reading.folder.write('hostile.pdf', make());
    const options = { signal: new AbortController().signal, hardTimeoutMs: 20_000 };
    await expect(rig.ocr.scan(rig.requestFor(path, { kind: 'pdf' }), options)).rejects.toMatchObject({
      code: 'too_large',
    });
  });
});

test('a scan with more pixels than the limit is a page that could not be read, the others are read', async () => {
  const [large, small] = [await drawScan(LETTER, { dpi: 150 }), await drawScan(LETTER, { dpi: 100 })];
  const bytes = writePdf({ pages: [{ picture: large }, { picture: small }] });
  const reading = await rig.readAndScan(bytes, { maxImagePixels: 1_000_000 });
  expect(reading.notes).toEqual([{ kind: 'pages_failed', pages: [1] }]);
  expect(reading.pages[1]?.text).toBe(LETTER.join('\n'));
});

/** Its font says that each character is one of private use, as fonts of some programs do. */
function damagedTextPdf(text: string): Buffer {
  const file = new PdfFile();
  const map = file.addStream(
    `/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange
1 beginbfrange <20> <7e> <e020> endbfrange endcmap end`,
  );
  const font = file.add(
    `<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /ToUnicode ${map} 0 R >>`,
  );
  const tree = file.reserve();
  const content = file.addStream(`BT /F1 20 Tf 64 700 Td (${text}) Tj ET`);
  const page = file.add(
    `<< /Type /Page /Parent ${tree} 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 ${font} 0 R >> >> /Contents ${content} 0 R >>`,
  );
  file.set(tree, `<< /Type /Pages /Count 1 /Kids [${page} 0 R] >>`);
  return file.finish({ root: file.add(`<< /Type /Catalog /Pages ${tree} 0 R >>`) });
}
