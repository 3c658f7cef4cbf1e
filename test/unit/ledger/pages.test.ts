// What the ledger keeps of pages that were read: enough for a retry, and nothing once the job is over.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../../src/domain/ledger.ts';
import type { PageScan } from '../../../src/domain/reading.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { anUpload } from '../../fixtures/uploads.ts';

const scan = (page: number, text: string): PageScan => ({ page, text, source: 'ocr', confidence: 91.5 });

const NOBODY_FULL: ReadonlySet<string> = new Set();
let ledger: Ledger;
beforeEach(() => {
  ledger = openLedger(':memory:', () => 5_000);
  for (const eventId of ['$a', '$b']) ledger.jobs.insert(anUpload({ eventId }), { postedAtMs: 0, receivedAtMs: 0 });
});
afterEach(() => ledger.close());

describe('pages that were read', () => {
  test('come back in the order of the pages, each with its own text and of its own job', () => {
    ledger.pages.save('$a', scan(2, 'two'));
    ledger.pages.save('$a', { page: 1, text: '', source: 'vision', confidence: null });
    ledger.pages.save('$b', scan(1, 'other'));
    expect(ledger.pages.of('$a')).toEqual([{ page: 1, text: '', source: 'vision', confidence: null }, scan(2, 'two')]);
  });

  test('that are read again count as they were read last', () => {
    ledger.pages.save('$a', scan(1, 'old'));
    ledger.pages.save('$a', scan(1, 'new'));
    expect(ledger.pages.of('$a')).toEqual([scan(1, 'new')]);
  });

  test('stay while the job is read, backs off, and begins anew after a crash', () => {
    ledger.pages.save('$a', scan(1, 'one'));
    ledger.jobs.claim(0, NOBODY_FULL);
    ledger.jobs.move('$a', 'reading');
    ledger.jobs.wait('$a', { untilMs: 10, attempt: 2, outageSinceMs: null, errorCode: 'thread_crashed' });
    ledger.jobs.claim(10, NOBODY_FULL);
    ledger.jobs.resume(0);
    expect(ledger.pages.of('$a')).toEqual([scan(1, 'one')]);
  });

  test.each<[string, () => unknown]>([
    ['the answer is saved', () => ledger.jobs.saveReplies('$a', [], { state: 'done', errorCode: null })],
    ['the upload is redacted', () => ledger.jobs.cancel('$a')],
    ['the job is set aside', () => ledger.jobs.setAside('$a')],
    ['the bot leaves the room', () => ledger.jobs.cancelRoom('!papers:here')],
  ])('are gone when %s', (_when, end) => {
    ledger.pages.save('$a', scan(1, 'one'));
    end();
    expect(ledger.pages.of('$a')).toEqual([]);
  });
});
