// What the ledger promises of answers that are kept for the same file: found as long as asked for, and nobody else's business.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Answer } from '../../../src/domain/answer.ts';
import type { Ledger } from '../../../src/domain/ledger.ts';
import { type Database, openDatabase } from '../../../src/ledger/database.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { createResultLedger } from '../../../src/ledger/results.ts';
import { anUpload } from '../../fixtures/uploads.ts';

const answer = (text: string): Answer => ({
  fileName: 'minutes.pdf',
  reading: { kind: 'pdf', pageCount: 1, title: null, author: null, language: 'en', ocrConfidence: null },
  pagesRead: 1,
  pictureKind: null,
  pages: [{ page: 1, text: 'All of it.', source: 'text' }],
  hasText: true,
  summary: { text, keyPoints: ['One.'], by: { kind: 'model', name: 'small' } },
  notes: [],
  fields: null,
  attachment: 'none',
});

let nowMs: number;
let ledger: Ledger;
beforeEach(() => {
  nowMs = 5_000;
  ledger = openLedger(':memory:', () => nowMs);
  insert('$a');
});
afterEach(() => ledger.close());

const insert = (eventId: string, roomId = '!papers:here') =>
  ledger.jobs.insert(anUpload({ eventId, roomId }), { postedAtMs: 0, receivedAtMs: 0 });
const finish = (eventId: string) => {
  ledger.jobs.saveReplies(eventId, [], { state: 'done', errorCode: null });
  ledger.jobs.finish(eventId);
};

describe('the answer of a file', () => {
  test('is found whole by what it depends on, and by nothing else', () => {
    ledger.results.save('key', '$a', answer('Minutes.'));
    expect(ledger.results.find('key', 0)).toEqual(answer('Minutes.'));
    expect(ledger.results.find('other', 0)).toBeNull();
  });

  test('is found until it is too old', () => {
    ledger.results.save('key', '$a', answer('Minutes.'));
    expect(ledger.results.find('key', 5_000)).not.toBeNull();
    expect(ledger.results.find('key', 5_001)).toBeNull();
  });

  test('gives way to a later one', () => {
    ledger.results.save('key', '$a', answer('Old.'));
    insert('$b');
    nowMs = 9_000;
    ledger.results.save('key', '$b', answer('New.'));
    expect(ledger.results.find('key', 9_000)?.summary.text).toBe('New.');
    ledger.jobs.cancel('$a');
    ledger.wipeUpload('$a');
    expect(ledger.results.find('key', 0)?.summary.text).toBe('New.');
  });

  test('that comes when its upload was redacted meanwhile is not kept', () => {
    ledger.jobs.cancel('$a');
    ledger.results.save('key', '$a', answer('Minutes.'));
    ledger.results.save('key', '$unknown', answer('Minutes.'));
    expect(ledger.results.find('key', 0)).toBeNull();
  });
});

describe('"read before"', () => {
  test('is said with the time of the last answer, of a file of this room alone, once it is answered', () => {
    ledger.results.save('key', '$a', answer('Minutes.'));
    insert('$b');
    insert('$elsewhere', '!other:here');
    expect(ledger.results.usedInRoom('key', '!papers:here', '$b')).toBeNull();
    nowMs = 6_000;
    finish('$a');
    nowMs = 7_000;
    expect(ledger.results.usedInRoom('key', '!papers:here', '$b')).toBe(6_000);
    expect(ledger.results.usedInRoom('key', '!other:here', '$elsewhere')).toBeNull();
    ledger.results.use('key', '$b');
    finish('$b');
    expect(ledger.results.usedInRoom('key', '!papers:here', '$c')).toBe(7_000);
  });

  test('is not said of the upload itself, nor of one that was redacted', () => {
    ledger.results.save('key', '$a', answer('Minutes.'));
    finish('$a');
    expect(ledger.results.usedInRoom('key', '!papers:here', '$a')).toBeNull();
    ledger.jobs.cancel('$a');
    ledger.wipeUpload('$a');
    expect(ledger.results.usedInRoom('key', '!papers:here', '$b')).toBeNull();
  });
});

describe('an answer that another version wrote', () => {
  let database: Database;
  beforeEach(() => {
    database = openDatabase(':memory:');
  });
  afterEach(() => database.db.close());

  test.each<[string, number, string]>([
    ['in another format', 99, JSON.stringify(answer('Minutes.'))],
    ['without what is needed', 1, JSON.stringify({ fileName: 'minutes.pdf', pages: [] })],
    ['as nothing', 1, 'null'],
  ])('%s is not found', (_how, format, json) => {
    database.db
      .prepare(`INSERT INTO results (key, event_id, format, answer, saved_at_ms) VALUES ('key', '$a', ?, ?, 0)`)
      .run(format, json);
    expect(createResultLedger(database, () => 0).find('key', 0)).toBeNull();
  });
});
