// What the consumers promise: so many jobs at a time, none that takes another along, and an end within the time given.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Job } from '../../../src/domain/job.ts';
import { BoundedQueue } from '../../../src/queue/bounded.ts';
import { type ConsumersDeps, startConsumers } from '../../../src/queue/consumers.ts';
import { createFairOrder } from '../../../src/queue/fairOrder.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { aJob } from './jobs.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

const aPicture = (id: string, with_: Partial<Job> = {}) =>
  aJob(id, { file: { path: `/spool/${id}`, bytes: 1, sha256: '', kind: 'image' }, ...with_ });

function start(count: number, jobs: (string | Job)[], changes: Partial<ConsumersDeps> = {}) {
  const order = createFairOrder(count);
  const queue = new BoundedQueue<Job>(100, order.choose);
  for (const job of jobs) queue.tryPut(typeof job === 'string' ? aJob(job) : job);
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
  const consumers = startConsumers({ count, queue, order, process, release, clock: Date.now, log, ...changes });
  const finish = async (id: string) => {
    running.get(id)?.();
    await pass();
  };
  return { consumers, queue, records, running, aborted, released, finish };
}

describe('consumers', () => {
  test('work on as many jobs as there are of them, in the order of the line', async () => {
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

  test('tell the metrics how long each job was in line', async () => {
    const stageTook = vi.fn();
    start(1, ['$a'], { meter: { stageTook } });
    await pass();
    expect(stageTook.mock.calls).toEqual([['queue', 600]]);
  });

  test('let a room have half of them when others wait, and all of them when it is alone', async () => {
    const { running, finish, queue } = start(2, ['$a', '$b', '$c', '$d']);
    await pass();
    expect([...running.keys()]).toEqual(['$a', '$b']);
    queue.tryPut(aJob('$other', {}, { roomId: '!other:here' }));
    await finish('$a');
    expect([...running.keys()]).toEqual(['$b', '$other']);
    await finish('$b');
    expect([...running.keys()]).toEqual(['$other', '$c']);
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

describe('pictures of one member in one place', () => {
  test('are taken together', async () => {
    const { consumers, running } = start(1, [aPicture('$a'), aPicture('$b'), aJob('$pdf')]);
    await pass();
    expect([...running.keys()]).toEqual(['$a + $b']);
    expect(consumers.active()).toBe(2);
  });

  test('stay apart when one is tried again without a word', async () => {
    const { running } = start(1, [aPicture('$a'), aPicture('$night', { priority: 'backlog' })]);
    await pass();
    expect([...running.keys()]).toEqual(['$a']);
  });

  test('stay apart when one may take the process along', async () => {
    const { running, finish } = start(1, [aPicture('$suspect', { isSuspect: true }), aPicture('$a'), aPicture('$b')]);
    await pass();
    await finish('$a + $b');
    expect([...running.keys()]).toEqual(['$suspect']);
  });
});

describe('a file that may take the process along', () => {
  test('is taken after all others, beside them, and no second one beside it', async () => {
    const suspects = [aJob('$suspect', { isSuspect: true }), aJob('$another', { isSuspect: true })];
    const { running, finish } = start(3, [...suspects, '$a']);
    await pass();
    expect([...running.keys()]).toEqual(['$a', '$suspect']);
    await finish('$a');
    expect([...running.keys()]).toEqual(['$suspect']);
    await finish('$suspect');
    expect([...running.keys()]).toEqual(['$another']);
  });

  test('is drained like any other', async () => {
    const { consumers, running, finish } = start(2, ['$a', aJob('$suspect', { isSuspect: true })]);
    await pass();
    const drained = consumers.drain(60_000);
    expect([...running.keys()]).toEqual(['$a', '$suspect']);
    await finish('$a');
    await finish('$suspect');
    expect(await drained).toEqual([]);
  });
});

describe('draining', () => {
  test('finishes what runs and hands back what is in line', async () => {
    const { consumers, aborted, running, finish } = start(1, ['$a', '$b']);
    await pass();
    const drained = consumers.drain(60_000);
    await finish('$a');
    expect((await drained).map(({ id }) => id)).toEqual(['$b']);
    expect([...running.keys()]).toEqual([]);
    expect(aborted).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('of idle consumers ends at once', async () => {
    expect(await start(3, []).consumers.drain(60_000)).toEqual([]);
  });

  test('that takes too long ends what runs and hands back what is in line', async () => {
    const { consumers, aborted } = start(1, ['$a', '$b', '$c']);
    await pass();
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
