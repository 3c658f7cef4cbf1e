// What happens to the threads: they end a job that hangs, runs out of memory or is cancelled, and only that job.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPool } from '../../src/pool/pool.ts';
import { endlessTextPdf, manyPagesPdf } from '../fixtures/hostilePdfs.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';
import { createReadingRig, type ReadingRig, textOf } from '../fixtures/readingRig.ts';
import { readRequestFor } from '../fixtures/readRequest.ts';
import { createRecordingLog } from '../fixtures/recordingLog.ts';

const never = new AbortController().signal;
const ordinary = writePdf({ pages: [{ lines: ['An ordinary page.'] }] });
/** Takes seconds: it is never read to its end here. */
const long = manyPagesPdf(20_000);

let rig: ReadingRig;

beforeEach(() => {
  rig = createReadingRig();
});

afterEach(() => rig.close());

function readLong(options: { signal?: AbortSignal; hardTimeoutMs?: number; onProgress?: () => void }) {
  const path = rig.folder.write('long.pdf', long);
  const request = readRequestFor(path, { maxPages: 20_000, softTimeoutMs: 50_000 });
  return rig.pool.read(request, { signal: never, hardTimeoutMs: 50_000, ...options });
}

describe('threads', () => {
  test('are none until the first job', async () => {
    expect(rig.pool.stats()).toEqual({ threads: 0, running: 0, waiting: 0 });
    await rig.readBytes(ordinary);
    expect(rig.pool.stats()).toEqual({ threads: 1, running: 0, waiting: 0 });
  });

  test('end with the pool', async () => {
    await rig.readBytes(ordinary);
    await rig.pool.close();
    expect(rig.pool.stats().threads).toBe(0);
  });
});

describe('a job', () => {
  test('that does not end is ended at the time limit, and the next one reads', async () => {
    await expect(readLong({ hardTimeoutMs: 400 })).rejects.toMatchObject({ code: 'timeout' });
    expect(textOf(await rig.readBytes(ordinary))).toBe('An ordinary page.');
  });

  test('that is cancelled rejects with the reason, and those that waited behind it read', async () => {
    const cancel = new AbortController();
    const cancelled = readLong({ signal: cancel.signal, onProgress: () => cancel.abort(new Error('redacted')) });
    const waiting = rig.readBytes(ordinary);
    await expect(cancelled).rejects.toThrow('redacted');
    expect(textOf(await waiting)).toBe('An ordinary page.');
  });

  test('that is cancelled while it waits leaves the line', async () => {
    const cancel = new AbortController();
    const { promise: started, resolve } = Promise.withResolvers<void>();
    const stop = new AbortController();
    const running = readLong({ signal: stop.signal, onProgress: resolve });
    await started;
    const path = rig.folder.write('ordinary.pdf', ordinary);
    const waiting = rig.pool.read(readRequestFor(path), { signal: cancel.signal, hardTimeoutMs: 50_000 });
    expect(rig.pool.stats().waiting).toBe(1);
    cancel.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    expect(rig.pool.stats().waiting).toBe(0);
    stop.abort(new Error('seen enough'));
    await expect(running).rejects.toThrow('seen enough');
  });

  test('that runs out of memory says so, and the next one reads', async () => {
    const pool = createPool({ threads: 1, memoryMb: 64, log: createRecordingLog().log });
    try {
      const request = readRequestFor(rig.folder.write('heavy.pdf', endlessTextPdf()));
      const options = { signal: never, hardTimeoutMs: 50_000 };
      await expect(pool.read(request, options)).rejects.toMatchObject({ code: 'out_of_memory' });
      const next = readRequestFor(rig.folder.write('next.pdf', ordinary));
      expect(textOf(await pool.read(next, options))).toBe('An ordinary page.');
    } finally {
      await pool.close();
    }
  });

  test('in a pool that is closed rejects, to be tried again', async () => {
    const { promise: started, resolve } = Promise.withResolvers<void>();
    const running = readLong({ onProgress: resolve });
    const ended = expect(running).rejects.toMatchObject({ code: 'thread_crashed' });
    await started;
    await rig.pool.close();
    await ended;
    await expect(rig.readBytes(ordinary)).rejects.toMatchObject({ code: 'thread_crashed' });
  });

  test('tells its progress, a few times a second at most', async () => {
    const heard: { page: number; of: number }[] = [];
    const path = rig.folder.write('pages.pdf', manyPagesPdf(400));
    const start = performance.now();
    await rig.readPath(path, {}, (progress) => heard.push(progress));
    const seconds = (performance.now() - start) / 1_000;
    expect(heard[0]).toEqual({ page: 1, of: 400 });
    expect(heard.length).toBeLessThanOrEqual(1 + seconds * 4);
  });
});

test('two threads read two files at a time, the third waits', async () => {
  const two = createReadingRig(2);
  const cancel = new AbortController();
  const request = readRequestFor(two.folder.write('long.pdf', long), { maxPages: 20_000, softTimeoutMs: 50_000 });
  const read = () => {
    const { promise: started, resolve } = Promise.withResolvers<void>();
    const ended = two.pool.read(request, { signal: cancel.signal, hardTimeoutMs: 50_000, onProgress: () => resolve() });
    return { started, ended: expect(ended).rejects.toThrow('seen enough') };
  };
  try {
    const [first, second, third] = [read(), read(), read()];
    await Promise.all([first.started, second.started]);
    expect(two.pool.stats()).toEqual({ threads: 2, running: 2, waiting: 1 });
    cancel.abort(new Error('seen enough'));
    await Promise.all([first.ended, second.ended, third.ended]);
  } finally {
    await two.close();
  }
});
