// What is left of an upload that was redacted, and of what is too old.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../../src/domain/ledger.ts';
import { anUpload } from '../../fixtures/uploads.ts';
import { answer, createWipeRig, reply, SECRET, type WipeRig } from './wipeRig.ts';

let nowMs: number;
let folder: string;
let ledger: Ledger;
let insertWithAll: WipeRig['insertWithAll'];
let finish: WipeRig['finish'];
let filesWithSecret: WipeRig['filesWithSecret'];
beforeEach(() => {
  nowMs = 5_000;
  ({ folder, ledger, insertWithAll, finish, filesWithSecret } = createWipeRig(() => nowMs));
});

describe('a redacted upload', () => {
  test('that was being read leaves no word in any file of the database, while the bot runs', () => {
    insertWithAll('$a');
    ledger.replies.save(reply('$a', 'status'));
    expect(filesWithSecret()).not.toEqual([]);
    ledger.transaction(() => {
      ledger.jobs.cancel('$a');
      ledger.wipeUpload('$a');
    });
    expect(filesWithSecret()).toEqual([]);
  });

  test('that was answered leaves its ids alone, so that its answer can be taken back', () => {
    insertWithAll('$a');
    finish('$a', reply('$a', 'answer'));
    ledger.jobs.cancel('$a');
    ledger.wipeUpload('$a');
    expect(filesWithSecret()).toEqual([]);
    expect(ledger.replies.sentFor('$a')).toEqual(['$sent-answer-$a']);
    const { upload, state } = ledger.jobs.get('$a') ?? {};
    expect(state).toBe('cancelled');
    expect(upload).toMatchObject({ eventId: '$a', roomId: '!papers:here', sender: '', fileName: '', mxcUri: '' });
    expect(ledger.jobs.insert(anUpload({ eventId: '$a' }), { postedAtMs: 0, receivedAtMs: 0 })).toBe('known');
  });

  test('still has redactions to be sent, and nothing else', () => {
    insertWithAll('$a');
    ledger.replies.save(reply('$a', 'status'));
    ledger.replies.save(reply('$a', 'status_gone', { kind: 'redaction', redactedEventId: '$notice' }));
    ledger.replies.save(reply('$a', 'retracted', { kind: 'sweep', relatedEventId: '$a' }));
    ledger.jobs.cancel('$a');
    ledger.wipeUpload('$a');
    expect(ledger.replies.unsentOf('$a').map(({ part }) => part)).toEqual(['status_gone', 'retracted']);
  });

  test('whose pages, model answers or result come late keeps none of them', () => {
    insertWithAll('$a');
    ledger.jobs.cancel('$a');
    ledger.wipeUpload('$a');
    ledger.pages.save('$a', { page: 2, text: SECRET, source: 'ocr', confidence: 90 });
    ledger.results.save('key', '$a', answer);
    expect(ledger.pages.of('$a')).toEqual([]);
    expect(ledger.results.find('key', 0)).toBeNull();
  });

  test('takes what is known of others nowhere', () => {
    insertWithAll('$a');
    insertWithAll('$b');
    ledger.jobs.cancel('$a');
    ledger.wipeUpload('$a');
    expect(ledger.pages.of('$b')).toHaveLength(1);
    expect(ledger.modelAnswers.find('$b', 'part 1')?.text).toBe(SECRET);
    expect(ledger.results.find('key of $b', 0)?.summary.text).toBe(SECRET);
    expect(ledger.jobs.get('$b')?.upload.fileName).toBe(`${SECRET}.pdf`);
  });

  test('whose job goes on is stopped', () => {
    insertWithAll('$a');
    ledger.wipeUpload('$a');
    expect(ledger.jobs.get('$a')?.state).toBe('cancelled');
  });

  test('comes back by no way', () => {
    insertWithAll('$a');
    ledger.jobs.saveReplies('$a', [], { state: 'failed', errorCode: 'internal' });
    ledger.jobs.finish('$a');
    ledger.wipeUpload('$a');
    expect(ledger.jobs.retry('$a')).toBe('not_failed');
    expect(ledger.jobs.retryBacklog({ postedSinceMs: 0, maxTries: 9 })).toEqual([]);
    ledger.jobs.again('$a');
    expect(ledger.jobs.get('$a')?.state).toBe('failed');
    expect(ledger.jobs.failures({ postedSinceMs: 0 })).toEqual([]);
  });
});

test('a word that a reader (a backup) keeps in the log goes with the next transaction after it', () => {
  insertWithAll('$a');
  const reader = new DatabaseSync(join(folder, 'lector.db'), { readOnly: true });
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM jobs').get();
  ledger.wipeUpload('$a');
  expect(filesWithSecret()).not.toEqual([]);
  reader.exec('COMMIT');
  reader.close();
  ledger.transaction(() => ledger.sync.setToken('s2'));
  expect(filesWithSecret()).toEqual([]);
});

describe('what is too old', () => {
  const sweep = (limit = 100) => ledger.sweep({ endedBeforeMs: 20_000, resultsBeforeMs: 0, limit });

  test('is wiped when it has ended, and its answer can still be taken back', () => {
    insertWithAll('$a');
    finish('$a', reply('$a', 'answer'));
    nowMs = 20_000;
    insertWithAll('$recent');
    finish('$recent');
    expect(sweep()).toBe(1);
    expect(ledger.jobs.get('$a')).toMatchObject({ state: 'done', upload: { fileName: '', roomId: '!papers:here' } });
    expect(ledger.replies.sentFor('$a')).toEqual(['$sent-answer-$a']);
    expect(ledger.jobs.get('$recent')?.upload.fileName).toBe(`${SECRET}.pdf`);
    expect(sweep()).toBe(0);
  });

  test('and still open is left in line', () => {
    insertWithAll('$a');
    expect(sweep()).toBe(0);
    expect(ledger.jobs.get('$a')?.upload.fileName).toBe(`${SECRET}.pdf`);
  });

  test('goes oldest first, so many at a time', () => {
    for (const eventId of ['$a', '$b', '$c']) {
      nowMs += 1;
      insertWithAll(eventId);
      finish(eventId);
    }
    expect(sweep(2)).toBe(2);
    expect(['$a', '$b', '$c'].map((id) => ledger.jobs.get(id)?.upload.fileName)).toEqual(['', '', `${SECRET}.pdf`]);
    expect([sweep(2), sweep(2)]).toEqual([1, 0]);
    expect(filesWithSecret()).toEqual([]);
  });

  test('goes of the results by an age of their own', () => {
    insertWithAll('$a');
    nowMs = 9_000;
    insertWithAll('$b');
    expect(ledger.sweep({ endedBeforeMs: 0, resultsBeforeMs: 9_000, limit: 10 })).toBe(1);
    expect(ledger.results.find('key of $a', 0)).toBeNull();
    expect(ledger.results.find('key of $b', 0)).not.toBeNull();
  });

  test('of an upload answered together with a redacted one is not read again: there is nothing left of it', () => {
    insertWithAll('$a');
    finish('$a', reply('$a', 'answer'));
    nowMs = 20_000;
    sweep();
    ledger.jobs.again('$a');
    expect(ledger.jobs.get('$a')?.state).toBe('done');
  });
});
