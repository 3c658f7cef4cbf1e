// What is still done in a room that the bot is in, and that whoever runs it has taken off the list of rooms since.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Incoming } from '../../../src/domain/incoming.ts';
import type { Ledger } from '../../../src/domain/ledger.ts';
import { createAccess } from '../../../src/pipeline/access.ts';
import { endReplies, sharedReplies } from '../../../src/pipeline/replies.ts';
import { anUpload } from '../../fixtures/uploads.ts';
import { asked, command, createReceiveRig, posted, type ReceiveRig, ROOM, redacted, said } from './receiveRig.ts';

const NOTHING = { cancelledJobs: [], replies: [] };
const DONE = { state: 'done', errorCode: null } as const;

let rig: ReceiveRig;
let ledger: Ledger;
beforeEach(() => {
  rig = createReceiveRig();
  ledger = rig.ledger;
});
const stateOf = (eventId = '$upload') => ledger.jobs.get(eventId)?.state;
/** From the next start on: the variables are read then. */
function takeOffTheList(): void {
  rig.deps.access = createAccess('@lector:here', ['@*:here'], ['!other:here']);
}
function fail(): void {
  rig.get(posted());
  ledger.jobs.saveReplies('$upload', [], { state: 'failed', errorCode: 'thread_crashed' });
  ledger.jobs.finish('$upload');
}

describe('in a room that is not allowed any more', () => {
  test.each<[string, Incoming]>([
    ['an upload', posted()],
    ['an upload of a stranger', posted({ sender: '@eve:there' })],
    ['an upload that is asked for', asked()],
    ['a command', said('help')],
    ['a command of a stranger', command(['help'], { sender: '@eve:there' })],
    ['a command of whoever runs the bot', command(['mode', 'mention'], { sender: '@root:there' })],
    ['a command of a room admin', command(['mode', 'mention'], { isRoomAdmin: 'yes' })],
    ['its join', { kind: 'joined', roomId: ROOM, isNew: true }],
  ])('%s gets no word and changes nothing', (_what, incoming) => {
    takeOffTheList();
    expect(rig.get(incoming)).toEqual(NOTHING);
    expect(ledger.jobs.counts().received).toBe(0);
    expect(ledger.rooms.settings(ROOM)).toEqual({ mode: null, profile: null });
    expect(ledger.replies.unsent()).toEqual([]);
  });

  test.each<[string, Incoming]>([
    ['🔁', { kind: 'retry', eventId: '$r', roomId: ROOM, sender: '@anna:here', targetEventId: '$upload' }],
    ['!lector retry', command(['retry'])],
  ])('%s brings no other attempt, and does so where the room is allowed', (_what, incoming) => {
    fail();
    const allowed = rig.deps.access;
    takeOffTheList();
    expect(rig.get(incoming)).toEqual(NOTHING);
    expect(stateOf()).toBe('failed');
    rig.deps.access = allowed;
    rig.get(incoming);
    expect(stateOf()).toBe('received');
  });

  test('the redaction of an upload in line still ends its job', () => {
    rig.get(posted());
    takeOffTheList();
    expect(rig.get(redacted()).cancelledJobs).toEqual(['$upload']);
    expect(stateOf()).toBe('cancelled');
  });

  test('the redaction of an upload still takes the answer back, and nothing else is read because of it', () => {
    const facts = { mark: 'done' as const, statusEventId: null, attachments: [] };
    const [lead, other] = ['$upload', '$other'].map((eventId) => anUpload({ eventId, roomId: ROOM }));
    if (!lead || !other) throw new Error('two uploads');
    rig.get(posted(), posted({ eventId: '$other' }));
    const ofLead = endReplies({ ...facts, upload: lead, rendered: { body: 'both', html: '' }, elapsedMs: 0 });
    ledger.jobs.saveReplies('$upload', ofLead, DONE);
    ledger.jobs.saveReplies('$other', sharedReplies({ ...facts, upload: other }, lead), DONE);
    for (const reply of ledger.replies.unsent()) {
      const isAnswer = reply.part === 'answer';
      ledger.replies.markSent(reply, isAnswer ? '$answer' : `$${reply.part} of ${reply.sourceEventId}`);
    }
    for (const id of ['$upload', '$other']) ledger.jobs.finish(id);
    takeOffTheList();

    const { cancelledJobs, replies } = rig.get(redacted());
    const gone = replies.map(({ body }) => (body.kind === 'redaction' ? body.redactedEventId : body.kind));
    expect(gone).toEqual(expect.arrayContaining(['sweep', '$answer', '$mark of $upload']));
    expect(cancelledJobs).toEqual([]);
    expect([stateOf(), stateOf('$other')]).toEqual(['cancelled', 'cancelled']);
  });
});

test('a command of somebody who was taken off the list of users is refused like his uploads, and his 🔁 does nothing', () => {
  fail();
  rig.deps.access = createAccess('@lector:here', ['@bob:here'], null);
  expect(rig.get(said('status')).replies).toMatchObject([{ part: 'denied' }]);
  const again: Incoming = {
    kind: 'retry',
    eventId: '$r',
    roomId: ROOM,
    sender: '@anna:here',
    targetEventId: '$upload',
  };
  expect(rig.get(again)).toEqual(NOTHING);
  expect(stateOf()).toBe('failed');
});
