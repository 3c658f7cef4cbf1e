// What members see of a job while it runs: 👀, nothing more under 3 s, then one notice that keeps up and becomes the answer.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { away, refused } from './sendingSupport.ts';
import { createStatusRig, noticeOf, pass, STATUS_ID, upload } from './statusRig.ts';

vi.mock('node:timers/promises', () => import('../../fixtures/globalTimers.ts'));

type Rig = ReturnType<typeof createStatusRig>;
let rig: Rig;
let ledger: Rig['ledger'];
let homeserver: Rig['homeserver'];
let budget: Rig['budget'];
let bodies: Rig['bodies'];
let shown: Rig['shown'];
let startBoard: Rig['startBoard'];
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  rig = createStatusRig();
  ({ ledger, homeserver, budget, bodies, shown, startBoard } = rig);
});
afterEach(() => {
  vi.useRealTimers();
});

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
    rig.answersToCome = 2;
    board.track(upload, () => 'in line');
    board.taken(upload);
    rig.answersToCome = 10;
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

test('a ledger that cannot be asked leaves no timer behind', async () => {
  const find = vi.spyOn(ledger.replies, 'find').mockImplementation(() => {
    throw new Error('disk I/O error');
  });
  expect(() => startBoard().track(upload, () => 'in line')).toThrow('disk I/O error');
  find.mockRestore();
  expect(vi.getTimerCount()).toBe(0);
});
