// What a sync leaves behind: everything of it in the ledger or nothing, each thing said once, and what was redacted taken back.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Incoming } from '../../../src/domain/incoming.ts';
import type { Ledger } from '../../../src/domain/ledger.ts';
import type { ReplyPart } from '../../../src/domain/reply.ts';
import { type ReceiveDeps, receive } from '../../../src/pipeline/receive.ts';
import { anUpload } from '../../fixtures/uploads.ts';
import {
  contentOf,
  createReceiveRig,
  NOW,
  posted,
  type ReceiveRig,
  ROOM,
  redacted,
  said,
  saved,
} from './receiveRig.ts';

let ledger: Ledger;
let deps: ReceiveDeps;
let get: ReceiveRig['get'];
beforeEach(() => {
  ({ ledger, deps, get } = createReceiveRig());
});

describe('an upload', () => {
  test('whose age is no whole number is stored like any other', () => {
    get(posted({}, 20_000.4));
    expect(ledger.jobs.get('$upload')).toMatchObject({ postedAtMs: 30_000 });
  });

  test('becomes a job, dated by its age and not by anybody else’s clock', () => {
    expect(get(posted({ sentAtMs: 7 }, 20_000))).toEqual({ cancelledJobs: [], replies: [] });
    expect(ledger.jobs.get('$upload')).toMatchObject({ state: 'received', postedAtMs: 30_000, receivedAtMs: NOW });
    expect(ledger.sync.token()).toBe('s1');
  });

  test('of somebody who may not use it is told so once a room, as a reply that pings nobody', () => {
    const eve = { sender: '@eve:there' };
    const first = get(posted({ ...eve, eventId: '$1' }));
    expect(first.replies).toHaveLength(1);
    expect(contentOf(first.replies[0])).toMatchObject({
      msgtype: 'm.notice',
      'm.mentions': {},
      'm.relates_to': { 'm.in_reply_to': { event_id: '$1' } },
    });
    expect(get(posted({ ...eve, eventId: '$2' })).replies).toEqual([]);
    ledger.rooms.set('!other:here', 'joined');
    expect(get(posted({ ...eve, eventId: '$3', roomId: '!other:here' })).replies).toHaveLength(1);
    expect(get(posted({ sender: '@mallory:there', eventId: '$4' })).replies).toHaveLength(1);
    expect(ledger.jobs.counts().received).toBe(0);
  });

  test('in a room that the bot is not in is ignored', () => {
    ledger.rooms.set(ROOM, 'unwanted', 'encrypted');
    get(posted());
    expect(ledger.jobs.get('$upload')).toBeNull();
  });
});

describe('a room', () => {
  test('that the bot joins is greeted once a join', () => {
    const joined: Incoming = { kind: 'joined', roomId: '!new:here', isNew: true };
    const { replies } = get(joined);
    expect(replies).toMatchObject([{ part: 'welcome', roomId: '!new:here', optional: false }]);
    expect(contentOf(replies[0]).msgtype).toBe('m.notice');
    expect(ledger.rooms.state('!new:here')).toBe('joined');
    expect(get(joined).replies).toEqual([]);
    expect(receive({ nextBatch: 's9', incoming: [joined] }, deps).replies).toHaveLength(1);
  });

  test('that the ledger has forgotten is not greeted again', () => {
    expect(get({ kind: 'joined', roomId: '!new:here', isNew: false }).replies).toEqual([]);
    expect(ledger.rooms.state('!new:here')).toBe('joined');
  });

  test('that is being left is not taken up because it still shows', () => {
    ledger.rooms.set(ROOM, 'unwanted', 'encrypted');
    expect(get({ kind: 'joined', roomId: ROOM, isNew: true }).replies).toEqual([]);
    expect(ledger.rooms.state(ROOM)).toBe('unwanted');
  });

  test.each<[string, Incoming]>([
    ['that the bot left', { kind: 'left', roomId: ROOM }],
    ['that turned out to be encrypted', { kind: 'encrypted', roomId: ROOM }],
  ])('%s is worked for no more, and nothing more is said there', (_room, incoming) => {
    get(posted(), said('help'));
    ledger.jobs.insert(anUpload({ eventId: '$else', roomId: '!other:here' }), { postedAtMs: 0, receivedAtMs: 0 });
    get(incoming);
    expect([undefined, 'cancelled']).toContain(ledger.jobs.get('$upload')?.state);
    expect(ledger.jobs.get('$else')?.state).toBe('received');
    expect(ledger.replies.unsent()).toEqual([]);
  });

  test('that turned out to be encrypted is to be left with a reason', () => {
    get({ kind: 'encrypted', roomId: ROOM });
    expect(ledger.rooms.pending()).toMatchObject([
      { roomId: ROOM, state: 'unwanted', reason: expect.stringContaining('encrypted') },
    ]);
  });

  test.each([
    ['@anna:here', false, 'invited'],
    ['@anna:here', true, 'unwanted'],
    ['@eve:there', false, 'unwanted'],
  ])('to which %s invites (encrypted: %s) is %s', (inviter, encrypted, state) => {
    get({ kind: 'invite', roomId: '!new:here', inviter, encrypted });
    expect(ledger.rooms.state('!new:here')).toBe(state);
  });

  test.each([
    ['@anna:here', null, 'invited'],
    ['@eve:there', null, null],
    ['@anna:here', 'joined', 'joined'],
  ] as const)('that %s replaces by one that is %s leaves that one %s', (sender, before, after) => {
    if (before) ledger.rooms.set('!new:here', before);
    get({ kind: 'replaced', roomId: ROOM, replacementRoomId: '!new:here', sender });
    expect(ledger.rooms.state('!new:here')).toBe(after);
  });
});

describe('a redaction', () => {
  /** Takes the 👀 back, and what else no row of the ledger names. */
  const SWEEP = { kind: 'sweep', relatedEventId: '$upload' };
  beforeEach(() => {
    get(posted());
  });

  test('of an upload in line ends its job', () => {
    const { cancelledJobs, replies } = get(redacted());
    expect(cancelledJobs).toEqual(['$upload']);
    expect(replies.map(({ body }) => body)).toEqual([SWEEP]);
    expect(ledger.jobs.get('$upload')?.state).toBe('cancelled');
  });

  test('of an upload that is being answered takes back what stands and drops what does not', () => {
    ledger.replies.save(saved('status', true));
    ledger.replies.markSent(saved('status', true), '$status');
    ledger.jobs.saveReplies('$upload', [saved('answer'), saved('mark', true)], { state: 'done', errorCode: null });
    const { replies, cancelledJobs } = get(redacted());
    expect(cancelledJobs).toEqual(['$upload']);
    expect(replies.map(({ part, body }) => [part, body])).toEqual([
      ['retracted', { ...SWEEP, exceptIds: ['$status'] }],
      ['retracted', { kind: 'sweep', relatedEventId: '$status', exceptIds: ['$status'] }],
      ['retracted', { kind: 'redaction', redactedEventId: '$status' }],
    ]);
    expect(ledger.replies.unsent()).toMatchObject(replies);
  });

  test('of an answered upload takes back its answer, its text and its mark, once', () => {
    const parts: ReplyPart[] = ['answer', 'text', 'mark'];
    ledger.jobs.saveReplies(
      '$upload',
      parts.map((part) => saved(part)),
      { state: 'done', errorCode: null },
    );
    for (const part of parts) ledger.replies.markSent(saved(part), `$${part}`);
    ledger.jobs.finish('$upload');
    const [sweep, ...gone] = get(redacted()).replies.map(({ body }) => body);
    expect(sweep).toMatchObject(SWEEP);
    expect(gone.map((body) => body.kind === 'redaction' && body.redactedEventId).sort()).toEqual([
      '$answer',
      '$mark',
      '$text',
    ]);
    expect(get(redacted()).replies).toEqual([]);
  });

  test.each<[string, Incoming]>([
    ['of something else', redacted('$other')],
    ['that names the upload in another room', redacted('$upload', '!other:here')],
  ])('%s changes nothing', (_what, incoming) => {
    expect(get(incoming)).toEqual({ cancelledJobs: [], replies: [] });
    expect(ledger.jobs.get('$upload')?.state).toBe('received');
  });
});

describe('a sync', () => {
  const everything: Incoming[] = [
    posted(),
    posted({ eventId: '$eve', sender: '@eve:there' }),
    said('help'),
    { kind: 'joined', roomId: '!new:here', isNew: true },
    { kind: 'invite', roomId: '!third:here', inviter: '@anna:here', encrypted: false },
  ];

  test('that brings nothing is remembered, too', () => {
    expect(get()).toEqual({ cancelledJobs: [], replies: [] });
    expect(ledger.sync.token()).toBe('s1');
  });

  test('that comes twice adds nothing and says nothing twice', () => {
    expect(get(...everything).replies).toHaveLength(3);
    expect(get(...everything)).toEqual({ cancelledJobs: [], replies: [] });
    expect(ledger.jobs.counts().received).toBe(1);
    expect(ledger.replies.unsent()).toHaveLength(3);
  });

  test('that fails in the middle leaves nothing behind', () => {
    ledger.sync.setToken('s0');
    deps.statusFacts = () => {
      throw new Error('disk full');
    };
    expect(() => get(...everything, said('status'))).toThrow('disk full');
    expect(ledger.sync.token()).toBe('s0');
    expect(ledger.jobs.get('$upload')).toBeNull();
    expect(ledger.replies.unsent()).toEqual([]);
    expect(ledger.rooms.pending()).toEqual([]);
  });

  test('that brings an upload and its redaction leaves an ended job', () => {
    expect(get(posted(), redacted()).cancelledJobs).toEqual(['$upload']);
    expect(ledger.jobs.get('$upload')?.state).toBe('cancelled');
  });
});
