// Owns the tests of keeping below a limit for a minute, by the three ways in which servers count.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MinuteLimit } from '../../../src/llm/minuteLimit.ts';

type Sent = { atMs: number; units: number };

/** Calls that are always there, one behind the other, each as soon as it may go; timers come up to `lateMs` late. */
function sendAll(limit: MinuteLimit, forMs: number, unitsOf: (n: number) => number, lateMs = 0): Sent[] {
  const sent: Sent[] = [];
  for (let nowMs = 0, n = 0; nowMs < forMs; n++) {
    const units = unitsOf(n);
    for (let waitMs = limit.waitMs(units, nowMs); waitMs > 0; waitMs = limit.waitMs(units, nowMs)) {
      nowMs += Math.ceil(waitMs) + (n % (lateMs + 1));
    }
    limit.take(units, nowMs);
    sent.push({ atMs: nowMs, units });
  }
  return sent;
}

/** What went in the minute that begins with each call. */
function minutes(sent: Sent[]): number[] {
  let end = 0;
  let sum = 0;
  return sent.map(({ atMs }, begin) => {
    if (begin > 0) sum -= sent[begin - 1]?.units ?? 0;
    for (let next = sent[end]; next && next.atMs < atMs + 60_000; next = sent[++end]) sum += next.units;
    return sum;
  });
}

function worstMinute(sent: Sent[]): number {
  return Math.max(...minutes(sent));
}

/** Least that goes in a minute that begins just after a call, as long as there were calls for all of it. */
function leastMinute(sent: Sent[], untilMs: number): number {
  const full = minutes(sent).map((sum, n) => sum - (sent[n]?.units ?? 0));
  return Math.min(...full.filter((_, n) => (sent[n]?.atMs ?? 0) < untilMs - 60_000));
}

/** How far a bucket of `max` that refills evenly would be overdrawn. */
function overdrawn(sent: Sent[], max: number): number {
  let left = max;
  let lastMs = 0;
  let worst = 0;
  for (const { atMs, units } of sent) {
    left = Math.min(max, left + ((atMs - lastMs) * max) / 60_000) - units;
    lastMs = atMs;
    worst = Math.min(worst, left);
  }
  return -worst;
}

describe('a limit of calls a minute', () => {
  it.each([3, 10, 60, 600, 6_000])(
    'of %d is kept by all three ways of counting, and used to 95 to 99 percent',
    (max) => {
      const sent = sendAll(new MinuteLimit(max), 300_000, () => 1, 3);
      expect(worstMinute(sent)).toBeLessThanOrEqual(max);
      expect(overdrawn(sent, max)).toBeLessThan(1e-6);
      const used = sent.filter(({ atMs }) => atMs < 300_000).length / (5 * max);
      expect(used).toSatisfy((share: number) => share <= 0.99 + 1 / max);
      expect(used).toBeGreaterThanOrEqual(0.95);
    },
  );

  it.each([60, 600])('of %d is used to 95 percent in every single minute', (max) => {
    const sent = sendAll(new MinuteLimit(max), 300_000, () => 1);
    expect(leastMinute(sent, 300_000) / max).toBeGreaterThanOrEqual(0.95);
  });

  it('holds for calls that arrive up to a second later than others', () => {
    const sent = sendAll(new MinuteLimit(60), 300_000, () => 1);
    const arrived = sent.map(({ units }, n) => ({ atMs: (sent[n]?.atMs ?? 0) + ((n * 377) % 1_000), units }));
    expect(worstMinute(arrived)).toBeLessThanOrEqual(60);
  });

  it('lets two calls go at once after a rest, and no burst', () => {
    const limit = new MinuteLimit(60);
    const now = 500_000;
    const waits = [1, 2, 3].map(() => {
      const waitMs = limit.waitMs(1, now);
      limit.take(1, now);
      return waitMs;
    });
    expect(waits).toEqual([0, 0, expect.closeTo(1_020, 0)]);
  });

  it('counts the last minute', () => {
    const limit = new MinuteLimit(null);
    for (const atMs of [0, 30_000, 60_500]) limit.take(1, atMs);
    expect([limit.usedLastMinute(60_500), limit.waitMs(1, 60_500)]).toEqual([2, 0]);
  });
});

describe('a limit of tokens a minute', () => {
  it('is kept by calls of any size, those larger than the limit alone', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 5, maxLength: 40 });
    fc.assert(
      fc.property(sizes, (units) => {
        const sent = sendAll(new MinuteLimit(2_000), units.length * 15_000, (n) => units[n % units.length] as number);
        const counted = sent.map((one) => ({ ...one, units: Math.min(2_000, one.units) }));
        return worstMinute(counted) <= 2_000 && overdrawn(counted, 2_000) < 1e-6;
      }),
      { numRuns: 50 },
    );
  });

  it('is used to 95 % and more by calls that are small against it', () => {
    const sent = sendAll(new MinuteLimit(90_000), 300_000, (n) => 100 + ((n * 397) % 500));
    expect(leastMinute(sent, 300_000) / 90_000).toBeGreaterThan(0.95);
    expect(worstMinute(sent)).toBeLessThanOrEqual(90_000);
  });

  it('gives back what was reserved and not used', () => {
    const limit = new MinuteLimit(1_000);
    const use = limit.take(1_000, 0);
    expect(limit.waitMs(100, 0)).toBe(61_200);
    limit.correct(use, 10);
    expect(limit.waitMs(100, 0)).toBe(0);
    expect(limit.usedLastMinute(0)).toBe(10);
  });

  it('counts on what was used beyond the estimate, and forgets it with its minute', () => {
    const limit = new MinuteLimit(1_000);
    const use = limit.take(10, 0);
    limit.correct(use, 900);
    expect(limit.waitMs(200, 55_000)).toBe(6_200);
    limit.take(1, 61_200);
    limit.correct(use, 10);
    expect([limit.usedLastMinute(61_200), limit.waitMs(999, 61_200)]).toEqual([1, 0]);
  });
});
