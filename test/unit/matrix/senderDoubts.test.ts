// What the sender promises of replies that may be there already, and of those that a homeserver fails at: nothing twice, nobody held up.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Ledger } from '../../../src/domain/ledger.ts';
import type { Reply } from '../../../src/domain/reply.ts';
import { SendBudget } from '../../../src/matrix/budget.ts';
import { createSender, type SenderDeps, TRANSACTION_MEMORY_MS } from '../../../src/matrix/sender.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { aHomeserver, aLedger, aReply, away, failing, NO_SEARCH } from './sendingSupport.ts';

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

describe('a reply that the homeserver may have got long ago', () => {
  const search = (found: string | null | Error) => {
    const searched: string[] = [];
    const findSent = async ({ sourceEventId }: Reply) => {
      searched.push(sourceEventId);
      if (found instanceof Error) throw found;
      return found;
    };
    return { findSent, searched };
  };
  /** Saved now, sent after `ms`. */
  const sentAfter = async (ms: number, changes: Partial<SenderDeps>) => {
    ledger.replies.save(aReply('$a'));
    await pass(ms);
    const sending = startSender(changes).send(aReply('$a'));
    await pass();
    return { sending };
  };

  test('is looked for first, and not sent when it is there', async () => {
    const { findSent } = search('$there');
    const { sending } = await sentAfter(TRANSACTION_MEMORY_MS + 1, { findSent });
    expect(await sending).toBe('$there');
    expect(homeserver.open).toEqual([]);
    expect(ledger.replies.sentFor('$a')).toEqual(['$there']);
  });

  test('is sent when it is not there', async () => {
    const { findSent, searched } = search(null);
    await sentAfter(TRANSACTION_MEMORY_MS + 1, { findSent });
    expect(homeserver.openNames()).toEqual(['answer $a']);
    expect(searched).toEqual(['$a']);
  });

  test('is one of another login, however young it is', async () => {
    const { findSent } = search('$there');
    const { sending } = await sentAfter(1_000, { findSent, loggedInAtMs: Date.now() + 500 });
    expect(await sending).toBe('$there');
  });

  test('is one that was saved in a future, since the clock was set back', async () => {
    const { findSent } = search('$there');
    const clock = () => Date.now() - 3_600_000;
    const { sending } = await sentAfter(0, { findSent, clock });
    expect(await sending).toBe('$there');
  });

  test('is none within half an hour, and is sent without a search', async () => {
    const { findSent, searched } = search('$there');
    await sentAfter(TRANSACTION_MEMORY_MS - 1_000, { findSent });
    expect(homeserver.openNames()).toEqual(['answer $a']);
    expect(searched).toEqual([]);
  });

  test('waits for a search that the homeserver does not answer', async () => {
    const { findSent, searched } = search(away());
    await sentAfter(TRANSACTION_MEMORY_MS + 1, { findSent });
    await pass(500);
    expect(searched).toEqual(['$a', '$a']);
    expect(homeserver.open).toEqual([]);
  });

  test('is taken back when its upload was redacted while it was looked for', async () => {
    const findSent = async (reply: Reply) => {
      ledger.replies.drop(reply);
      return '$there';
    };
    const { sending } = await sentAfter(TRANSACTION_MEMORY_MS + 1, { findSent });
    await sending;
    expect(takenBack).toEqual(['$there']);
  });
});

describe('a message that the homeserver fails at', () => {
  const failAt = async (source: string, times: number) => {
    for (let n = 0; n < times; n += 1) {
      while (!homeserver.openNames().includes(`answer ${source}`)) await pass(500);
      homeserver.open.find(({ reply }) => reply.sourceEventId === source)?.fail(failing());
      await pass();
    }
  };

  test('eight times lets the others of its room go first, and goes out in the end', async () => {
    const { send } = startSender();
    const first = send(aReply('$a'));
    send(aReply('$b'));
    await failAt('$a', 7);
    await pass(40_000);
    expect(homeserver.openNames()).toEqual(['answer $a']);
    await failAt('$a', 1);
    expect(homeserver.openNames()).toEqual(['answer $b']);
    send(aReply('$c'));
    homeserver.next().answer();
    await pass();
    homeserver.next().answer();
    await pass(1);
    homeserver.next().answer();
    await first;
    expect(homeserver.sent).toEqual(['answer $b', 'answer $c', 'answer $a']);
  });

  test('is asked for every half minute at most when all of its room fail', async () => {
    const { send } = startSender();
    send(aReply('$a'));
    send(aReply('$b'));
    await failAt('$a', 8);
    await failAt('$b', 8);
    let puts = 0;
    for (let seconds = 0; seconds < 300; seconds += 1) {
      if (homeserver.open.length > 0) {
        puts += 1;
        homeserver.next().fail(failing());
      }
      await pass(1_000);
    }
    expect(puts).toBeGreaterThan(5);
    expect(puts).toBeLessThan(15);
  });

  test('because it cannot be reached at all keeps its place', async () => {
    const { send } = startSender();
    send(aReply('$a'));
    send(aReply('$b'));
    for (let tries = 0; tries < 12; tries += 1) {
      while (homeserver.open.length === 0) await pass(500);
      expect(homeserver.openNames()).toEqual(['answer $a']);
      homeserver.next().fail(away());
      await pass();
    }
  });
});
