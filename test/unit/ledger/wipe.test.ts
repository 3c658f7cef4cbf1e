// What is left of an upload that was redacted, of a room that is to be forgotten, and of what is too old.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Answer } from '../../../src/domain/answer.ts';
import type { Ledger } from '../../../src/domain/ledger.ts';
import type { Reply, ReplyBody, ReplyPart } from '../../../src/domain/reply.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { anUpload } from '../../fixtures/uploads.ts';

/** Stands in everything that members or documents say. */
const SECRET = 'Quetzalcoatl';

let nowMs: number;
let folder: string;
let ledger: Ledger;
beforeEach(() => {
  nowMs = 5_000;
  folder = mkdtempSync(join(tmpdir(), 'lector-wipe-'));
  ledger = openLedger(join(folder, 'lector.db'), () => nowMs);
});
afterEach(() => {
  ledger.close();
  rmSync(folder, { recursive: true });
});

const reply = (sourceEventId: string, part: ReplyPart, body?: ReplyBody): Reply => ({
  roomId: '!papers:here',
  sourceEventId,
  part,
  body: body ?? { kind: 'message', content: { body: `About ${SECRET}.` } },
  optional: false,
});
const answer = {
  fileName: `${SECRET}.pdf`,
  reading: { kind: 'pdf', pageCount: 1, title: SECRET, author: null, language: 'en', ocrConfidence: null },
  pages: [{ page: 1, text: `${SECRET} `.repeat(3_000), source: 'text' }],
  summary: { text: SECRET, keyPoints: [], by: { kind: 'extract' } },
  notes: [],
} as unknown as Answer;

/** A job in hand of which everything is known that can be. */
function insertWithAll(eventId: string, roomId = '!papers:here'): void {
  const upload = anUpload({ eventId, roomId, fileName: `${SECRET}.pdf`, caption: SECRET, sender: `@${SECRET}:here` });
  ledger.jobs.insert(upload, { postedAtMs: 0, receivedAtMs: 0 });
  ledger.pages.save(eventId, { page: 1, text: SECRET.repeat(500), source: 'ocr', confidence: 90 });
  const usage = { inputTokens: 1, outputTokens: 1 };
  ledger.modelAnswers.save(eventId, 'part 1', { text: SECRET, finish: 'stop', usage });
  ledger.results.save(`key of ${eventId}`, eventId, answer);
}

function finish(eventId: string, ...replies: Reply[]): void {
  ledger.jobs.saveReplies(eventId, replies, { state: 'done', errorCode: null });
  for (const each of replies) ledger.replies.markSent(each, `$sent-${each.part}-${eventId}`);
  ledger.jobs.finish(eventId);
}

/** Files of the database that hold the word, the write-ahead log among them. */
const filesWithSecret = () => readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(SECRET));

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

describe('a room that is forgotten', () => {
  test('leaves nothing of its uploads, ids included, and names those that were open', () => {
    insertWithAll('$done');
    finish('$done', reply('$done', 'answer'));
    insertWithAll('$open');
    insertWithAll('$replying');
    ledger.jobs.saveReplies('$replying', [reply('$replying', 'answer')], { state: 'done', errorCode: null });
    expect(ledger.wipeRoom('!papers:here')).toEqual(['$open', '$replying']);
    expect(filesWithSecret()).toEqual([]);
    expect(ledger.jobs.get('$done')).toBeNull();
    expect(ledger.replies.sentFor('$done')).toEqual([]);
    expect(ledger.replies.unsent()).toEqual([]);
    expect(ledger.jobs.counts()).toMatchObject({ done: 0, received: 0, replying: 0 });
  });

  test('still has its redactions sent, its commands answered, and its members told once', () => {
    insertWithAll('$a');
    const kept = [
      reply('$old', 'retracted', { kind: 'redaction', redactedEventId: '$old' }),
      reply('$command', 'answer', { kind: 'message', content: { body: 'Help.' } }),
    ];
    for (const each of kept) ledger.replies.save(each);
    const denied = reply('denied !papers:here @eve:here', 'denied');
    ledger.replies.save(denied);
    ledger.replies.markSent(denied, '$denied');
    ledger.wipeRoom('!papers:here');
    expect(ledger.replies.unsent()).toMatchObject(kept);
    expect(ledger.replies.save(denied)).toBe('known');
  });

  test('leaves other rooms alone', () => {
    insertWithAll('$b', '!other:here');
    ledger.wipeRoom('!papers:here');
    expect(ledger.jobs.get('$b')?.state).toBe('received');
    expect(ledger.pages.of('$b')).toHaveLength(1);
  });
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
