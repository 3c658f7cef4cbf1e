// What is done about uploads, invites and upgraded rooms: by whom, where, and in which state the room is.
import { describe, expect, test } from 'vitest';
import type { RoomState } from '../../../src/domain/ledger.ts';
import type { Upload } from '../../../src/domain/media.ts';
import { ROOM_MODES, type RoomMode } from '../../../src/domain/room.ts';
import { createAccess } from '../../../src/pipeline/access.ts';
import { decideInvite, decideReplacement, decideUpload, ENCRYPTED_REASON } from '../../../src/pipeline/decide.ts';
import { anUpload } from '../../fixtures/uploads.ts';

const access = createAccess('@lector:here', ['@*:here'], ['!papers:*', '!new:*']);
const STATES: (RoomState | null)[] = ['invited', 'unwanted', 'left', null];

describe('an upload', () => {
  test.each([
    ['an allowed member in an allowed room', '@anna:here', '!papers:here', 'accept'],
    ['a stranger in an allowed room', '@eve:there', '!papers:here', 'deny'],
    ['an allowed member in another room', '@anna:here', '!other:here', 'ignore'],
    ['a stranger in another room', '@eve:there', '!other:here', 'ignore'],
  ])('of %s: %s %s %s', (_whose, sender, roomId, what) => {
    expect(decideUpload(anUpload({ sender, roomId }), 'joined', access, 'auto')).toEqual({ do: what });
  });

  test.each(STATES)('in a room that is %s is ignored', (state) => {
    expect(decideUpload(anUpload({ isAsked: true }), state, access, 'auto')).toEqual({ do: 'ignore' });
    expect(decideUpload(anUpload({ sender: '@eve:there' }), state, access, 'auto')).toEqual({ do: 'ignore' });
  });
});

describe('what a room wants read', () => {
  const pdf = {};
  const unknown = { fileName: 'scan', declaredMime: undefined };
  const photo = { fileName: 'board.jpg', declaredMime: 'image/jpeg', isPicture: true };
  const photoAsFile = { ...photo, isPicture: false };
  const pictureWithoutType = { ...photo, declaredMime: undefined };
  const decide = (what: Partial<Upload>, mode: RoomMode, sender = '@anna:here') =>
    decideUpload(anUpload({ ...what, sender }), 'joined', access, mode).do;

  test.each<[string, Partial<Upload>, Record<RoomMode, string>]>([
    ['a PDF', pdf, { auto: 'accept', documents: 'accept', mention: 'ignore' }],
    ['a file of which nothing is known', unknown, { auto: 'accept', documents: 'accept', mention: 'ignore' }],
    ['a picture', photo, { auto: 'accept', documents: 'ignore', mention: 'ignore' }],
    ['a picture posted as a file', photoAsFile, { auto: 'accept', documents: 'ignore', mention: 'ignore' }],
    ['a picture without a type', pictureWithoutType, { auto: 'accept', documents: 'ignore', mention: 'ignore' }],
  ])('%s is wanted by the mode, and always when somebody asks', (_what, upload, done) => {
    for (const mode of ROOM_MODES) {
      expect([mode, decide(upload, mode)]).toEqual([mode, done[mode]]);
      expect(decide({ ...upload, isAsked: true }, mode)).toBe('accept');
    }
  });

  test('what is not wanted is ignored whoever posted it, and a stranger who asks is told', () => {
    expect(decide(pdf, 'mention', '@eve:there')).toBe('ignore');
    expect(decide({ ...pdf, isAsked: true }, 'mention', '@eve:there')).toBe('deny');
  });
});

describe('an invite', () => {
  const invite = (inviter: string, roomId: string, encrypted = false) =>
    decideInvite({ kind: 'invite', inviter, roomId, encrypted }, access);

  test('of an allowed user to an allowed room is followed', () => {
    expect(invite('@anna:here', '!papers:here')).toEqual({ do: 'join' });
  });

  test('of a stranger is declined with a reason, encrypted or not', () => {
    const reason = 'Whoever runs this bot has not allowed you to invite it.';
    expect(invite('@eve:there', '!papers:here')).toEqual({ do: 'decline', reason });
    expect(invite('@eve:there', '!papers:here', true)).toEqual({ do: 'decline', reason });
  });

  test('to a room that is not allowed is declined with a reason', () => {
    const reason = 'Whoever runs this bot has not allowed it in this room.';
    expect(invite('@anna:here', '!other:here')).toEqual({ do: 'decline', reason });
  });

  test('to an encrypted room is declined with a reason', () => {
    expect(invite('@anna:here', '!papers:here', true)).toEqual({ do: 'decline', reason: ENCRYPTED_REASON });
  });
});

describe('an upgraded room', () => {
  const replaced = (sender: string, replacementRoomId: string, state: RoomState | null) =>
    decideReplacement({ kind: 'replaced', roomId: '!papers:here', replacementRoomId, sender }, state, access).do;

  test.each(STATES)('is followed into a room that is %s', (state) => {
    expect(replaced('@anna:here', '!new:here', state)).toBe('join');
  });

  test.each<[string, string, string, RoomState | null]>([
    ['when a stranger upgraded it', '@eve:there', '!new:here', null],
    ['into a room that is not allowed', '@anna:here', '!other:here', null],
    ['when the bot is there already', '@anna:here', '!new:here', 'joined'],
  ])('is not followed %s', (_when, sender, roomId, state) => {
    expect(replaced(sender, roomId, state)).toBe('ignore');
  });
});
