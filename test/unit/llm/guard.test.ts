// Owns the tests of the time-out, the retries, the figures and the log lines round a model's calls.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import type { ModelAnswer } from '../../../src/domain/model.ts';
import { createGuardedModel } from '../../../src/llm/guard.ts';
import { ANSWER, ask, away, createSubject, limited, settled, TIMEOUT_MS } from './guardRig.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a guarded model', () => {
  it('is the model itself to the outside', () => {
    const { guarded } = createSubject([ANSWER]);
    expect([guarded.name, guarded.host, guarded.contextTokens]).toEqual(['openai/double', 'gpu', 8192]);
  });

  it('logs one record with the tokens of a call', async () => {
    const { guarded, records } = createSubject([ANSWER]);
    await expect(ask(guarded)).resolves.toEqual(ANSWER);
    expect(records).toEqual([
      {
        level: 'info',
        message: 'model call',
        stage: 'thinking',
        model: 'openai/double',
        attempt: 1,
        durationMs: 0,
        inputTokens: 120,
        outputTokens: 7,
        finish: 'stop',
      },
    ]);
  });

  it('tries three times, after 1 s and 2 s, and logs each failure', async () => {
    const { guarded, requests, slept, records } = createSubject([away()]);
    await expect(settled(ask(guarded))).rejects.toMatchObject({
      code: 'model_unavailable',
      message: 'gpu answered 503',
    });
    expect(requests).toHaveLength(3);
    expect(slept).toEqual([1_000, 2_000]);
    expect(records.map(({ level, code, attempt, stage }) => ({ level, code, attempt, stage }))).toEqual(
      [1, 2, 3].map((attempt) => ({ level: 'warn', code: 'model_unavailable', attempt, stage: 'thinking' })),
    );
  });

  it('answers when the second try succeeds', async () => {
    const { guarded, slept, records } = createSubject([away(), ANSWER]);
    await expect(settled(ask(guarded))).resolves.toEqual(ANSWER);
    expect(slept).toEqual([1_000]);
    expect(records.map((record) => record.level)).toEqual(['warn', 'info']);
  });

  it('waits as long as the server asks', async () => {
    const { guarded, requests, slept } = createSubject([away(60_000), limited(17_000), ANSWER]);
    const answer = ask(guarded);
    await vi.advanceTimersByTimeAsync(16_990);
    expect([requests.length, slept]).toEqual([2, [60_000]]);
    await vi.advanceTimersByTimeAsync(20);
    await expect(answer).resolves.toEqual(ANSWER);
  });

  it.each([undefined, 0])('waits 1 s, 2 s when the server is busy and tells no time (%s)', async (told) => {
    const { guarded, requests } = createSubject([limited(told)]);
    const failed = expect(ask(guarded)).rejects.toMatchObject({ code: 'model_rate_limited' });
    await vi.advanceTimersByTimeAsync(999);
    expect(requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_999);
    expect(requests).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(20);
    await failed;
    expect(requests).toHaveLength(3);
  });

  it('gives up at once when the server asks for more than a minute, and passes the wait on', async () => {
    const { guarded, requests, slept } = createSubject([limited(61_000)]);
    await expect(ask(guarded)).rejects.toMatchObject({ code: 'model_rate_limited', retryAfterMs: 61_000 });
    expect(requests).toHaveLength(1);
    expect(slept).toEqual([]);
  });

  it.each(['model_failed', 'model_context_exceeded', 'model_cannot_see'] as const)(
    'does not repeat a call after %s',
    async (code) => {
      const error = new AppError(code, 'no');
      const { guarded, requests } = createSubject([error]);
      await expect(ask(guarded)).rejects.toBe(error);
      expect(requests).toHaveLength(1);
    },
  );

  it('takes an unknown error for a failure, with the error as its cause', async () => {
    const bug = new TypeError('x is not a function');
    const { guarded, records } = createSubject([bug]);
    await expect(ask(guarded)).rejects.toMatchObject({ code: 'model_failed', cause: bug });
    expect(records).toMatchObject([{ level: 'warn', code: 'model_failed', error: 'x is not a function' }]);
  });

  it('ends a call that hangs, and tries again', async () => {
    const { guarded, requests } = createSubject([() => new Promise(() => {}), ANSWER]);
    const answer = ask(guarded);
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS + 10);
    await expect(answer).resolves.toEqual(ANSWER);
    expect(requests.map((request) => request.signal.aborted)).toEqual([true, false]);
  });

  it('calls three hanging calls an outage that names the time-out', async () => {
    const { guarded } = createSubject([() => new Promise(() => {})]);
    const failed = expect(ask(guarded)).rejects.toMatchObject({
      code: 'model_unavailable',
      message: 'gpu gave no answer within the time-out of 120 s',
    });
    await vi.advanceTimersByTimeAsync(3 * TIMEOUT_MS + 10);
    await failed;
  });

  it('lets a slow model finish as long as it speaks', async () => {
    const { guarded } = createSubject([
      (request) =>
        new Promise((resolve) => {
          setInterval(() => request.onProgress?.(), 60_000);
          setTimeout(() => resolve(ANSWER), 3 * TIMEOUT_MS);
        }),
    ]);
    const answer = ask(guarded);
    await vi.advanceTimersByTimeAsync(3 * TIMEOUT_MS);
    await expect(answer).resolves.toEqual(ANSWER);
  });

  it("ends with the caller's reason during a call, and logs no failure", async () => {
    const caller = new AbortController();
    const { guarded, requests, records } = createSubject([() => new Promise(() => {})]);
    const answer = ask(guarded, caller.signal);
    answer.catch(() => {});
    await vi.advanceTimersByTimeAsync(0);
    caller.abort(new Error('shutting down'));
    await expect(answer).rejects.toThrow('shutting down');
    expect(requests).toHaveLength(1);
    expect(requests[0]?.signal.aborted).toBe(true);
    expect(records).toEqual([]);
  });

  it("ends with the caller's reason during a wait between two tries, and leaves no timer", async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const timersBefore = timers();
    const caller = new AbortController();
    const { model, log, requests } = createSubject([away(59_000)]);
    const guarded = createGuardedModel(model, { timeoutMs: TIMEOUT_MS, log });
    const failed = expect(ask(guarded, caller.signal)).rejects.toThrow('shutting down');
    await vi.advanceTimersByTimeAsync(10);
    expect(timers()).toBe(timersBefore + 1);
    caller.abort(new Error('shutting down'));
    await failed;
    expect(requests).toHaveLength(1);
    expect(timers()).toBe(timersBefore);
  });

  it('gives up a check after ten seconds', async () => {
    const { model, log } = createSubject([ANSWER]);
    const guarded = createGuardedModel(
      { ...model, check: () => new Promise(() => {}) },
      { timeoutMs: TIMEOUT_MS, log },
    );
    const check = guarded.check(new AbortController().signal);
    await vi.advanceTimersByTimeAsync(10_000);
    await expect(check).resolves.toMatchObject({ ok: false, detail: 'gpu gave no answer within 10 s' });
  });

  it('tells the meter of each call: what came of it, how long it took, and its tokens', async () => {
    const { guarded, metered } = createSubject([
      away(),
      () => new Promise((resolve) => setTimeout(() => resolve(ANSWER), 5)),
    ]);
    await settled(ask(guarded));
    expect(metered).toEqual([
      ['model_unavailable', 0, { inputTokens: 0, outputTokens: 0 }],
      [null, 5, { inputTokens: 120, outputTokens: 7 }],
    ]);
  });

  it('counts the wait for its turn neither into the time-out nor into the time of the call', async () => {
    const slow = () => new Promise<ModelAnswer>((resolve) => setTimeout(() => resolve(ANSWER), TIMEOUT_MS - 1));
    const { guarded, metered, records } = createSubject([slow], { maxConcurrent: 1 });
    const answers = Promise.all([ask(guarded), ask(guarded)]);
    await vi.advanceTimersByTimeAsync(2 * TIMEOUT_MS);
    await expect(answers).resolves.toEqual([ANSWER, ANSWER]);
    expect(metered.map(([code, ms]) => [code, ms])).toEqual([
      [null, TIMEOUT_MS - 1],
      [null, TIMEOUT_MS - 1],
    ]);
    expect(records.map(({ waitedMs }) => waitedMs)).toEqual([undefined, TIMEOUT_MS - 1]);
  });
});
