// What happens to uploads by the room's mode, and to those that a member asks for.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../../src/domain/ledger.ts';
import type { Upload } from '../../../src/domain/media.ts';
import type { RoomMode } from '../../../src/domain/room.ts';
import type { ReceiveDeps } from '../../../src/pipeline/receive.ts';
import { asked, contentOf, createReceiveRig, posted, type ReceiveRig, ROOM, redacted } from './receiveRig.ts';

const PICTURE: Partial<Upload> = { isPicture: true, fileName: 'board.jpg', declaredMime: 'image/jpeg' };
const NOTHING = { cancelledJobs: [], replies: [] };

let ledger: Ledger;
let deps: ReceiveDeps;
let get: ReceiveRig['get'];
beforeEach(() => {
  ({ ledger, deps, get } = createReceiveRig());
});
const setMode = (mode: RoomMode) => ledger.rooms.setSettings(ROOM, { mode });
const stateOf = (eventId = '$upload') => ledger.jobs.get(eventId)?.state ?? null;

describe('an upload that the mode does not want', () => {
  test.each<[RoomMode, Partial<Upload>]>([
    ['mention', {}],
    ['mention', PICTURE],
    ['documents', PICTURE],
  ])('leaves no trace and gets no word in mode %s (%o)', (mode, upload) => {
    setMode(mode);
    expect(get(posted(upload))).toEqual(NOTHING);
    expect(get(posted({ ...upload, eventId: '$eve', sender: '@eve:there' }))).toEqual(NOTHING);
    expect(stateOf()).toBeNull();
    expect(ledger.replies.unsent()).toEqual([]);
  });

  test('is read when its own caption asks for it', () => {
    setMode('mention');
    get(posted({ isAsked: true }));
    expect(stateOf()).toBe('received');
  });

  test('counts by the operator’s default where the room has set none', () => {
    deps.defaultMode = 'documents';
    get(posted(PICTURE), posted({ eventId: '$pdf' }));
    expect([stateOf(), stateOf('$pdf')]).toEqual([null, 'received']);
    setMode('auto');
    get(posted(PICTURE));
    expect(stateOf()).toBe('received');
  });
});

describe('an upload that somebody asks for', () => {
  beforeEach(() => setMode('mention'));

  test('is read, once however often it is asked for', () => {
    get(posted());
    expect(get(asked(), asked())).toEqual(NOTHING);
    expect(get(asked())).toEqual(NOTHING);
    expect(ledger.jobs.counts().received).toBe(1);
    expect(ledger.jobs.get('$upload')?.upload).toMatchObject({ isAsked: true, sender: '@anna:here' });
  });

  test('is not answered again: who asks is shown where the answer stands, once', () => {
    get(asked());
    ledger.jobs.saveReplies('$upload', [], { state: 'done', errorCode: null });
    ledger.jobs.finish('$upload');
    const { replies } = get(asked());
    expect(replies.map(contentOf)).toEqual([
      expect.objectContaining({
        body: 'I have answered that file already: see its thread.',
      }),
    ]);
    expect(get(asked())).toEqual(NOTHING);
    expect(stateOf()).toBe('done');
  });

  test('after it turned out to be a picture that the room does not want is read all the same', () => {
    setMode('documents');
    get(posted());
    ledger.jobs.setAside('$upload');
    expect(stateOf()).toBe('cancelled');
    get(asked());
    expect(stateOf()).toBe('received');
  });

  test('and is redacted is not read, whoever asks again', () => {
    get(asked(), redacted());
    expect(get(asked())).toEqual(NOTHING);
    expect(stateOf()).toBe('cancelled');
  });

  test('by a member who may is read, though who posted it may not use the bot', () => {
    expect(get(asked({ sender: '@eve:there' }))).toEqual(NOTHING);
    expect(stateOf()).toBe('received');
  });

  test('by somebody who may not is not read, and who asked is told so once', () => {
    const { replies } = get(asked({}, '@eve:there'));
    expect(replies).toHaveLength(1);
    expect(contentOf(replies[0])['m.relates_to']).toEqual({ 'm.in_reply_to': { event_id: '$ask of @eve:there' } });
    expect(get(asked({}, '@eve:there'))).toEqual(NOTHING);
    expect(stateOf()).toBeNull();
  });
});
