// Who gets a thread next, and when one more is started.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Turns } from '../../../src/pool/turns.ts';

const never = new AbortController().signal;
const GROW_AFTER_MS = 100;

/** Threads that start when the test says so. */
function createThreads(max: number, growAtWaiting?: number) {
  const starts: PromiseWithResolvers<void>[] = [];
  let gone = 0;
  const turns = new Turns({
    max,
    count: () => starts.length - gone,
    start() {
      const start = Promise.withResolvers<void>();
      starts.push(start);
      return start.promise;
    },
    growAfterMs: GROW_AFTER_MS,
    growAtWaiting,
  });
  return {
    turns,
    started: () => starts.length,
    ready: (index: number) => starts[index]?.resolve(),
    fails(index: number) {
      gone += 1;
      starts[index]?.reject(new Error('no memory for a thread'));
    },
    end: () => (gone += 1),
  };
}

/** Asks for a turn; `had` names those that got theirs, in order. */
function createAsking(turns: Turns) {
  const had: string[] = [];
  const ask = async (name: string, growAfterMs?: number): Promise<() => void> => {
    const end = await turns.acquire(never, growAfterMs);
    had.push(name);
    return end;
  };
  return { had, ask };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a turn on a thread', () => {
  test('comes when the thread is ready, and those after it one by one in the order of asking', async () => {
    const { turns, ready } = createThreads(1);
    const { had, ask } = createAsking(turns);
    const first = ask('first');
    const second = ask('second');
    void ask('third');
    await vi.advanceTimersByTimeAsync(0);
    expect([had, turns.waiting, turns.running]).toEqual([[], 3, 0]);
    ready(0);
    (await first)();
    (await second)();
    await vi.advanceTimersByTimeAsync(0);
    expect([had, turns.waiting, turns.running]).toEqual([['first', 'second', 'third'], 0, 1]);
  });

  test('is not given to one who left', async () => {
    const { turns, ready } = createThreads(1);
    const { had, ask } = createAsking(turns);
    const leaving = new AbortController();
    const left = turns.acquire(leaving.signal);
    void ask('stayed');
    leaving.abort(new Error('cancelled'));
    await expect(left).rejects.toThrow('cancelled');
    ready(0);
    await vi.advanceTimersByTimeAsync(0);
    expect([had, turns.waiting]).toEqual([['stayed'], 0]);
  });

  test('is not given to one who comes with an aborted signal', async () => {
    const { turns, started } = createThreads(1);
    await expect(turns.acquire(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    expect([turns.waiting, started()]).toEqual([0, 0]);
  });

  test('comes although no thread can be started, so that the job learns why', async () => {
    const { turns, fails } = createThreads(1);
    const { had, ask } = createAsking(turns);
    void ask('first');
    fails(0);
    await vi.advanceTimersByTimeAsync(0);
    expect(had).toEqual(['first']);
  });
});

describe('one more thread', () => {
  test('is started for a line that lasts, and not for one that the first thread empties', async () => {
    const { turns, started, ready } = createThreads(2);
    const { ask } = createAsking(turns);
    const first = ask('first');
    ready(0);
    const end = await first;
    void ask('second');
    await vi.advanceTimersByTimeAsync(GROW_AFTER_MS - 1);
    end();
    await vi.advanceTimersByTimeAsync(GROW_AFTER_MS);
    expect(started()).toBe(1);
    void ask('third');
    await vi.advanceTimersByTimeAsync(GROW_AFTER_MS);
    expect(started()).toBe(2);
  });

  test('is never more than the most, however long the line', async () => {
    const { turns, started, ready } = createThreads(2);
    const { ask } = createAsking(turns);
    for (let job = 0; job < 9; job += 1) void ask(`${job}`);
    ready(0);
    await vi.advanceTimersByTimeAsync(GROW_AFTER_MS);
    ready(1);
    await vi.advanceTimersByTimeAsync(10 * GROW_AFTER_MS);
    expect([started(), turns.running, turns.waiting]).toEqual([2, 2, 7]);
  });

  test('is started sooner for one who is worth it, whoever waits already', async () => {
    const { turns, started, ready } = createThreads(2);
    const { ask } = createAsking(turns);
    void ask('first');
    ready(0);
    await vi.advanceTimersByTimeAsync(0);
    void ask('patient');
    await vi.advanceTimersByTimeAsync(GROW_AFTER_MS / 2);
    void ask('one of many', 0);
    await vi.advanceTimersByTimeAsync(0);
    expect(started()).toBe(2);
  });

  test('is started at once for a line of the length that is worth it', async () => {
    const { turns, started, ready } = createThreads(2, 2);
    const { ask } = createAsking(turns);
    void ask('first');
    ready(0);
    await vi.advanceTimersByTimeAsync(0);
    void ask('second');
    await vi.advanceTimersByTimeAsync(0);
    expect(started()).toBe(1);
    void ask('third');
    await vi.advanceTimersByTimeAsync(0);
    expect(started()).toBe(2);
  });

  test('is not put off by one who would wait longer', async () => {
    const { turns, started, ready } = createThreads(2);
    const { ask } = createAsking(turns);
    void ask('first');
    ready(0);
    await vi.advanceTimersByTimeAsync(0);
    void ask('second');
    void ask('patient', 50 * GROW_AFTER_MS);
    await vi.advanceTimersByTimeAsync(GROW_AFTER_MS);
    expect(started()).toBe(2);
  });

  test('is started at once in place of one that ended', async () => {
    const { turns, started, ready, end } = createThreads(1);
    const { ask } = createAsking(turns);
    const first = ask('first');
    ready(0);
    (await first)();
    end();
    void ask('second');
    expect(started()).toBe(2);
  });

  test('is not started after the end', async () => {
    const { turns, started } = createThreads(1);
    turns.close();
    turns.warm();
    expect(started()).toBe(0);
  });
});

test('a thread that was started ahead is the one that the first job gets', async () => {
  const { turns, started, ready } = createThreads(2);
  const { had, ask } = createAsking(turns);
  turns.warm();
  turns.warm();
  void ask('first');
  await vi.advanceTimersByTimeAsync(GROW_AFTER_MS - 1);
  ready(0);
  await vi.advanceTimersByTimeAsync(0);
  expect([had, started()]).toEqual([['first'], 1]);
});
