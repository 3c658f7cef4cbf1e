// What is said of a picture: by a model that sees it, and by what was recognised where there is none or it fails.
import { describe, expect, test, vi } from 'vitest';
import { AppError, type ErrorCode } from '../../../src/domain/errors.ts';
import type { Reading } from '../../../src/domain/reading.ts';
import { think } from '../../../src/pipeline/think.ts';
import type { Seen, Seer, ThinkDeps } from '../../../src/pipeline/thought.ts';
import { aReading } from './processRig.ts';

const recognised = (text: string, confidence: number | null = 90): Reading => ({
  ...aReading(text),
  kind: 'image',
  pages: [{ page: 1, text, source: 'ocr' }],
  body: text === '' ? [] : [{ page: 1, text }],
  ocrConfidence: confidence,
});
const seen = (changes: Partial<Seen> = {}): Seen => ({
  description: 'A warning.',
  transcription: 'Disk full',
  fields: null,
  notes: [],
  ...changes,
});
const seer = (see: Seer['see']): Seer => ({ name: 'eyes', see });
const failing = (code: ErrorCode): Seer => seer(() => Promise.reject(new AppError(code, 'why')));
const run = (reading: Reading, changes: Partial<ThinkDeps> = {}) =>
  think('disk.png', reading, {
    summariser: null,
    seer: null,
    findFields: null,
    fallback: true,
    patience: 'wait',
    onProgress: () => undefined,
    ...changes,
  });

describe('without a model that sees', () => {
  test('nonsense that was recognised on grass or waves is no text', async () => {
    const answer = await run(recognised('Te, Cy, Neat HEPC TR fa', 39));
    expect(answer).toMatchObject({ hasText: false, summary: { text: '' }, reading: { ocrConfidence: null } });
  });

  test('a few words are shown as they stand', async () => {
    expect((await run(recognised('Disk full'))).summary).toMatchObject({ text: 'Disk full', by: { kind: 'extract' } });
  });

  test('many words are summed up by the model of texts', async () => {
    const summarise = async () => ({ summary: 'Short.', keyPoints: [], notes: [] });
    const answer = await run(recognised('A long text. '.repeat(60)), { summariser: { name: 'words', summarise } });
    expect(answer.summary).toMatchObject({ text: 'Short.', by: { name: 'words' } });
  });
});

describe('a model that sees', () => {
  test('is told the words that are surely right, and its description is the answer', async () => {
    const see = vi.fn(async () => seen());
    const answer = await run(recognised('Disk full'), { seer: seer(see) });
    expect(see).toHaveBeenCalledWith(expect.anything(), 'Disk full');
    expect(answer.summary).toMatchObject({ text: 'A warning.', by: { kind: 'model', name: 'eyes' } });
    expect(answer.pages).toEqual([{ page: 1, text: 'Disk full', source: 'ocr' }]);
  });

  test('is told none that are doubtful, and its own reading counts then', async () => {
    const see = vi.fn(async () => seen());
    const answer = await run(recognised('D1sk fu11', 40), { seer: seer(see) });
    expect(see).toHaveBeenCalledWith(expect.anything(), null);
    expect(answer.pages).toEqual([{ page: 1, text: 'Disk full', source: 'vision' }]);
    expect(answer.reading.ocrConfidence).toBeNull();
  });

  test('is not followed by a guess at the language of nonsense that was recognised', async () => {
    const nonsense = {
      ...recognised('Te, Cy, Neat HEPC', 39),
      notes: [{ kind: 'ocr_language' as const, language: 'yo' }],
    };
    expect((await run(nonsense, { seer: seer(async () => seen({ transcription: '' })) })).notes).toEqual([]);
  });

  test('gives the fields that it saw to be checked', async () => {
    const findFields = vi.fn(async () => ({ fields: null, notes: [], insteadOfModel: false }));
    await run(recognised('Disk full'), { seer: seer(async () => seen({ fields: { total: 7 } })), findFields });
    expect(findFields).toHaveBeenCalledWith(expect.anything(), { total: 7 }, 'wait');
  });

  test.each<[ErrorCode, object[]]>([
    ['model_cannot_see', []],
    ['model_failed', [{ kind: 'vision_fallback', reason: 'it failed' }]],
    ['model_unavailable', [{ kind: 'vision_fallback', reason: 'it is away' }, { kind: 'model_later' }]],
  ])('that fails with %s leaves what was recognised, and that is told', async (code, notes) => {
    const answer = await run(recognised('Disk full'), { seer: failing(code) });
    expect(answer.summary.text).toBe('Disk full');
    expect(answer.notes).toEqual(notes);
  });

  test('that is away is waited for when nothing was recognised, but not for ever', async () => {
    const away = failing('model_unavailable');
    await expect(run(recognised('', null), { seer: away })).rejects.toMatchObject({ code: 'model_unavailable' });
    expect((await run(recognised('', null), { seer: away, patience: 'give_up' })).summary.text).toBe('');
  });

  test('that fails is told as a failure where no fallback is wanted', async () => {
    const failed = run(recognised('Disk full'), { seer: failing('model_failed'), fallback: false });
    await expect(failed).rejects.toMatchObject({ code: 'model_failed' });
  });
});
