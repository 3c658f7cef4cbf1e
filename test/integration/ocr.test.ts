// What is read from pictures of text, by real OCR threads and nothing but the files that are installed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tokenF1 } from '../bench/tokenF1.ts';
import { drawScan, drawScreen, drawTable } from '../fixtures/drawnText.ts';
import { createOcrRig, type OcrRig } from '../fixtures/ocrRig.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';

const PAGE = Array.from(
  { length: 40 },
  (_, line) => `Item ${line + 1}: twelve boxes of paper were sent to the office in ${1900 + line}.`,
);

let rig: OcrRig;

beforeAll(() => {
  rig = createOcrRig({ languages: ['eng', 'deu'] });
});

afterAll(() => rig.close());

describe('a screenshot', () => {
  test('of a dialog gives its words, and how sure they are', async () => {
    const lines = ['The disk is full', 'Delete some files or choose another folder.', 'Error 0x80070070'];
    const scan = await rig.scanPicture(drawScreen(lines, { px: 13 }));
    expect(scan).toMatchObject({ page: 1, source: 'ocr', text: lines.join('\n') });
    expect(scan.confidence).toBeGreaterThan(85);
    expect(scan.confidence).toBeLessThanOrEqual(100);
  });

  test('of a dark terminal gives its lines', async () => {
    const lines = ['Compiling the parser', 'warning: unused variable in main', 'Finished in 42 seconds'];
    const scan = await rig.scanPicture(drawScreen(lines, { theme: 'dark', font: 'mono', px: 15 }));
    expect(scan.text).toBe(lines.join('\n'));
  });

  test('with small letters gives its words', async () => {
    const lines = ['Your changes will be lost when you close this window.', 'Do you want to keep them?'];
    expect((await rig.scanPicture(drawScreen(lines, { px: 10 }))).text).toBe(lines.join('\n'));
  });

  test('with umlauts gives them', async () => {
    const lines = ['Änderungen übernehmen?', 'Größere Dateien prüfen wir später.'];
    expect((await rig.scanPicture(drawScreen(lines, { px: 14 }))).text).toBe(lines.join('\n'));
  });

  test('without anything on it is blank', async () => {
    expect(await rig.scanPicture(drawScreen(['']))).toEqual({ page: 1, text: '', source: 'blank', confidence: null });
  });
});

test('a table with lines around its cells is read row by row', async () => {
  const rows = [
    ['Article', 'Quantity', 'Price', 'Total'],
    ['Desk lamp', '12', '24.90', '298.80'],
    ['Office chair', '4', '189.00', '756.00'],
    ['Monitor arm', '7', '79.50', '556.50'],
  ];
  const { text } = await rig.scanPicture(drawTable(rows));
  expect(tokenF1(text, rows.flat().join(' '))).toBeGreaterThanOrEqual(0.9);
  expect(text.split('\n')[2]?.split(/\s+/)).toEqual(['Office', 'chair', '4', '189.00', '756.00']);
});

describe('a recognition', () => {
  test('that is cancelled ends with the reason, and the next page is read', async () => {
    const path = rig.reading.folder.write('page.jpg', (await drawScan(PAGE)).jpeg);
    const cancel = new AbortController();
    const running = rig.ocr.scan(rig.requestFor(path), { signal: cancel.signal, hardTimeoutMs: 50_000 });
    const ended = expect(running).rejects.toThrow('taken back');
    cancel.abort(new Error('taken back'));
    await ended;
    expect(rig.ocr.stats()).toMatchObject({ running: 0, waiting: 0 });
    expect((await rig.scanPicture(drawScreen(['The next page']))).text).toBe('The next page');
  });

  test('that takes too long is ended in the middle of a page, and the next page is read', async () => {
    await rig.scanPicture(drawScreen(['The thread is warm']));
    const path = rig.reading.folder.write('long.jpg', (await drawScan(PAGE)).jpeg);
    const options = { signal: new AbortController().signal, hardTimeoutMs: 300 };
    await expect(rig.ocr.scan(rig.requestFor(path), options)).rejects.toMatchObject({ code: 'timeout' });
    expect((await rig.scanPicture(drawScreen(['The next page']))).text).toBe('The next page');
  });

  test('of what is no picture says that it cannot be read', async () => {
    await expect(rig.scanPicture(Buffer.from('no picture at all'))).rejects.toMatchObject({ code: 'unreadable' });
  });

  test('of a file that is gone says so', async () => {
    const options = { signal: new AbortController().signal, hardTimeoutMs: 50_000 };
    const gone = rig.ocr.scan(rig.requestFor('/tmp/no-such-page.png'), options);
    await expect(gone).rejects.toMatchObject({ code: 'file_not_found' });
  });
});

test('nothing is fetched and nothing is written into the working folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lector-ocr-'));
  try {
    const runner = join(import.meta.dirname, '../fixtures/ocrOffline.ts');
    const said = execFileSync(process.execPath, [runner], { cwd: folder, env: {}, encoding: 'utf8' });
    expect(JSON.parse(said)).toEqual({ text: 'Read without a network', connections: 0 });
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('the second OCR thread', () => {
  const options = { signal: new AbortController().signal, hardTimeoutMs: 50_000 };
  let two: OcrRig;

  beforeEach(() => {
    two = createOcrRig({ threads: 2 });
  });

  afterEach(() => two.close());

  test('is started for the second page of a file', async () => {
    const picture = await drawScan(PAGE);
    const path = two.reading.folder.write('scan.pdf', writePdf({ pages: [{ picture }, { picture }] }));
    const pages = [1, 2].map((page) => two.ocr.scan(two.requestFor(path, { kind: 'pdf', page }), options));
    await Promise.all(pages);
    expect(two.ocr.stats().threads).toBe(2);
  });

  test('is not started for two small pictures', async () => {
    await Promise.all(['one', 'other'].map((word) => two.scanPicture(drawScreen([word]))));
    expect(two.ocr.stats().threads).toBe(1);
  });
});
