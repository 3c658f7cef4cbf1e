// Owns the tests of answers that a job has got already and does not pay for again.
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import type { Model, ModelAnswer, ModelRequest } from '../../../src/domain/model.ts';
import { type KeptAnswers, keepAnswers } from '../../../src/pipeline/keptModel.ts';
import { summarise } from '../../../src/pipeline/summarise.ts';
import { createFakeModel } from '../../fixtures/fakeModel.ts';

const PAGE = 'This is one of the many sentences. '.repeat(60);

let stored: Map<string, ModelAnswer>;
let kept: KeptAnswers;

beforeEach(() => {
  stored = new Map();
  kept = { find: (key) => stored.get(key) ?? null, save: (key, answer) => void stored.set(key, answer) };
});

function request(rest: Partial<ModelRequest> = {}): ModelRequest {
  return { system: 's', user: 'u', maxOutputTokens: 10, signal: new AbortController().signal, ...rest };
}

function numbered(): ReturnType<typeof createFakeModel> {
  return createFakeModel({ answer: (_request, index) => ({ text: `answer ${index}` }) });
}

/** What two attempts of a job, one after the other, are answered. */
async function inTwoAttempts(first: ModelRequest, second: ModelRequest, model: Model = numbered()): Promise<string[]> {
  const before = await keepAnswers(model, kept).complete(first);
  const after = await keepAnswers(model, kept).complete(second);
  return [before.text, after.text];
}

describe('an answer from an earlier attempt', () => {
  it('is given again without a call, and costs nothing', async () => {
    const model = numbered();
    const first = await keepAnswers(model, kept).complete(request());
    expect(first.usage.outputTokens).toBe(10);
    await expect(keepAnswers(model, kept).complete(request())).resolves.toEqual({
      ...first,
      usage: { inputTokens: 0, outputTokens: 0 },
    });
    expect(model.answered).toHaveLength(1);
  });

  it('is asked for anew when it was of no use, and the new one takes its place', async () => {
    const model = numbered();
    await keepAnswers(model, kept).complete(request());
    const second = keepAnswers(model, kept);
    const answers = [await second.complete(request()), await second.complete(request())];
    expect(answers.map(({ text }) => text)).toEqual(['answer 0', 'answer 1']);
    await expect(keepAnswers(model, kept).complete(request())).resolves.toMatchObject({ text: 'answer 1' });
  });

  it('asked for twice in the same attempt comes from the model twice', async () => {
    const model = numbered();
    const attempt = keepAnswers(model, kept);
    await attempt.complete(request());
    await expect(attempt.complete(request())).resolves.toMatchObject({ text: 'answer 1' });
  });

  const jpeg = (byte: number) => [{ mime: 'image/jpeg' as const, bytes: new Uint8Array([byte]) }];
  it.each<[string, Partial<ModelRequest>, Partial<ModelRequest>]>([
    ['instructions', { system: 'a' }, { system: 'b' }],
    ['text', { user: 'a' }, { user: 'b' }],
    ['length of the answer', { maxOutputTokens: 10 }, { maxOutputTokens: 20 }],
    ['form', {}, { schema: { name: 'x', schema: {} } }],
    ['picture', { images: jpeg(1) }, { images: jpeg(2) }],
    ['pictures', {}, { images: jpeg(1) }],
    ['words in other places', { system: 'ab', user: 'c' }, { system: 'a', user: 'bc' }],
  ])('is none to a question with other %s', async (_what, first, second) => {
    expect(await inTwoAttempts(request(first), request(second))).toEqual(['answer 0', 'answer 1']);
  });

  it('is that of the model that gave it: for words the one that writes, for pictures the one that sees', async () => {
    const model = numbered();
    const named = (name: string, visionName: string): Model => ({ ...model, name, visionName });
    for (const [name, visionName] of [
      ['w1', 's1'],
      ['w2', 's1'],
      ['w1', 's2'],
    ] as const) {
      const attempt = keepAnswers(named(name, visionName), kept);
      await attempt.complete(request());
      await attempt.complete(request({ images: jpeg(1) }));
    }
    expect(model.answered.map(({ images }) => images?.length ?? 0)).toEqual([0, 1, 0, 1]);
  });

  it('is found again when its call was the one that settled which model is used', async () => {
    const model = numbered();
    let name = 'first listed model';
    const unsettled: Model = {
      ...model,
      get name() {
        return name;
      },
      complete(asked) {
        name = 'double-1';
        return model.complete(asked);
      },
    };
    expect(await inTwoAttempts(request(), request(), unsettled)).toEqual(['answer 0', 'answer 0']);
  });

  it('is none when the call failed', async () => {
    const model = createFakeModel({ answer: (_r, index) => (index === 0 ? new AppError('model_failed', 'no') : {}) });
    await expect(keepAnswers(model, kept).complete(request())).rejects.toMatchObject({ code: 'model_failed' });
    expect(stored.size).toBe(0);
  });

  it('is not given to a job that is cancelled', async () => {
    await keepAnswers(numbered(), kept).complete(request());
    const cancelled = request({ signal: AbortSignal.abort(new Error('taken back')) });
    await expect(keepAnswers(numbered(), kept).complete(cancelled)).rejects.toThrow('taken back');
  });
});

describe('a model that keeps its answers', () => {
  it('is the model itself to the outside', async () => {
    const load = () => ({ state: 'closed' }) as ReturnType<NonNullable<Model['load']>>;
    const model = keepAnswers({ ...createFakeModel(), visionName: 'seer', load }, kept);
    const { name, visionName, host, contextTokens, vision } = model;
    expect({ name, visionName, host, contextTokens, vision }).toEqual({
      name: 'fake',
      visionName: 'seer',
      host: 'here',
      contextTokens: 8192,
      vision: 'no',
    });
    expect(model.load?.().state).toBe('closed');
    expect(await model.check(new AbortController().signal)).toEqual({ ok: true, detail: 'fake' });
  });
});

describe('a long document that failed on its way', () => {
  it('goes on where it stopped: only the parts that are missing are asked for', async () => {
    const reading = {
      body: Array.from({ length: 72 }, (_, index) => ({ page: index + 1, text: PAGE })),
      title: null,
      author: null,
      pageCount: 72,
      outline: [],
      language: 'en',
    };
    const outage = new AppError('model_unavailable', 'away');
    let isAway = true;
    const model = createFakeModel({ answer: (_request, index) => (index === 4 && isAway ? outage : {}) });
    const attempt = () =>
      summarise(reading, {
        model: keepAnswers(model, kept),
        maxOutputTokens: 1024,
        replyLanguage: null,
        signal: new AbortController().signal,
      });
    await expect(attempt()).rejects.toBe(outage);
    isAway = false;
    model.answered.length = 0;
    const result = await attempt();
    expect(result).toMatchObject({ summary: 'It is a plan (p. 1).', calls: 9 });
    const pages = model.answered.map(({ user }) => /^\[page (\d+)\]$/m.exec(user)?.[1] ?? 'joined');
    expect(pages).toEqual(['37', '46', '55', '64', 'joined']);
    expect(result.usage.outputTokens).toBe(5 * 10);
  });
});
