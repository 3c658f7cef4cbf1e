// Owns the tests of the time-out, the retries, the figures and the log lines round a model's calls.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError, type ErrorCode } from '../../../src/domain/errors.ts';
import { type Meter, NO_METER } from '../../../src/domain/meter.ts';
import type { Model, ModelAnswer, ModelRequest, TokenUsage } from '../../../src/domain/model.ts';
import { Gate, type GateOptions } from '../../../src/llm/gate.ts';
import { createGuardedModel } from '../../../src/llm/guard.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';

const ANSWER: ModelAnswer = { text: 'A plan.', finish: 'stop', usage: { inputTokens: 120, outputTokens: 7 } };
const TIMEOUT_MS = 120_000;

type Turn = ModelAnswer | Error | ((request: ModelRequest) => Promise<ModelAnswer>);

type Metered = [ErrorCode | null, number, TokenUsage];

function createSubject(turns: Turn[], limits: Partial<GateOptions> = {}) {
  const requests: ModelRequest[] = [];
  const slept: number[] = [];
  const { log, records } = createRecordingLog();
  const model: Model = {
    name: 'openai/double',
    host: 'gpu',
    vision: 'no',
    contextTokens: 8192,
    async complete(request) {
      const turn = turns[Math.min(requests.length, turns.length - 1)];
      requests.push(request);
      if (typeof turn === 'function') return turn(request);
      if (turn instanceof Error) throw turn;
      return turn as ModelAnswer;
    },
    check: async () => ({ ok: true, detail: 'there' }),
  };
  const sleep = async (ms: number) => {
    slept.push(ms);
  };
  const metered: Metered[] = [];
  const meter: Meter = { ...NO_METER, modelCalled: (...call) => metered.push(call) };
  const gate = new Gate({ host: model.host, log, random: () => 0, ...limits });
  const guarded = createGuardedModel(model, { timeoutMs: TIMEOUT_MS, log, sleep, gate, meter });
  return { guarded, model, requests, slept, records, log, metered };
}

function ask(model: Model, signal: AbortSignal = new AbortController().signal): Promise<ModelAnswer> {
  return model.complete({ system: 's', user: 'u', maxOutputTokens: 10, signal });
}

/** The retries go round once for each timer of no length. */
async function settled<T>(answer: Promise<T>): Promise<T> {
  const quiet = answer.catch(() => {});
  await vi.advanceTimersByTimeAsync(10);
  await quiet;
  return answer;
}

const away = (retryAfterMs?: number) => new AppError('model_unavailable', 'gpu answered 503', { retryAfterMs });
const limited = (retryAfterMs?: number) => new AppError('model_rate_limited', 'slow down', { retryAfterMs });

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

describe('a model that keeps failing', () => {
  const OPEN_FOR_A_MINUTE = { code: 'model_unavailable', retryAfterMs: 60_000 };

  it('is left alone after the fifth failure: no further try, no call, and the time to come again', async () => {
    const { guarded, requests } = createSubject([away()]);
    await expect(settled(ask(guarded))).rejects.toMatchObject({ code: 'model_unavailable', retryAfterMs: undefined });
    await expect(settled(ask(guarded))).rejects.toMatchObject({ ...OPEN_FOR_A_MINUTE, message: 'gpu answered 503' });
    expect(requests).toHaveLength(5);
    await vi.advanceTimersByTimeAsync(10_000);
    await expect(ask(guarded)).rejects.toMatchObject({
      code: 'model_unavailable',
      message: expect.stringMatching(/^gpu failed again and again and is left alone for (49|50) s: gpu answered 503$/),
      retryAfterMs: expect.closeTo(50_000, -2),
    });
    expect(requests).toHaveLength(5);
  });

  it('is tried by one call then, which is not repeated', async () => {
    const { guarded, requests, metered } = createSubject([away()]);
    for (const _ of [1, 2]) await settled(ask(guarded)).catch(() => {});
    await vi.advanceTimersByTimeAsync(60_000);
    await expect(settled(ask(guarded))).rejects.toMatchObject({ retryAfterMs: 120_000 });
    expect(requests).toHaveLength(6);
    expect(metered).toHaveLength(6);
  });

  it('is not asked by a check until its time has come; then it is, and stays on trial', async () => {
    const { guarded } = createSubject([away()]);
    const check = () => guarded.check(new AbortController().signal);
    for (const _ of [1, 2]) await settled(ask(guarded)).catch(() => {});
    expect(await check()).toMatchObject({ ok: false, detail: expect.stringContaining('left alone for 60 s') });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await check()).toEqual({ ok: true, detail: 'there' });
    expect(guarded.load?.().state).toBe('half_open');
  });

  it('keeps its trial when a check fails', async () => {
    const { model, log } = createSubject([ANSWER]);
    const gate = new Gate({ host: 'gpu', log, random: () => 0 });
    const broken = { ...model, check: async () => ({ ok: false as const, detail: 'no', advice: '' }) };
    const failing = createGuardedModel({ ...broken, complete: () => Promise.reject(away()) }, options(log, gate));
    for (const _ of [1, 2]) await settled(ask(failing)).catch(() => {});
    await vi.advanceTimersByTimeAsync(60_000);
    const back = createGuardedModel(broken, options(log, gate));
    expect(await back.check(new AbortController().signal)).toMatchObject({ ok: false, detail: 'no' });
    await expect(settled(ask(back))).resolves.toEqual(ANSWER);
    expect(back.load?.().state).toBe('closed');
  });

  function options(log: GateOptions['log'], gate: Gate) {
    return { timeoutMs: TIMEOUT_MS, log, gate, sleep: async () => {} };
  }
});
