// What the step from a reading to an answer promises: the model where there is one, the document's own words where not.
import { describe, expect, test, vi } from 'vitest';
import { AppError, type ErrorCode } from '../../../src/domain/errors.ts';
import type { Model } from '../../../src/domain/model.ts';
import type { Reading } from '../../../src/domain/reading.ts';
import { readRequest } from '../../../src/pipeline/readRequest.ts';
import { createSummariser } from '../../../src/pipeline/summariser.ts';
import { isProvisional, pagesRead, think } from '../../../src/pipeline/think.ts';
import type { Summariser, ThinkDeps } from '../../../src/pipeline/thought.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';

const aReading = (changes: Partial<Reading> = {}): Reading => ({
  kind: 'pdf',
  pageCount: 2,
  pages: [
    { page: 1, text: 'Rent rises.', source: 'text' },
    { page: 2, text: '', source: 'blank' },
  ],
  body: [{ page: 1, text: 'Rent rises.' }],
  title: 'Lease',
  author: null,
  outline: [],
  language: 'en',
  extract: { summary: [{ text: 'Rent rises.', page: 1 }], keyPoints: [{ text: 'By 5 %.', page: 2 }] },
  notes: [{ kind: 'damaged' }],
  unread: [],
  ocrConfidence: null,
  ...changes,
});
const byModel = (summarise: Summariser['summarise']): Summariser => ({ name: 'qwen', summarise });
const failing = (code: ErrorCode) => byModel(() => Promise.reject(new AppError(code, 'why')));
const run = (summariser: Summariser | null, changes: Partial<ThinkDeps> = {}, reading = aReading()) =>
  think('lease.pdf', reading, {
    summariser,
    seer: null,
    findFields: null,
    fallback: true,
    patience: 'wait',
    onProgress: () => undefined,
    ...changes,
  });

describe('an answer', () => {
  test('without a model is made of sentences of the document, with their pages', async () => {
    expect(await run(null)).toEqual({
      fileName: 'lease.pdf',
      reading: { kind: 'pdf', pageCount: 2, title: 'Lease', author: null, language: 'en', ocrConfidence: null },
      pagesRead: 2,
      hasText: true,
      pictureKind: null,
      pages: aReading().pages,
      summary: { text: 'Rent rises. (p. 1)', keyPoints: ['By 5 %. (p. 2)'], by: { kind: 'extract' } },
      notes: [{ kind: 'damaged' }],
      fields: null,
      attachment: 'none',
    });
  });

  test('with a model is the model’s, and what it left out is told with the rest', async () => {
    const summariser = byModel(async () => ({ summary: 's', keyPoints: ['k'], notes: [{ kind: 'summary_cut' }] }));
    expect(await run(summariser)).toMatchObject({
      summary: { text: 's', keyPoints: ['k'], by: { kind: 'model', name: 'qwen' } },
      notes: [{ kind: 'damaged' }, { kind: 'summary_cut' }],
    });
  });

  test('to a document without text does not ask the model', async () => {
    const summarise = vi.fn();
    const empty = { body: [{ page: 1, text: ' \n' }], extract: { summary: [], keyPoints: [] } };
    expect(await run(byModel(summarise), {}, aReading(empty))).toMatchObject({
      hasText: false,
      summary: { text: '', by: { kind: 'extract' } },
    });
    expect(summarise).not.toHaveBeenCalled();
  });

  test('to a document without a sentence begins as the document does', async () => {
    const label = { body: [{ page: 1, text: 'Box 7\nFragile' }], extract: { summary: [], keyPoints: [] } };
    expect((await run(null, {}, aReading(label))).summary.text).toBe('Box 7 Fragile (p. 1)');
  });
});

describe('a model that fails', () => {
  test.each<[ErrorCode, string]>([
    ['model_failed', 'it failed'],
    ['model_context_exceeded', 'the document does not fit it'],
  ])('with %s is done without, and the answer says why', async (code, reason) => {
    expect(await run(failing(code))).toMatchObject({
      summary: { by: { kind: 'extract' } },
      notes: [{ kind: 'damaged' }, { kind: 'model_fallback', reason }],
    });
  });

  test.each<ErrorCode>(['model_unavailable', 'model_rate_limited'])('with %s is waited for', async (code) => {
    await expect(run(failing(code))).rejects.toMatchObject({ code });
  });

  test('because it was away for too long is done without', async () => {
    const { notes } = await run(failing('model_unavailable'), { patience: 'give_up' });
    expect(notes).toContainEqual({ kind: 'model_fallback', reason: 'it was away for too long' });
  });

  test('and has been away for a while is done without, until it is back', async () => {
    const answer = await run(failing('model_unavailable'), { patience: 'answer_now' });
    expect(answer).toMatchObject({ summary: { text: 'Rent rises. (p. 1)', by: { kind: 'extract' } } });
    expect(answer.notes).toEqual([{ kind: 'damaged' }, { kind: 'model_later' }]);
    expect(isProvisional(answer)).toBe(true);
  });

  test('when the fields are asked for is done without in the same way, and the summary stays the model’s', async () => {
    const summariser = byModel(async () => ({ summary: 's', keyPoints: [], notes: [] }));
    const findFields = vi.fn(async () => ({ fields: null, notes: [], insteadOfModel: true }));
    const answer = await run(summariser, { patience: 'answer_now', findFields });
    expect(findFields).toHaveBeenCalledWith(expect.anything(), null, 'answer_now');
    expect(answer).toMatchObject({ summary: { text: 's' }, notes: [{ kind: 'damaged' }, { kind: 'model_later' }] });
  });

  test.each<ErrorCode>(['model_failed', 'model_unavailable'])(
    'with %s ends the job where no fallback is wanted',
    async (code) => {
      const unwanted = { fallback: false, patience: 'give_up' as const };
      await expect(run(failing(code), unwanted)).rejects.toMatchObject({ code });
    },
  );

  test('in a way that is no fault of the model is not hidden', async () => {
    await expect(run(byModel(() => Promise.reject(new TypeError('bug'))))).rejects.toThrow('bug');
  });
});

test('pages that failed or hold nothing but a picture do not count as read', () => {
  const pages = [1, 2, 3, 4].map((page) => ({ page, text: 'x', source: 'text' as const }));
  expect(pagesRead({ pages, notes: [] })).toBe(4);
  expect(pagesRead({ pages, notes: [{ kind: 'pages_failed', pages: [2, 9] }] })).toBe(3);
  expect(
    pagesRead({
      pages,
      notes: [
        { kind: 'pages_failed', pages: [2] },
        { kind: 'pages_without_text', pages: [2, 3] },
      ],
    }),
  ).toBe(2);
});

test('without a model there is no summariser', () => {
  const settings = { llm: { maxOutputTokens: 100 }, replyLanguage: null };
  const { log } = createRecordingLog();
  expect(createSummariser(null, settings, log, new AbortController().signal)).toBeNull();
  expect(createSummariser({ name: 'qwen' } as Model, settings, log, new AbortController().signal)?.name).toBe('qwen');
});

test('a thread is asked with the limits in force and the caps that nobody sets', () => {
  expect(readRequest('/spool/a', { maxPages: 500, maxImagePixels: 50 }, 270_000)).toEqual({
    path: '/spool/a',
    maxPages: 500,
    maxImagePixels: 50,
    maxSummaryChars: 200_000,
    maxStreamBytes: 33_554_432,
    softTimeoutMs: 270_000,
  });
});
