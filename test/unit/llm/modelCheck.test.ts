// Owns the tests of what doctor says of a model server.
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import { failedCheck, judgeModels } from '../../../src/llm/modelCheck.ts';

describe('judgeModels', () => {
  it('is content when the configured model is there', () => {
    expect(judgeModels('gpu', ['a', 'b'], 'b', 'pull it')).toEqual({ ok: true, detail: 'gpu answers and has b' });
  });

  it('names what the server has instead, a few at most', () => {
    const listed = ['a', 'b', 'c', 'd', 'e', 'f'];
    expect(judgeModels('gpu', listed, 'z', 'pull it')).toEqual({
      ok: false,
      detail: 'gpu answers, but has no model "z" (it has a, b, c, d, e, …)',
      advice: 'pull it',
    });
  });

  it('says which model is taken when none is configured', () => {
    expect(judgeModels('gpu', ['a'], undefined, 'pull one').detail).toContain('its first model is used: a');
    expect(judgeModels('gpu', [], undefined, 'pull one')).toEqual({
      ok: false,
      detail: 'gpu answers, but has no model',
      advice: 'pull one',
    });
  });
});

describe('failedCheck', () => {
  it('gives the reason and what to look at', () => {
    const check = failedCheck(new AppError('model_unavailable', 'the connection to gpu failed'));
    expect(check).toEqual({
      ok: false,
      detail: 'the connection to gpu failed',
      advice: 'Is it running, and is its address right?',
    });
  });

  it('does not doubt the address of a server that limits us', () => {
    expect(failedCheck(new AppError('model_rate_limited', 'slow down'))).toMatchObject({
      advice: 'It is there; wait for its rate limit to end.',
    });
  });
});
