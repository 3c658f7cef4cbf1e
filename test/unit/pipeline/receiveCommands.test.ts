// What commands do in a room: what they show, what they change, and who may.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Command, Incoming } from '../../../src/domain/incoming.ts';
import type { Ledger } from '../../../src/domain/ledger.ts';
import type { ReceiveDeps } from '../../../src/pipeline/receive.ts';
import { command, contentOf, createReceiveRig, type ReceiveRig, ROOM, said } from './receiveRig.ts';

let ledger: Ledger;
let deps: ReceiveDeps;
let get: ReceiveRig['get'];
beforeEach(() => {
  ({ ledger, deps, get } = createReceiveRig());
});

let commands = 0;
/** The bot's words on a command; each is another event. */
function answerTo(words: string, with_: Partial<Command> = {}): string {
  commands += 1;
  const { replies } = get(command(words.split(' '), { eventId: `$c${commands}`, ...with_ }));
  expect(replies).toHaveLength(1);
  return contentOf(replies[0]).body as string;
}
const ADMIN: Partial<Command> = { isRoomAdmin: 'yes' };
const settings = (roomId = ROOM) => ledger.rooms.settings(roomId);
const NOTHING_SET = { mode: null, profile: null };

describe('a command', () => {
  test.each([
    [[], 'I read every PDF and picture'],
    [['help'], 'I read every PDF and picture'],
    [['status'], '1 being read, 2 in line, 3 waiting'],
    [['status'], 'This room: mode auto, profile default.'],
    [['dance', 'now'], 'I do not know “dance”'],
  ])('with the words %o is answered', (words, answer) => {
    const { replies } = get(said(...words));
    expect(replies).toHaveLength(1);
    expect(contentOf(replies[0]).body).toContain(answer);
    expect(contentOf(replies[0])['m.relates_to']).toEqual({ 'm.in_reply_to': { event_id: '$c' } });
  });

  test('in a thread is answered there', () => {
    expect(contentOf(get(command(['help'], { threadRootId: '$root' })).replies[0])['m.relates_to']).toMatchObject({
      rel_type: 'm.thread',
      event_id: '$root',
    });
  });

  test('of somebody who may not use it is told so, and changes nothing', () => {
    const { replies } = get(command(['mode', 'mention'], { ...ADMIN, sender: '@eve:there' }));
    expect(replies).toMatchObject([{ part: 'denied' }]);
    expect(settings()).toEqual(NOTHING_SET);
  });

  test('in a room that the bot is not in is ignored', () => {
    ledger.rooms.set(ROOM, 'left');
    expect(get(command(['mode', 'mention'], ADMIN)).replies).toEqual([]);
    expect(settings()).toEqual(NOTHING_SET);
  });
});

describe('!lector mode', () => {
  test('shows what is set, what else there is, and how to change it', () => {
    expect(answerTo('mode')).toBe(
      [
        'This room is in mode auto: I read every PDF and picture that is posted here.',
        '• documents: I read every PDF that is posted here, and pictures when I am asked.',
        '• mention: I read PDFs and pictures that are posted here when I am asked.',
        '• To ask me, mention me in the caption, or in a reply to the file.',
        '• Admins and moderators of this room can change it: “!lector mode auto|documents|mention”.',
      ].join('\n'),
    );
  });

  test.each([
    ['auto', 'From now on I read every PDF and picture that is posted here.'],
    [
      'documents',
      'From now on I read every PDF that is posted here, and pictures when I am asked. ' +
        'To ask me, mention me in the caption, or in a reply to the file.',
    ],
    [
      'mention',
      'From now on I read PDFs and pictures that are posted here when I am asked. ' +
        'To ask me, mention me in the caption, or in a reply to the file.',
    ],
  ])('%s by an admin is kept and says what happens now', (mode, confirmation) => {
    expect(answerTo(`mode ${mode}`, ADMIN)).toBe(confirmation);
    expect(settings()).toEqual({ mode, profile: null });
    expect(answerTo('mode')).toContain(`This room is in mode ${mode}`);
  });

  test('with a mode that there is not names those there are', () => {
    expect(answerTo('mode loud', ADMIN)).toBe('There is no mode “loud”. There are auto, documents, mention.');
    expect(settings()).toEqual(NOTHING_SET);
  });
});

describe('!lector profile', () => {
  test('shows what is set and what else there is', () => {
    expect(answerTo('profile')).toBe(
      [
        'This room’s profile is default: The default.',
        '• invoice: Invoices (PDFs only)',
        '• Admins and moderators of this room can change it: “!lector profile NAME”.',
      ].join('\n'),
    );
  });

  test('NAME by an admin is kept and says what happens now', () => {
    expect(answerTo('profile invoice', ADMIN)).toBe(
      'From now on this room’s profile is invoice: Invoices (PDFs only). The answer shows the fields that it asks for.',
    );
    expect(settings()).toEqual({ mode: null, profile: 'invoice' });
    expect(answerTo('status')).toContain('profile invoice');
  });

  test('with a name that there is not names those there are', () => {
    expect(answerTo('profile sonnet', ADMIN)).toBe('There is no profile “sonnet”. There are default, invoice.');
    deps.profiles = { get: () => null, all: () => [] };
    expect(answerTo('profile sonnet', ADMIN)).toBe('There is no profile “sonnet”. There is none at all.');
    expect(settings()).toEqual(NOTHING_SET);
  });

  test('tells of a profile that was taken away since', () => {
    ledger.rooms.setSettings(ROOM, { profile: 'gone' });
    expect(answerTo('profile')).toContain('This room’s profile is gone, which is not there or does not work.');
  });
});

describe('who may change what a room has set', () => {
  test.each(['mode mention', 'profile invoice'])(
    'not a member without the right (%s), who is told who may',
    (words) => {
      expect(answerTo(words, { isRoomAdmin: 'no' })).toBe(
        'Only those who may change the settings of this room (its admins and moderators), or whoever runs me, can change that.',
      );
      expect(settings()).toEqual(NOTHING_SET);
    },
  );

  test('nobody while the rights cannot be checked, and that is said', () => {
    expect(answerTo('mode mention', { isRoomAdmin: 'unknown' })).toMatch(
      /could not check.*nothing has changed.*try again/,
    );
    expect(settings()).toEqual(NOTHING_SET);
  });

  test.each(['no', 'unknown'] as const)('whoever runs the bot always, in any room (right there: %s)', (isRoomAdmin) => {
    expect(answerTo('mode mention', { sender: '@root:there', isRoomAdmin })).toContain('From now on');
    expect(settings().mode).toBe('mention');
  });
});

describe('what a room has set', () => {
  const setBoth = () => ledger.rooms.setSettings(ROOM, { mode: 'mention', profile: 'invoice' });

  test('is forgotten when the bot leaves: invited again it begins anew, and greets with what counts then', () => {
    setBoth();
    get({ kind: 'left', roomId: ROOM });
    const { replies } = get({ kind: 'joined', roomId: ROOM, isNew: true });
    expect(settings()).toEqual(NOTHING_SET);
    expect(contentOf(replies[0]).body).toContain('Hello! I read every PDF and picture');
  });

  test('goes along into the room that replaces it', () => {
    setBoth();
    const replaced: Incoming = { kind: 'replaced', roomId: ROOM, replacementRoomId: '!new:here', sender: '@anna:here' };
    const { replies } = get(
      replaced,
      { kind: 'joined', roomId: '!new:here', isNew: true },
      { kind: 'left', roomId: ROOM },
    );
    expect(settings('!new:here')).toEqual({ mode: 'mention', profile: 'invoice' });
    expect(contentOf(replies[0]).body).toContain('when I am asked, and answer in the thread.');
  });

  test('is not changed from a room that claims to be replaced by one that the bot is in already', () => {
    setBoth();
    ledger.rooms.set('!new:here', 'joined');
    get({ kind: 'replaced', roomId: ROOM, replacementRoomId: '!new:here', sender: '@anna:here' });
    expect(settings('!new:here')).toEqual(NOTHING_SET);
  });

  test('is not changed again by a command that comes twice', () => {
    const first = command(['mode', 'mention'], { ...ADMIN, eventId: '$first' });
    get(first, command(['mode', 'documents'], { ...ADMIN, eventId: '$second' }));
    expect(get(first).replies).toEqual([]);
    expect(settings().mode).toBe('documents');
  });
});
