// What the lag of the event loop tells: how long it was held up, and next to nothing when it was not.
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { startLoopLag } from '../../../src/ops/loopLag.ts';

/** Two ticks of the measuring at least. */
const aMoment = () => once(AbortSignal.timeout(60), 'abort');

test('a loop that is held up for 300 ms shows it, once', async () => {
  const lag = startLoopLag();
  onTestFinished(() => lag.close());
  await aMoment();
  const until = performance.now() + 300;
  while (performance.now() < until);
  await aMoment();
  const { maxSeconds } = lag.take();
  expect(maxSeconds).toBeGreaterThan(0.25);
  expect(maxSeconds).toBeLessThan(2);
  await aMoment();
  expect(lag.take().maxSeconds).toBeLessThan(maxSeconds);
});

test('a look right after a look tells of no lag instead of nonsense', () => {
  const lag = startLoopLag();
  onTestFinished(() => lag.close());
  lag.take();
  expect(lag.take()).toEqual({ p50Seconds: 0, p99Seconds: 0, maxSeconds: 0 });
});
