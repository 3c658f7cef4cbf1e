// What optional sends promise: never before answers, dropped when stale or withdrawn, and no trace of what was never sent.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Ledger, ReplyLedger } from '../../../src/domain/ledger.ts';
import { SendBudget } from '../../../src/matrix/budget.ts';
import { createOptionalSends, type OfferOptions } from '../../../src/matrix/optionalSends.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { aHomeserver, aLedger, aReply, away, diskFull, failing, limited, refused } from './sendingSupport.ts';

let ledger: Ledger;
let homeserver: ReturnType<typeof aHomeserver>;
let takenBack: string[];
let answersToCome: number;
let budget: SendBudget;
let stopping: AbortController;
beforeEach(() => {
  vi.useFakeTimers();
  ledger = aLedger();
  homeserver = aHomeserver();
  takenBack = [];
  answersToCome = 0;
  budget = new SendBudget(Date.now);
  stopping = new AbortController();
});
afterEach(() => {
  vi.useRealTimers();
});

function startSends(replies: Pick<ReplyLedger, 'find' | 'save' | 'markSent' | 'drop'> = ledger.replies) {
  return createOptionalSends({
    put: homeserver.put,
    replies,
    takeBack: (_reply, eventId) => takenBack.push(eventId),
    budget,
    answersToCome: () => answersToCome,
    signal: stopping.signal,
    clock: Date.now,
    log: createRecordingLog().log,
  });
}
const options = (changes: Partial<OfferOptions> = {}): OfferOptions => ({
  revision: 0,
  expiresAtMs: Date.now() + 60_000,
  keep: 'save',
  ...changes,
});
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const empty = () => {
  for (let sent = 0; sent < 10; sent++) budget.spent();
};

describe('an offer', () => {
  test('goes out at once while the budget has room, and gives its event id', async () => {
    const offer = startSends().offer(aReply('$a', 'mark'), options());
    homeserver.next().answer();
    expect(await offer.sent).toBe('$sent-mark-$a');
    expect(ledger.replies.sentFor('$a')).toEqual(['$sent-mark-$a']);
  });

  test('waits for its turn: one at a time, oldest first', async () => {
    const sends = startSends();
    sends.offer(aReply('$a', 'mark'), options());
    sends.offer(aReply('$b', 'mark'), options());
    expect(homeserver.openNames()).toEqual(['mark $a']);
    homeserver.next().answer();
    await pass();
    expect(homeserver.openNames()).toEqual(['mark $b']);
  });

  test('waits while what is left of the budget belongs to answers', async () => {
    answersToCome = 10;
    startSends().offer(aReply('$a', 'mark'), options());
    await pass(4_999);
    expect(homeserver.open).toEqual([]);
    answersToCome = 9;
    await pass(1);
    expect(homeserver.openNames()).toEqual(['mark $a']);
  });

  test('goes out as soon as it is woken and the answers are out', async () => {
    answersToCome = 10;
    const sends = startSends();
    sends.offer(aReply('$a', 'mark'), options());
    answersToCome = 0;
    sends.wake();
    expect(homeserver.openNames()).toEqual(['mark $a']);
  });

  test('that went stale while it waited is dropped and leaves no row', async () => {
    answersToCome = 10;
    ledger.replies.save(aReply('$a', 'mark'));
    const sends = startSends();
    const offer = sends.offer(aReply('$a', 'mark'), options({ expiresAtMs: Date.now() + 1_000 }));
    await pass(5_000);
    expect(await offer.sent).toBeNull();
    expect(ledger.replies.unsent()).toEqual([]);
  });

  test('is in the ledger before it is sent where it is to be kept, and not at all where not', () => {
    const sends = startSends();
    sends.offer(aReply('$a', 'status'), options({ keep: 'save' }));
    expect(ledger.replies.unsentOf('$a')).toHaveLength(1);
    homeserver.next().answer();
    sends.offer(aReply('$b', 'taken'), options({ keep: 'no' }));
    expect(ledger.replies.unsentOf('$b')).toEqual([]);
  });

  test('of what the ledger has sent already is not sent again', async () => {
    ledger.replies.save(aReply('$a', 'mark'));
    const sends = startSends();
    const twice = [1, 2].map(() => sends.offer(aReply('$a', 'mark'), options({ keep: 'saved' })));
    homeserver.next().answer();
    expect(await Promise.all(twice.map(({ sent }) => sent))).toEqual(['$sent-mark-$a', '$sent-mark-$a']);
    expect(homeserver.open).toEqual([]);
  });

  test('of what was dropped or taken back while it waited is not sent', async () => {
    answersToCome = 10;
    for (const id of ['$a', '$b']) ledger.replies.save(aReply(id, 'mark'));
    const sends = startSends();
    const offers = ['$a', '$b'].map((id) => {
      const [reply] = ledger.replies.unsentOf(id);
      return sends.offer(reply ?? aReply(id, 'mark'), options({ keep: 'saved' }));
    });
    ledger.replies.drop(aReply('$a', 'mark'));
    ledger.replies.takeBack('$b');
    ledger.replies.save(aReply('$b', 'mark'));
    answersToCome = 0;
    sends.wake();
    expect(await Promise.all(offers.map(({ sent }) => sent))).toEqual([null, null]);
    expect(homeserver.open).toEqual([]);
  });

  test('of what the ledger keeps waits through an outage', async () => {
    ledger.replies.save(aReply('$a', 'mark'));
    const offer = startSends().offer(aReply('$a', 'mark'), options({ keep: 'saved' }));
    homeserver.next().fail(away());
    await pass(4_999);
    expect(homeserver.open).toEqual([]);
    await pass(500);
    homeserver.next().answer();
    expect(await offer.sent).toBe('$sent-mark-$a');
  });

  test('of an edit does not take the place of the first event id', async () => {
    const sends = startSends();
    sends.offer(aReply('$a', 'status'), options());
    homeserver.next().answer();
    await pass();
    const edit = sends.offer(aReply('$a', 'status'), options({ revision: 7, keep: 'no' }));
    homeserver.next().answer();
    expect(await edit.sent).toBe('$sent-status-$a-edited');
    expect(ledger.replies.find('$a', 'status')?.sentEventId).toBe('$sent-status-$a');
  });
});

describe('a 429', () => {
  test('puts the offer off for as long as it says and then sends it', async () => {
    const offer = startSends().offer(aReply('$a', 'mark'), options());
    homeserver.next().fail(limited(3_000));
    await pass(2_999);
    expect(homeserver.open).toEqual([]);
    await pass(5_000);
    homeserver.next().answer();
    expect(await offer.sent).toBe('$sent-mark-$a');
  });

  test('to an offer that is no longer wanted ends it at once, so that no answer waits for it', async () => {
    answersToCome = 1;
    const offer = startSends().offer(aReply('$a', 'status'), options({ expiresAtMs: Date.now() + 3_600_000 }));
    const withdrawn = offer.withdraw();
    homeserver.next().fail(limited(3_000));
    expect(await withdrawn).toBeNull();
    expect(ledger.replies.unsent()).toEqual([]);
    await pass(3_600_000);
    expect(homeserver.open).toEqual([]);
  });
});

describe('withdrawing', () => {
  test('what waits takes it out without a trace', async () => {
    empty();
    answersToCome = 1;
    const offer = startSends().offer(aReply('$a', 'status'), options());
    expect(await offer.withdraw()).toBeNull();
    await pass(600_000);
    expect(homeserver.sent).toEqual([]);
    expect(ledger.replies.unsent()).toEqual([]);
  });

  test('what is under way waits for it and gives its event id', async () => {
    const offer = startSends().offer(aReply('$a', 'status'), options());
    const withdrawn = offer.withdraw();
    homeserver.next().answer();
    expect(await withdrawn).toBe('$sent-status-$a');
  });

  test('what is sent gives its event id again', async () => {
    const offer = startSends().offer(aReply('$a', 'status'), options());
    homeserver.next().answer();
    await offer.sent;
    expect(await offer.withdraw()).toBe('$sent-status-$a');
  });
});

describe('an offer that fails', () => {
  test('by a refusal leaves no row: it would be refused again', async () => {
    const offer = startSends().offer(aReply('$a', 'mark'), options());
    homeserver.next().fail(refused());
    expect(await offer.sent).toBeNull();
    expect(ledger.replies.unsent()).toEqual([]);
  });

  test('by an outage keeps its row: the homeserver may have taken it', async () => {
    const offer = startSends().offer(aReply('$a', 'status'), options());
    homeserver.next().fail(away());
    expect(await offer.sent).toBeNull();
    expect(ledger.replies.unsentOf('$a')).toMatchObject([aReply('$a', 'status')]);
  });

  test('in a room that the homeserver fails at keeps no other room waiting, and is tried again', async () => {
    const sends = startSends();
    for (const id of ['$a', '$b', '$c']) {
      const reply = aReply(id, 'mark', id === '$c' ? '!other:here' : '!broken:here');
      ledger.replies.save(reply);
      sends.offer(reply, options({ keep: 'saved' }));
    }
    homeserver.next().fail(failing());
    await pass();
    expect(homeserver.openNames()).toEqual(['mark $c']);
    homeserver.next().answer();
    await pass(4_999);
    expect(homeserver.openNames()).toEqual([]);
    await pass(500);
    expect(homeserver.openNames()).toEqual(['mark $b']);
  });

  test('that was withdrawn meanwhile is not tried again, and keeps its row: an earlier life may have sent it', async () => {
    const reply = aReply('$a', 'status');
    ledger.replies.save(reply);
    const offer = startSends().offer(reply, options({ keep: 'saved' }));
    const withdrawn = offer.withdraw();
    homeserver.next().fail(away());
    expect(await withdrawn).toBeNull();
    await pass(60_000);
    expect(homeserver.open).toEqual([]);
    expect(ledger.replies.unsentOf('$a')).toHaveLength(1);
  });

  test('on a full disk takes nothing else along', async () => {
    const fail = () => {
      throw diskFull();
    };
    const sends = startSends({ ...ledger.replies, save: fail, markSent: fail, drop: fail });
    const first = sends.offer(aReply('$a', 'mark'), options());
    const second = sends.offer(aReply('$b', 'taken'), options({ revision: 1, keep: 'no' }));
    expect(await first.sent).toBeNull();
    await pass();
    homeserver.next().fail(refused());
    expect(await second.sent).toBeNull();
  });
});

test('what was sent while its upload was redacted is taken back', async () => {
  const offer = startSends().offer(aReply('$a', 'status'), options());
  ledger.replies.drop(aReply('$a', 'status'));
  homeserver.next().answer();
  await offer.sent;
  expect(takenBack).toEqual(['$sent-status-$a']);
});

test('nothing is sent any more once the process stops', async () => {
  stopping.abort();
  startSends().offer(aReply('$a', 'mark'), options());
  await pass(60_000);
  expect(homeserver.open).toEqual([]);
});
