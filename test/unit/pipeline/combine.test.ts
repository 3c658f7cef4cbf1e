// Owns the tests of joining the summaries of parts.
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import { createAsker } from '../../../src/pipeline/askModel.ts';
import { combine, type PartSummary } from '../../../src/pipeline/combine.ts';
import { createContextBudget } from '../../../src/pipeline/contextBudget.ts';
import { createFakeModel, type FakeModel } from '../../fixtures/fakeModel.ts';

const facts = { title: null, author: null, pageCount: 30, outline: [] };

function part(number: number, chars: number): PartSummary {
  const summary = `Part ${number} ${'is long '.repeat(chars / 8)}(p. ${number}).`;
  return { from: number, to: number + 1, text: { summary, keyPoints: [`Point ${number} (p. ${number})`] } };
}

function join(parts: PartSummary[], model: FakeModel) {
  const asker = createAsker(model, new AbortController().signal);
  const budget = createContextBudget({ contextTokens: model.contextTokens, maxOutputTokens: 1024 });
  return combine(parts, { reading: facts, language: 'English', asker, budget });
}

/** Which parts a call was about. */
const partsIn = ({ user }: { user: string }) => [...user.matchAll(/Part (\d+)/g)].map((match) => Number(match[1]));

describe('combine', () => {
  it('joins what fits in one call, with pages and key points', async () => {
    const model = createFakeModel({ answer: () => ({ text: 'All of it (p. 1).\nKey points:\n- A (p. 2)' }) });
    const parts = [part(1, 80), part(5, 80)];
    await expect(join(parts, model)).resolves.toEqual({ summary: 'All of it (p. 1).', keyPoints: ['A (p. 2)'] });
    expect(model.answered).toHaveLength(1);
    expect(model.answered[0]?.user).toMatch(/\[pages 1-2\]\nPart 1 .*\n- Point 1 \(p\. 1\)\n\[pages 5-6\]\nPart 5/);
  });

  it('joins neighbours first when there are too many, each once', async () => {
    const model = createFakeModel({ contextTokens: 2048, answer: () => ({ text: 'Some of it (p. 1).' }) });
    const parts = Array.from({ length: 9 }, (_, index) => part(index + 1, 1_000));
    await expect(join(parts, model)).resolves.toEqual({ summary: 'Some of it (p. 1).', keyPoints: [] });
    expect(model.answered.flatMap(partsIn)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(model.answered.slice(0, -1).every((request) => partsIn(request).length >= 2)).toBe(true);
    expect(model.refused).toEqual([]);
  });

  it('shortens two parts that are too long even for each other', async () => {
    const model = createFakeModel({ contextTokens: 1024, answer: () => ({ text: 'Both (p. 1).' }) });
    await expect(join([part(1, 4_000), part(2, 4_000)], model)).resolves.toMatchObject({ summary: 'Both (p. 1).' });
    expect(model.answered.flatMap(partsIn)).toEqual([1, 2]);
    expect(model.refused).toEqual([]);
  });

  it('makes the groups smaller when the model refuses one, and does not ask again for those that are joined', async () => {
    const model = createFakeModel({ contextTokens: 4096, answer: () => ({ text: 'Some of it (p. 1).' }) });
    let refusals = 0;
    const picky: FakeModel = {
      ...model,
      async complete(request) {
        if (partsIn(request).includes(9) && partsIn(request).length > 2) {
          refusals++;
          throw new AppError('model_context_exceeded', 'too long');
        }
        return model.complete(request);
      },
    };
    const parts = Array.from({ length: 12 }, (_, index) => part(index + 1, 1_600));
    await join(parts, picky);
    expect(refusals).toBeGreaterThan(0);
    expect(model.answered.flatMap(partsIn)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
  });
});
