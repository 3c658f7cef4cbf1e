// What the dispatcher promises: memory stays bounded, nothing is lost, and whatever goes wrong with one job stays with that job.
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Job, SpooledFile } from '../../../src/domain/job.ts';
import type { JobRow, Ledger } from '../../../src/domain/ledger.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { BoundedQueue } from '../../../src/queue/bounded.ts';
import { Dispatcher, type DispatcherDeps } from '../../../src/queue/dispatcher.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { anUpload } from '../../fixtures/uploads.ts';

let ledger: Ledger;
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  ledger = openLedger(':memory:', Date.now);
});
afterEach(() => {
  ledger.close();
  vi.useRealTimers();
});

const file = (id: string, bytes = 1): SpooledFile => ({ path: `/spool/${id}`, bytes, sha256: '', kind: 'pdf' });
const untilAborted = (_row: JobRow, signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const insert = (count: number) => {
  for (let n = 1; n <= count; n++) {
    ledger.jobs.insert(anUpload({ eventId: `$${n}` }), { postedAtMs: 0, receivedAtMs: 7 });
  }
};

function createDispatcher(changes: Partial<DispatcherDeps> & { maxSize?: number } = {}) {
  const queue = changes.queue ?? new BoundedQueue<Job>(changes.maxSize ?? 100);
  const { log, records } = createRecordingLog();
  const failed: string[] = [];
  const dispatcher = new Dispatcher({
    queue,
    claim: ledger.jobs.claim,
    nextDueMs: ledger.jobs.nextDueMs,
    fetch: async ({ upload }) => file(upload.eventId),
    onFailure: async ({ upload }) => void failed.push(upload.eventId),
    spoolMaxBytes: 1_000_000,
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
}

describe('jobs in memory', () => {
  test('come from the ledger, oldest first, with their file', async () => {
    insert(2);
    const { dispatcher, finish } = createDispatcher();
    dispatcher.wake();
    await pass();
    expect(await finish()).toEqual({
      id: '$1',
      upload: anUpload({ eventId: '$1' }),
      file: file('$1'),
      attempt: 1,
      receivedAtMs: 7,
      queuedAtMs: 1_000_000,
    });
    expect((await finish()).id).toBe('$2');
  });

  test('are never more than QUEUE_MAX_SIZE, downloads included', async () => {
    insert(20);
    let most = 0;
    const { dispatcher, queue, finish } = createDispatcher({ maxSize: 3 });
    dispatcher.wake();
    for (let done = 0; done < 20; done++) {
      await pass();
      most = Math.max(most, dispatcher.held);
      expect(queue.size).toBe(Math.min(3, 20 - done));
      await finish();
    }
    expect(most).toBe(3);
    expect(ledger.jobs.counts().queued).toBe(20);
  });

  test('wait in the ledger, not in the queue, until one is released', async () => {
    insert(2);
    const { dispatcher, finish } = createDispatcher({ maxSize: 1 });
    dispatcher.wake();
    await pass();
    expect(ledger.jobs.counts()).toMatchObject({ received: 1, queued: 1 });
    await finish();
    expect(ledger.jobs.counts()).toMatchObject({ received: 0, queued: 2 });
  });

  test('are downloaded four at a time', async () => {
    insert(10);
    const { dispatcher } = createDispatcher({ fetch: untilAborted });
    dispatcher.wake();
    await pass();
    expect(ledger.jobs.counts()).toMatchObject({ received: 6, queued: 4 });
    expect(dispatcher.held).toBe(4);
  });

  test('stop coming while the spool is over its cap, but one always may', async () => {
    insert(3);
    const { dispatcher, finish } = createDispatcher({
      spoolMaxBytes: 10,
      fetch: async ({ upload }) => file(upload.eventId, upload.eventId === '$1' ? 100 : 1),
      maxSize: 100,
    });
    ledger.jobs.wait('$2', { untilMs: 1_000_050, attempt: 1, outageSinceMs: null, errorCode: 'timeout' });
    ledger.jobs.wait('$3', { untilMs: 1_000_050, attempt: 1, outageSinceMs: null, errorCode: 'timeout' });
    dispatcher.wake();
    await pass(1_000);
    expect(dispatcher.held).toBe(1);
    await finish();
    expect(dispatcher.held).toBe(2);
  });

  test('leave nothing behind when their file turns out to be no document', async () => {
    insert(1);
    const { dispatcher } = createDispatcher({ fetch: async () => null });
    dispatcher.wake();
    await pass();
    expect(dispatcher.held).toBe(0);
  });
});

describe('a job that backs off', () => {
  const backOff = (untilMs: number) =>
    ledger.jobs.wait('$1', { untilMs, attempt: 2, outageSinceMs: null, errorCode: 'thread_crashed' });

  test('is taken when it is due', async () => {
    insert(1);
    backOff(1_060_000);
    const { dispatcher } = createDispatcher();
    dispatcher.wake();
    await pass(59_999);
    expect(dispatcher.held).toBe(0);
    await pass(2);
    expect(dispatcher.held).toBe(1);
  });

  test('for longer than a timer can hold is taken when it is due, and not at once', async () => {
    insert(1);
    const claim = vi.fn(ledger.jobs.claim);
    backOff(1_000_000 + 40 * 24 * 3_600_000);
    const { dispatcher } = createDispatcher({ claim });
    dispatcher.wake();
    await pass(10_000);
    expect(claim).toHaveBeenCalledTimes(1);
  });

  test('and is overdue costs nothing while there is no room for it', async () => {
    insert(2);
    const nextDueMs = vi.fn(ledger.jobs.nextDueMs);
    ledger.jobs.wait('$2', { untilMs: 1_000_500, attempt: 2, outageSinceMs: null, errorCode: 'thread_crashed' });
    const { dispatcher, finish } = createDispatcher({ maxSize: 1, nextDueMs });
    dispatcher.wake();
    await pass(60_000);
    expect(nextDueMs.mock.calls.length).toBeLessThan(5);
    await finish();
    expect(dispatcher.held).toBe(1);
  });
});

describe('what goes wrong', () => {
  test('with a download is handed on with its job, and makes room for the next', async () => {
    insert(2);
    const onFailure = vi.fn(async (_row: JobRow, _error: unknown) => undefined);
    const gone = new Error('gone');
    const fetch = async ({ upload }: JobRow) => {
      if (upload.eventId === '$1') throw gone;
      return file(upload.eventId);
    };
    const { dispatcher, finish } = createDispatcher({ maxSize: 1, fetch, onFailure });
    dispatcher.wake();
    await pass();
    expect(onFailure.mock.calls.map(([row, error]) => [row.upload.eventId, error])).toEqual([['$1', gone]]);
    expect((await finish()).id).toBe('$2');
  });

  test('with the ledger is tried again after a pause', async () => {
    insert(1);
    const claim = vi.fn(ledger.jobs.claim).mockImplementationOnce(() => {
      throw new Error('disk full');
    });
    const { dispatcher, records } = createDispatcher({ claim });
    dispatcher.wake();
    expect(records).toMatchObject([{ level: 'error', message: 'the ledger could not be asked for work' }]);
    await pass(4_999);
    expect(dispatcher.held).toBe(0);
    await pass(1);
    expect(dispatcher.held).toBe(1);
  });

  test('with the telling of a failure is logged, and ends neither the process nor the work', async () => {
    insert(2);
    const { dispatcher, records, finish } = createDispatcher({
      maxSize: 1,
      fetch: async ({ upload }) => {
        if (upload.eventId === '$1') throw new Error('gone');
        return file(upload.eventId);
      },
      onFailure: async () => {
        throw new Error('a bug');
      },
    });
    dispatcher.wake();
    await pass();
    expect(records).toMatchObject([{ level: 'error', job: '$1' }]);
    expect((await finish()).id).toBe('$2');
  });
});

describe('stopping', () => {
  test('ends downloads, tells nobody, and claims nothing more', async () => {
    insert(6);
    const { dispatcher, failed } = createDispatcher({ fetch: untilAborted });
    dispatcher.wake();
    await dispatcher.stop();
    dispatcher.wake();
    expect(failed).toEqual([]);
    expect(dispatcher.held).toBe(0);
    expect(ledger.jobs.counts()).toMatchObject({ received: 2, queued: 4 });
    expect(vi.getTimerCount()).toBe(0);
  });

  test('ends the pause after a ledger error, too', async () => {
    const claim = () => {
      throw new Error('disk full');
    };
    const { dispatcher } = createDispatcher({ claim });
    dispatcher.wake();
    await dispatcher.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
