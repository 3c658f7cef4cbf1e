// The same file is read once: what is known is answered at once, what is being read is waited for, what is not whole is never kept.
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Answer } from '../../../src/domain/answer.ts';
import { AppError } from '../../../src/domain/errors.ts';
import type { ResultLedger } from '../../../src/domain/ledger.ts';
import { NO_METER } from '../../../src/domain/meter.ts';
import type { Note } from '../../../src/domain/reading.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { createKnownAnswers, type Wanted } from '../../../src/pipeline/knownAnswers.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { anUpload } from '../../fixtures/uploads.ts';

const DAY_MS = 86_400_000;
const NEVER = new AbortController().signal;

const anAnswer = (text: string, notes: Note[] = []): Answer => ({
  fileName: 'first.pdf',
  reading: { kind: 'pdf', pageCount: 1, title: null, author: null, language: 'en', ocrConfidence: null },
  pagesRead: 1,
  pictureKind: null,
  pages: [{ page: 1, text, source: 'text' }],
  hasText: true,
  summary: { text, keyPoints: [], by: { kind: 'extract' } },
  notes,
  fields: null,
  attachment: 'none',
});

function createRig(maxAgeMs: number | null = 7 * DAY_MS, changes: Partial<ResultLedger> = {}) {
  let nowMs = 1_000;
  const ledger = openLedger(':memory:', () => nowMs);
  onTestFinished(() => ledger.close());
  const results = { ...ledger.results, ...changes };
  const { log } = createRecordingLog();
  const known = createKnownAnswers({ results, maxAgeMs, meter: NO_METER, clock: () => nowMs, log });
  const job = (eventId: string, roomId = '!a:here', key: string | null = 'k'): Wanted => {
    ledger.jobs.insert(anUpload({ eventId, roomId }), { postedAtMs: nowMs, receivedAtMs: nowMs });
    return { eventId, roomId, fileName: `${eventId}.pdf`, key };
  };
  const done = (eventId: string) => {
    ledger.jobs.saveReplies(eventId, [], { state: 'done', errorCode: null });
    ledger.jobs.finish(eventId);
  };
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { ledger, known, job, done, pass };
}

describe('a file that was read before', () => {
  test('is answered under its new name without being read, and this room is told so', async () => {
    const { known, job, done } = createRig();
    await known.answer(job('$one'), async () => anAnswer('Rent rises.'), NEVER);
    done('$one');
    const work = vi.fn();

    const answer = await known.answer(job('$two'), work, NEVER);

    expect(work).not.toHaveBeenCalled();
    expect(answer).toMatchObject({ fileName: '$two.pdf', summary: { text: 'Rent rises.' } });
    expect(answer.notes).toEqual([{ kind: 'read_before', atMs: expect.any(Number) }]);
  });

  test('in another room is answered as if it were new', async () => {
    const { known, job, done } = createRig();
    await known.answer(job('$one'), async () => anAnswer('Rent rises.'), NEVER);
    done('$one');
    expect((await known.answer(job('$two', '!b:here'), vi.fn(), NEVER)).notes).toEqual([]);
    done('$two');
    const again = await known.answer(job('$three', '!b:here'), vi.fn(), NEVER);
    expect(again.notes).toMatchObject([{ kind: 'read_before' }]);
  });

  test('is read anew when what is known is too old, or nothing is to be kept', async () => {
    const { known, job, pass } = createRig(7 * DAY_MS);
    await known.answer(job('$one'), async () => anAnswer('old'), NEVER);
    pass(7 * DAY_MS + 1);
    expect((await known.answer(job('$two'), async () => anAnswer('new'), NEVER)).summary.text).toBe('new');

    const forgetful = createRig(null);
    await forgetful.known.answer(forgetful.job('$one'), async () => anAnswer('old'), NEVER);
    const second = await forgetful.known.answer(forgetful.job('$two'), async () => anAnswer('new'), NEVER);
    expect(second.summary.text).toBe('new');
  });

  test('with another key, or one that shares with none, is read', async () => {
    const { known, job } = createRig();
    await known.answer(job('$one'), async () => anAnswer('a'), NEVER);
    expect((await known.answer(job('$two', '!a:here', 'l'), async () => anAnswer('b'), NEVER)).summary.text).toBe('b');
    expect((await known.answer(job('$3', '!a:here', null), async () => anAnswer('c'), NEVER)).summary.text).toBe('c');
  });
});

test.each<Note>([
  { kind: 'page_limit', read: 5, of: 9 },
  { kind: 'time_limit', read: 5, of: 9 },
  { kind: 'pages_failed', pages: [3] },
  { kind: 'model_later' },
  { kind: 'model_fallback', reason: 'it failed' },
  { kind: 'fields_partial', reason: 'the model is away' },
])('an answer with the note %o is not kept', async (note) => {
  const { known, job } = createRig();
  await known.answer(job('$one'), async () => anAnswer('part', [note]), NEVER);
  expect((await known.answer(job('$two'), async () => anAnswer('whole'), NEVER)).summary.text).toBe('whole');
});

test('an answer that cannot be kept on a full disk is given all the same', async () => {
  const save = () => {
    throw new AppError('storage_full', 'the disk is full');
  };
  const { known, job } = createRig(DAY_MS, { save });
  expect((await known.answer(job('$one'), async () => anAnswer('found'), NEVER)).summary.text).toBe('found');
});

describe('a file that is being read', () => {
  test('is read once for all who want it', async () => {
    const { known, job } = createRig();
    const reading = Promise.withResolvers<Answer>();
    const work = vi.fn(() => reading.promise);
    const answers = ['$one', '$two', '$three'].map((id) => known.answer(job(id), work, NEVER));
    reading.resolve(anAnswer('once'));
    expect((await Promise.all(answers)).map(({ summary }) => summary.text)).toEqual(['once', 'once', 'once']);
    expect(work).toHaveBeenCalledTimes(1);
  });

  test('and fails for the first is read by the next', async () => {
    const { known, job } = createRig();
    const reading = Promise.withResolvers<Answer>();
    const first = known.answer(job('$one'), () => reading.promise, NEVER);
    const second = known.answer(job('$two'), async () => anAnswer('second'), NEVER);
    reading.reject(new Error('the thread died'));
    await expect(first).rejects.toThrow('the thread died');
    expect((await second).summary.text).toBe('second');
  });

  test('is not waited for by one that was redacted meanwhile', async () => {
    const { known, job } = createRig();
    const reading = Promise.withResolvers<Answer>();
    const first = known.answer(job('$one'), () => reading.promise, NEVER);
    const redacted = new AbortController();
    const second = known.answer(job('$two'), vi.fn(), redacted.signal);
    redacted.abort(new Error('redacted'));
    await expect(second).rejects.toThrow('redacted');
    reading.resolve(anAnswer('once'));
    expect((await first).summary.text).toBe('once');
  });
});
