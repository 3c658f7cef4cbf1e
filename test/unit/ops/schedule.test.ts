// What runs by a schedule: at its time, never twice at once, and again after it failed.
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startSchedule } from '../../../src/ops/schedule.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';

const DAY_MS = 86_400_000;
const NIGHTLY = '0 2 * * *';

beforeEach(() => {
  vi.useFakeTimers({ now: new Date(2026, 0, 15, 12, 0, 0) });
});
afterEach(() => {
  vi.useRealTimers();
});

function start(run: () => void | Promise<void>, cron = NIGHTLY) {
  const { log, records } = createRecordingLog();
  const schedule = startSchedule(cron, run, log);
  onTestFinished(() => schedule.stop());
  return { schedule, records };
}

test('the nightly run comes at two, local time, night after night', async () => {
  const runs: string[] = [];
  const { schedule } = start(() => void runs.push(new Date().toLocaleString('sv-SE')));
  expect(schedule.next()).toEqual(new Date(2026, 0, 16, 2, 0, 0));
  await vi.advanceTimersByTimeAsync(2 * DAY_MS);
  expect(runs).toEqual(['2026-01-16 02:00:00', '2026-01-17 02:00:00']);
});

test('a run that lasts longer than a day is not joined by the next, which is told', async () => {
  const first = Promise.withResolvers<void>();
  const run = vi.fn(() => first.promise);
  const { records } = start(run);
  await vi.advanceTimersByTimeAsync(2 * DAY_MS);
  expect(run).toHaveBeenCalledTimes(1);
  expect(records).toEqual([
    { level: 'warn', cron: NIGHTLY, message: 'the last scheduled run is still going on: this one is left out' },
  ]);
  first.resolve();
  await vi.advanceTimersByTimeAsync(DAY_MS);
  expect(run).toHaveBeenCalledTimes(2);
});

describe.each<[string, () => void | Promise<void>]>([
  [
    'throws',
    () => {
      throw new Error('the disk is full');
    },
  ],
  ['rejects', async () => Promise.reject(new Error('the disk is full'))],
])('a run that %s', (_how, fail) => {
  test('is logged, and comes again the next night', async () => {
    const run = vi.fn(fail);
    const { records } = start(run);
    await vi.advanceTimersByTimeAsync(2 * DAY_MS);
    expect(run).toHaveBeenCalledTimes(2);
    expect(records[0]).toMatchObject({
      level: 'error',
      message: 'the scheduled run failed',
      errorCode: 'internal',
      err: { message: 'the disk is full' },
    });
  });
});

test('after its end nothing runs', async () => {
  const run = vi.fn();
  const { schedule } = start(run);
  schedule.stop();
  await vi.advanceTimersByTimeAsync(2 * DAY_MS);
  expect(run).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});
