// What becomes of uploads that had ended: dead letters, members who want another try, quiet tries at night, answers that are thought over.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JobEnding, Ledger } from '../../../src/domain/ledger.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { anUpload } from '../../fixtures/uploads.ts';

const NOBODY_FULL: ReadonlySet<string> = new Set();
const FAILED: JobEnding = { state: 'failed', errorCode: 'model_failed' };
const PROVISIONAL: JobEnding = { state: 'done', errorCode: null, isProvisional: true };

let nowMs: number;
let ledger: Ledger;
beforeEach(() => {
  nowMs = 1_000;
  ledger = openLedger(':memory:', () => nowMs);
});
afterEach(() => ledger.close());

/** An upload that ended so, at the time that it is now. */
function ended(eventId: string, end: JobEnding, roomId = '!papers:here'): void {
  ledger.jobs.insert(anUpload({ eventId, roomId }), { postedAtMs: nowMs, receivedAtMs: nowMs });
  endAgain(eventId, end);
}

function endAgain(eventId: string, end: JobEnding): void {
  ledger.jobs.saveReplies(eventId, [], end);
  ledger.jobs.finish(eventId);
}

const claim = () => ledger.jobs.claim(nowMs, NOBODY_FULL);
const failures = (roomId?: string) =>
  ledger.jobs.failures({ postedSinceMs: 0, ...(roomId ? { roomId } : {}) }).map(({ upload }) => upload.eventId);
const retryBacklog = () => ledger.jobs.retryBacklog({ postedSinceMs: 0, maxTries: 2 });

describe('dead letters', () => {
  test('are listed oldest first, with what failed and when', () => {
    ended('$a', FAILED);
    nowMs = 2_000;
    ended('$b', { state: 'failed', errorCode: 'internal' }, '!other:here');
    ended('$c', { state: 'refused', errorCode: 'password_needed' });
    ended('$d', { state: 'done', errorCode: null });
    expect(ledger.jobs.failures({ postedSinceMs: 0 })).toEqual([
      { upload: anUpload({ eventId: '$a' }), errorCode: 'model_failed', failedAtMs: 1_000, tries: 0 },
      {
        upload: anUpload({ eventId: '$b', roomId: '!other:here' }),
        errorCode: 'internal',
        failedAtMs: 2_000,
        tries: 0,
      },
    ]);
  });

  test('are listed for one room, or since a time, when that is asked', () => {
    ended('$a', FAILED);
    ended('$b', FAILED, '!other:here');
    nowMs = 2_000;
    ended('$c', FAILED);
    expect(failures('!papers:here')).toEqual(['$a', '$c']);
    expect(ledger.jobs.failures({ postedSinceMs: 1_500 }).map(({ upload }) => upload.eventId)).toEqual(['$c']);
  });

  test('whose upload was redacted are none any more', () => {
    ended('$a', FAILED);
    ledger.jobs.cancel('$a');
    expect(failures()).toEqual([]);
    expect(ledger.jobs.retry('$a')).toBe('not_failed');
    expect(retryBacklog()).toEqual([]);
  });

  test('that were wiped are neither listed nor tried again: there is nothing left to read', () => {
    ended('$a', FAILED);
    ledger.wipeUpload('$a');
    expect(failures()).toEqual([]);
    expect(ledger.jobs.retry('$a')).toBe('not_failed');
    expect(retryBacklog()).toEqual([]);
    expect(claim()).toBeNull();
  });
});

describe('a member who wants another try', () => {
  test('gets a job with new attempts, asked for and before all that was only posted', () => {
    ended('$a', FAILED);
    ledger.jobs.insert(anUpload({ eventId: '$fresh' }), { postedAtMs: 0, receivedAtMs: 0 });
    expect(ledger.jobs.retry('$a')).toBe('retried');
    expect(claim()).toMatchObject({
      upload: { eventId: '$a', isAsked: true },
      attempt: 1,
      errorCode: null,
      outageSinceMs: null,
      priority: 'asked',
      quietAfter: null,
    });
  });

  test('of what has not failed changes nothing', () => {
    ended('$done', { state: 'done', errorCode: null });
    ledger.jobs.insert(anUpload({ eventId: '$open' }), { postedAtMs: 0, receivedAtMs: 0 });
    expect(['$done', '$open', '$nowhere'].map((id) => ledger.jobs.retry(id))).toEqual(Array(3).fill('not_failed'));
    expect(ledger.jobs.get('$done')?.state).toBe('done');
  });

  test('may want one more after each that fails', () => {
    ended('$a', FAILED);
    ledger.jobs.retry('$a');
    nowMs = 5_000;
    endAgain('$a', { state: 'failed', errorCode: 'internal' });
    expect(ledger.jobs.failures({ postedSinceMs: 0 })).toMatchObject([{ errorCode: 'internal', failedAtMs: 5_000 }]);
    expect(ledger.jobs.retry('$a')).toBe('retried');
  });
});

describe('the backlog run', () => {
  test('tries what failed again quietly, behind everything else', () => {
    ended('$a', FAILED);
    ended('$b', FAILED);
    expect(retryBacklog()).toEqual(['$a', '$b']);
    expect(claim()).toMatchObject({
      upload: { eventId: '$a', isAsked: false },
      quietAfter: 'failed',
      priority: 'backlog',
    });
    expect(failures()).toEqual([]);
  });

  test('that brings nothing better leaves the upload as it was, with the same reason and time', () => {
    ended('$a', FAILED);
    nowMs = 9_000;
    retryBacklog();
    claim();
    ledger.jobs.wait('$a', { untilMs: 9_500, attempt: 2, outageSinceMs: 9_000, errorCode: 'model_unavailable' });
    ledger.jobs.leave('$a');
    expect(ledger.jobs.failures({ postedSinceMs: 0 })).toMatchObject([
      { errorCode: 'model_failed', failedAtMs: 1_000, tries: 1 },
    ]);
    expect(ledger.jobs.get('$a')).toMatchObject({ state: 'failed', quietAfter: null });
    expect(ledger.jobs.nextDueMs()).toBeNull();
  });

  test('that finds an answer ends the upload as answered', () => {
    ended('$a', FAILED);
    retryBacklog();
    endAgain('$a', { state: 'done', errorCode: null });
    expect(ledger.jobs.get('$a')).toMatchObject({ state: 'done', errorCode: null, quietAfter: null });
    expect(failures()).toEqual([]);
  });

  test('gives up after so many tries, and a member does not', () => {
    ended('$a', FAILED);
    for (let night = 0; night < 2; night += 1) {
      expect(retryBacklog()).toEqual(['$a']);
      ledger.jobs.leave('$a');
    }
    expect(retryBacklog()).toEqual([]);
    expect(ledger.jobs.retry('$a')).toBe('retried');
  });

  test('passes over what was posted too long ago', () => {
    ended('$a', FAILED);
    expect(ledger.jobs.retryBacklog({ postedSinceMs: 1_001, maxTries: 2 })).toEqual([]);
    expect(ledger.jobs.get('$a')?.state).toBe('failed');
  });

  test('goes on after a crash as quietly as before', () => {
    ended('$a', FAILED);
    retryBacklog();
    claim();
    ledger.jobs.resume(nowMs);
    expect(claim()).toMatchObject({ upload: { eventId: '$a' }, quietAfter: 'failed' });
  });
});

describe('an answer without the model', () => {
  test('is thought over once the model is back, quietly, and a few times when nothing comes of it', () => {
    ended('$a', PROVISIONAL);
    ended('$b', { state: 'done', errorCode: null });
    for (let time = 1; time <= 3; time++) {
      expect(ledger.jobs.improve(0)).toEqual(['$a']);
      expect(ledger.jobs.improve(0)).toEqual([]);
      expect(claim()).toMatchObject({ upload: { eventId: '$a' }, quietAfter: 'done', priority: 'backlog', attempt: 1 });
      ledger.jobs.leave('$a');
      expect(ledger.jobs.get('$a')?.state).toBe('done');
    }
    expect(ledger.jobs.improve(0)).toEqual([]);
  });

  test('begins anew aloud when the message that it stands in is taken back while it is thought over', () => {
    ended('$a', PROVISIONAL);
    ledger.jobs.improve(0);
    claim();
    ledger.jobs.move('$a', 'reading');
    ledger.jobs.again('$a');
    expect(claim()).toMatchObject({ upload: { eventId: '$a' }, quietAfter: null, attempt: 1 });
  });

  test('of long ago stands', () => {
    ended('$a', PROVISIONAL);
    expect(ledger.jobs.improve(1_001)).toEqual([]);
  });

  test('that is still being sent is not thought over yet', () => {
    ledger.jobs.insert(anUpload({ eventId: '$a' }), { postedAtMs: 0, receivedAtMs: 0 });
    ledger.jobs.saveReplies('$a', [], PROVISIONAL);
    expect(ledger.jobs.improve(0)).toEqual([]);
    ledger.jobs.finish('$a');
    expect(ledger.jobs.improve(0)).toEqual(['$a']);
  });

  test('whose upload was redacted is not thought over', () => {
    ended('$a', PROVISIONAL);
    ledger.jobs.cancel('$a');
    expect(ledger.jobs.improve(0)).toEqual([]);
  });
});

test('only what is tried quietly can be left as it was', () => {
  ledger.jobs.insert(anUpload({ eventId: '$a' }), { postedAtMs: 0, receivedAtMs: 0 });
  ledger.jobs.leave('$a');
  expect(ledger.jobs.get('$a')?.state).toBe('received');
});

test('an answer that was taken back is given anew as for a new upload', () => {
  ended('$a', PROVISIONAL);
  ledger.jobs.improve(0);
  endAgain('$a', { state: 'done', errorCode: null });
  ledger.jobs.again('$a');
  expect(claim()).toMatchObject({ attempt: 1, errorCode: null, quietAfter: null, priority: 'fresh' });
  ledger.jobs.leave('$a');
  expect(ledger.jobs.get('$a')?.state).toBe('queued');
});

test('when the model may be back, what waits for it is due, and nothing else', () => {
  for (const [eventId, errorCode] of [
    ['$model', 'model_unavailable'],
    ['$limit', 'model_rate_limited'],
    ['$disk', 'storage_full'],
  ] as const) {
    ledger.jobs.insert(anUpload({ eventId }), { postedAtMs: nowMs, receivedAtMs: nowMs });
    ledger.jobs.wait(eventId, { untilMs: nowMs + 60_000, attempt: 1, outageSinceMs: nowMs, errorCode });
  }
  expect(claim()).toBeNull();
  ledger.jobs.modelMayBeBack();
  expect(claim()?.upload.eventId).toBe('$model');
  expect(claim()).toBeNull();
});

test('a failed upload that is tried quietly is tried aloud from the moment that its member asks', () => {
  ended('$a', FAILED);
  expect(retryBacklog()).toEqual(['$a']);
  expect(ledger.jobs.retry('$a')).toBe('retried');
  expect(claim()).toMatchObject({ quietAfter: null, priority: 'asked', upload: { isAsked: true } });
  expect(ledger.jobs.retry('$a')).toBe('not_failed');
});
