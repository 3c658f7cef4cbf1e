// What the ledger promises of uploads that a member asks for: read when they were passed over, never twice, never after a redaction.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../../src/domain/ledger.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { anUpload } from '../../fixtures/uploads.ts';

const TIMES = { postedAtMs: 900, receivedAtMs: 1_000 };
const LATER = { postedAtMs: 8_000, receivedAtMs: 9_000 };

const NOBODY_FULL: ReadonlySet<string> = new Set();
let ledger: Ledger;
beforeEach(() => {
  ledger = openLedger(':memory:', () => 5_000);
  ledger.jobs.insert(anUpload(), TIMES);
});
afterEach(() => ledger.close());

const ask = (eventId = '$upload') => ledger.jobs.ask(anUpload({ eventId }), LATER);

describe('an upload that somebody asks for', () => {
  test('and that nobody has seen becomes a job that was asked for', () => {
    expect(ask('$new')).toBe('inserted');
    expect(ledger.jobs.get('$new')).toMatchObject({ state: 'received', upload: { isAsked: true }, postedAtMs: 8_000 });
  });

  test('after it was set aside is read as if it were new, behind those that came before', () => {
    ledger.jobs.claim(0, NOBODY_FULL);
    ledger.jobs.insert(anUpload({ eventId: '$other' }), TIMES);
    expect(ledger.jobs.setAside('$upload')).toBe(true);
    expect(ledger.jobs.claim(0, NOBODY_FULL)?.upload.eventId).toBe('$other');
    expect(ask()).toBe('inserted');
    expect(ledger.jobs.placeInLine('$upload')).toBe(1);
    expect(ledger.jobs.claim(0, NOBODY_FULL)).toMatchObject({
      attempt: 1,
      errorCode: null,
      receivedAtMs: 9_000,
      upload: { eventId: '$upload', isAsked: true },
    });
  });

  test('after the bot had left the room and come back is read', () => {
    ledger.jobs.cancelRoom('!papers:here');
    expect(ask()).toBe('inserted');
    expect(ledger.jobs.get('$upload')?.state).toBe('received');
  });

  test('while it is in line stays one job and is asked for from now on', () => {
    ledger.jobs.claim(0, NOBODY_FULL);
    expect(ask()).toBe('known');
    expect(ledger.jobs.get('$upload')).toMatchObject({ state: 'queued', upload: { isAsked: true }, postedAtMs: 900 });
    expect(ledger.jobs.setAside('$upload')).toBe(false);
    expect(ledger.jobs.get('$upload')?.state).toBe('queued');
  });

  test.each(['done', 'refused', 'failed'] as const)('once it is %s stays as it is', (state) => {
    ledger.jobs.saveReplies('$upload', [], { state, errorCode: null });
    ledger.jobs.finish('$upload');
    expect(ask()).toBe('known');
    expect(ledger.jobs.get('$upload')).toMatchObject({ state, upload: { isAsked: false } });
  });

  test('whose answer is being sent is not read again', () => {
    ledger.jobs.saveReplies('$upload', [], { state: 'done', errorCode: null });
    expect(ledger.jobs.setAside('$upload')).toBe(false);
    expect(ask()).toBe('known');
    expect(ledger.jobs.replying()).toMatchObject([{ eventId: '$upload' }]);
  });
});

describe('a redacted upload', () => {
  test.each<[string, () => unknown]>([
    ['while it was in line', () => undefined],
    ['after it was set aside', () => ledger.jobs.setAside('$upload')],
    ['after the bot had left the room', () => ledger.jobs.cancelRoom('!papers:here')],
  ])('%s is never read, whoever asks', (_when, before) => {
    before();
    ledger.jobs.cancel('$upload');
    expect(ask()).toBe('known');
    expect(ledger.jobs.get('$upload')?.state).toBe('cancelled');
    expect(ledger.jobs.claim(0, NOBODY_FULL)).toBeNull();
  });
});

test('what was set aside stays so when nobody asks', () => {
  ledger.jobs.setAside('$upload');
  expect(ledger.jobs.insert(anUpload(), TIMES)).toBe('known');
  expect(ledger.jobs.resume(0)).toBe(0);
  expect(ledger.jobs.claim(0, NOBODY_FULL)).toBeNull();
});
