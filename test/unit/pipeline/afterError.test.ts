// What becomes of a job after an error: told at once, tried again a few times, or waited for as long as an outage may last.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError, ERRORS, type ErrorCode } from '../../../src/domain/errors.ts';
import { type AfterError, afterError } from '../../../src/pipeline/afterError.ts';

const HOUR = 3_600_000;
const codes = Object.keys(ERRORS) as ErrorCode[];
const of = (action: string, attempts: number | null = 1) =>
  codes.filter((code) => ERRORS[code].action === action && ERRORS[code].attempts === attempts);
const nextAfter = (code: ErrorCode, job: Partial<Parameters<typeof afterError>[1]> = {}, nowMs = 0) =>
  afterError(new AppError(code, ''), { attempt: 1, outageSinceMs: null, errorCode: code, ...job }, nowMs, 0);
const waitMs = (next: AfterError, nowMs = 0) => (next.kind === 'wait' ? next.untilMs - nowMs : null);

describe('an error that waiting does not mend', () => {
  test.each(of('refuse'))('%s is told as a refusal', (code) => {
    expect(nextAfter(code)).toEqual({ kind: 'tell', end: 'refused', code });
  });

  test.each([...of('fail'), ...of('config')])('%s is told as a failure', (code) => {
    expect(nextAfter(code)).toEqual({ kind: 'tell', end: 'failed', code });
  });
});

describe('an error that another attempt may mend', () => {
  test.each(of('retry', 3))('%s is tried three times, after 1 and 2 s', (code) => {
    expect(nextAfter(code, { attempt: 1 })).toEqual({ kind: 'wait', untilMs: 1_000, attempt: 2, outageSinceMs: null });
    expect(nextAfter(code, { attempt: 2 })).toEqual({ kind: 'wait', untilMs: 2_000, attempt: 3, outageSinceMs: null });
    expect(nextAfter(code, { attempt: 3 })).toEqual({ kind: 'tell', end: 'failed', code });
  });

  test.each(of('retry', 2))('%s, which takes its thread or process along, is tried once more', (code) => {
    expect(nextAfter(code, { attempt: 1 })).toMatchObject({ kind: 'wait', attempt: 2 });
    expect(nextAfter(code, { attempt: 2 })).toEqual({ kind: 'tell', end: 'failed', code });
  });

  test('waits at least as long as the other side asked', () => {
    const error = new AppError('media_unavailable', '', { retryAfterMs: 90_000 });
    expect(waitMs(afterError(error, { attempt: 1, outageSinceMs: null, errorCode: null }, 0, 0))).toBe(90_000);
  });
});

describe('an outage', () => {
  test.each(of('retry', null))('%s uses up no attempt and is remembered from its beginning', (code) => {
    expect(nextAfter(code, { attempt: 3 }, 500)).toEqual({
      kind: 'wait',
      untilMs: 1_500,
      attempt: 3,
      outageSinceMs: 500,
    });
    expect(nextAfter(code, { outageSinceMs: 500 }, 8_500)).toMatchObject({ untilMs: 10_500, outageSinceMs: 500 });
  });

  test('is asked after ever more rarely, from every second to every minute', () => {
    const pauses = [0, 2_000, 20_000, 120_000, 240_000, 12 * HOUR].map((lastedMs) =>
      waitMs(nextAfter('model_unavailable', { outageSinceMs: 0 }, lastedMs), lastedMs),
    );
    expect(pauses).toEqual([1_000, 1_000, 5_000, 30_000, 60_000, 60_000]);
  });

  test('ends after 24 hours', () => {
    expect(nextAfter('model_unavailable', { outageSinceMs: 0 }, 24 * HOUR - 1)).toMatchObject({ kind: 'wait' });
    expect(nextAfter('model_unavailable', { outageSinceMs: 0 }, 24 * HOUR)).toEqual({
      kind: 'tell',
      end: 'failed',
      code: 'model_unavailable',
    });
  });

  test('waits at least as long as the other side asked', () => {
    const error = new AppError('model_rate_limited', '', { retryAfterMs: 120_000 });
    expect(waitMs(afterError(error, { attempt: 1, outageSinceMs: null, errorCode: null }, 0, 0))).toBe(120_000);
  });

  test('of the model is not made longer by one of the homeserver before it', () => {
    const before = { outageSinceMs: 0, errorCode: 'homeserver_unavailable' as const };
    expect(nextAfter('model_unavailable', before, 25 * HOUR)).toMatchObject({
      kind: 'wait',
      untilMs: 25 * HOUR + 1_000,
      outageSinceMs: 25 * HOUR,
    });
  });

  test('is not made shorter or longer than its pauses by a clock that was set back', () => {
    expect(waitMs(nextAfter('model_unavailable', { outageSinceMs: HOUR }, 0))).toBe(1_000);
  });
});

test('whatever the clock and the wait asked for, the next time is one that the ledger can store: a whole number', () => {
  fc.assert(
    fc.property(
      fc.nat(90_000_000),
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      fc.boolean(),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (lasted, asked, isOutage, chance) => {
        const code = isOutage ? 'model_unavailable' : 'media_unavailable';
        const error = new AppError(code, 'away', { retryAfterMs: asked });
        const next = afterError(error, { attempt: 1, outageSinceMs: 1_000, errorCode: code }, 1_000 + lasted, chance);
        if (next.kind === 'wait') expect(Number.isInteger(next.untilMs)).toBe(true);
      },
    ),
  );
});

test('jobs that failed together come back at different times, up to a quarter later', () => {
  const pause = (chance: number) =>
    waitMs(
      afterError(
        new AppError('media_unavailable', ''),
        { attempt: 2, outageSinceMs: null, errorCode: null },
        0,
        chance,
      ),
    );
  expect([pause(0), pause(0.5), pause(1)]).toEqual([2_000, 2_250, 2_500]);
});
