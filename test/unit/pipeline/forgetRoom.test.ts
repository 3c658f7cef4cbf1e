// What !lector forget leads to: signs of work that are taken back at once, and a confirmation when nothing of the room is left.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import type { Incoming } from '../../../src/domain/incoming.ts';
import type { Ledger } from '../../../src/domain/ledger.ts';
import { type Reply, transactionId } from '../../../src/domain/reply.ts';
import { createRoomForgetting } from '../../../src/pipeline/forgetRoom.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { command, contentOf, createReceiveRig, posted, type ReceiveRig, ROOM, saved } from './receiveRig.ts';

let ledger: Ledger;
let get: ReceiveRig['get'];
beforeEach(() => {
  ({ ledger, get } = createReceiveRig());
});

const forget = (eventId = '$forget'): Incoming => command(['forget'], { isRoomAdmin: 'yes', eventId });
const posts = (count: number) => Array.from({ length: count }, (_, at) => posted({ eventId: `$upload${at}` }));
const bodies = (replies: Reply[]) => replies.map(({ body }) => body);

/** Works until the ledger has nothing more to remove; what was sent, and in how many steps. */
async function workOff(): Promise<{ sent: Reply[]; steps: number }> {
  const sent: Reply[] = [];
  const end = Promise.withResolvers<void>();
  let steps = 0;
  const wipeMore = (limit: number) => {
    const said = ledger.wipeMore(limit);
    if (said === null) end.resolve();
    else steps += 1;
    return said;
  };
  const { log } = createRecordingLog();
  const { signal } = new AbortController();
  createRoomForgetting({ ledger: { wipeMore }, send: (reply) => sent.push(reply), signal, log }).wake();
  await end.promise;
  return { sent, steps };
}

describe('!lector forget', () => {
  test('ends the work of the room at once, and is answered only when all of it is gone', async () => {
    get(...posts(3));
    expect(get(forget())).toEqual({ cancelledJobs: ['$upload0', '$upload1', '$upload2'], replies: [] });
    const { sent } = await workOff();
    expect(sent.map((reply) => contentOf(reply).body)).toEqual([expect.stringContaining('Forgotten:')]);
    expect(ledger.jobs.get('$upload0')).toBeNull();
    expect(ledger.replies.unsent()).toMatchObject(sent);
  });

  test('by somebody who may not is refused at once, and nothing ends', () => {
    get(posted());
    const { replies, cancelledJobs } = get(command(['forget'], { isRoomAdmin: 'no' }));
    expect(contentOf(replies[0]).body).toContain('Only those who may change the settings');
    expect(cancelledJobs).toEqual([]);
    expect(ledger.jobs.get('$upload')?.state).toBe('received');
  });

  test('lets what comes in the same sync after it stand', async () => {
    get(posted({ eventId: '$before' }), forget(), posted({ eventId: '$after' }));
    await workOff();
    expect(ledger.jobs.get('$before')).toBeNull();
    expect(ledger.jobs.get('$after')?.state).toBe('received');
  });

  test('takes back the notice of an upload that waits, with its edits and 👀', () => {
    get(posted());
    ledger.replies.save(saved('status', true));
    ledger.replies.markSent(saved('status', true), '$notice');
    expect(bodies(get(forget()).replies)).toEqual([
      { kind: 'sweep', relatedEventId: '$upload', exceptIds: ['$notice'] },
      { kind: 'redaction', redactedEventId: '$notice' },
    ]);
  });

  test('looks for a notice of which nobody knows whether it was sent, once each time', () => {
    get(posted());
    ledger.replies.save(saved('status', true));
    const { replies } = get(forget());
    expect(bodies(replies)).toEqual([{ kind: 'sweep', relatedEventId: '$upload' }]);
    expect(replies[0]?.sourceEventId).toBe(`sweep ${transactionId(saved('status', true))}`);
  });

  test('leaves an answer that took the place of the notice', () => {
    get(posted());
    ledger.replies.save(saved('status', true));
    ledger.replies.markSent(saved('status', true), '$notice');
    ledger.jobs.saveReplies('$upload', [saved('answer'), saved('text')], { state: 'done', errorCode: null });
    ledger.replies.markSent(saved('answer'), '$answer');
    expect(get(forget())).toEqual({ cancelledJobs: ['$upload'], replies: [] });
  });

  test('says nothing of a room that the bot was removed from, neither at once nor later', async () => {
    get(...posts(3), forget());
    expect(get({ kind: 'left', roomId: ROOM }).replies).toEqual([]);
    expect((await workOff()).sent).toEqual([]);
    expect(ledger.jobs.get('$upload0')).toBeNull();
  });
});

describe('removing', () => {
  test('lets the event loop go on between steps', async () => {
    get(...posts(60), forget());
    let turns = 0;
    let isOver = false;
    const count = async () => {
      for (; !isOver; turns += 1) await nextTurn();
    };
    const counted = count();
    const { steps } = await workOff();
    isOver = true;
    await counted;
    expect(steps).toBe(3);
    expect(turns).toBeGreaterThanOrEqual(steps);
  });

  test('ends with the process, and nothing is asked of the ledger any more', async () => {
    const stopping = new AbortController();
    onTestFinished(() => stopping.abort());
    let calls = 0;
    const wipeMore = () => {
      calls += 1;
      stopping.abort();
      return [];
    };
    const { log, records } = createRecordingLog();
    const forgetting = createRoomForgetting({
      ledger: { wipeMore },
      send: () => undefined,
      signal: stopping.signal,
      log,
    });
    forgetting.wake();
    for (let turn = 0; turn < 3; turn += 1) await nextTurn();
    forgetting.wake();
    await nextTurn();
    expect(calls).toBe(1);
    expect(records).toEqual([]);
  });

  test('that fails for good is told, and begun again when there is something new', async () => {
    let calls = 0;
    const wipeMore = () => {
      calls += 1;
      if (calls === 1) throw new AppError('database_corrupt', 'damaged');
      return null;
    };
    const { log, records } = createRecordingLog();
    const { signal } = new AbortController();
    const forgetting = createRoomForgetting({ ledger: { wipeMore }, send: () => undefined, signal, log });
    forgetting.wake();
    for (let turn = 0; turn < 3; turn += 1) await nextTurn();
    expect(records).toMatchObject([{ level: 'error', code: 'database_corrupt' }]);
    forgetting.wake();
    for (let turn = 0; turn < 3; turn += 1) await nextTurn();
    expect(calls).toBe(2);
  });
});
