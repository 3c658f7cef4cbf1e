// Who reads a page that is a picture: recognition first, a model that sees where that is off or not sure.
import { expect, test, vi } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import type { PageScan } from '../../../src/domain/reading.ts';
import { type PageReaders, scanPage } from '../../../src/pipeline/scanPage.ts';

const never = new AbortController().signal;
const scanned = (confidence: number): PageScan => ({ page: 2, text: 'Word5', source: 'ocr', confidence });
const ocrOf = (scan: PageScan) => async () => scan;
const scan = (readers: Partial<PageReaders>) => scanPage(2, { ocr: null, transcribe: null, ...readers }, never);

test('what is surely right is kept, and costs no call of a model', async () => {
  const transcribe = vi.fn(async () => 'Words');
  expect(await scan({ ocr: ocrOf(scanned(90)), transcribe })).toEqual(scanned(90));
  expect(transcribe).not.toHaveBeenCalled();
});

test('what is doubtful is read by the model', async () => {
  expect(await scan({ ocr: ocrOf(scanned(30)), transcribe: async () => ' Words ' })).toEqual({
    page: 2,
    text: 'Words',
    source: 'vision',
    confidence: null,
  });
});

test('what is doubtful is better than nothing where there is no model, or it fails', async () => {
  expect(await scan({ ocr: ocrOf(scanned(30)) })).toEqual(scanned(30));
  const failing = () => Promise.reject(new AppError('model_unavailable', 'away'));
  expect(await scan({ ocr: ocrOf(scanned(30)), transcribe: failing })).toEqual(scanned(30));
});

test('without recognition the model reads every page, and is waited for while it is away', async () => {
  expect(await scan({ transcribe: async () => 'Words' })).toMatchObject({ text: 'Words', source: 'vision' });
  const away = () => Promise.reject(new AppError('model_unavailable', 'away'));
  await expect(scan({ transcribe: away })).rejects.toMatchObject({ code: 'model_unavailable' });
});

test('a page on which the model finds nothing is blank', async () => {
  expect(await scan({ transcribe: async () => '' })).toMatchObject({ text: '', source: 'blank' });
});
