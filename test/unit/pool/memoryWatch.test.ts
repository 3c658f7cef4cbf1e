// When a thread holds too much, whatever of it lies beside its heap.
import { EventEmitter } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MemoryWatch } from '../../../src/pool/memoryWatch.ts';

const MEGABYTE = 1024 * 1024;

/** A thread that holds what it is told to, and what it was ended with. */
function createThread() {
  const thread = Object.assign(new EventEmitter(), { held: { heap: 0, beside: 0 }, looks: 0 });
  const errors: { code: string; message: string }[] = [];
  thread.on('error', (error) => errors.push(error));
  const getHeapStatistics = async () => {
    thread.looks += 1;
    return { used_heap_size: thread.held.heap * MEGABYTE, external_memory: thread.held.beside * MEGABYTE };
  };
  return { thread: Object.assign(thread, { getHeapStatistics }), errors };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a thread is ended whose heap and byte arrays together are over the limit, and no other', async () => {
  const [greedy, modest] = [createThread(), createThread()];
  const threads = () => [greedy.thread, modest.thread] as unknown as Worker[];
  const watch = new MemoryWatch({ threads, maxBytes: 300 * MEGABYTE });
  watch.begin();
  modest.thread.held = { heap: 200, beside: 100 };
  greedy.thread.held = { heap: 200, beside: 101 };
  await vi.advanceTimersByTimeAsync(50);
  watch.end();
  expect(greedy.errors).toMatchObject([{ code: 'ERR_WORKER_OUT_OF_MEMORY', message: 'the thread holds 301 MB' }]);
  expect(modest.errors).toEqual([]);
});

test('nobody looks while there is no job', async () => {
  const { thread } = createThread();
  const watch = new MemoryWatch({ threads: () => [thread as unknown as Worker], maxBytes: MEGABYTE });
  await vi.advanceTimersByTimeAsync(1_000);
  watch.begin();
  watch.begin();
  watch.end();
  await vi.advanceTimersByTimeAsync(50);
  watch.end();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(thread.looks).toBe(1);
});
