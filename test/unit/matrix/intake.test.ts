// What an event asks of the bot: uploads with their captions and threads, commands, redactions, and nothing else.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RawEvent } from '../../../src/matrix/events.ts';
import { cleanFileName, readEvent } from '../../../src/matrix/intake.ts';
import { anyCharacters } from '../../fixtures/anyCharacters.ts';

const SELF = { userId: '@lector:here', displayName: 'Reader' };
const ROOM = '!papers:here';
const FILE = {
  msgtype: 'm.file',
  body: 'minutes.pdf',
  url: 'mxc://here/abc',
  info: { mimetype: 'application/PDF', size: 12 },
};
const REPLY = { 'm.in_reply_to': { event_id: '$up' } };

function read(event: RawEvent) {
  return readEvent({ event_id: '$e', sender: '@anna:here', type: 'm.room.message', ...event }, ROOM, SELF);
}
const text = (body: string, relation?: object, more: object = {}) =>
  read({ content: { msgtype: 'm.text', body, ...(relation && { 'm.relates_to': relation }), ...more } });
function upload(content: object, event: RawEvent = {}) {
  const incoming = read({ ...event, content: { ...FILE, ...content } });
  return incoming?.kind === 'upload' ? incoming.upload : null;
}

describe('an upload', () => {
  test('is told with everything that its event says', () => {
    expect(read({ content: FILE, origin_server_ts: 42, unsigned: { age: 7 } })).toEqual({
      kind: 'upload',
      ageMs: 7,
      upload: {
        eventId: '$e',
        roomId: ROOM,
        sender: '@anna:here',
        threadRootId: '$e',
        fileName: 'minutes.pdf',
        caption: undefined,
        mxcUri: 'mxc://here/abc',
        declaredMime: 'application/pdf',
        declaredBytes: 12,
        sentAtMs: 42,
        isPicture: false,
        isAsked: false,
      },
    });
  });

  test('has a caption where the file name is there and differs from the body', () => {
    expect(upload({ filename: 'a.pdf', body: 'please sum this up' })).toMatchObject({
      fileName: 'a.pdf',
      caption: 'please sum this up',
    });
  });

  test.each([{ filename: 'minutes.pdf' }, {}, { filename: '' }, { filename: 7 }])(
    'has no caption where its file name is %o',
    (name) => {
      expect(upload(name)).toMatchObject({ fileName: 'minutes.pdf', caption: undefined });
    },
  );

  test('that is a picture is told as one, with its caption', () => {
    const picture = { msgtype: 'm.image', filename: 'board.jpg', body: 'our plan', info: { mimetype: 'image/jpeg' } };
    expect(upload(picture)).toMatchObject({
      isPicture: true,
      fileName: 'board.jpg',
      caption: 'our plan',
      declaredMime: 'image/jpeg',
    });
  });

  test.each<[string, object]>([
    ['its caption names the bot', { filename: 'a.pdf', body: 'lector: read this' }],
    ['its caption names the bot by its display name', { filename: 'a.pdf', body: 'for the @reader' }],
    ['it mentions the bot', { 'm.mentions': { user_ids: ['@lector:here'] } }],
    ['it is a picture and mentions the bot', { msgtype: 'm.image', 'm.mentions': { user_ids: ['@lector:here'] } }],
  ])('is asked for when %s', (_when, content) => {
    expect(upload(content)?.isAsked).toBe(true);
  });

  test.each<[string, object]>([
    ['it says nothing of the bot', {}],
    ['its name is that of the bot', { body: 'lector scan.pdf', filename: 'lector scan.pdf' }],
    ['its caption is a command', { filename: 'a.pdf', body: '!lector help' }],
    ['it mentions everybody', { 'm.mentions': { room: true } }],
  ])('is not asked for when %s', (_when, content) => {
    expect(upload(content)?.isAsked).toBe(false);
  });

  test('in a thread is answered in that thread', () => {
    const relation = { rel_type: 'm.thread', event_id: '$root' };
    expect(upload({ 'm.relates_to': relation })?.threadRootId).toBe('$root');
  });

  test('that replies to something begins a thread of its own', () => {
    expect(upload({ 'm.relates_to': { 'm.in_reply_to': { event_id: '$other' } } })?.threadRootId).toBe('$e');
  });

  test('of one type that an edit changed into another is none', () => {
    expect(upload({ 'm.relates_to': { rel_type: 'm.replace', event_id: '$old' } })).toBeNull();
  });

  test.each([
    'https://here/abc',
    'mxc://here/../etc',
    'mxc://here/a/b',
    'mxc://here/a?b',
    'mxc:///abc',
    'mxc://here/',
    'mxc://he re/abc',
    'mxc://here/abc\n',
    '',
    7,
    null,
  ])('whose address is %o is ignored', (url) => {
    expect(upload({ url })).toBeNull();
  });

  test.each(['mxc://here:8448/aB-_9', 'mxc://[::1]:80/abc', 'mxc://a.example.org/abc'])('is taken from %s', (url) => {
    expect(upload({ url })?.mxcUri).toBe(url);
  });

  test.each([-1, '12', null, {}])('that says it has %o bytes says nothing of its size', (size) => {
    expect(upload({ info: { size } })?.declaredBytes).toBeUndefined();
  });
});

describe('file names', () => {
  test('of 5,000 letters are shortened and keep their ending', () => {
    const name = cleanFileName(`${'x'.repeat(5_000)}.pdf`);
    expect([...name]).toHaveLength(120);
    expect(name).toMatch(/^x+….pdf$/u);
  });

  test('lose control and direction characters', () => {
    expect(cleanFileName('bill\u202Efdp.exe\u0000\n.pdf')).toBe('bill fdp.exe .pdf');
  });

  test('of nothing but such characters are called document', () => {
    expect(cleanFileName(' \u200B\t\u2028')).toBe('document');
  });

  test('are one short line, whatever they were', () => {
    fc.assert(
      fc.property(anyCharacters(400), (raw) => {
        const name = cleanFileName(raw);
        expect([...name].length).toBeLessThanOrEqual(120);
        expect(name).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(name.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('what is no upload', () => {
  test.each([
    ['a notice', { content: { msgtype: 'm.notice', body: '!lector help' } }],
    ['a sticker', { type: 'm.sticker', content: { ...FILE, msgtype: 'm.image' } }],
    ['a video', { content: { ...FILE, msgtype: 'm.video' } }],
    ['an emote', { content: { msgtype: 'm.emote', body: 'waves at lector', 'm.relates_to': REPLY } }],
    ['the picture of a room', { type: 'm.room.avatar', state_key: '', content: FILE }],
    ['an edited picture', { content: { ...FILE, msgtype: 'm.image', 'm.relates_to': { rel_type: 'm.replace' } } }],
    ['a mention that replies to nothing', { content: { msgtype: 'm.text', body: 'lector: hello' } }],
    ['a reply that mentions somebody else', { content: { msgtype: 'm.text', body: '@ben', 'm.relates_to': REPLY } }],
    [
      'a reply that only quotes the bot’s name',
      { content: { msgtype: 'm.text', body: '> <@lector:here> lector: …\n\nthanks', 'm.relates_to': REPLY } },
    ],
    [
      'an edited reply',
      { content: { msgtype: 'm.text', body: 'lector', 'm.relates_to': { ...REPLY, rel_type: 'm.replace' } } },
    ],
    [
      'a reply of its own',
      { sender: SELF.userId, content: { msgtype: 'm.text', body: '@lector', 'm.relates_to': REPLY } },
    ],
    ['a talk', { content: { msgtype: 'm.text', body: 'I like !lector' } }],
    ['a command that is longer', { content: { msgtype: 'm.text', body: '!lectors help' } }],
    [
      'an edited command',
      { content: { msgtype: 'm.text', body: '!lector', 'm.relates_to': { rel_type: 'm.replace' } } },
    ],
    ['an encrypted file', { content: { msgtype: 'm.file', body: 'a.pdf', file: { url: 'mxc://here/abc' } } }],
    ['an event of its own', { sender: SELF.userId, content: FILE }],
    ['a reaction', { type: 'm.reaction', content: FILE }],
    ['a member', { type: 'm.room.member', content: { membership: 'join' } }],
    ['an event without an id', { event_id: undefined, content: FILE }],
    ['an event without a sender', { sender: 7, content: FILE }],
    ['a redaction of nothing', { type: 'm.room.redaction', content: {} }],
    ['a tombstone that is no state', { type: 'm.room.tombstone', content: { replacement_room: '!new:here' } }],
  ])('%s is ignored', (_what, event) => {
    expect(read(event)).toBeNull();
  });

  test('a command comes with its words in lower case', () => {
    const incoming = read({ content: { msgtype: 'm.text', body: ' !Lector  HELP\nme' } });
    expect(incoming).toEqual({
      kind: 'command',
      command: {
        eventId: '$e',
        roomId: ROOM,
        sender: '@anna:here',
        threadRootId: undefined,
        isRoomAdmin: 'unknown',
        words: ['help', 'me'],
      },
    });
  });

  test('a command in a thread knows its thread', () => {
    const relation = { rel_type: 'm.thread', event_id: '$root' };
    expect(read({ content: { msgtype: 'm.text', body: '!lector', 'm.relates_to': relation } })).toMatchObject({
      command: { threadRootId: '$root', words: [] },
    });
  });

  test.each([
    ['before room version 11', { redacts: '$gone', content: {} }],
    ['since room version 11', { content: { redacts: '$gone' } }],
  ])('a redaction %s names what is gone', (_when, event) => {
    expect(read({ type: 'm.room.redaction', ...event })).toEqual({
      kind: 'redaction',
      roomId: ROOM,
      redactedEventId: '$gone',
    });
  });

  test('a tombstone names the room that comes after', () => {
    const content = { replacement_room: '!new:here' };
    expect(read({ type: 'm.room.tombstone', state_key: '', content })).toEqual({
      kind: 'replaced',
      roomId: ROOM,
      replacementRoomId: '!new:here',
      sender: '@anna:here',
    });
  });
});

describe('a reply that mentions the bot', () => {
  test('asks for what it replies to', () => {
    const ask = { kind: 'ask', eventId: '$e', roomId: ROOM, sender: '@anna:here', ageMs: 0, targets: ['$up'] };
    expect(text('lector: read this', REPLY)).toEqual(ask);
    expect(text('this one', REPLY, { 'm.mentions': { user_ids: ['@lector:here'] } })).toEqual(ask);
    expect(text('> <@anna:here> a.pdf\n\n@reader please', REPLY)).toEqual(ask);
  });

  test.each<[string, object, string[]]>([
    ['and is a real reply means that event alone', { ...REPLY, is_falling_back: false }, ['$up']],
    [
      'and only follows the last message may mean it, or the root',
      { ...REPLY, is_falling_back: true },
      ['$up', '$root'],
    ],
    ['and replies to nothing means the root', {}, ['$root']],
    [
      'and follows the root means the root',
      { 'm.in_reply_to': { event_id: '$root' }, is_falling_back: true },
      ['$root'],
    ],
  ])('in a thread %s', (_what, relation, targets) => {
    expect(text('@lector', { rel_type: 'm.thread', event_id: '$root', ...relation })).toMatchObject({ targets });
  });

  test('and is a command stays a command', () => {
    expect(text('!lector status', REPLY, { 'm.mentions': { user_ids: ['@lector:here'] } })?.kind).toBe('command');
  });
});
