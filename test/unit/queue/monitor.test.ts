// What QUEUE_MONITORING promises: one line a minute with the queue's figures, and silence once it is stopped.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startQueueMonitor } from '../../../src/queue/monitor.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('the queue tells depth, active, waiting, rate and memory once a minute until it is stopped', () => {
  const { log, records } = createRecordingLog();
  let processed = 10;
  const stop = startQueueMonitor(() => ({ depth: 4, active: 3, waiting: 200, processed }), log);
  vi.advanceTimersByTime(59_999);
  expect(records).toEqual([]);
  processed = 25;
  vi.advanceTimersByTime(1);
  expect(records).toEqual([
    {
      level: 'info',
      message: 'queue',
      depth: 4,
      active: 3,
      waiting: 200,
      jobsPerMinute: 15,
      memoryMb: expect.any(Number),
    },
  ]);
  expect(records[0]?.memoryMb).toBeGreaterThan(10);
  vi.advanceTimersByTime(60_000);
  expect(records[1]?.jobsPerMinute).toBe(0);
  stop();
  vi.advanceTimersByTime(600_000);
  expect(records).toHaveLength(2);
});
