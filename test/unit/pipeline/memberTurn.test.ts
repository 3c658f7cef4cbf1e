// When the uploads of one member have their turn: as many at once as a minute allows, then evenly.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memberTurn } from '../../../src/pipeline/memberTurn.ts';

/** The times at which uploads posted at `postedMs` (in order) have their turn. */
function turns(postedMs: readonly number[], perMinute: number): number[] {
  let kept: number | null = null;
  return postedMs.map((nowMs) => {
    const { dueAtMs, turnAtMs } = memberTurn(kept, nowMs, perMinute);
    kept = turnAtMs;
    return dueAtMs ?? nowMs;
  });
}

test('ten at once go at once, and the others one every six seconds', () => {
  expect(turns(Array(13).fill(1_000), 10)).toEqual([...Array(10).fill(1_000), 7_000, 13_000, 19_000]);
});

test('after a minute of rest ten at once go at once again', () => {
  const again = turns([...Array(10).fill(0), ...Array(11).fill(60_000)], 10).slice(10);
  expect(again).toEqual([...Array(10).fill(60_000), 66_000]);
});

test('no minute has more turns than two bursts hold, nobody overtakes, and nobody waits without need', () => {
  const gaps = fc.array(fc.nat(20_000), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 20 }), (between, perMinute) => {
      let nowMs = 0;
      const posted = between.map((gap) => {
        nowMs += gap;
        return nowMs;
      });
      const due = turns(posted, perMinute);
      for (const [index, at] of due.entries()) {
        expect(at).toBeGreaterThanOrEqual(Math.max(posted[index] ?? 0, due[index - 1] ?? 0));
        const inMinute = due.filter((other) => other > at - 60_000 && other <= at).length;
        expect(inMinute).toBeLessThanOrEqual(2 * perMinute);
        if (index < perMinute) expect(at).toBe(posted[index]);
      }
    }),
  );
});
