// How the pages of a reading are scanned: how many at a time, what failures and the end of time mean.
import { describe, expect, test, vi } from 'vitest';
import { AppError, type ErrorCode } from '../../../src/domain/errors.ts';
import type { Note, PageScan, Reading } from '../../../src/domain/reading.ts';
import { type ScanPorts, scanPages } from '../../../src/pipeline/scan.ts';

const never = new AbortController().signal;

function readingOf(unread: number[], notes: Note[] = []): Reading {
  const pages = [1, 2, 3, 4, 5].map((page) => ({ page, text: '', source: 'text' as const }));
  return {
    kind: 'pdf',
    pageCount: 5,
    pages,
    body: [],
    title: null,
    author: null,
    outline: [],
    language: null,
    extract: { summary: [], keyPoints: [] },
    notes,
    unread,
    ocrConfidence: null,
  };
}

const scanOf = (page: number): PageScan => ({ page, text: `page ${page}`, source: 'ocr', confidence: 90 });

/** Ports whose scans succeed at once; `compose` keeps only what it was given. */
function createPorts(reading: Reading, changed: Partial<ScanPorts> = {}) {
  const composed: PageScan[][] = [];
  const scan = vi.fn(async (page: number) => scanOf(page));
  const keep = vi.fn();
  const onProgress = vi.fn();
  const ports: ScanPorts = {
    kept: [],
    scan,
    keep,
    compose: async (scans: PageScan[]): Promise<Reading> => {
      composed.push(scans);
      return { ...reading, unread: reading.unread.filter((page) => !scans.some((scan) => scan.page === page)) };
    },
    onProgress,
    atOnce: 2,
    deadlineMs: 1_000,
    nowMs: () => 0,
    ...changed,
  };
  return { ports, composed, scan, keep, onProgress };
}

describe('scanning', () => {
  test('reads each unread page, keeps it, and puts all in at the end', async () => {
    const reading = readingOf([2, 3, 5]);
    const { ports, composed, keep } = createPorts(reading);
    const scanned = await scanPages(reading, ports, never);
    expect(keep.mock.calls.map(([scan]) => scan)).toEqual([scanOf(2), scanOf(3), scanOf(5)]);
    expect(composed).toEqual([[scanOf(2), scanOf(3), scanOf(5)]]);
    expect(scanned).toMatchObject({ unread: [], notes: [] });
  });

  test('does not read again what an earlier attempt has kept', async () => {
    const reading = readingOf([2, 3]);
    const { ports, composed, scan, onProgress } = createPorts(reading, { kept: [scanOf(2)] });
    await scanPages(reading, ports, never);
    expect(scan.mock.calls.map(([page]) => page)).toEqual([3]);
    expect(composed).toEqual([[scanOf(2), scanOf(3)]]);
    expect(onProgress.mock.calls).toEqual([
      [1, 2],
      [2, 2],
    ]);
  });

  test('has no more pages at work than it may', async () => {
    const reading = readingOf([1, 2, 3, 4, 5]);
    const gates = new Map<number, PromiseWithResolvers<PageScan>>();
    const scan = vi.fn((page: number) => {
      const gate = Promise.withResolvers<PageScan>();
      gates.set(page, gate);
      return gate.promise;
    });
    const { ports } = createPorts(reading, { scan });
    const scanned = scanPages(reading, ports, never);
    expect([...gates.keys()]).toEqual([1, 2]);
    gates.get(2)?.resolve(scanOf(2));
    await vi.waitFor(() => expect([...gates.keys()]).toEqual([1, 2, 3]));
    for (const page of [1, 3, 4, 5]) {
      await vi.waitFor(() => expect(gates.has(page)).toBe(true));
      gates.get(page)?.resolve(scanOf(page));
    }
    expect((await scanned).unread).toEqual([]);
  });
});

describe('a page that cannot be read', () => {
  const failing =
    (pages: number[], code: ErrorCode = 'timeout') =>
    async (page: number) => {
      if (pages.includes(page)) throw new AppError(code, 'it failed');
      return scanOf(page);
    };

  test('is told, and the others are read', async () => {
    const reading = readingOf(
      [2, 3],
      [
        { kind: 'pages_failed', pages: [4] },
        { kind: 'pages_without_text', pages: [2] },
      ],
    );
    const { ports, composed } = createPorts(reading, { scan: failing([2]) });
    const { notes, unread } = await scanPages(reading, ports, never);
    expect(notes).toEqual([{ kind: 'pages_failed', pages: [2, 4] }]);
    expect(unread).toEqual([2]);
    expect(composed).toEqual([[scanOf(3)]]);
  });

  test('leaves a reading when another page has text of its own', async () => {
    const reading = { ...readingOf([2]), pages: [{ page: 1, text: 'A letter.', source: 'text' as const }] };
    const { ports, composed } = createPorts(reading, { scan: failing([2]) });
    expect(await scanPages(reading, ports, never)).toEqual({
      ...reading,
      notes: [{ kind: 'pages_failed', pages: [2] }],
    });
    expect(composed).toEqual([]);
  });

  test.each(['thread_crashed', 'timeout', 'out_of_memory'] as const)(
    'with %s is no answer where nothing else was read: it is tried again, or told',
    async (code) => {
      const reading = readingOf([1, 2]);
      const { ports } = createPorts(reading, { scan: failing([1, 2], code) });
      await expect(scanPages(reading, ports, never)).rejects.toMatchObject({ code });
    },
  );

  test('because the model cannot see after all stays unread, and the rest is answered', async () => {
    const reading = readingOf([1, 2, 3], [{ kind: 'pages_without_text', pages: [1, 2, 3] }]);
    const scan = vi.fn(failing([1], 'model_cannot_see'));
    const { ports } = createPorts(reading, { scan, atOnce: 1 });
    expect(await scanPages(reading, ports, never)).toEqual(reading);
    expect(scan).toHaveBeenCalledOnce();
  });

  test('for a reason that is not the page ends the scanning', async () => {
    const reading = readingOf([1, 2, 3, 4]);
    const { ports } = createPorts(reading, { scan: failing([1], 'internal') });
    await expect(scanPages(reading, ports, never)).rejects.toMatchObject({ code: 'internal' });
  });

  test('because nothing can be kept any more ends the scanning', async () => {
    const reading = readingOf([1]);
    const keep = () => {
      throw new AppError('storage_full', 'no room');
    };
    await expect(scanPages(reading, createPorts(reading, { keep }).ports, never)).rejects.toMatchObject({
      code: 'storage_full',
    });
  });
});

test('pages that the time does not reach are left out, and that is said', async () => {
  const reading = readingOf([1, 2, 3]);
  let nowMs = 0;
  const scan = async (page: number) => {
    nowMs += 600;
    return scanOf(page);
  };
  const { ports } = createPorts(reading, { scan, atOnce: 1, nowMs: () => nowMs });
  const { notes, unread } = await scanPages(reading, ports, never);
  expect(notes).toEqual([{ kind: 'time_limit', read: 4, of: 5 }]);
  expect(unread).toEqual([3]);
});

test('an abort rejects with its reason, and no page is begun after it', async () => {
  const reading = readingOf([1, 2, 3]);
  const cancel = new AbortController();
  const scan = vi.fn(async () => {
    cancel.abort(new Error('taken back'));
    throw cancel.signal.reason;
  });
  const { ports, composed } = createPorts(reading, { scan, atOnce: 1 });
  await expect(scanPages(reading, ports, cancel.signal)).rejects.toThrow('taken back');
  expect([scan.mock.calls.length, composed]).toEqual([1, []]);
});
