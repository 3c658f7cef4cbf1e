// What a job can do to its thread, what of it the metrics hear, and that the others read on.
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { ThreadEnd } from '../../../src/domain/meter.ts';
import { boundless } from '../../../src/pool/memoryGovernor.ts';
import { createThreads, type Threads } from '../../../src/pool/threads.ts';
import type { DyingTask } from '../../fixtures/dyingWorker.ts';
import { threadCount } from '../../fixtures/liveProcess.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';

const answer = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), words: z.string() }),
  z.object({ ok: z.literal(false), code: z.literal('unreadable'), message: z.string() }),
]);

let threads: Threads;
let ends: ThreadEnd[];

beforeEach(() => {
  ends = [];
  threads = createThreads({
    filename: join(import.meta.dirname, '../../fixtures/dyingWorker.ts'),
    warmTask: null,
    threads: 2,
    memoryMb: 32,
    governor: boundless(),
    growAfterMs: 0,
    idleMs: 60_000,
    onEnded: (reason) => ends.push(reason),
    log: createRecordingLog().log,
  });
});

afterEach(() => threads.close());

function run(task: DyingTask, options: { signal?: AbortSignal; hardTimeoutMs?: number; alone?: boolean } = {}) {
  const limits = { signal: new AbortController().signal, hardTimeoutMs: 20_000, ...options };
  return threads.run({ task: () => ({ task }), answer }, limits);
}

test.each([
  ['thread_crashed', 'crashed', 'that exits', { do: 'exit', code: 3 }, {}],
  ['thread_crashed', 'crashed', 'with an error that nobody catches', { do: 'throw' }, {}],
  ['out_of_memory', 'out_of_memory', 'that fills its heap', { do: 'fill the heap' }, {}],
  ['timeout', 'timeout', 'that never ends', { do: 'loop' }, { hardTimeoutMs: 300 }],
] satisfies [string, ThreadEnd, string, DyingTask, object][])(
  '%s: a job %s takes nobody along, and its thread is counted as %s',
  async (code, end, _which, task, options) => {
    const beside = run({ do: 'answer', words: 'beside' });
    await expect(run(task, options)).rejects.toMatchObject({ code });
    expect((await beside).words).toBe('beside');
    expect((await run({ do: 'answer', words: 'next' })).words).toBe('next');
    expect(ends).toEqual([end]);
  },
);

test('a job that is cancelled ends its thread, which is counted', async () => {
  const cancel = new AbortController();
  const running = expect(run({ do: 'loop' }, { signal: cancel.signal })).rejects.toThrow('taken back');
  await vi.waitFor(() => expect(threads.stats().running).toBe(1));
  cancel.abort(new Error('taken back'));
  await running;
  expect(ends).toEqual(['aborted']);
});

test('what was answered, be it a refusal, and what ends with the threads is no end before its time', async () => {
  await expect(run({ do: 'refuse' })).rejects.toMatchObject({ code: 'unreadable' });
  const running = expect(run({ do: 'loop' })).rejects.toMatchObject({ code: 'thread_crashed' });
  await vi.waitFor(() => expect(threads.stats().running).toBe(1));
  await threads.close();
  await running;
  expect(ends).toEqual([]);
});

describe('a thread in an endless loop', () => {
  test('is gone when its time is up, and takes no processor any more', async () => {
    await run({ do: 'answer', words: 'warm' });
    const before = threadCount();
    await expect(run({ do: 'loop' }, { hardTimeoutMs: 300 })).rejects.toMatchObject({ code: 'timeout' });
    await vi.waitFor(() => expect(threadCount()).toBeLessThan(before), { timeout: 10_000 });
    expect(threads.stats()).toEqual({ threads: 0, running: 0, waiting: 0 });
  });
});

test('a job that is to run alone leaves the threads to the others, and is no end of one', async () => {
  await expect(run({ do: 'exit', code: 3 }, { alone: true })).rejects.toMatchObject({ code: 'reader_died' });
  expect(threads.stats()).toEqual({ threads: 0, running: 0, waiting: 0 });
  expect(ends).toEqual([]);
});
