// What the ledger promises of jobs: kept once, claimed in order, resumable from every state.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../../src/domain/ledger.ts';
import type { Reply } from '../../../src/domain/reply.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { anUpload } from '../../fixtures/uploads.ts';

const TIMES = { postedAtMs: 900, receivedAtMs: 1_000 };
const answer = (id: string): Reply => ({
  roomId: '!papers:here',
  sourceEventId: id,
  part: 'answer',
  body: { kind: 'message', content: { body: 'read' } },
  optional: false,
});

const NOBODY_FULL: ReadonlySet<string> = new Set();
let ledger: Ledger;
beforeEach(() => {
  ledger = openLedger(':memory:', () => 5_000);
});
afterEach(() => ledger.close());

function insert(...ids: string[]): void {
  for (const eventId of ids) ledger.jobs.insert(anUpload({ eventId }), TIMES);
}

describe('jobs in the ledger', () => {
  test('an event that comes twice is one job', () => {
    expect(ledger.jobs.insert(anUpload(), TIMES)).toBe('inserted');
    expect(ledger.jobs.insert(anUpload({ fileName: 'other.pdf' }), TIMES)).toBe('known');
    expect(ledger.jobs.get('$upload')?.upload.fileName).toBe('minutes.pdf');
    expect(ledger.jobs.counts().received).toBe(1);
  });

  test.each([-1e18, 1e19, 1e300, Number.POSITIVE_INFINITY, Number.NaN])(
    'an upload posted at %d, which no clock shows, was posted when it was received, and holds up nobody',
    (postedAtMs) => {
      expect(ledger.jobs.insert(anUpload({ eventId: '$odd' }), { ...TIMES, postedAtMs })).toBe('inserted');
      insert('$next');
      expect(ledger.jobs.claim(0, NOBODY_FULL)).toMatchObject({
        upload: { eventId: '$odd' },
        ...TIMES,
        postedAtMs: 1_000,
      });
      expect(ledger.jobs.claim(0, NOBODY_FULL)?.upload.eventId).toBe('$next');
    },
  );

  test('jobs are claimed oldest first, each once', () => {
    insert('$a', '$b');
    expect(ledger.jobs.claim(0, NOBODY_FULL)?.upload.eventId).toBe('$a');
    expect(ledger.jobs.claim(0, NOBODY_FULL)?.upload.eventId).toBe('$b');
    expect(ledger.jobs.claim(0, NOBODY_FULL)).toBeNull();
  });

  test('a job that backs off is claimed when it is due and not before', () => {
    insert('$a');
    ledger.jobs.claim(0, NOBODY_FULL);
    ledger.jobs.wait('$a', { untilMs: 2_000, attempt: 2, outageSinceMs: 1_500, errorCode: 'model_unavailable' });
    expect(ledger.jobs.nextDueMs()).toBe(2_000);
    expect(ledger.jobs.claim(1_999, NOBODY_FULL)).toBeNull();
    expect(ledger.jobs.claim(2_000, NOBODY_FULL)).toMatchObject({
      attempt: 2,
      outageSinceMs: 1_500,
      errorCode: 'model_unavailable',
    });
  });

  test('a due job keeps its place before later uploads', () => {
    insert('$a', '$b');
    ledger.jobs.claim(0, NOBODY_FULL);
    ledger.jobs.wait('$a', { untilMs: 10, attempt: 2, outageSinceMs: null, errorCode: 'media_unavailable' });
    expect(ledger.jobs.claim(10, NOBODY_FULL)?.upload.eventId).toBe('$a');
  });

  test.each(['queued', 'reading', 'thinking'] as const)('a crash in %s makes the job claimable again', (state) => {
    insert('$a');
    ledger.jobs.claim(0, NOBODY_FULL);
    ledger.jobs.move('$a', state);
    expect(ledger.jobs.resume(0)).toBe(1);
    expect(ledger.jobs.claim(0, NOBODY_FULL)?.upload.eventId).toBe('$a');
  });

  test('a crash in replying leaves the replies to be sent and the job is not read again', () => {
    insert('$a');
    ledger.jobs.claim(0, NOBODY_FULL);
    ledger.jobs.saveReplies('$a', [answer('$a')], { state: 'done', errorCode: null });
    expect(ledger.jobs.resume(0)).toBe(0);
    expect(ledger.jobs.replying()).toEqual([{ eventId: '$a', roomId: anUpload().roomId }]);
    expect(ledger.replies.unsentOf('$a')).toMatchObject([answer('$a')]);
  });

  test.each(['done', 'refused', 'failed'] as const)('once its replies are out a job ends as %s', (state) => {
    insert('$a');
    ledger.jobs.saveReplies('$a', [], { state, errorCode: null });
    ledger.jobs.finish('$a');
    expect(ledger.jobs.counts()[state]).toBe(1);
  });

  test('the answer of a cancelled job is not saved', () => {
    insert('$a');
    ledger.jobs.cancel('$a');
    expect(ledger.jobs.saveReplies('$a', [answer('$a')], { state: 'done', errorCode: null })).toBe(false);
    expect(ledger.replies.unsent()).toEqual([]);
    expect(ledger.jobs.move('$a', 'reading')).toBe(false);
  });

  test('leaving a room ends its open jobs and no others', () => {
    insert('$a');
    ledger.jobs.insert(anUpload({ eventId: '$b', roomId: '!other:here' }), TIMES);
    ledger.jobs.cancelRoom('!papers:here');
    expect(ledger.jobs.get('$a')?.state).toBe('cancelled');
    expect(ledger.jobs.get('$b')?.state).toBe('received');
  });

  test('the place in line counts the open jobs before it', () => {
    insert('$a', '$b', '$c');
    ledger.jobs.claim(0, NOBODY_FULL);
    expect(ledger.jobs.placeInLine('$c')).toBe(2);
    ledger.jobs.cancel('$a');
    expect(ledger.jobs.placeInLine('$c')).toBe(1);
  });
});

describe('replies in the ledger', () => {
  test('one part of one source is kept once, and the first stands', () => {
    expect(ledger.replies.save(answer('$a'))).toBe('saved');
    expect(ledger.replies.save({ ...answer('$a'), optional: true })).toBe('known');
    expect(ledger.replies.unsent()).toMatchObject([answer('$a')]);
  });

  test('what was sent is known by its event id and its content is forgotten', () => {
    ledger.replies.save(answer('$a'));
    ledger.replies.markSent(answer('$a'), '$sent');
    expect(ledger.replies.unsent()).toEqual([]);
    expect(ledger.replies.sentFor('$a')).toEqual(['$sent']);
    expect(ledger.replies.find('$a', 'answer')).toMatchObject({
      sentEventId: '$sent',
      reply: { body: { content: {} } },
    });
  });
});

describe('transactions of the ledger', () => {
  test('a batch that fails in the middle leaves nothing, the sync token included', () => {
    ledger.sync.setToken('s1');
    const batch = () =>
      ledger.transaction(() => {
        insert('$a');
        ledger.sync.setToken('s2');
        throw new Error('cut off');
      });
    expect(batch).toThrow('cut off');
    expect(ledger.sync.token()).toBe('s1');
    expect(ledger.jobs.get('$a')).toBeNull();
  });

  test('a transaction inside another commits with it', () => {
    ledger.transaction(() => ledger.transaction(() => insert('$a')));
    expect(ledger.jobs.get('$a')?.state).toBe('received');
  });
});
