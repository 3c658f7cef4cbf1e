// Files that are read in a process alone: what comes of it is what threads make of them, and their ends are real ones.
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { drawScan, drawScreen } from '../fixtures/drawnText.ts';
import { deepNestingPdf, manyPagesPdf, passwordPdf } from '../fixtures/hostilePdfs.ts';
import { childrenOf, threadCount } from '../fixtures/liveProcess.ts';
import { createOcrRig, type OcrRig } from '../fixtures/ocrRig.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';
import { readRequestFor } from '../fixtures/readRequest.ts';

const inThread = { signal: new AbortController().signal, hardTimeoutMs: 50_000 };
const alone = { ...inThread, alone: true };
const lines = Array.from({ length: 30 }, (_, line) => `In week ${line + 1} the harbour board opened berth ${line}.`);

let rig: OcrRig;

beforeAll(() => {
  rig = createOcrRig();
});

afterEach(() => expect(childrenOf(process.pid)).toEqual([]));

afterAll(() => rig.close());

describe('a file that is read alone', () => {
  test.each([
    [
      'an ordinary PDF',
      () => writePdf({ title: 'Harbour', author: 'Anna', pages: [{ lines }, { lines: ['Ähm … “so”'] }] }),
    ],
    ['a PDF that nests too deep', deepNestingPdf],
    ['a screenshot', () => drawScreen(lines)],
  ])('gives the same as in a thread: %s', async (_which, make) => {
    const request = readRequestFor(rig.reading.folder.write('read', make()));
    const reading = await rig.reading.pool.read(request, alone);
    expect(reading).toEqual(await rig.reading.pool.read(request, inThread));
    expect(reading.pages.length).toBeGreaterThan(0);
  });

  test('fails as in a thread', async () => {
    const request = readRequestFor(rig.reading.folder.write('locked.pdf', passwordPdf()));
    await expect(rig.reading.pool.read(request, alone)).rejects.toMatchObject({ code: 'password_needed' });
  });

  test('ends at its time limit', async () => {
    const path = rig.reading.folder.write('long.pdf', manyPagesPdf(20_000));
    const request = readRequestFor(path, { maxPages: 20_000, softTimeoutMs: 50_000 });
    const reading = rig.reading.pool.read(request, { ...alone, hardTimeoutMs: 1_000 });
    await expect(reading).rejects.toMatchObject({ code: 'timeout' });
  });
});

test('pages that are recognised alone, put together and shown to a model are those of threads', async () => {
  const picture = await drawScan(lines);
  const path = rig.reading.folder.write('scan.pdf', writePdf({ pages: [{ picture }] }));
  const { pool } = rig.reading;
  const request = rig.requestFor(path, { kind: 'pdf' });
  const scan = await rig.ocr.scan(request, alone);
  expect(scan).toEqual(await rig.ocr.scan(request, inThread));
  expect(scan.text).toContain('In week 7 the harbour board');

  const reading = await pool.read(readRequestFor(path), inThread);
  const toCompose = { reading, scans: [scan], maxSummaryChars: 200_000 };
  expect(await pool.compose(toCompose, alone)).toEqual(await pool.compose(toCompose, inThread));

  const { maxImagePixels, maxStreamBytes } = request;
  const toDepict = { path, page: 1, recipe: 'plain' as const, maxSide: 1_568, maxImagePixels, maxStreamBytes };
  const [image] = await pool.depict(toDepict, alone);
  const [same] = await pool.depict(toDepict, inThread);
  expect(Buffer.compare(image?.bytes as Uint8Array, same?.bytes as Uint8Array)).toBe(0);
});

test('a recognition that takes too long is really over: its thread is gone', async () => {
  const path = rig.reading.folder.write('page.jpg', (await drawScan(lines)).jpeg);
  await rig.ocr.scan(rig.requestFor(path), inThread);
  const before = threadCount();
  const tooLong = rig.ocr.scan(rig.requestFor(path), { ...inThread, hardTimeoutMs: 300 });
  await expect(tooLong).rejects.toMatchObject({ code: 'timeout' });
  await vi.waitFor(() => expect(threadCount()).toBeLessThan(before), { timeout: 10_000 });
  expect(rig.ocr.stats().threads).toBe(0);
});
