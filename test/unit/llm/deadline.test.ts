// Owns the tests of ending calls that take too long.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withDeadline } from '../../../src/llm/deadline.ts';

const LIMITS = { silenceMs: 1_000, totalMs: 5_000 };
const expired = () => new Error('too late');
const forever = () => new Promise<never>(() => {});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('withDeadline', () => {
  it('gives the result of a call that is in time, and leaves no timer', async () => {
    const result = withDeadline(LIMITS, new AbortController().signal, expired, async () => 42);
    await expect(result).resolves.toBe(42);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends a silent call even when it does not listen, and tells it to stop', async () => {
    let seen: AbortSignal | undefined;
    const result = withDeadline(LIMITS, new AbortController().signal, expired, (signal) => {
      seen = signal;
      return forever();
    });
    const failed = expect(result).rejects.toThrow('too late');
    await vi.advanceTimersByTimeAsync(1_000);
    await failed;
    expect(seen?.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('starts the silence anew with each sign of life', async () => {
    let ended = false;
    let beat = () => {};
    const result = withDeadline(LIMITS, new AbortController().signal, expired, (_signal, alive) => {
      beat = alive;
      return forever();
    });
    const failed = expect(
      result.finally(() => {
        ended = true;
      }),
    ).rejects.toThrow('too late');
    await vi.advanceTimersByTimeAsync(900);
    beat();
    await vi.advanceTimersByTimeAsync(900);
    expect(ended).toBe(false);
    await vi.advanceTimersByTimeAsync(100);
    await failed;
  });

  it('ends a lively call at the total limit', async () => {
    const result = withDeadline(LIMITS, new AbortController().signal, expired, (_signal, alive) => {
      setInterval(alive, 500);
      return forever();
    });
    const failed = expect(result).rejects.toThrow('too late');
    await vi.advanceTimersByTimeAsync(5_000);
    await failed;
  });

  it("rejects at once with the caller's reason", async () => {
    const caller = new AbortController();
    const result = withDeadline(LIMITS, caller.signal, expired, forever);
    caller.abort(new Error('shutting down'));
    await expect(result).rejects.toThrow('shutting down');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not start a call that is already cancelled', async () => {
    const call = vi.fn(forever);
    const signal = AbortSignal.abort(new Error('shutting down'));
    await expect(withDeadline(LIMITS, signal, expired, call)).rejects.toThrow('shutting down');
    expect(call).not.toHaveBeenCalled();
  });
});
