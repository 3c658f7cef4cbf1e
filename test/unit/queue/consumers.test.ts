// What the consumers promise: so many jobs at a time, none that takes another along, and an end within the time given.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Job } from '../../../src/domain/job.ts';
import { BoundedQueue } from '../../../src/queue/bounded.ts';
import { type ConsumersDeps, startConsumers } from '../../../src/queue/consumers.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { anUpload } from '../../fixtures/uploads.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

const aJob = (id: string): Job => ({
  id,
  upload: anUpload({ eventId: id }),
  file: { path: `/spool/${id}`, bytes: 1, sha256: '', kind: 'pdf' },
  attempt: 1,
  receivedAtMs: 0,
  queuedAtMs: 400,
});
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

function start(count: number, ids: string[], changes: Partial<ConsumersDeps> = {}) {
  const queue = new BoundedQueue<Job>(100);
  for (const id of ids) queue.tryPut(aJob(id));
  const { log, records } = createRecordingLog();
  const running = new Map<string, () => void>();
  const aborted: string[] = [];
  const released: string[] = [];
  const process: ConsumersDeps['process'] = (jobs, signal) =>
    new Promise<void>((resolve) => {
      const id = jobs.map(({ job }) => job.id).join(' + ');
      const end = () => {
        running.delete(id);
        resolve();
      };
      running.set(id, end);
      signal.addEventListener('abort', () => {
        aborted.push(id);
        end();
      });
    });
  const release = ({ id }: Job) => void released.push(id);
  const consumers = startConsumers({ count, queue, process, release, clock: Date.now, log, ...changes });
  const finish = async (id: string) => {
    running.get(id)?.();
    await pass();
  };
  return { consumers, queue, records, running, aborted, released, finish };
}

describe('consumers', () => {
  test('work on as many jobs as there are of them, in the order of the queue', async () => {
    const { consumers, running, finish, released } = start(2, ['$a', '$b', '$c']);
    await pass();
    expect([...running.keys()]).toEqual(['$a', '$b']);
    expect(consumers.active()).toBe(2);
    await finish('$a');
    expect([...running.keys()]).toEqual(['$b', '$c']);
    expect(released).toEqual(['$a']);
    expect(consumers.processed()).toBe(1);
  });

  test('say of each job how long it waited and how long it took', async () => {
    const { records, finish } = start(1, ['$a']);
    await pass(2_500);
    await finish('$a');
    expect(records).toMatchObject([
      { message: 'job started', job: '$a', consumer: 1, room: '!papers:here', attempt: 1, queueWaitMs: 600 },
      { message: 'job left the consumer', job: '$a', processingMs: 2_500 },
    ]);
  });

  test.each<[string, Partial<ConsumersDeps>]>([
    ['working on it', { process: () => Promise.reject(new Error('a bug')) }],
    [
      'releasing it',
      {
        process: async () => undefined,
        release: () => {
          throw new Error('a bug');
        },
      },
    ],
  ])('go on with the next job when %s fails', async (_step, changes) => {
    const { consumers, queue, records } = start(1, ['$a', '$b'], changes);
    await pass();
    expect(consumers.processed()).toBe(2);
    expect(consumers.active()).toBe(0);
    expect(queue.unfinished).toBe(0);
    expect(records.filter(({ level }) => level === 'error').map(({ job }) => job)).toEqual(['$a', '$b']);
  });
});

describe('draining', () => {
  test('finishes what runs and what is in line', async () => {
    const { consumers, aborted, finish } = start(1, ['$a', '$b']);
    const drained = consumers.drain(60_000);
    await pass();
    await finish('$a');
    await finish('$b');
    expect(await drained).toEqual([]);
    expect(aborted).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('of idle consumers ends at once', async () => {
    expect(await start(3, []).consumers.drain(60_000)).toEqual([]);
  });

  test('that takes too long ends what runs and hands back what is in line', async () => {
    const { consumers, aborted } = start(1, ['$a', '$b', '$c']);
    const drained = consumers.drain(60_000);
    await pass(59_999);
    expect(aborted).toEqual([]);
    await pass(1);
    expect((await drained).map(({ id }) => id)).toEqual(['$b', '$c']);
    expect(aborted).toEqual(['$a']);
  });

  test('lets nothing more in', async () => {
    const { consumers, queue } = start(1, []);
    void consumers.drain(60_000);
    expect(queue.tryPut(aJob('$late'))).toBe('closed');
  });
});
