// What a sync tells: rooms entered and left, nothing from before the bot joined, gaps filled, encrypted rooms without a word.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import type { RawEvent } from '../../../src/matrix/events.ts';
import { encryption, inRoom, member, post, posts, type RawSync, ROOM, SELF, told, translate } from './translateRig.ts';

describe('a room that the bot is in', () => {
  test('tells its uploads in their order, and the token to go on from', async () => {
    const { incoming, nextBatch, asked } = await translate(inRoom({ events: posts(1, 3) }));
    expect(told(incoming)).toEqual(['$1', '$2', '$3']);
    expect(nextBatch).toBe('s2');
    expect(asked).toEqual([]);
  });

  test('whose timeline is limited is paged back to the last sync', async () => {
    const timeline = { events: posts(4, 5), limited: true, prev_batch: 'p3' };
    const pages = { p3: { chunk: [post(3), post(2)], end: 'p1' }, p1: { chunk: [post(1)], end: 'p0' } };
    const { incoming, asked } = await translate(inRoom(timeline), { pages });
    expect(told(incoming)).toEqual(['$1', '$2', '$3', '$4', '$5']);
    expect(asked.map(({ from, to }) => [from, to])).toEqual([
      ['p3', 's1'],
      ['p1', 's1'],
      ['p0', 's1'],
    ]);
    expect(JSON.parse(asked[0]?.filter ?? '')).toEqual({
      types: [
        'm.room.message',
        'm.reaction',
        'm.room.redaction',
        'm.room.member',
        'm.room.encryption',
        'm.room.tombstone',
      ],
    });
  });

  test('with a long timeline is paged even when the homeserver says that nothing is missing', async () => {
    const timeline = { events: posts(2, 51), limited: false, prev_batch: 'p1' };
    const { incoming } = await translate(inRoom(timeline), { pages: { p1: { chunk: [post(1)] } } });
    expect(told(incoming)).toHaveLength(51);
    expect(told(incoming)[0]).toBe('$1');
  });

  test('whose history the homeserver refuses tells what the sync had, and keeps no other room waiting', async () => {
    const timeline = { events: [post(2)], limited: true, prev_batch: 'p1' };
    const cause = { status: 403, errcode: 'M_FORBIDDEN', error: 'not in this room' };
    const pages = { p1: new AppError('homeserver_refused', '403', { cause }) };
    const { incoming } = await translate(inRoom(timeline), { pages });
    expect(told(incoming)).toEqual(['$2']);
  });

  test('whose history cannot be had just now makes the whole sync come again', async () => {
    const timeline = { events: [post(2)], limited: true, prev_batch: 'p1' };
    const pages = { p1: new AppError('homeserver_unavailable', '502') };
    await expect(translate(inRoom(timeline), { pages })).rejects.toMatchObject({ code: 'homeserver_unavailable' });
  });

  test('with a short timeline costs no other request', async () => {
    const { asked } = await translate(inRoom({ events: posts(1, 49), prev_batch: 'p0' }));
    expect(asked).toEqual([]);
  });

  test('that it was thrown out of and came back to tells nothing of the time between', async () => {
    const events = [post(1), member('leave'), post(2), member('join', 'leave'), post(3)];
    const { incoming } = await translate(inRoom({ events }));
    expect(told(incoming)).toEqual(['$3']);
  });

  test('where the bot changes its name tells everything', async () => {
    const { incoming } = await translate(inRoom({ events: [post(1), member('join', 'join'), post(2)] }));
    expect(told(incoming)).toEqual(['$1', '$2']);
  });
});

describe('a room that the bot has just joined', () => {
  const entered = { isJoined: false };

  test('is told as new, and nothing from before the join', async () => {
    const events = [post(1), member('invite'), member('join', 'invite'), post(2)];
    const { incoming } = await translate(inRoom({ events }), entered);
    expect(incoming[0]).toEqual({ kind: 'joined', roomId: ROOM, isNew: true });
    expect(told(incoming)).toEqual(['joined', '$2']);
  });

  test('is paged back to the join and no further', async () => {
    const timeline = { events: posts(3, 4), limited: true, prev_batch: 'p2' };
    const pages = { p2: { chunk: [post(2), member('join', 'invite'), post(1)], end: 'p0' } };
    const { incoming, asked } = await translate(inRoom(timeline), { ...entered, pages });
    expect(told(incoming)).toEqual(['joined', '$2', '$3', '$4']);
    expect(asked.map(({ from, to }) => [from, to])).toEqual([['p2', undefined]]);
  });

  test('is no news when the ledger is empty: its history is not answered and nobody is greeted', async () => {
    const timeline = { events: posts(1, 2), limited: true, prev_batch: 'p0' };
    const { incoming, asked } = await translate(inRoom(timeline), { ...entered, since: null });
    expect(incoming).toEqual([{ kind: 'joined', roomId: ROOM, isNew: false }]);
    expect(asked).toEqual([]);
  });
});

describe('a backfill on an empty ledger', () => {
  const backfill = { since: null, isJoined: false, backfillMs: 2_000, nowMs: 10_000 };
  const at = (n: number, ts: unknown) => post(n, { origin_server_ts: ts });

  test('answers what is younger than its hours, and pages no further back', async () => {
    const timeline = { events: [at(4, 9_000)], limited: true, prev_batch: 'p3' };
    const pages = { p3: { chunk: [at(3, 8_500), at(2, 8_000), at(1, 7_999)], end: 'p0' } };
    const { incoming, asked } = await translate(inRoom(timeline), { ...backfill, pages });
    expect(told(incoming)).toEqual(['joined', '$2', '$3', '$4']);
    expect(asked).toHaveLength(1);
  });

  test('keeps to what came after the join', async () => {
    const events = [at(1, 9_000), member('join', 'invite'), at(2, 9_500)];
    const { incoming } = await translate(inRoom({ events }), backfill);
    expect(told(incoming)).toEqual(['joined', '$2']);
  });

  test('leaves out what bears no time', async () => {
    const { incoming } = await translate(inRoom({ events: [at(1, '9500'), at(2, 9_500)] }), backfill);
    expect(told(incoming)).toEqual(['joined', '$2']);
  });
});

describe('an encrypted room', () => {
  test.each([
    ['by its state', { events: [post(1)] }, [encryption]],
    ['by its timeline', { events: [post(1), encryption, post(2)] }, []],
  ])('known %s is told as that and nothing else', async (_how, timeline, state) => {
    const { incoming } = await translate(inRoom(timeline, state));
    expect(incoming).toEqual([{ kind: 'encrypted', roomId: ROOM }]);
  });

  test.each<[string, RawEvent]>([
    ['a message of that type, which any member may send', { ...encryption, state_key: undefined }],
    ['state under another key', { ...encryption, state_key: '@anna:here' }],
  ])('is none because of %s', async (_what, event) => {
    const { incoming } = await translate(inRoom({ events: [event, post(1)] }, [event]));
    expect(told(incoming)).toEqual(['$1']);
  });

  test('is known by what a gap hid', async () => {
    const timeline = { events: [post(2)], limited: true, prev_batch: 'p1' };
    const { incoming } = await translate(inRoom(timeline), { pages: { p1: { chunk: [encryption] } } });
    expect(incoming).toEqual([{ kind: 'encrypted', roomId: ROOM }]);
  });
});

describe('invites and rooms left', () => {
  const invite = (...events: RawEvent[]): RawSync => ({
    next_batch: 's2',
    rooms: { invite: { '!new:here': { invite_state: { events } } } },
  });
  const myInvite = { type: 'm.room.member', state_key: SELF, sender: '@anna:here', content: { membership: 'invite' } };

  test('an invite names who invites', async () => {
    const { incoming } = await translate(invite({ type: 'm.room.create' }, myInvite));
    expect(incoming).toEqual([{ kind: 'invite', roomId: '!new:here', inviter: '@anna:here', encrypted: false }]);
  });

  test('an invite to an encrypted room says so', async () => {
    const { incoming } = await translate(invite(encryption, myInvite));
    expect(incoming).toMatchObject([{ kind: 'invite', encrypted: true }]);
  });

  test('an invite with a message that looks like encryption is one to a room in clear', async () => {
    const { incoming } = await translate(invite({ ...encryption, state_key: undefined }, myInvite));
    expect(incoming).toMatchObject([{ kind: 'invite', encrypted: false }]);
  });

  test('an invite that does not say by whom is ignored', async () => {
    expect((await translate(invite({ ...myInvite, sender: undefined }))).incoming).toEqual([]);
    expect((await translate(invite())).incoming).toEqual([]);
  });

  test('a room left is told as left', async () => {
    const { incoming } = await translate({ next_batch: 's2', rooms: { leave: { [ROOM]: {} } } });
    expect(incoming).toEqual([{ kind: 'left', roomId: ROOM }]);
  });

  test('a sync without any room tells nothing', async () => {
    expect((await translate({ next_batch: 's2' })).incoming).toEqual([]);
  });
});

test('no content of any event makes a sync fail', async () => {
  const types = fc.constantFrom('m.room.message', 'm.room.member', 'm.room.redaction', 'm.room.tombstone');
  const keys = fc.constantFrom(SELF, '');
  const event = fc.record({
    type: types,
    event_id: fc.constantFrom('$a', 7),
    sender: fc.constantFrom('@anna:here', SELF, null),
    state_key: keys,
    content: fc.jsonValue(),
    unsigned: fc.jsonValue(),
    origin_server_ts: fc.jsonValue(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(event), fc.boolean(), async (events, isJoined) => {
      await translate(inRoom({ events }), { isJoined });
      await translate(inRoom({ events }), { isJoined, since: null, backfillMs: 1_000 });
    }),
  );
});
