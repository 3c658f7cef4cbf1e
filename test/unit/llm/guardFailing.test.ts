// A model that keeps failing is left alone, tried again by one call, and by a check no sooner.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Gate, type GateOptions } from '../../../src/llm/gate.ts';
import { createGuardedModel } from '../../../src/llm/guard.ts';
import { ANSWER, ask, away, createSubject, settled, TIMEOUT_MS } from './guardRig.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
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
