// What a reaction or a command means, by the event that it points at, and that identifiers which are none make no news.
import { describe, expect, test } from 'vitest';
import type { RawEvent } from '../../../src/matrix/events.ts';
import { readEvent } from '../../../src/matrix/intake.ts';

const SELF = { userId: '@lector:here', displayName: 'Reader' };
const ROOM = '!papers:here';
const REPLY = { 'm.in_reply_to': { event_id: '$up' } };
const FILE = { msgtype: 'm.file', body: 'minutes.pdf', url: 'mxc://here/abc' };

function read(event: RawEvent) {
  return readEvent({ event_id: '$e', sender: '@anna:here', type: 'm.room.message', ...event }, ROOM, SELF);
}
const text = (body: string, relation: object) =>
  read({ content: { msgtype: 'm.text', body, 'm.relates_to': relation } });
function upload(content: object) {
  const incoming = read({ content: { ...FILE, ...content } });
  return incoming?.kind === 'upload' ? incoming.upload : null;
}

describe('a command', () => {
  test('that replies to an event names it, under the quote that clients put before it', () => {
    const reply = text('> <@lector:here> ❌ a.pdf\n\n!lector retry', REPLY);
    expect(reply).toMatchObject({ command: { words: ['retry'], replyToId: '$up', threadRootId: undefined } });
    const inThread = { rel_type: 'm.thread', event_id: '$root', ...REPLY };
    expect(text('!lector retry', { ...inThread, is_falling_back: false })).toMatchObject({
      command: { threadRootId: '$root', replyToId: '$up' },
    });
  });

  test('that only follows the last message of its thread replies to nothing', () => {
    const relation = { rel_type: 'm.thread', event_id: '$root', ...REPLY, is_falling_back: true };
    expect(text('!lector retry', relation)).not.toHaveProperty('command.replyToId');
  });
});

describe('a reaction', () => {
  const react = (key: unknown, event: RawEvent = {}, rel_type = 'm.annotation') =>
    read({ type: 'm.reaction', content: { 'm.relates_to': { rel_type, event_id: '$up', key } }, ...event });

  test.each(['🔁', '🔁\ufe0f', '🔁\ufe0e'])('%j asks for another try of the event that it stands on', (key) => {
    const origin = { eventId: '$e', roomId: ROOM, sender: '@anna:here' };
    expect(react(key)).toEqual({ kind: 'retry', ...origin, targetEventId: '$up' });
  });

  test.each(['🔄', '👍', '', '🔁🔁', ' 🔁', 7, null])('of another key (%j) is nothing', (key) => {
    expect(react(key)).toBeNull();
  });

  test('of the bot itself, or that is no reaction to an event, is nothing', () => {
    expect(react('🔁', { sender: SELF.userId })).toBeNull();
    expect(react('🔁', {}, 'm.thread')).toBeNull();
    expect(
      react('🔁', { content: { 'm.relates_to': { rel_type: 'm.annotation', key: '🔁', event_id: '../x' } } }),
    ).toBeNull();
  });
});

describe('identifiers that would not come back as they were, or change the path of a request', () => {
  test.each(['..', 'e', '$', '$\ud800', `$${'x'.repeat(255)}`, 7, null])('make no news of an event called %j', (id) => {
    expect(read({ event_id: id, content: FILE })).toBeNull();
  });

  test.each(['anna', '', '@\udc00:here', {}])('make no news of an event from %j', (sender) => {
    expect(read({ sender, content: FILE })).toBeNull();
  });

  test('are no event to ask for, no thread, nothing redacted and no room to follow', () => {
    expect(text('@lector', { 'm.in_reply_to': { event_id: '$\ud800' } })).toBeNull();
    expect(upload({ 'm.relates_to': { rel_type: 'm.thread', event_id: '../x' } })?.threadRootId).toBe('$e');
    expect(read({ type: 'm.room.redaction', redacts: '..' })).toBeNull();
    expect(read({ type: 'm.room.tombstone', state_key: '', content: { replacement_room: '!\ud800' } })).toBeNull();
  });
});
