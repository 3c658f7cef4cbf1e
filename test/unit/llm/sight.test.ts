// Owns the tests of what is learnt of a model's eyes.
import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import type { ModelAnswer, ModelRequest } from '../../../src/domain/model.ts';
import { statusError } from '../../../src/llm/modelErrors.ts';
import { createSight, type Vision } from '../../../src/llm/sight.ts';

const ANSWER: ModelAnswer = { text: 'A cat.', finish: 'stop', usage: { inputTokens: 9, outputTokens: 3 } };
const NAMES = { host: 'gpu', loginAdvice: '', modelAdvice: '' };
const refused = () => statusError({ status: 500, message: 'image input is not supported by this server' }, NAMES);
const away = () => statusError({ status: 503, message: 'Loading model' }, NAMES);

function request(pictures: number, signal: AbortSignal = new AbortController().signal): ModelRequest {
  const images = Array.from({ length: pictures }, () => ({ mime: 'image/jpeg' as const, bytes: new Uint8Array(3) }));
  return { system: 's', user: 'u', maxOutputTokens: 10, images, signal };
}

function createSubject(told: Vision | Error = 'unknown') {
  const look = vi.fn(async () => {
    if (told instanceof Error) throw told;
    return told;
  });
  const sight = createSight({ look });
  const call = vi.fn(async () => ANSWER);
  return { sight, look, call };
}

describe('the eyes of a model', () => {
  it('are asked about once, before the first picture', async () => {
    const { sight, look, call } = createSubject();
    expect(sight.vision).toBe('unknown');
    await sight.through(request(0), call);
    expect(look).not.toHaveBeenCalled();
    await sight.through(request(1), call);
    await sight.through(request(2), call);
    expect(look).toHaveBeenCalledOnce();
  });

  it('are there once a picture was taken', async () => {
    const { sight, call } = createSubject();
    await expect(sight.through(request(1), call)).resolves.toBe(ANSWER);
    expect(sight.vision).toBe('yes');
  });

  it('are spared a call when the server says that there are none', async () => {
    const { sight, call } = createSubject('no');
    await expect(sight.through(request(1), call)).rejects.toMatchObject({ code: 'model_cannot_see' });
    expect(call).not.toHaveBeenCalled();
    expect(sight.vision).toBe('no');
  });

  it('are not there after a refusal, and no second picture is sent', async () => {
    const { sight } = createSubject();
    const call = vi.fn(() => Promise.reject(refused()));
    await expect(sight.through(request(1), call)).rejects.toMatchObject({
      code: 'model_cannot_see',
      message: 'gpu answered 500: image input is not supported by this server',
    });
    await expect(sight.through(request(1), call)).rejects.toMatchObject({ code: 'model_cannot_see' });
    expect(call).toHaveBeenCalledOnce();
  });

  it('have nothing to do with words: a text that speaks of images is an ordinary failure', async () => {
    const { sight } = createSubject();
    await expect(sight.through(request(0), () => Promise.reject(refused()))).rejects.toMatchObject({
      code: 'model_unavailable',
    });
    expect(sight.vision).toBe('unknown');
  });

  it('are unknown again after an outage: another model may have come back', async () => {
    const { sight, look, call } = createSubject('no');
    await sight.through(request(1), call).catch(() => {});
    await sight.through(request(0), () => Promise.reject(away())).catch(() => {});
    expect(sight.vision).toBe('unknown');
    look.mockResolvedValue('yes');
    await expect(sight.through(request(1), call)).resolves.toBe(ANSWER);
  });

  it('may be used although the server does not answer the question', async () => {
    const { sight, call } = createSubject(new AppError('model_unavailable', 'no list'));
    await expect(sight.through(request(1), call)).resolves.toBe(ANSWER);
    expect(sight.vision).toBe('yes');
  });

  it("end the question with the caller's reason", async () => {
    const caller = new AbortController();
    const { sight, look, call } = createSubject();
    look.mockImplementation(() => {
      caller.abort(new Error('shutting down'));
      return Promise.reject(new Error('aborted'));
    });
    await expect(sight.through(request(1, caller.signal), call)).rejects.toThrow('shutting down');
    expect(call).not.toHaveBeenCalled();
  });
});
