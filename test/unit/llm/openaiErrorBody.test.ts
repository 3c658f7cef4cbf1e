// Owns the tests of finding the words of a refusal, wherever its server puts them.
import { describe, expect, it } from 'vitest';
import { readableError } from '../../../src/llm/openaiErrorBody.ts';

const messageIn = (body: unknown) => JSON.parse(readableError(JSON.stringify(body))).error.message;

describe('readableError', () => {
  it.each([
    ['OpenAI', { error: { message: 'no', code: 'x' } }, 'no'],
    ['LM Studio', { error: 'Model does not support images.' }, 'Model does not support images.'],
    [
      'older vLLM',
      { object: 'error', message: 'm is not a multimodal model', code: 400 },
      'm is not a multimodal model',
    ],
    ['FastAPI', { detail: 'Not Found' }, 'Not Found'],
    ['FastAPI with a list', { detail: [{ msg: 'Field required' }] }, '[{"msg":"Field required"}]'],
  ])('%s', (_server, body, message) => {
    expect(messageIn(body)).toBe(message);
  });

  it('keeps type and code', () => {
    const body = { object: 'error', message: 'no', type: 'BadRequestError', code: 400 };
    expect(JSON.parse(readableError(JSON.stringify(body))).error).toEqual({
      message: 'no',
      type: 'BadRequestError',
      code: 400,
    });
  });

  it.each(['<!doctype html>', '', 'null', '[1]'])('leaves %j as it is', (text) => {
    expect(readableError(text)).toBe(text);
  });
});
