// Owns the dispatcher of the tests: jobs that wait, a queue, and a consumer that is the test itself.
import { onTestFinished, vi } from 'vitest';
import type { Job, SpooledFile } from '../../../src/domain/job.ts';
import type { JobRow } from '../../../src/domain/ledger.ts';
import { BoundedQueue } from '../../../src/queue/bounded.ts';
import { Dispatcher, type DispatcherDeps } from '../../../src/queue/dispatcher.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { createWaitingJobs } from './waitingJobs.ts';

export const file = (id: string, bytes = 1): SpooledFile => ({ path: `/spool/${id}`, bytes, sha256: '', kind: 'pdf' });

export const untilAborted = (_row: JobRow, signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

export const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

/** Wants fake timers; is stopped with the test. */
export function createDispatcherRig() {
  const jobs = createWaitingJobs();
  return {
    jobs,
    /** `$1`, `$2` … in a room. */
    add(count: number, roomId = '!papers:here') {
      const from = jobs.left().length;
      for (let n = from + 1; n <= from + count; n++) jobs.add(`$${n}`, { roomId });
    },
    create(changes: Partial<DispatcherDeps> & { maxSize?: number } = {}) {
      const queue = changes.queue ?? new BoundedQueue<Job>(changes.maxSize ?? 100);
      const { log, records } = createRecordingLog();
      const failed: string[] = [];
      const dispatcher = new Dispatcher({
        queue,
        consumers: 3,
        claim: jobs.claim,
        nextDueMs: jobs.nextDueMs,
        fetch: async ({ upload }) => file(upload.eventId),
        onFailure: async ({ upload }) => void failed.push(upload.eventId),
        spoolMaxBytes: 1_000_000,
        maxFileBytes: 1_000,
        clock: Date.now,
        log,
        ...changes,
      });
      onTestFinished(() => dispatcher.stop());
      const finish = async () => {
        const job = await queue.take();
        if (!job) throw new Error('the queue is closed');
        queue.done();
        dispatcher.release(job);
        await pass();
        return job;
      };
      return { dispatcher, queue, records, failed, finish };
    },
  };
}
