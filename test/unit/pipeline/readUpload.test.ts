// The reading of one upload as a whole: what a thread reads at once, then the pages that are pictures, and what is shown meanwhile.
import { expect, test, vi } from 'vitest';
import type { PageScan, Reading } from '../../../src/domain/reading.ts';
import { type ReadPorts, type ReadStage, readUpload } from '../../../src/pipeline/readUpload.ts';
import { aReading } from './processRig.ts';

const never = new AbortController().signal;
const scanned = (page: number): PageScan => ({ page, text: 'Words.', source: 'ocr', confidence: 90 });

function readWith(reading: Reading, scanning: Partial<NonNullable<ReturnType<ReadPorts['scanningOf']>>> | null) {
  const shown: ReadStage[] = [];
  const scanningOf = vi.fn<ReadPorts['scanningOf']>(() =>
    scanning === null
      ? null
      : {
          page: async (page) => scanned(page),
          kept: () => [],
          keep: () => undefined,
          compose: async (whole) => ({ ...whole, unread: [], ocrConfidence: 90 }),
          atOnce: 1,
          timeoutMs: () => 1_000,
          ...scanning,
        },
  );
  const ports: ReadPorts = { read: async () => reading, scanningOf, clock: () => 0 };
  return { shown, scanningOf, done: readUpload(ports, (stage) => shown.push(stage), never) };
}

test('a document with text on every page is read at once', async () => {
  const { done, scanningOf } = readWith(aReading(), {});
  expect(await done).toEqual(aReading());
  expect(scanningOf).not.toHaveBeenCalled();
});

test('pages that are pictures are scanned, and the page at work is shown', async () => {
  const { done, shown } = readWith({ ...aReading(), unread: [2, 3] }, {});
  expect(await done).toMatchObject({ unread: [], ocrConfidence: 90 });
  expect(shown).toEqual([
    { kind: 'reading', page: 0, of: 0 },
    { kind: 'scanning', page: 1, of: 2 },
    { kind: 'scanning', page: 2, of: 2 },
    { kind: 'scanning', page: 2, of: 2 },
  ]);
});

test('where nothing can recognise or see them they stay unread', async () => {
  const unread = { ...aReading(), unread: [2] };
  expect(await readWith(unread, null).done).toEqual(unread);
});
