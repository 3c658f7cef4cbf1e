// What the sender promises of answers: order within a room, patience with the homeserver, nothing twice, nothing that was taken back.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Ledger } from '../../../src/domain/ledger.ts';
import type { Reply } from '../../../src/domain/reply.ts';
import { SendBudget } from '../../../src/matrix/budget.ts';
import { createSender, type SenderDeps } from '../../../src/matrix/sender.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import {
  aHomeserver,
  aLedger,
  aReply,
  away,
  diskFull,
  limited,
  loginEnded,
  NO_SEARCH,
  refused,
} from './sendingSupport.ts';

vi.mock('node:timers/promises', () => import('../../fixtures/globalTimers.ts'));

let ledger: Ledger;
let homeserver: ReturnType<typeof aHomeserver>;
let takenBack: string[];
let stopping: AbortController;
beforeEach(() => {
  vi.useFakeTimers();
  ledger = aLedger();
  homeserver = aHomeserver();
  takenBack = [];
  stopping = new AbortController();
});
afterEach(() => {
  vi.useRealTimers();
});

function startSender(changes: Partial<SenderDeps> = {}) {
  const sender = createSender({
    ...NO_SEARCH,
    put: homeserver.put,
    replies: ledger.replies,
    takeBack: (_reply, eventId) => takenBack.push(eventId),
    budget: new SendBudget(Date.now),
    answersToCome: () => 0,
    signal: stopping.signal,
    clock: Date.now,
    log: createRecordingLog().log,
    ...changes,
  });
  const send = (reply: Reply) => {
    ledger.replies.save(reply);
    const sending = sender.send(reply);
    sending.catch(() => undefined);
    return sending;
  };
  return { send, offer: sender.offer };
}
const pass = (ms = 1) => vi.advanceTimersByTimeAsync(ms);

describe('answers', () => {
  test('of one room go out in their order, each after the one before it', async () => {
    const { send } = startSender();
    send(aReply('$a'));
    send(aReply('$b'));
    await pass();
    expect(homeserver.openNames()).toEqual(['answer $a']);
    homeserver.next().answer();
    await pass();
    homeserver.next().answer();
    await pass();
    expect(homeserver.sent).toEqual(['answer $a', 'answer $b']);
  });

  test('of other rooms are not held up by a room that waits', async () => {
    const { send } = startSender();
    send(aReply('$a'));
    send(aReply('$b', 'answer', '!other:here'));
    await pass();
    expect(homeserver.openNames()).toEqual(['answer $a', 'answer $b']);
  });

  test('once sent are known by their event id', async () => {
    const sending = startSender().send(aReply('$a'));
    await pass();
    homeserver.next().answer();
    expect(await sending).toBe('$sent-answer-$a');
    expect(ledger.replies.sentFor('$a')).toEqual(['$sent-answer-$a']);
  });

  test('wait as long as a 429 says, and then go out', async () => {
    const { send } = startSender();
    send(aReply('$a'));
    await pass();
    homeserver.next().fail(limited(7_000));
    await pass(6_999);
    expect(homeserver.open).toEqual([]);
    await pass(2);
    expect(homeserver.openNames()).toEqual(['answer $a']);
  });

  test('of all rooms wait while the homeserver limits', async () => {
    const { send } = startSender();
    send(aReply('$a'));
    await pass();
    homeserver.next().fail(limited());
    send(aReply('$b', 'answer', '!other:here'));
    await pass(4_999);
    expect(homeserver.open).toEqual([]);
    await pass(2);
    expect(homeserver.openNames().sort()).toEqual(['answer $a', 'answer $b']);
  });

  test('outlast an outage: the same reply is sent again, ever more rarely, at most every half minute', async () => {
    const { send } = startSender();
    send(aReply('$a'));
    const waits: number[] = [];
    for (let tries = 0; tries < 10; tries++) {
      let waitedMs = 0;
      while (homeserver.open.length === 0) {
        await pass(50);
        waitedMs += 50;
      }
      waits.push(waitedMs);
      homeserver.next().fail(away());
    }
    expect(waits.map((ms) => Math.floor(ms / 250) / 4)).toEqual([0, 0.25, 0.5, 1, 2, 4, 8, 16, 30, 30]);
  });

  test('outlast a full disk: sent again until the ledger keeps the event id', async () => {
    let isFull = true;
    const replies = {
      ...ledger.replies,
      markSent(reply: Reply, eventId: string) {
        if (isFull) throw diskFull();
        return ledger.replies.markSent(reply, eventId);
      },
    };
    const sending = startSender({ replies }).send(aReply('$a'));
    await pass();
    homeserver.next().answer();
    await pass();
    isFull = false;
    await pass(1_001);
    homeserver.next().answer();
    expect(await sending).toBe('$sent-answer-$a');
    expect(ledger.replies.unsent()).toEqual([]);
  });

  test('that the homeserver refuses are given back, and the next one goes out', async () => {
    const { send } = startSender();
    const first = send(aReply('$a'));
    send(aReply('$b'));
    await pass();
    homeserver.next().fail(refused());
    await expect(first).rejects.toMatchObject({ code: 'homeserver_refused' });
    await pass();
    expect(homeserver.openNames()).toEqual(['answer $b']);
  });

  test('stop waiting when the process stops, and stay in the ledger', async () => {
    const sending = startSender().send(aReply('$a'));
    await pass();
    homeserver.next().fail(away());
    await pass();
    stopping.abort(new Error('stopping'));
    await expect(sending).rejects.toThrow('stopping');
    expect(ledger.replies.unsent()).toMatchObject([aReply('$a')]);
  });
});

test('an answer that meets the end of the login is not lost: it is sent with the next one', async () => {
  const sending = startSender().send(aReply('$a'));
  await pass();
  homeserver.next().fail(loginEnded());
  await pass();
  stopping.abort(new Error('stopping'));
  await expect(sending).rejects.toThrow('stopping');
  expect(ledger.replies.unsent()).toHaveLength(1);
});

describe('answers to uploads that were redacted', () => {
  test('are not sent when their turn comes', async () => {
    const { send } = startSender();
    send(aReply('$a'));
    const second = send(aReply('$b'));
    ledger.replies.drop(aReply('$b'));
    await pass();
    homeserver.next().answer();
    await pass();
    expect(await second).toBeNull();
    expect(homeserver.sent).toEqual(['answer $a']);
    expect(takenBack).toEqual([]);
  });

  test('are not sent again after an outage', async () => {
    const sending = startSender().send(aReply('$a'));
    await pass();
    homeserver.next().fail(away());
    ledger.replies.drop(aReply('$a'));
    await pass(1_001);
    expect(await sending).toBeNull();
    expect(homeserver.open).toEqual([]);
  });

  test('are taken back when the redaction came while they were under way', async () => {
    const { send } = startSender();
    send(aReply('$a'));
    await pass();
    ledger.replies.drop(aReply('$a'));
    homeserver.next().answer();
    await pass();
    expect(takenBack).toEqual(['$sent-answer-$a']);
  });
});

test('an answer that waits keeps optional sends back, and lets them go when it is out', async () => {
  const budget = new SendBudget(Date.now);
  for (let sent = 0; sent < 9; sent++) budget.spent();
  const { send, offer } = startSender({ budget });
  send(aReply('$a'));
  offer(aReply('$a', 'taken'), { revision: 0, expiresAtMs: Date.now() + 60_000, keep: 'no' });
  await pass();
  expect(homeserver.openNames()).toEqual(['answer $a']);
  homeserver.next().answer();
  await pass();
  expect(homeserver.openNames()).toEqual(['taken $a']);
});
