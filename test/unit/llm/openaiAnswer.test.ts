// Owns the tests of reading what an OpenAI-compatible server sends back.
import { describe, expect, it } from 'vitest';
import { readCompletion, readModelList } from '../../../src/llm/openaiAnswer.ts';

const NAMES = { host: 'gpu:8080', loginAdvice: '', modelAdvice: '' };
const completion = (message: object, finish_reason: string | null = 'stop', usage: object | null = null) => ({
  choices: [{ message, finish_reason }],
  usage,
});

describe('readCompletion', () => {
  it('gives the text, how it ended, and what it cost', () => {
    const usage = { prompt_tokens: 12, completion_tokens: 3 };
    expect(readCompletion(completion({ content: 'A plan.' }, 'length', usage), NAMES)).toEqual({
      text: 'A plan.',
      finish: 'length',
      usage: { inputTokens: 12, outputTokens: 3 },
    });
  });

  it('counts nothing when the server does not tell', () => {
    expect(readCompletion(completion({ content: 'A plan.' }, null), NAMES)).toEqual({
      text: 'A plan.',
      finish: 'other',
      usage: { inputTokens: 0, outputTokens: 0 },
    });
  });

  it.each([[''], ['  \n'], [null]])('fails on an answer without a word: %j', (content) => {
    expect(() => readCompletion(completion({ content }), NAMES)).toThrow(
      expect.objectContaining({ code: 'model_failed', message: 'the model at gpu:8080 gave an empty answer' }),
    );
  });

  it('tells of a refusal', () => {
    const refused = completion({ content: null, refusal: 'I cannot help with that.' });
    expect(() => readCompletion(refused, NAMES)).toThrow(
      expect.objectContaining({ code: 'model_failed', message: expect.stringContaining('I cannot help with that.') }),
    );
  });

  it('shows the start of a page that is no completion, in one line', () => {
    expect(() => readCompletion('<!doctype html>\n<title>Sign in</title>', NAMES)).toThrow(
      expect.objectContaining({
        code: 'model_unavailable',
        message: 'gpu:8080 sent no completion: <!doctype html> <title>Sign in</title> (is LLM_BASE_URL right?)',
      }),
    );
  });

  it('understands a router that puts a failure into a 200', () => {
    const body = { error: { message: 'Rate limited upstream', code: 429 } };
    expect(() => readCompletion(body, NAMES)).toThrow(
      expect.objectContaining({
        code: 'model_rate_limited',
        message: expect.stringContaining('Rate limited upstream'),
      }),
    );
  });
});

describe('readModelList', () => {
  it('gives the names in the order of the server', () => {
    const body = { object: 'list', data: [{ id: 'b' }, { id: 'a', owned_by: 'llamacpp' }] };
    expect(readModelList(body, NAMES).map((model) => model.id)).toEqual(['b', 'a']);
  });

  it('fails on anything else', () => {
    expect(() => readModelList({ models: [] }, NAMES)).toThrow(expect.objectContaining({ code: 'model_unavailable' }));
  });
});
