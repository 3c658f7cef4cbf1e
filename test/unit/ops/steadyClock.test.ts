// What the bot's clock promises: it goes on evenly, whatever happens to the clock of the machine.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSteadyClock } from '../../../src/ops/steadyClock.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

test('it begins with the time of day and goes on in whole milliseconds', () => {
  const clock = createSteadyClock();
  expect(clock()).toBe(1_800_000_000_000);
  vi.advanceTimersByTime(1_234);
  expect(clock()).toBe(1_800_000_001_234);
});

test.each([3_600_000, -3_600_000])('a machine clock that is set by %i ms does not move it', (jumpMs) => {
  const clock = createSteadyClock();
  vi.setSystemTime(Date.now() + jumpMs);
  vi.advanceTimersByTime(10);
  expect(clock()).toBe(1_800_000_000_010);
});
