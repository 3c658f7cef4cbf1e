// Owns the tests of the view of a room and of its transcript.
import { expect, test } from 'vitest';
import { viewRoom } from '../../../src/playground/conversation.ts';
import type { Content, RoomEvent } from '../../../src/playground/events.ts';
import { printConversation } from '../../../src/playground/printConversation.ts';

const ANNA = '@anna:playground';
const BOT = '@lector:playground';

const event = (id: string, sender: string, content: Content, type = 'm.room.message'): RoomEvent => ({
  event_id: id,
  sender,
  type,
  content,
  origin_server_ts: 0,
});
const text = (body: string, more: Content = {}): Content => ({ msgtype: 'm.text', body, ...more });
const relates = (rel_type: string, event_id: string, more: Content = {}) => ({
  'm.relates_to': { rel_type, event_id, ...more },
});
const inThread = (root: string) => relates('m.thread', root, { 'm.in_reply_to': { event_id: root } });
const edit = (target: string, body: string): Content => ({
  ...text(`* ${body}`),
  'm.new_content': text(body),
  ...relates('m.replace', target),
});
const reaction = (id: string, sender: string, target: string, key: string) =>
  event(id, sender, relates('m.annotation', target, { key }), 'm.reaction');
const redaction = (id: string, target: string) => event(id, ANNA, { redacts: target }, 'm.room.redaction');

const file = event('$file', ANNA, {
  msgtype: 'm.file',
  body: 'please read',
  filename: 'invoice.pdf',
  info: { mimetype: 'application/pdf', size: 84_210 },
  'm.mentions': { user_ids: [BOT] },
});

test('a message shows its last edit', () => {
  const [message] = viewRoom([
    event('$1', BOT, text('⏳ reading')),
    event('$2', BOT, edit('$1', '⏳ page 2 of 3')),
    event('$3', BOT, edit('$1', 'An invoice.')),
  ]);
  expect(message).toMatchObject({ eventId: '$1', body: 'An invoice.', edited: true });
});

test('an edit by somebody else, or one that was redacted, changes nothing', () => {
  const view = viewRoom([
    event('$1', BOT, text('An invoice.')),
    event('$2', ANNA, edit('$1', 'A forgery.')),
    event('$3', BOT, edit('$1', 'A mistake.')),
    redaction('$4', '$3'),
  ]);
  expect(view.map(({ body, edited }) => ({ body, edited }))).toEqual([{ body: 'An invoice.', edited: false }]);
});

test('reactions stand at their target, except those taken back', () => {
  const [message] = viewRoom([
    file,
    reaction('$r1', BOT, '$file', '👀'),
    reaction('$r2', BOT, '$file', '✅'),
    redaction('$r3', '$r1'),
  ]);
  expect(message?.reactions).toEqual([{ key: '✅', sender: BOT }]);
});

test('a thread stands under its root, a reply beside it, in order', () => {
  const view = viewRoom([
    file,
    event('$a', BOT, text('An invoice.', inThread('$file'))),
    event('$b', ANNA, text('thanks', { 'm.relates_to': { 'm.in_reply_to': { event_id: '$a' } } })),
    event('$c', BOT, text('More.', inThread('$file'))),
  ]);
  expect(view.map(({ eventId, inReplyTo }) => [eventId, inReplyTo])).toEqual([
    ['$file', null],
    ['$b', '$a'],
  ]);
  expect(view[0]?.replies.map(({ body }) => body)).toEqual(['An invoice.', 'More.']);
});

test('a redacted message is marked and empty, whether its redaction was seen or told', () => {
  const told = { ...event('$2', ANNA, {}), unsigned: { redacted_because: {} } };
  const view = viewRoom([event('$1', ANNA, text('secret')), redaction('$r', '$1'), told]);
  expect(view.map(({ eventId, body, redacted }) => ({ eventId, body, redacted }))).toEqual([
    { eventId: '$1', body: '', redacted: true },
    { eventId: '$2', body: '', redacted: true },
  ]);
});

test('a file shows its name, type and size, and whom it mentions', () => {
  const [message] = viewRoom([file]);
  expect(message?.file).toEqual({ name: 'invoice.pdf', mime: 'application/pdf', bytes: 84_210 });
  expect(message?.body).toBe('please read');
  expect(message?.mentions).toEqual([BOT]);
});

test('the transcript shows names, the file with its size, reactions, and the thread indented', () => {
  const view = viewRoom([
    file,
    reaction('$r1', BOT, '$file', '👀'),
    reaction('$r2', BOT, '$file', '✅'),
    event('$a', BOT, text('⏳ reading', inThread('$file'))),
    event('$e', BOT, edit('$a', 'An invoice.\n\nTotal: 12 €')),
    event('$b', ANNA, { msgtype: 'm.image', body: 'scan.png', filename: 'scan.png', info: { size: 2_340_000 } }),
  ]);
  const nameOf = (userId: string) => (userId === BOT ? 'Lector' : 'Anna');
  expect(printConversation(view, { nameOf })).toBe(
    [
      'Anna → Lector: please read',
      '  [invoice.pdf, 84 kB]',
      '  👀 Lector  ✅ Lector',
      '  Lector (edited): An invoice.',
      '',
      '    Total: 12 €',
      '',
      'Anna:',
      '  [scan.png, 2.3 MB]',
    ].join('\n'),
  );
});

test('what a member writes cannot steer the terminal', () => {
  const view = viewRoom([event('$1', ANNA, text('\u001b[31mred\u001b[0m\u0007 \u001b]0;title\u0007end'))]);
  expect(printConversation(view)).toBe('anna: red end');
});
