// Who may begin, and whose thread ends, as the memory of the whole process fills up.
import { EventEmitter } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MemoryGovernor } from '../../../src/pool/memoryGovernor.ts';

const MEGABYTE = 1024 * 1024;
const never = new AbortController().signal;

let rssMb: number;
let governor: MemoryGovernor;

beforeEach(() => {
  vi.useFakeTimers();
  rssMb = 200;
  governor = new MemoryGovernor({
    rssBytes: () => rssMb * MEGABYTE,
    tightBytes: 450 * MEGABYTE,
    fullBytes: 500 * MEGABYTE,
  });
});

afterEach(() => void vi.useRealTimers());

/** Threads that hold so many megabytes each, and what was done to them. */
function join(...heldMb: number[]) {
  const pool = { ended: [] as string[], idleEnded: 0, looks: 0 };
  governor.join({
    endIdle: () => {
      pool.idleEnded += 1;
    },
    look: () => {
      pool.looks += 1;
    },
    holders: async () =>
      heldMb.map((held) => ({ heldBytes: held * MEGABYTE, end: (how) => pool.ended.push(`${held} MB: ${how}`) })),
  });
  return pool;
}

/** Whether a job has begun, and how it ends. */
function begin(isAlone = false, signal: AbortSignal = never) {
  const job = { hasBegun: false, end: (): void => undefined, begun: Promise.resolve() };
  job.begun = governor.enter(signal, { isAlone }).then((end) => {
    job.hasBegun = true;
    job.end = end;
  });
  return job;
}

const aMoment = (): Promise<unknown> => vi.advanceTimersByTimeAsync(20);

describe('while there is room', () => {
  test('jobs begin at once, threads may start, and none is ended', async () => {
    const pool = join(200, 90);
    const jobs = [begin(), begin(), begin()];
    rssMb = 450;
    await aMoment();
    expect(jobs.map(({ hasBegun }) => hasBegun)).toEqual([true, true, true]);
    expect(governor.mayGrow()).toBe(true);
    expect(pool).toEqual({ ended: [], idleEnded: 0, looks: 0 });
  });
});

describe('where memory is tight', () => {
  test('no further thread starts; idle ones end for it, and all are told when one has', () => {
    const [reading, recognising] = [join(), join()];
    rssMb = 451;
    expect(governor.mayGrow()).toBe(false);
    expect([reading.idleEnded, recognising.idleEnded]).toEqual([1, 1]);
    const thread = new EventEmitter();
    governor.followEnd(thread as Worker);
    expect(reading.looks).toBe(0);
    thread.emit('exit');
    expect([reading.looks, recognising.looks]).toEqual([1, 1]);
  });
});

describe('where memory is full', () => {
  test('the job that holds most is put aside, of whatever kind, and no other', async () => {
    const [reading, recognising] = [join(90, 120), join(210)];
    begin();
    rssMb = 501;
    await aMoment();
    expect(recognising.ended).toEqual(['210 MB: put_aside']);
    expect(reading.ended).toEqual([]);
  });

  test('a job alone that holds much is out of memory, one that holds little is not to blame', async () => {
    rssMb = 501;
    const little = join(150);
    begin();
    await aMoment();
    expect(little.ended).toEqual([]);
    governor = new MemoryGovernor({ rssBytes: () => rssMb * MEGABYTE, tightBytes: 0, fullBytes: 500 * MEGABYTE });
    const much = join(170);
    begin();
    await aMoment();
    expect(much.ended).toEqual(['170 MB: out_of_memory']);
  });

  test('nobody else is judged until the thread that was ended is gone', async () => {
    const pool = join(90, 120);
    begin();
    const thread = new EventEmitter();
    governor.followEnd(thread as Worker);
    rssMb = 501;
    await aMoment();
    expect(pool.ended).toEqual([]);
    thread.emit('exit');
    await aMoment();
    expect(pool.ended).toEqual(['120 MB: put_aside']);
  });
});

describe('a job that was put aside', () => {
  test('begins when the others have ended and the memory of its first thread is back; until it has ended nobody else begins', async () => {
    const other = begin();
    await other.begun;
    const thread = new EventEmitter();
    governor.followEnd(thread as Worker);
    const [later, alone] = [begin(), begin(true)];
    await later.begun;
    const next = begin();
    other.end();
    later.end();
    await aMoment();
    expect([alone.hasBegun, next.hasBegun]).toEqual([false, false]);
    thread.emit('exit');
    await alone.begun;
    await aMoment();
    expect(next.hasBegun).toBe(false);
    alone.end();
    await next.begun;
  });

  test('that is taken back while it waits lets the others in', async () => {
    const other = begin();
    await other.begun;
    const cancel = new AbortController();
    const alone = expect(begin(true, cancel.signal).begun).rejects.toThrow('taken back');
    const next = begin();
    await aMoment();
    expect(next.hasBegun).toBe(false);
    cancel.abort(new Error('taken back'));
    await alone;
    await next.begun;
  });
});
