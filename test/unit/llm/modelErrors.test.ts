// Owns the tests of what each failure of a model server means for a job and what the operator is told.
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import { ContextOverflow } from '../../../src/domain/model.ts';
import { ResponseTooLarge } from '../../../src/llm/boundedFetch.ts';
import { emptyAnswer, shorten, statusError, transportError } from '../../../src/llm/modelErrors.ts';

const NAMES = { host: 'gpu:8080', loginAdvice: 'check LLM_API_KEY', modelAdvice: 'check LLM_MODEL' };
const fail = (status: number, message = 'words', rest: object = {}) => statusError({ status, message, ...rest }, NAMES);

describe('statusError', () => {
  it.each([
    [500, 'model_unavailable'],
    [502, 'model_unavailable'],
    [503, 'model_unavailable'],
    [529, 'model_unavailable'],
    [401, 'model_unavailable'],
    [402, 'model_unavailable'],
    [403, 'model_unavailable'],
    [404, 'model_unavailable'],
    [408, 'model_unavailable'],
    [429, 'model_rate_limited'],
    [400, 'model_failed'],
    [422, 'model_failed'],
  ] as const)('%i is %s', (status, code) => {
    expect(fail(status).code).toBe(code);
  });

  it('names the server, the status and its words', () => {
    expect(fail(503, 'Loading model').message).toBe('gpu:8080 answered 503: Loading model');
  });

  it('tells the operator which setting to check', () => {
    expect(fail(401).message).toContain('check LLM_API_KEY');
    expect(fail(404).message).toContain('check LLM_MODEL');
  });

  it('carries the wait that the server asked for', () => {
    expect(fail(429, 'slow down', { retryAfterMs: 20_000 }).retryAfterMs).toBe(20_000);
    expect(fail(503, 'busy', { retryAfterMs: 5_000 }).retryAfterMs).toBe(5_000);
  });

  it('takes an empty account for an outage, not for a rate limit', () => {
    expect(fail(429, 'You exceeded your current quota', { code: 'insufficient_quota' }).code).toBe('model_unavailable');
  });

  it('gives the numbers of a prompt that did not fit as the cause', () => {
    const error = fail(400, 'request (4476 tokens) exceeds the available context size (4096 tokens)');
    expect(error.code).toBe('model_context_exceeded');
    expect(error.cause).toBeInstanceOf(ContextOverflow);
    expect(error.cause).toMatchObject({ promptTokens: 4476, contextTokens: 4096 });
  });

  it('understands a prompt that did not fit behind a 500 too', () => {
    expect(fail(500, 'the input length exceeds the context length').code).toBe('model_context_exceeded');
  });
});

describe('transportError', () => {
  it('tells the innermost reason of a failed connection', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:8080'), { code: 'ECONNREFUSED' });
    const error = transportError(new TypeError('fetch failed', { cause: refused }), 'gpu:8080');
    expect(error.code).toBe('model_unavailable');
    expect(error.message).toBe('the connection to gpu:8080 failed: connect ECONNREFUSED 127.0.0.1:8080');
  });

  it('adds the code where the message does not say it', () => {
    const closed = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });
    expect(transportError(closed, 'h').message).toContain('other side closed (UND_ERR_SOCKET)');
  });

  it('calls an answer that is no JSON an outage, and one without end a failure', () => {
    expect(transportError(new SyntaxError('Unexpected end'), 'h').code).toBe('model_unavailable');
    expect(transportError(new ResponseTooLarge(10), 'h').code).toBe('model_failed');
  });

  it('passes an AppError on as it is', () => {
    const error = new AppError('model_rate_limited', 'x');
    expect(transportError(error, 'h')).toBe(error);
  });
});

describe('emptyAnswer', () => {
  it('says what to raise when the output limit was used up', () => {
    expect(emptyAnswer('h', 'length').message).toContain('raise LLM_MAX_OUTPUT_TOKENS');
    expect(emptyAnswer('h', 'stop').message).toBe('the model at h gave an empty answer');
  });
});

describe('shorten', () => {
  it('makes one short line without control characters', () => {
    expect(shorten('a\n\u001b[31mb\u202e  c')).toBe('a [31mb c');
    expect(shorten('x'.repeat(1000))).toHaveLength(301);
  });

  it('keeps the login of a URL out of the log', () => {
    expect(shorten('cannot fetch http://me:secret@gpu:8080/v1')).toBe('cannot fetch http://gpu:8080/v1');
  });
});
