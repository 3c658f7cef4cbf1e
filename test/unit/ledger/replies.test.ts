// What the ledger promises of what is said: when it was saved, whose it is, and that what was taken back can be said again.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../../src/domain/ledger.ts';
import { type Reply, type ReplyBody, type ReplyPart, transactionId } from '../../../src/domain/reply.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { anUpload } from '../../fixtures/uploads.ts';

let nowMs: number;
let ledger: Ledger;
beforeEach(() => {
  nowMs = 5_000;
  ledger = openLedger(':memory:', () => nowMs);
});
afterEach(() => ledger.close());

const reply = (sourceEventId: string, part: ReplyPart, words = 'Minutes.'): Reply => ({
  roomId: '!papers:here',
  sourceEventId,
  part,
  body: { kind: 'message', content: { body: words } },
  optional: false,
});
const shared = (sourceEventId: string, withEventId: string): Reply => ({
  ...reply(sourceEventId, 'answer'),
  body: { kind: 'shared', withEventId },
});
const send = (each: Reply, sentEventId: string) => {
  ledger.replies.save(each);
  ledger.replies.markSent(each, sentEventId);
};
const unsentOf = (sourceEventId: string): Reply => {
  const [only, ...others] = ledger.replies.unsentOf(sourceEventId);
  if (!only || others.length > 0) throw new Error('one reply was expected');
  return only;
};

test('each reply tells when it was saved', () => {
  ledger.replies.save(reply('$a', 'answer'));
  nowMs = 7_000;
  ledger.replies.save(reply('$b', 'answer'));
  expect(ledger.replies.unsent().map((each) => each.savedAtMs)).toEqual([5_000, 7_000]);
  expect(ledger.replies.find('$b', 'answer')?.reply.savedAtMs).toBe(7_000);
});

test('what no saved answer waits for is told apart from the answers, however many there are', () => {
  ledger.jobs.insert(anUpload({ eventId: '$a' }), { postedAtMs: 0, receivedAtMs: 0 });
  ledger.replies.save(reply('$a', 'status'));
  ledger.jobs.saveReplies('$a', [reply('$a', 'answer'), reply('$a', 'mark')], { state: 'done', errorCode: null });
  ledger.replies.save(reply('a command', 'answer'));
  ledger.replies.save(reply('$gone', 'retracted'));
  const beside = () => ledger.replies.unsentBeside().map(({ sourceEventId, part }) => `${part} of ${sourceEventId}`);
  expect(beside()).toEqual(['answer of a command', 'retracted of $gone']);
  ledger.replies.markSent(reply('$a', 'answer'), '$sent');
  ledger.jobs.finish('$a');
  expect(beside()).toEqual(['mark of $a', 'answer of a command', 'retracted of $gone']);
});

test.each<ReplyBody>([
  { kind: 'sweep', relatedEventId: '$a' },
  { kind: 'redaction', redactedEventId: '$b' },
  { kind: 'reaction', content: { key: '✅' } },
  { kind: 'shared', withEventId: '$c' },
])('a $kind comes back as it was saved', (body) => {
  ledger.replies.save({ ...reply('$a', 'retracted'), body });
  expect(unsentOf('$a').body).toEqual(body);
});

describe('an event that Lector sent', () => {
  test('leads back to the upload that it speaks of', () => {
    send(reply('$a', 'answer'), '$answer');
    send(reply('$a', 'mark'), '$mark');
    expect(ledger.replies.sourceOf('$answer')).toBe('$a');
    expect(ledger.replies.sourceOf('$mark')).toBe('$a');
  });

  test('that speaks of several leads to the first of them', () => {
    send(shared('$follower', '$lead'), '$answer');
    send(reply('$lead', 'answer'), '$answer');
    expect(ledger.replies.sourceOf('$answer')).toBe('$lead');
  });

  test('and that is a redaction, or nothing of Lector’s, leads nowhere', () => {
    send({ ...reply('$answer', 'retracted'), body: { kind: 'redaction', redactedEventId: '$answer' } }, '$redaction');
    expect(ledger.replies.sourceOf('$redaction')).toBeNull();
    expect(ledger.replies.sourceOf('$somebody')).toBeNull();
  });
});

describe('what is taken back', () => {
  test('are all the events that were sent, marks and edits included, but not 👀', () => {
    const parts: ReplyPart[] = ['taken', 'status', 'status_gone', 'answer', 'text', 'mark', 'revised', 'mark_again'];
    for (const part of parts) send(reply('$a', part), `$${part}`);
    ledger.replies.save(reply('$a', 'fields'));
    expect(ledger.replies.takeBack('$a')).toEqual(['$status', '$answer', '$text', '$mark', '$revised', '$mark_again']);
    expect(ledger.replies.unsentOf('$a')).toEqual([]);
    expect(ledger.replies.sentFor('$a')).toEqual(['$taken']);
  });

  test('of one upload leaves what was said of others', () => {
    send(reply('$a', 'answer'), '$1');
    send(reply('$b', 'answer'), '$2');
    ledger.replies.takeBack('$a');
    expect(ledger.replies.sentFor('$b')).toEqual(['$2']);
  });

  test('can be said again in the same words, as another event: the homeserver would give the redacted one for the same id', () => {
    for (const part of ['answer', 'mark', 'status'] as const) {
      const ids = new Set<string>();
      for (const sent of ['$1', '$2', '$3']) {
        ledger.replies.save(reply('$a', part));
        ids.add(transactionId(unsentOf('$a')));
        ledger.replies.markSent(unsentOf('$a'), sent);
        ledger.replies.takeBack('$a');
      }
      expect(ids.size).toBe(3);
    }
  });

  test('and said again has one id however often it is read: a crash in between sends nothing twice', () => {
    send(reply('$a', 'answer'), '$1');
    ledger.replies.takeBack('$a');
    ledger.replies.save(reply('$a', 'answer'));
    nowMs = 90_000;
    expect(transactionId(unsentOf('$a'))).toBe(transactionId(unsentOf('$a')));
  });

  test('while its request is under way is not taken for what is said anew', () => {
    ledger.replies.save(reply('$a', 'mark', '❌'));
    const underWay = unsentOf('$a');
    ledger.replies.takeBack('$a');
    ledger.replies.save(reply('$a', 'mark', '✅'));
    expect(ledger.replies.markSent(underWay, '$cross')).toBe(false);
    ledger.replies.drop(underWay);
    expect(unsentOf('$a').body).toEqual({ kind: 'message', content: { body: '✅' } });
  });
});

test('what was never taken back keeps the id that it had before such things were counted', () => {
  ledger.replies.save(reply('$a', 'answer'));
  expect(transactionId(unsentOf('$a'))).toBe(transactionId(reply('$a', 'answer')));
});
