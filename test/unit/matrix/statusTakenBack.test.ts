// No notice stands for ever and none holds a job up: in a room that cannot be sent to, and when its job is forgotten.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { away, failing } from './sendingSupport.ts';
import { createStatusRig, noticeOf, pass, STATUS_ID, upload } from './statusRig.ts';

vi.mock('node:timers/promises', () => import('../../fixtures/globalTimers.ts'));

type Rig = ReturnType<typeof createStatusRig>;
let rig: Rig;
let ledger: Rig['ledger'];
let homeserver: Rig['homeserver'];
let gone: Rig['gone'];
let shown: Rig['shown'];
let startBoard: Rig['startBoard'];
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  rig = createStatusRig();
  ({ ledger, homeserver, gone, shown, startBoard } = rig);
});
afterEach(() => {
  vi.useRealTimers();
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
    for (const request of [...homeserver.open]) request.fail(failing());
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
    rig.answersToCome = 0;
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
    gone.length = 0;
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
