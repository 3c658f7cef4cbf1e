// What a file can do to the process that reads it alone, and what that does to the one that started it: nothing.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { createLoneProcesses, type LoneProcesses } from '../../../src/pool/loneProcess.ts';
import type { DyingTask } from '../../fixtures/dyingWorker.ts';
import { childrenOf, isRunning } from '../../fixtures/liveProcess.ts';
import { createRecordingLog, type LogRecord } from '../../fixtures/recordingLog.ts';

const answer = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), words: z.string() }),
  z.object({ ok: z.literal(false), code: z.literal('unreadable'), message: z.string() }),
]);
const filename = join(import.meta.dirname, '../../fixtures/dyingWorker.ts');

let lone: LoneProcesses;
let records: LogRecord[];
let before: number[];

beforeEach(() => {
  before = childrenOf(process.pid);
  const recording = createRecordingLog();
  records = recording.records;
  lone = createLoneProcesses({ filename, memoryMb: 32, log: recording.log });
});

afterEach(async () => {
  await lone.close();
  expect(childrenOf(process.pid)).toEqual(before);
});

function run(task: DyingTask, options: { signal?: AbortSignal; hardTimeoutMs?: number } = {}) {
  const limits = { signal: new AbortController().signal, hardTimeoutMs: 20_000, ...options };
  return lone.run({ task: () => ({ task }), answer }, limits);
}

describe('a job alone', () => {
  test('answers as it would in a thread', async () => {
    expect(await run({ do: 'answer', words: 'ordinary' })).toEqual({ ok: true, words: 'ordinary' });
  });

  test('that cannot be done says why', async () => {
    await expect(run({ do: 'refuse' })).rejects.toMatchObject({ code: 'unreadable', message: 'nothing to be read' });
  });

  test('whose answer is none is our own fault', async () => {
    await expect(run({ do: 'talk nonsense' })).rejects.toMatchObject({ code: 'internal' });
  });

  test('runs in another process, that knows no secrets', async () => {
    vi.stubEnv('MATRIX_PASSWORD', 'secret');
    const { words } = await run({ do: 'tell' });
    const told = JSON.parse(words) as { pid: number; env: object; execArgv: string[] };
    expect(told).toEqual({ pid: expect.any(Number), env: {}, execArgv: [] });
    expect(told.pid).not.toBe(process.pid);
    vi.unstubAllEnvs();
  });

  test('waits for the one before', async () => {
    const stop = new AbortController();
    const first = run({ do: 'loop' }, { signal: stop.signal });
    const second = run({ do: 'answer', words: 'second' });
    await vi.waitFor(() => expect(childrenOf(process.pid)).toHaveLength(before.length + 1));
    stop.abort(new Error('seen enough'));
    await expect(first).rejects.toThrow('seen enough');
    expect((await second).words).toBe('second');
  });
});

describe('the process dies, and the job says of what', () => {
  test.each([
    ['reader_died', 'a kill', { do: 'kill', signal: 'SIGKILL' }, 'SIGKILL'],
    ['reader_died', 'a fault of native code', { do: 'kill', signal: 'SIGSEGV' }, 'SIGSEGV'],
    ['reader_died', 'an abort', { do: 'kill', signal: 'SIGABRT' }, 'SIGABRT'],
    ['reader_died', 'an exit', { do: 'exit', code: 3 }, 'exit code 3'],
    ['reader_died', 'an error that nobody catches', { do: 'throw' }, 'nobody catches this'],
    ['out_of_memory', 'a full heap', { do: 'fill the heap' }, 'memory limit'],
    ['out_of_memory', 'a heap that V8 gives up on', { do: 'fill the heap of V8' }, 'SIGABRT'],
  ] satisfies [string, string, DyingTask, string][])('%s: %s', async (code, _which, task, words) => {
    await expect(run(task)).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
    expect((await run({ do: 'answer', words: 'next' })).words).toBe('next');
  });

  test('and the log has its last words', async () => {
    await expect(run({ do: 'fill the heap of V8' })).rejects.toThrow();
    expect(records).toMatchObject([
      { level: 'warn', signal: 'SIGABRT', lastWords: expect.stringContaining('heap limit') },
    ]);
  });
});

describe('an endless loop', () => {
  test('ends at the time limit', async () => {
    await expect(run({ do: 'loop' }, { hardTimeoutMs: 500 })).rejects.toMatchObject({ code: 'timeout' });
  });

  test('ends with its cancelling, whose reason the job gives', async () => {
    const cancel = new AbortController();
    const running = expect(run({ do: 'loop' }, { signal: cancel.signal })).rejects.toThrow('taken back');
    await vi.waitFor(() => expect(childrenOf(process.pid)).toHaveLength(before.length + 1));
    cancel.abort(new Error('taken back'));
    await running;
  });

  test('ends when the processes are closed, and is tried again some day', async () => {
    const running = expect(run({ do: 'loop' })).rejects.toMatchObject({ code: 'thread_crashed' });
    const waiting = expect(run({ do: 'loop' })).rejects.toMatchObject({ code: 'thread_crashed' });
    await vi.waitFor(() => expect(childrenOf(process.pid)).toHaveLength(before.length + 1));
    await lone.close();
    expect(childrenOf(process.pid)).toEqual(before);
    await Promise.all([running, waiting]);
    await expect(run({ do: 'answer', words: 'late' })).rejects.toMatchObject({ code: 'thread_crashed' });
  });

  test('ends when the one who started it is killed', async () => {
    const starter = fork(join(import.meta.dirname, '../../fixtures/loneStarter.ts'), { serialization: 'advanced' });
    const [pid] = (await once(starter, 'message')) as [number];
    expect(isRunning(pid)).toBe(true);
    starter.kill('SIGKILL');
    await once(starter, 'exit');
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 10_000 });
  });
});
