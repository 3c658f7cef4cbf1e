// Owns the tests of summarising short and long documents with models of every size.
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import { type Summarisable, type SummariseOptions, summarise } from '../../../src/pipeline/summarise.ts';
import { createFakeModel, type FakeModel } from '../../fixtures/fakeModel.ts';

const SENTENCE = 'This is one of the many sentences. ';

function reading(pageCount: number, charsPerPage: number, rest: Partial<Summarisable> = {}): Summarisable {
  const text = SENTENCE.repeat(Math.ceil(charsPerPage / SENTENCE.length));
  const body = Array.from({ length: pageCount }, (_, index) => ({ page: index + 1, text }));
  return { body, title: 'A title', author: null, pageCount, outline: [], language: 'en', ...rest };
}

function run(subject: Summarisable, model: FakeModel, rest: Partial<SummariseOptions> = {}) {
  const signal = new AbortController().signal;
  return summarise(subject, { model, maxOutputTokens: 1024, replyLanguage: null, signal, ...rest });
}

/** The pages that a call was about, by the marks in its text. */
function pagesIn({ user }: { user: string }): number[] {
  return [...user.matchAll(/^\[page (\d+)\]$/gm)].map((match) => Number(match[1]));
}

describe('a document that fits', () => {
  it('is summarised in one call', async () => {
    const model = createFakeModel();
    await expect(run(reading(3, 1_000), model)).resolves.toEqual({
      summary: 'It is a plan (p. 1).',
      keyPoints: ['It costs (p. 1)'],
      notes: [],
      usage: { inputTokens: expect.any(Number), outputTokens: 10 },
      calls: 1,
    });
    expect(model.answered.map(pagesIn)).toEqual([[1, 2, 3]]);
    expect(model.answered[0]?.user).toContain('Title: A title');
    expect(model.answered[0]?.maxOutputTokens).toBe(1024);
  });

  it('is answered in the language that the operator chose, else in its own', async () => {
    const model = createFakeModel();
    await run(reading(1, 100, { language: 'pl' }), model);
    await run(reading(1, 100, { language: 'pl' }), model, { replyLanguage: 'de' });
    expect(model.answered.map((request) => /Answer in (\w+)/.exec(request.system)?.[1])).toEqual(['Polish', 'German']);
  });

  it('leaves room for the document in a small model: a third for the answer, no title', async () => {
    const model = createFakeModel({ contextTokens: 2048 });
    await run(reading(1, 1_000), model);
    expect(model.answered[0]?.maxOutputTokens).toBe(682);
    expect(model.answered[0]?.user).not.toContain('A title');
  });

  it('tells of its progress', async () => {
    const progress: string[] = [];
    await run(reading(1, 100), createFakeModel(), { onProgress: (done, of) => progress.push(`${done}/${of}`) });
    expect(progress).toEqual(['0/1', '1/1']);
  });
});

describe('a document that is too long', () => {
  it('is summarised part by part, each page once, and then joined', async () => {
    const model = createFakeModel({ answer: (_request, index) => ({ text: `Answer ${index} (p. 1).` }) });
    const result = await run(reading(40, 2_000), model);
    const parts = model.answered.slice(0, -1);
    expect(parts.flatMap(pagesIn)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(result.summary).toBe(`Answer ${parts.length} (p. 1).`);
    expect(result.calls).toBe(parts.length + 1);
    const join = model.answered.at(-1)?.user ?? '';
    for (const index of parts.keys()) expect(join).toContain(`Answer ${index} (p. 1).`);
    expect(join).toContain('Title: A title');
    expect(model.refused).toEqual([]);
  });

  it('never has two calls at a time', async () => {
    let running = 0;
    const model = createFakeModel();
    const slow: FakeModel = {
      ...model,
      async complete(request) {
        running++;
        expect(running).toBe(1);
        await Promise.resolve();
        const answer = await model.complete(request);
        running--;
        return answer;
      },
    };
    await run(reading(40, 2_000), slow);
    expect(model.answered.length).toBeGreaterThan(3);
  });

  it('is joined in groups when the parts themselves do not fit together', async () => {
    const model = createFakeModel({ contextTokens: 2048, answer: () => ({ text: `${SENTENCE.repeat(40)}` }) });
    await run(reading(40, 2_000), model);
    const joins = model.answered.filter((request) => request.user.includes('Summaries of parts'));
    expect(joins.length).toBeGreaterThan(3);
    expect(joins.at(-1)?.user).toContain('summarise the whole document');
    expect(model.refused).toEqual([]);
  });

  it('counts its progress up to the end', async () => {
    const progress: string[] = [];
    await run(reading(40, 2_000), createFakeModel(), { onProgress: (done, of) => progress.push(`${done}/${of}`) });
    expect(progress).toEqual(['0/5', '1/5', '2/5', '3/5', '4/5', '5/5']);
  });
});

describe('a model that holds less than it says', () => {
  it('is understood by its own count: one refusal, then parts that fit', async () => {
    const model = createFakeModel({ realContextTokens: 2048, tokensPerChar: 1 });
    const result = await run(reading(12, 1_000), model);
    expect(result.summary).toBe('It is a plan (p. 1).');
    expect(model.refused).toHaveLength(1);
    expect(result.calls).toBeLessThan(30);
  });

  it('is asked for less and less when it gives no count', async () => {
    const model = createFakeModel({ realContextTokens: 2048, tokensPerChar: 1, tellsNumbers: false });
    const result = await run(reading(12, 1_000), model);
    expect(result.summary).toBe('It is a plan (p. 1).');
    expect(model.refused.length).toBeLessThan(6);
    expect(result.calls).toBeLessThan(50);
  });

  it('is not asked again for parts that it has summarised already', async () => {
    // The second half of the pages has far more tokens a character than the first.
    const dense = createFakeModel();
    const model: FakeModel = {
      ...dense,
      async complete(request) {
        const first = pagesIn(request)[0] ?? 0;
        if (first > 20 && request.user.length > 6_000) {
          dense.refused.push(request);
          throw new AppError('model_context_exceeded', 'too long');
        }
        return dense.complete(request);
      },
    };
    await run(reading(40, 2_000), model);
    expect(model.refused.length).toBeGreaterThan(0);
    const pages = model.answered.slice(0, -1).flatMap(pagesIn);
    expect(pages).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  });

  it('is given up when hardly any text fits', async () => {
    const model = createFakeModel({ realContextTokens: 100, tokensPerChar: 1 });
    await expect(run(reading(12, 1_000), model)).rejects.toMatchObject({ code: 'model_context_exceeded' });
    expect(model.refused.length).toBeLessThan(10);
  });

  it('is given up in few calls when it refuses everything and tells nonsense', async () => {
    const model = createFakeModel({ realContextTokens: 0, tokensPerChar: 0.3 });
    const odd: FakeModel = {
      ...model,
      async complete(request) {
        model.refused.push(request);
        throw new AppError('model_context_exceeded', 'too long');
      },
    };
    await expect(run(reading(12, 10_000), odd)).rejects.toMatchObject({ code: 'model_context_exceeded' });
    expect(model.refused.length).toBeLessThan(10);
  });
});

describe('answers that are not as they should be', () => {
  it('uses an answer that was cut off, and says so once', async () => {
    const model = createFakeModel({ answer: () => ({ finish: 'length' }) });
    const result = await run(reading(40, 2_000), model);
    expect(result.summary).toBe('It is a plan (p. 1).');
    expect(result.notes).toEqual([{ kind: 'summary_cut' }]);
  });

  it('asks once more when nothing usable came', async () => {
    const model = createFakeModel({
      answer: (_request, index) => ({ text: index === 0 ? '<think>hm</think>' : 'A plan.' }),
    });
    await expect(run(reading(1, 100), model)).resolves.toMatchObject({ summary: 'A plan.', calls: 2 });
  });

  it('asks once more when the model calls its answer a failure', async () => {
    const empty = new AppError('model_failed', 'the model gave an empty answer');
    const model = createFakeModel({ answer: (_request, index) => (index === 0 ? empty : {}) });
    await expect(run(reading(1, 100), model)).resolves.toMatchObject({ calls: 2 });
  });

  it('gives up after the second useless answer', async () => {
    const model = createFakeModel({ answer: () => ({ text: ' ' }) });
    await expect(run(reading(1, 100), model)).rejects.toMatchObject({
      code: 'model_failed',
      message: 'the model gave an answer without a usable word',
    });
    expect(model.answered).toHaveLength(2);
  });

  it.each(['model_unavailable', 'model_rate_limited'] as const)('passes %s on as it is', async (code) => {
    const outage = new AppError(code, 'away', { retryAfterMs: 5_000 });
    const model = createFakeModel({ answer: () => outage });
    await expect(run(reading(1, 100), model)).rejects.toBe(outage);
    expect(model.answered).toHaveLength(1);
  });

  it('counts the tokens of all answers', async () => {
    const model = createFakeModel({ answer: () => ({ usage: { inputTokens: 100, outputTokens: 7 } }) });
    const result = await run(reading(40, 2_000), model);
    expect(result.usage).toEqual({ inputTokens: result.calls * 100, outputTokens: result.calls * 7 });
  });
});

describe('edges', () => {
  it('fails on a document without text', async () => {
    const model = createFakeModel();
    await expect(run(reading(1, 0), model)).rejects.toMatchObject({ code: 'model_failed' });
    expect(model.answered).toEqual([]);
  });

  it("stops between two parts with the caller's reason", async () => {
    const caller = new AbortController();
    const model = createFakeModel({
      answer: (_request, index) => {
        if (index === 1) caller.abort(new Error('shutting down'));
        return {};
      },
    });
    await expect(run(reading(40, 2_000), model, { signal: caller.signal })).rejects.toThrow('shutting down');
    expect(model.answered).toHaveLength(2);
  });
});
