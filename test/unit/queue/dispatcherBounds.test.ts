// What the dispatcher keeps within bounds: the bytes on disk, and what one room has of memory and downloads.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SpooledFile } from '../../../src/domain/job.ts';
import type { JobRow } from '../../../src/domain/ledger.ts';
import { createDispatcherRig, file, pass, untilAborted } from './dispatcherRig.ts';

let rig: ReturnType<typeof createDispatcherRig>;
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  rig = createDispatcherRig();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('files on disk', () => {
  /** Downloads that end when the test says so, with as many bytes as it says. */
  const downloads = () => {
    const ends = new Map<string, (bytes: number) => void>();
    const fetch = (row: JobRow, signal: AbortSignal) => {
      const { eventId } = row.upload;
      const ended = new Promise<SpooledFile>((resolve) => ends.set(eventId, (bytes) => resolve(file(eventId, bytes))));
      return Promise.race([ended, untilAborted(row, signal)]);
    };
    const end = async (id: string, bytes: number) => {
      ends.get(id)?.(bytes);
      await pass();
    };
    return { fetch, end };
  };

  test('never pass the cap, even if every download is as large as may be', async () => {
    for (const id of ['$1', '$2', '$3', '$4']) rig.jobs.add(id, { declaredBytes: 1 });
    const { fetch, end } = downloads();
    const { dispatcher, finish } = rig.create({ spoolMaxBytes: 25, maxFileBytes: 10, fetch });
    dispatcher.wake();
    expect(rig.jobs.left()).toEqual(['$3', '$4']);
    await end('$1', 10);
    expect(rig.jobs.left()).toEqual(['$3', '$4']);
    await end('$2', 3);
    expect(rig.jobs.left()).toEqual(['$4']);
    await end('$3', 10);
    expect(dispatcher.spoolBytes).toBe(23);
    expect((await finish()).id).toBe('$1');
    expect(dispatcher.spoolBytes).toBe(13);
    expect(rig.jobs.left()).toEqual([]);
  });

  test('may be one whose size is over the cap, if it is the only one', async () => {
    rig.add(2);
    const { fetch, end } = downloads();
    const { dispatcher, finish } = rig.create({ spoolMaxBytes: 5, maxFileBytes: 10, fetch });
    dispatcher.wake();
    await end('$1', 10);
    expect(rig.jobs.left()).toEqual(['$2']);
    await finish();
    expect(rig.jobs.left()).toEqual([]);
  });

  test('count no more when their download came to nothing', async () => {
    rig.add(2);
    const { dispatcher, failed } = rig.create({
      spoolMaxBytes: 10,
      maxFileBytes: 10,
      fetch: () => Promise.reject(new Error('gone')),
    });
    dispatcher.wake();
    await pass();
    expect(failed).toEqual(['$1', '$2']);
    expect(dispatcher.spoolBytes).toBe(0);
  });
});

describe('a room', () => {
  test('has at most half of the memory, so that others find room in it at once', async () => {
    rig.add(20, '!noisy');
    rig.jobs.add('$quiet', { roomId: '!quiet' });
    const { dispatcher, queue } = rig.create({ maxSize: 10 });
    dispatcher.wake();
    await pass();
    const inLine = queue.takeMatching(() => true, 100).map(({ upload }) => upload.roomId);
    expect(inLine.toSorted()).toEqual([...Array(5).fill('!noisy'), '!quiet']);
  });

  test('gets the next one in when one of its own is over', async () => {
    rig.add(6);
    const { dispatcher, finish } = rig.create({ maxSize: 8 });
    dispatcher.wake();
    await pass();
    expect(rig.jobs.left()).toEqual(['$5', '$6']);
    await finish();
    expect(rig.jobs.left()).toEqual(['$6']);
  });

  test('gets the next one in when a download of its own came to nothing', async () => {
    rig.add(10);
    const { dispatcher, failed } = rig.create({ maxSize: 8, fetch: () => Promise.reject(new Error('gone')) });
    dispatcher.wake();
    await pass();
    expect(failed).toHaveLength(10);
  });

  test('that is alone keeps all consumers busy, however small the memory', async () => {
    rig.add(6);
    const { dispatcher } = rig.create({ maxSize: 4, consumers: 3 });
    dispatcher.wake();
    await pass();
    expect(dispatcher.held).toBe(3);
  });

  test('whose downloads stall leaves one for the others', async () => {
    rig.add(6, '!stalled');
    rig.jobs.add('$other', { roomId: '!other' });
    const { dispatcher, finish } = rig.create({
      fetch: async (row, signal) =>
        row.upload.roomId === '!stalled' ? untilAborted(row, signal) : file(row.upload.eventId),
    });
    dispatcher.wake();
    await pass();
    expect((await finish()).id).toBe('$other');
    expect(rig.jobs.left()).toEqual(['$4', '$5', '$6']);
  });

  test('that is full does not make its due jobs ask again and again', async () => {
    rig.add(2);
    rig.jobs.wait('$2', 1_000_500);
    const claim = vi.fn(rig.jobs.claim);
    const { dispatcher, finish } = rig.create({ maxSize: 2, consumers: 1, claim });
    dispatcher.wake();
    await pass(10_000);
    expect(claim.mock.calls.length).toBeLessThan(20);
    await finish();
    expect(rig.jobs.left()).toEqual([]);
  });
});
