// What members see of a job while it runs: 👀, nothing more under 3 s, then one notice that keeps up and becomes the answer.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Ledger } from '../../../src/domain/ledger.ts';
import type { Upload } from '../../../src/domain/media.ts';
import type { Reply } from '../../../src/domain/reply.ts';
import { SendBudget } from '../../../src/matrix/budget.ts';
import { createSender } from '../../../src/matrix/sender.ts';
import { createStatusBoard } from '../../../src/matrix/status.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { anUpload } from '../../fixtures/uploads.ts';
import { aHomeserver, aLedger, aReply, away, failing, NO_SEARCH, refused } from './sendingSupport.ts';

vi.mock('node:timers/promises', () => import('../../fixtures/globalTimers.ts'));

const upload = anUpload({ eventId: '$a' });
const STATUS_ID = '$sent-status-$a';

let ledger: Ledger;
let homeserver: ReturnType<typeof aHomeserver>;
let budget: SendBudget;
let answersToCome: number;
/** What the board wants redacted, in the order it says so. */
let gone: string[];
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  ledger = aLedger();
  homeserver = aHomeserver();
  budget = new SendBudget(Date.now);
  answersToCome = 1;
  gone = [];
});
afterEach(() => {
  vi.useRealTimers();
});

const noticeOf = ({ eventId }: Upload, stage: string, edited: string | null): Reply => {
  const text = edited ? `edit of ${edited}: ${stage}` : stage;
  return { ...aReply(eventId, 'status'), body: { kind: 'message', content: { body: text } } };
};
function startBoard() {
  const sender = createSender({
    ...NO_SEARCH,
    put: homeserver.put,
    replies: ledger.replies,
    takeBack: ({ part }, sentEventId) => gone.push(`${part} that came back as ${sentEventId}`),
    budget,
    answersToCome: () => answersToCome,
    signal: new AbortController().signal,
    clock: Date.now,
    log: createRecordingLog().log,
  });
  return createStatusBoard<string>({
    sender,
    replies: ledger.replies,
    render: (of, stage, edited) => ({ reply: noticeOf(of, stage, edited), text: stage }),
    renderTaken: ({ eventId }) => aReply(eventId, 'taken'),
    answersToCome: () => answersToCome,
    takeBack: (_roomId, sentEventId) => gone.push(sentEventId),
    takeBackNotice({ eventId }, sentEventId, ended) {
      const notice = sentEventId ?? ledger.replies.find(eventId, 'status')?.sentEventId ?? 'whatever was sent';
      ledger.replies.takeBackNotice(eventId);
      void ended.then(() => gone.push(`the notice: ${notice}`));
    },
    clock: Date.now,
    log: createRecordingLog().log,
  });
}
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const bodies = () =>
  homeserver.open.map(({ reply }) => (reply.body.kind === 'message' ? reply.body.content.body : reply.body.kind));
/** Answers what is being sent and tells what it said. */
const shown = async () => {
  const said = bodies();
  homeserver.next().answer();
  await pass();
  return said;
};

describe('the notice', () => {
  test('of a job that ends within 3 s is never sent', async () => {
    const board = startBoard();
    board.track(upload, () => 'in line');
    board.show(upload, 'reading');
    await pass(2_999);
    expect(await board.settle(upload)).toBeNull();
    await pass(60_000);
    expect(homeserver.sent).toEqual([]);
    expect(ledger.replies.unsent()).toEqual([]);
  });

  test('goes out after 3 s with the stage of that moment', async () => {
    const board = startBoard();
    board.track(upload, () => 'in line');
    await pass(1_000);
    board.show(upload, 'reading page 2');
    await pass(1_999);
    expect(homeserver.open).toEqual([]);
    await pass(1);
    expect(bodies()).toEqual(['reading page 2']);
  });

  test('of a job that waits shows its place in line as it then is', async () => {
    let ahead = 7;
    startBoard().track(upload, () => `${ahead} before it`);
    ahead = 2;
    await pass(3_000);
    expect(bodies()).toEqual(['2 before it']);
  });

  test('is edited at most every 3 s, and shows the last stage in the end', async () => {
    const board = startBoard();
    board.show(upload, 'reading');
    await pass(3_000);
    await shown();
    for (const page of [1, 2, 3, 4]) {
      board.show(upload, `page ${page}`);
      await pass(500);
    }
    expect(homeserver.open).toEqual([]);
    await pass(1_000);
    expect(await shown()).toEqual([`edit of ${STATUS_ID}: page 4`]);
    board.show(upload, 'summarising');
    await pass(2_999);
    expect(homeserver.open).toEqual([]);
    await pass(1);
    expect(await shown()).toEqual([`edit of ${STATUS_ID}: summarising`]);
  });

  test('is not edited when nothing changed', async () => {
    const board = startBoard();
    board.show(upload, 'reading');
    await pass(3_000);
    await shown();
    board.show(upload, 'reading');
    await pass(60_000);
    expect(homeserver.open).toEqual([]);
  });

  test('shows what came while it was being sent', async () => {
    const board = startBoard();
    board.show(upload, 'reading');
    await pass(3_000);
    board.show(upload, 'summarising');
    await pass(5_000);
    await shown();
    expect(await shown()).toEqual([`edit of ${STATUS_ID}: summarising`]);
  });

  test('shows a stage again whose edit was dropped', async () => {
    const board = startBoard();
    board.show(upload, 'reading');
    await pass(3_000);
    await shown();
    await pass(3_000);
    board.show(upload, 'summarising');
    homeserver.next().fail(away());
    await pass(3_000);
    board.show(upload, 'summarising');
    expect(bodies()).toEqual([`edit of ${STATUS_ID}: summarising`]);
  });
});

describe('settling', () => {
  test('gives the id of the notice that stands, for the answer to take its place', async () => {
    const board = startBoard();
    board.show(upload, 'reading');
    await pass(3_000);
    await shown();
    expect(await board.settle(upload)).toBe(STATUS_ID);
  });

  test('waits for an edit under way, so that it cannot come after the answer', async () => {
    const board = startBoard();
    board.show(upload, 'reading');
    await pass(3_000);
    await shown();
    await pass(3_000);
    board.show(upload, 'summarising');
    let settled: string | null | undefined;
    const settling = board.settle(upload).then((eventId) => {
      settled = eventId;
    });
    await pass(1_000);
    expect(settled).toBeUndefined();
    await shown();
    await settling;
    expect(settled).toBe(STATUS_ID);
  });

  test('waits for a first notice under way and gives its id', async () => {
    const board = startBoard();
    board.show(upload, 'reading');
    await pass(3_000);
    const settling = board.settle(upload);
    await shown();
    expect(await settling).toBe(STATUS_ID);
  });

  test('does not wait for a notice that the homeserver limit holds back', async () => {
    for (let sent = 0; sent < 10; sent++) budget.spent();
    const board = startBoard();
    board.show(upload, 'reading');
    await pass(3_000);
    expect(await board.settle(upload)).toBeNull();
    expect(ledger.replies.unsent()).toEqual([]);
  });

  test('sends a notice again whose answer was lost, to learn its id', async () => {
    const board = startBoard();
    board.show(upload, 'reading');
    await pass(3_000);
    homeserver.next().fail(away());
    await pass();
    const settling = board.settle(upload);
    await pass(1);
    expect(await shown()).toEqual(['reading']);
    expect(await settling).toBe(STATUS_ID);
  });

  test('gives no id when the homeserver refuses that notice for good', async () => {
    ledger.replies.save(noticeOf(upload, 'reading', null));
    const settling = startBoard().settle(upload);
    await pass(1);
    homeserver.next().fail(refused());
    expect(await settling).toBeNull();
    expect(ledger.replies.unsent()).toEqual([]);
  });
});

describe('settling in a room that cannot be sent to', () => {
  test('takes seconds, whatever the homeserver answers, and takes the notice back that may stand', async () => {
    const board = startBoard();
    board.show(upload, 'reading');
    await pass(3_000);
    homeserver.next().fail(failing());
    await pass();
    const settling = board.settle(upload);
    for (let second = 0; second < 5; second++) {
      if (homeserver.open.length > 0) homeserver.next().fail(failing());
      await pass(1_000);
    }
    expect(await settling).toBeNull();
    expect(ledger.replies.unsent()).toEqual([]);
    await pass(60_000);
    expect(homeserver.openNames()).toEqual([]);
    expect(gone).toEqual(['the notice: whatever was sent']);
  });

  test('does not wait longer for a first notice that hangs, and takes it back when it comes', async () => {
    const board = startBoard();
    board.show(upload, 'reading');
    await pass(3_000);
    const settling = board.settle(upload);
    await pass(5_000);
    expect(await settling).toBeNull();
    expect(gone).toEqual([]);
    await shown();
    expect(gone).toEqual([`status that came back as ${STATUS_ID}`, 'the notice: whatever was sent']);
  });

  test('gives no id of a notice whose edit hangs, which could come after the answer', async () => {
    const board = startBoard();
    board.show(upload, 'reading');
    await pass(3_000);
    await shown();
    await pass(3_000);
    board.show(upload, 'summarising');
    const settling = board.settle(upload);
    await pass(5_000);
    expect(await settling).toBeNull();
    expect(gone).toEqual([]);
    await shown();
    expect(gone).toEqual([`the notice: ${STATUS_ID}`]);
  });

  test('ends when a notice of an earlier life cannot be sent either', async () => {
    ledger.replies.save(noticeOf(upload, 'reading', null));
    const board = startBoard();
    answersToCome = 0;
    board.show(upload, 'reading');
    await pass(3_000);
    const settling = board.settle(upload);
    homeserver.next().fail(away());
    await pass(1);
    expect(homeserver.openNames()).toEqual(['status $a']);
    await pass(5_000);
    expect(await settling).toBeNull();
  });
});

describe('after a restart', () => {
  test('a notice that stands is edited, with no first one beside it', async () => {
    ledger.replies.save(noticeOf(upload, 'reading', null));
    ledger.replies.markSent(noticeOf(upload, 'reading', null), '$earlier');
    const board = startBoard();
    board.track(upload, () => 'in line');
    await pass(3_000);
    expect(await shown()).toEqual(['edit of $earlier: in line']);
    expect(await board.settle(upload)).toBe('$earlier');
  });

  test('edits do not repeat those of the life before', async () => {
    ledger.replies.save(noticeOf(upload, 'reading', null));
    ledger.replies.markSent(noticeOf(upload, 'reading', null), '$earlier');
    startBoard().show(upload, 'reading');
    expect(homeserver.next().revision).toBe(1_000_001);
  });

  test('a notice that may stand is not forgotten when its offer is withdrawn', async () => {
    ledger.replies.save(noticeOf(upload, 'reading', null));
    for (let sent = 0; sent < 10; sent++) budget.spent();
    const board = startBoard();
    board.show(upload, 'reading');
    await pass(3_000);
    const settling = board.settle(upload);
    await pass(1);
    expect(await shown()).toEqual(['reading']);
    expect(await settling).toBe(STATUS_ID);
  });
});

describe('👀', () => {
  test('is offered once a job', async () => {
    const board = startBoard();
    board.track(upload, () => 'in line');
    board.taken(upload);
    await shown();
    board.taken(upload);
    expect(homeserver.sent).toEqual(['taken $a']);
    expect(homeserver.open).toEqual([]);
  });

  test('waits out a burst, so that it takes no send from an answer', async () => {
    const board = startBoard();
    answersToCome = 2;
    board.track(upload, () => 'in line');
    board.taken(upload);
    answersToCome = 10;
    await pass(2_999);
    expect(homeserver.open).toEqual([]);
  });

  test('is not sent any more once the job has ended', async () => {
    for (let sent = 0; sent < 10; sent++) budget.spent();
    const board = startBoard();
    board.track(upload, () => 'in line');
    board.taken(upload);
    await board.settle(upload);
    await pass(600_000);
    expect(homeserver.sent).toEqual([]);
  });
});

describe('a job that is forgotten', () => {
  test('is never heard of again', async () => {
    const board = startBoard();
    board.track(upload, () => 'in line');
    await pass(1_000);
    board.forget('$a');
    await pass(60_000);
    expect(homeserver.open).toEqual([]);
  });

  test('leaves no notice behind, though the ledger knows nothing of it any more', async () => {
    const board = startBoard();
    board.show(upload, 'reading');
    await pass(3_000);
    await shown();
    ledger.replies.takeBack('$a');
    board.forget('$a');
    await pass();
    expect(gone).toEqual([`the notice: ${STATUS_ID}`]);
  });

  test('leaves neither 👀 nor an edit that were under way', async () => {
    const board = startBoard();
    board.show(upload, 'reading');
    await pass(3_000);
    await shown();
    await pass(3_000);
    board.show(upload, 'summarising');
    board.forget('$a');
    expect(gone).toEqual([]);
    await shown();
    expect(gone).toEqual([`${STATUS_ID}-edited`, `the notice: ${STATUS_ID}`]);
    board.track(upload, () => 'in line');
    board.taken(upload);
    board.forget('$a');
    gone = [];
    await shown();
    expect(gone).toContain('$sent-taken-$a');
  });

  test('keeps the 👀 that its redaction takes away with the rest', async () => {
    const board = startBoard();
    board.track(upload, () => 'in line');
    board.taken(upload);
    await shown();
    board.forget('$a');
    await pass();
    expect(gone).not.toContain('$sent-taken-$a');
  });
});

test('a stop leaves the notices as they are', async () => {
  const board = startBoard();
  board.show(upload, 'reading');
  await pass(3_000);
  await shown();
  board.stop();
  await pass(60_000);
  expect([gone, homeserver.open]).toEqual([[], []]);
});

test('a ledger that cannot be asked leaves no timer behind', async () => {
  const find = vi.spyOn(ledger.replies, 'find').mockImplementation(() => {
    throw new Error('disk I/O error');
  });
  expect(() => startBoard().track(upload, () => 'in line')).toThrow('disk I/O error');
  find.mockRestore();
  expect(vi.getTimerCount()).toBe(0);
});
