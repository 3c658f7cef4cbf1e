// How every file ends that was made to do harm: in a clear code or in what can be read of it, in time, and the next file reads as always.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Reading } from '../../src/domain/reading.ts';
import { HOSTILE_FILES, type HostileFile } from '../fixtures/hostile/catalogue.ts';
import { createOcrRig, type OcrRig } from '../fixtures/ocrRig.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';
import { textOf } from '../fixtures/readingRig.ts';

/**
 * The limits that are in force by default, with less time: four times what those take that are read to their end (3 s on two free
 * cores), so that they end the same way on a slower machine. A TIFF of 100,000 pages takes all of it.
 */
const LIMITS = { maxStreamBytes: 32 * 1024 * 1024, maxImagePixels: 50_000_000 };
const SOFT_TIMEOUT_MS = 12_000;
const limits = { signal: new AbortController().signal, hardTimeoutMs: 60_000 };
const TEST_TIMEOUT_MS = 180_000;

/** What a page whose picture does harm may end in when somebody looks at it; what there is to be seen may be blank. */
const ENDS_OF_A_LOOK = ['ocr', 'blank', 'too_large', 'unreadable', 'timeout', 'out_of_memory'];

let rig: OcrRig;

beforeAll(() => {
  rig = createOcrRig();
});

afterEach(async () => {
  const next = await rig.reading.readBytes(writePdf({ pages: [{ lines: ['An ordinary page comes next.'] }] }));
  expect(textOf(next)).toBe('An ordinary page comes next.');
});

afterAll(() => rig.close());

async function readHostile(file: HostileFile): Promise<{ path: string; reading: Reading | null; code: string | null }> {
  const path = rig.reading.folder.write('hostile', await file.make());
  const request = { path, maxPages: 500, maxSummaryChars: 200_000, softTimeoutMs: SOFT_TIMEOUT_MS, ...LIMITS };
  return rig.reading.pool.read(request, limits).then(
    (reading) => ({ path, reading, code: null }),
    (error: { code: string }) => ({ path, reading: null, code: error.code }),
  );
}

describe('a file of the hostile kind', () => {
  test.each(HOSTILE_FILES.map((file) => [file.name, file] as const))(
    'ends as it should: %s',
    { timeout: TEST_TIMEOUT_MS },
    async (_, file) => {
      const { path, reading, code } = await readHostile(file);
      if ('codes' in file.end) {
        expect(file.end.codes).toContain(code);
        return;
      }
      expect(code).toBeNull();
      expect(reading?.pages[0]?.text).toBe(file.end.text);
      expect(reading?.notes.map(({ kind }) => kind)).toEqual(file.end.notes);
      const [page] = reading?.unread ?? [];
      if (page === undefined) return;
      const request = { path, kind: file.mime === 'application/pdf' ? 'pdf' : 'image', page, ...LIMITS } as const;
      const seen = await rig.ocr.scan(request, limits).then(
        ({ source }) => source as string,
        (error: { code: string }) => error.code,
      );
      expect(ENDS_OF_A_LOOK).toContain(seen);
    },
  );
});
