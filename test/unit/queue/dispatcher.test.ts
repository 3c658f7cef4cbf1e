// What the dispatcher promises: memory is bounded, nothing is lost, and whatever goes wrong with one job stays with that job.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SUSPECT_AFTER_DEATHS } from '../../../config/limits.ts';
import type { JobRow } from '../../../src/domain/ledger.ts';
import { anUpload } from '../../fixtures/uploads.ts';
import { createDispatcherRig, file, pass, untilAborted } from './dispatcherRig.ts';

let rig: ReturnType<typeof createDispatcherRig>;
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  rig = createDispatcherRig();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('jobs in memory', () => {
  test('come from the ledger, oldest first, with their file', async () => {
    rig.jobs.add('$1', {}, { attempt: 2, priority: 'asked' });
    rig.jobs.add('$2');
    const { dispatcher, finish } = rig.create();
    dispatcher.wake();
    await pass();
    expect(await finish()).toEqual({
      id: '$1',
      upload: anUpload({ eventId: '$1' }),
      file: file('$1'),
      attempt: 2,
      priority: 'asked',
      isSuspect: false,
      receivedAtMs: 7,
      queuedAtMs: 1_000_000,
    });
    expect((await finish()).id).toBe('$2');
  });

  test.each([
    [SUSPECT_AFTER_DEATHS - 1, false],
    [SUSPECT_AFTER_DEATHS, true],
  ])('that were read at %i deaths of the process: suspected is %s', async (deaths, isSuspect) => {
    rig.jobs.add('$1', {}, { deaths });
    const { dispatcher, finish } = rig.create();
    dispatcher.wake();
    await pass();
    expect((await finish()).isSuspect).toBe(isSuspect);
  });

  test('are never more than QUEUE_MAX_SIZE, downloads included', async () => {
    rig.add(20);
    let most = 0;
    const { dispatcher, queue, finish } = rig.create({ maxSize: 3 });
    dispatcher.wake();
    for (let done = 0; done < 20; done++) {
      await pass();
      most = Math.max(most, dispatcher.held);
      expect(queue.size).toBe(Math.min(3, 20 - done));
      await finish();
    }
    expect(most).toBe(3);
    expect(rig.jobs.left()).toEqual([]);
  });

  test('wait in the ledger, not in the queue, until one is released', async () => {
    rig.add(2);
    const { dispatcher, finish } = rig.create({ maxSize: 1 });
    dispatcher.wake();
    await pass();
    expect(rig.jobs.left()).toEqual(['$2']);
    await finish();
    expect(rig.jobs.left()).toEqual([]);
  });

  test('are downloaded four at a time', async () => {
    rig.add(2, '!a');
    rig.add(10, '!b');
    const { dispatcher } = rig.create({ fetch: untilAborted });
    dispatcher.wake();
    await pass();
    expect(rig.jobs.left()).toHaveLength(8);
    expect(dispatcher.held).toBe(4);
  });

  test('leave nothing behind when their file turns out to be no document', async () => {
    rig.add(1);
    const { dispatcher } = rig.create({ fetch: async () => null });
    dispatcher.wake();
    await pass();
    expect(dispatcher.held).toBe(0);
  });
});

describe('a job that another process puts into the ledger', () => {
  test('is found within ten seconds', async () => {
    const { dispatcher } = rig.create();
    dispatcher.wake();
    await pass(5_000);
    rig.jobs.add('$late');
    await pass(5_000);
    expect(rig.jobs.left()).toEqual([]);
  });
});

describe('a job that backs off', () => {
  test('is taken when it is due', async () => {
    rig.add(1);
    rig.jobs.wait('$1', 1_060_000);
    const { dispatcher } = rig.create();
    dispatcher.wake();
    await pass(59_999);
    expect(dispatcher.held).toBe(0);
    await pass(2);
    expect(dispatcher.held).toBe(1);
  });

  test('for longer than a timer can hold is taken when it is due, and not at once', async () => {
    const claim = vi.fn(rig.jobs.claim);
    rig.add(1);
    rig.jobs.wait('$1', 1_000_000 + 40 * 24 * 3_600_000);
    const { dispatcher } = rig.create({ claim });
    dispatcher.wake();
    await pass(60_000);
    expect(claim.mock.calls.length).toBeLessThan(10);
    expect(dispatcher.held).toBe(0);
  });

  test('is taken soon after its time when the clock was set forward', async () => {
    rig.add(1);
    rig.jobs.wait('$1', 1_000_000 + 3_600_000);
    const { dispatcher } = rig.create();
    dispatcher.wake();
    vi.setSystemTime(1_000_000 + 3_600_000);
    await pass(10_000);
    expect(dispatcher.held).toBe(1);
  });

  test('and is overdue costs nothing while there is no room for it', async () => {
    rig.add(2);
    const nextDueMs = vi.fn(rig.jobs.nextDueMs);
    rig.jobs.wait('$2', 1_000_500);
    const { dispatcher, finish } = rig.create({ maxSize: 1, nextDueMs });
    dispatcher.wake();
    await pass(60_000);
    expect(nextDueMs.mock.calls.length).toBeLessThan(5);
    await finish();
    expect(dispatcher.held).toBe(1);
  });
});

describe('what goes wrong', () => {
  test('with a download is handed on with its job, and makes room for the next', async () => {
    rig.add(2);
    const onFailure = vi.fn(async (_row: JobRow, _error: unknown) => undefined);
    const gone = new Error('gone');
    const fetch = async ({ upload }: JobRow) => {
      if (upload.eventId === '$1') throw gone;
      return file(upload.eventId);
    };
    const { dispatcher, finish } = rig.create({ maxSize: 1, fetch, onFailure });
    dispatcher.wake();
    await pass();
    expect(onFailure.mock.calls.map(([row, error]) => [row.upload.eventId, error])).toEqual([['$1', gone]]);
    expect((await finish()).id).toBe('$2');
  });

  test('with the ledger is tried again after a pause', async () => {
    rig.add(1);
    const claim = vi.fn(rig.jobs.claim).mockImplementationOnce(() => {
      throw new Error('disk full');
    });
    const { dispatcher, records } = rig.create({ claim });
    dispatcher.wake();
    expect(records).toMatchObject([{ level: 'error', message: 'the ledger could not be asked for work' }]);
    await pass(4_999);
    expect(dispatcher.held).toBe(0);
    await pass(1);
    expect(dispatcher.held).toBe(1);
  });

  test('with the telling of a failure is logged, and ends neither the process nor the work', async () => {
    rig.add(2);
    const { dispatcher, records, finish } = rig.create({
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
    rig.add(6);
    const { dispatcher, failed } = rig.create({ fetch: untilAborted });
    dispatcher.wake();
    await dispatcher.stop();
    dispatcher.wake();
    expect(failed).toEqual([]);
    expect(dispatcher.held).toBe(0);
    expect(rig.jobs.left()).toHaveLength(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('ends the pause after a ledger error, too', async () => {
    const claim = () => {
      throw new Error('disk full');
    };
    const { dispatcher } = rig.create({ claim });
    dispatcher.wake();
    await dispatcher.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
