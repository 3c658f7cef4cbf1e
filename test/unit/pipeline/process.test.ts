// What the way of one job promises: answered once, whatever happens in between; told, backed off, taken up again, never stuck.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AppError, type ErrorCode } from '../../../src/domain/errors.ts';
import type { Job } from '../../../src/domain/job.ts';
import type { JobRow, Ledger } from '../../../src/domain/ledger.ts';
import type { Reading } from '../../../src/domain/reading.ts';
import type { Reply } from '../../../src/domain/reply.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { handleFailure, type ProcessPorts, processJob } from '../../../src/pipeline/process.ts';
import type { Summariser } from '../../../src/pipeline/think.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { anUpload } from '../../fixtures/uploads.ts';

vi.mock('node:timers/promises', () => import('../../fixtures/globalTimers.ts'));

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const upload = anUpload();
const aReading = (text = 'The board met in May.'): Reading => ({
  kind: 'pdf',
  pageCount: 1,
  pages: [{ page: 1, text, source: 'text' }],
  body: [{ page: 1, text }],
  title: null,
  author: null,
  outline: [],
  language: 'en',
  extract: { summary: [{ text: 'The board met in May.', page: 1 }], keyPoints: [] },
  notes: [],
});
const model = (summarise: Summariser['summarise']): Summariser => ({ name: 'a model', summarise });
const fails = (code: ErrorCode) => () => Promise.reject(new AppError(code, '/a/secret/path'));

let ledger: Ledger;
let shown: string[];
let delivered: string[];
let stopping: AbortController;
let statusEventId: string | null;
beforeEach(() => {
  vi.useFakeTimers({ now: HOUR });
  ledger = openLedger(':memory:', Date.now);
  ledger.jobs.insert(upload, { postedAtMs: HOUR, receivedAtMs: HOUR });
  ledger.jobs.claim(HOUR);
  shown = [];
  delivered = [];
  stopping = new AbortController();
  statusEventId = null;
});
afterEach(() => {
  ledger.close();
  vi.useRealTimers();
});

function portsWith(changes: Partial<ProcessPorts>): ProcessPorts {
  return {
    jobs: ledger.jobs,
    read: async () => aReading(),
    summariserFor: () => null,
    fallback: true,
    status: {
      show: (_upload, stage) => shown.push(stage.kind),
      settle: async () => statusEventId,
      forget: () => shown.push('forgotten'),
    },
    uploadText: async () => 'mxc://here/text',
    async deliver(jobId) {
      for (const { part } of ledger.replies.unsentOf(jobId)) delivered.push(part);
      ledger.jobs.finish(jobId);
    },
    maxFileBytes: 50 * 1024 * 1024,
    clock: Date.now,
    ...changes,
  };
}
function run(changes: Partial<ProcessPorts> = {}) {
  const file = { path: '/spool/a', bytes: 1, sha256: '', kind: 'pdf' as const };
  const job: Job = { id: '$upload', upload, file, attempt: 1, receivedAtMs: HOUR, queuedAtMs: HOUR };
  return processJob(job, portsWith(changes), createRecordingLog().log, stopping.signal);
}
const row = () => ledger.jobs.get('$upload') as JobRow;
const answer = (part: Reply['part'] = 'answer') => {
  const body = ledger.replies.find('$upload', part)?.reply.body;
  return body?.kind === 'message' ? (body.content as Record<string, string>) : {};
};

describe('a document', () => {
  test('is read, summed up and answered, and its job is done', async () => {
    await run();
    expect(shown).toEqual(['reading', 'summarising']);
    expect(delivered).toEqual(['answer', 'mark']);
    expect(row()).toMatchObject({ state: 'done', errorCode: null });
    expect(answer().body).toContain('The board met in May. (p. 1)');
  });

  test('passes through its states in order', async () => {
    const states: string[] = [];
    const note = () => states.push(row().state);
    await run({
      read: async () => {
        note();
        return aReading();
      },
      summariserFor: () =>
        model(async () => {
          note();
          return { summary: 's', keyPoints: [], notes: [] };
        }),
      deliver: async () => void note(),
    });
    expect(states).toEqual(['reading', 'thinking', 'replying']);
  });

  test('shows the pages and parts that it is at', async () => {
    const stages: object[] = [];
    const status = { show: (_upload: object, stage: object) => stages.push(stage), settle: async () => null };
    await run({
      status: { ...status, forget: () => undefined },
      read: async (_job, onProgress) => {
        onProgress({ page: 3, of: 9 });
        return aReading();
      },
      summariserFor: () =>
        model(async (_reading, onProgress) => {
          onProgress(2, 4);
          return { summary: 's', keyPoints: [], notes: [] };
        }),
    });
    expect(stages).toEqual([
      { kind: 'reading', page: 0, of: 0 },
      { kind: 'reading', page: 3, of: 9 },
      { kind: 'summarising', part: 1, of: 1 },
      { kind: 'summarising', part: 2, of: 4 },
    ]);
  });

  test('whose notice stands is answered in its place', async () => {
    statusEventId = '$status';
    await run();
    expect(answer()['m.relates_to']).toEqual({ rel_type: 'm.replace', event_id: '$status' });
  });

  test('that took over a minute since it was posted is answered by a message that mentions its member', async () => {
    await run({
      read: async () => {
        vi.setSystemTime(HOUR + MINUTE + 1);
        return aReading();
      },
    });
    expect(answer()).toMatchObject({ msgtype: 'm.text', 'm.mentions': { user_ids: ['@anna:here'] } });
  });
});

describe('a long text', () => {
  test('of up to 4,000 characters is not attached', async () => {
    await run({ read: async () => aReading('x'.repeat(4_000)) });
    expect(delivered).toEqual(['answer', 'mark']);
  });

  test('of more is attached whole', async () => {
    const uploadText = vi.fn(async () => 'mxc://here/text');
    await run({ read: async () => aReading('x'.repeat(4_001)), uploadText });
    expect(delivered).toEqual(['answer', 'text', 'mark']);
    expect(uploadText).toHaveBeenCalledWith(expect.stringContaining('x'.repeat(4_001)), 'minutes.md', stopping.signal);
    expect(answer('text')).toMatchObject({ msgtype: 'm.file', url: 'mxc://here/text' });
    expect(answer().body).toContain('The whole text is attached.');
  });

  test('that the homeserver does not take is answered with a word on that', async () => {
    await run({ read: async () => aReading('x'.repeat(4_001)), uploadText: fails('homeserver_refused') });
    expect(delivered).toEqual(['answer', 'mark']);
    expect(answer().body).toContain('could not be attached');
  });

  test('waits while the homeserver is away', async () => {
    await run({ read: async () => aReading('x'.repeat(4_001)), uploadText: fails('homeserver_unavailable') });
    expect(row()).toMatchObject({ state: 'waiting', errorCode: 'homeserver_unavailable' });
  });
});

describe('a failure', () => {
  test.each<[ErrorCode, string]>([
    ['password_needed', 'refused'],
    ['unreadable', 'refused'],
    ['timeout', 'refused'],
    ['out_of_memory', 'refused'],
    ['internal', 'failed'],
  ])('%s is told once, marked with ❌, and never shows what only the log may know', async (code, state) => {
    await run({ read: fails(code) });
    expect(delivered).toEqual(['answer', 'mark']);
    expect(row()).toMatchObject({ state, errorCode: code });
    expect(answer().body).toMatch(/^minutes\.pdf: /);
    expect(answer().body).not.toContain('secret');
    const mark = ledger.replies.find('$upload', 'mark')?.reply.body;
    expect(JSON.stringify(mark)).toContain('❌');
  });

  test('of a thread is tried again, and told after the third time', async () => {
    for (const attempt of [1, 2]) {
      await run({ read: fails('thread_crashed') });
      expect(row()).toMatchObject({ state: 'waiting', attempt: attempt + 1 });
      vi.setSystemTime(Date.now() + MINUTE);
      ledger.jobs.claim(Date.now());
    }
    await run({ read: fails('thread_crashed') });
    expect(row()).toMatchObject({ state: 'failed', errorCode: 'thread_crashed' });
    expect(delivered).toEqual(['answer', 'mark']);
  });

  test('that is no AppError is told, too', async () => {
    await run({ read: () => Promise.reject(new TypeError('x is not a function')) });
    expect(row()).toMatchObject({ state: 'failed', errorCode: 'internal' });
    expect(answer().body).not.toContain('x is not');
  });
});

describe('a model that is away', () => {
  const away = { summariserFor: () => model(fails('model_unavailable')) };

  test('makes the job wait, and its notice says so', async () => {
    await run(away);
    expect(row()).toMatchObject({ state: 'waiting', attempt: 1, outageSinceMs: HOUR, errorCode: 'model_unavailable' });
    expect(shown.at(-1)).toBe('model_away');
    expect(delivered).toEqual([]);
  });

  test('leaves the notice as it is while the document is read again', async () => {
    await run(away);
    vi.setSystemTime(Date.now() + MINUTE);
    ledger.jobs.claim(Date.now());
    shown = [];
    await run(away);
    expect(shown).toEqual(['model_away']);
  });

  test('for 24 hours is done without: the answer says so', async () => {
    await run(away);
    vi.setSystemTime(25 * HOUR);
    ledger.jobs.claim(Date.now());
    await run(away);
    expect(row().state).toBe('done');
    expect(answer().body).toContain('it was away for too long');
  });

  test('for 24 hours is told as a failure where no fallback is wanted', async () => {
    await run({ ...away, fallback: false });
    vi.setSystemTime(25 * HOUR);
    ledger.jobs.claim(Date.now());
    await run({ ...away, fallback: false });
    expect(row()).toMatchObject({ state: 'failed', errorCode: 'model_unavailable' });
  });

  test('and only limits makes the job wait as long as it says', async () => {
    const limited = new AppError('model_rate_limited', '429', { retryAfterMs: 90_000 });
    await run({ summariserFor: () => model(() => Promise.reject(limited)) });
    expect(ledger.jobs.nextDueMs()).toBe(HOUR + 90_000);
  });

  test('by a failure of its own is done without at once', async () => {
    await run({ summariserFor: () => model(fails('model_failed')) });
    expect(row().state).toBe('done');
    expect(answer().body).toContain('The language model gave no usable answer');
  });
});

describe('a job that was cancelled', () => {
  test('before it began is not read', async () => {
    ledger.jobs.cancel('$upload');
    const read = vi.fn();
    await run({ read });
    expect(read).not.toHaveBeenCalled();
    expect(shown).toEqual(['forgotten']);
  });

  test('while it was read is not summed up', async () => {
    await run({
      read: async () => {
        ledger.jobs.cancel('$upload');
        return aReading();
      },
    });
    expect(shown).toEqual(['reading', 'forgotten']);
    expect(row().state).toBe('cancelled');
  });

  test('while it was summed up is not answered', async () => {
    await run({
      summariserFor: () =>
        model(async () => {
          ledger.jobs.cancel('$upload');
          return { summary: 's', keyPoints: [], notes: [] };
        }),
    });
    expect(delivered).toEqual([]);
    expect(ledger.replies.unsent()).toEqual([]);
  });

  test('and fails afterwards says nothing, not even that the model is away', async () => {
    await run({
      summariserFor: () =>
        model(() => {
          ledger.jobs.cancel('$upload');
          return Promise.reject(new AppError('model_unavailable', 'away'));
        }),
    });
    expect(shown).toEqual(['reading', 'summarising']);
    expect(row().state).toBe('cancelled');
  });

  test('shows no page that a thread still tells of', async () => {
    await run({
      read: (_job, onProgress) => {
        stopping.abort(new Error('the upload was redacted'));
        onProgress({ page: 2, of: 3 });
        return Promise.reject(stopping.signal.reason);
      },
    });
    expect(shown).toEqual(['reading']);
  });
});

test('a job that the end of the process cuts off stays for the next start', async () => {
  await run({
    read: () => {
      stopping.abort(new Error('shutting down'));
      return Promise.reject(stopping.signal.reason);
    },
  });
  expect(row().state).toBe('reading');
  expect(ledger.jobs.resume()).toBe(1);
});

describe('a full disk', () => {
  const full = () => {
    throw new AppError('storage_full', 'the disk is full');
  };

  test('makes the job wait once there is room to note it', async () => {
    let isFull = true;
    const orFull = <A extends unknown[], R>(method: (...args: A) => R) => {
      return (...args: A) => (isFull ? full() : method(...args));
    };
    const jobs = { ...ledger.jobs, saveReplies: orFull(ledger.jobs.saveReplies), wait: orFull(ledger.jobs.wait) };
    const running = run({ jobs });
    await vi.advanceTimersByTimeAsync(12_000);
    expect(row().state).toBe('thinking');
    isFull = false;
    await vi.advanceTimersByTimeAsync(5_000);
    await running;
    expect(row()).toMatchObject({ state: 'waiting', errorCode: 'storage_full' });
    expect(delivered).toEqual([]);
  });

  test('at the very end sends what is saved once there is room', async () => {
    const deliver = vi.fn<ProcessPorts['deliver']>().mockImplementationOnce(async () => full());
    const running = run({ deliver });
    await vi.advanceTimersByTimeAsync(5_000);
    await running;
    expect(deliver).toHaveBeenCalledTimes(2);
  });

  test('holds up no shutdown', async () => {
    const jobs = { ...ledger.jobs, wait: full };
    const failed = new AppError('storage_full', 'spool');
    const handled = handleFailure(upload, failed, portsWith({ jobs }), createRecordingLog().log, stopping.signal);
    await vi.advanceTimersByTimeAsync(1_000);
    stopping.abort();
    await expect(handled).resolves.toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });
});
