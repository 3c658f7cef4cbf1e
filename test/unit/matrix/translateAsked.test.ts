// What a sync tells of those who ask: the upload that a reply means, and the rights of who would change a room's settings.
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import type { RawEvent } from '../../../src/matrix/events.ts';
import { FILE, type Given, inRoom, member, post, ROOM, SELF, told, translate } from './translateRig.ts';

describe('a reply that mentions the bot', () => {
  const reply = (relation: object = { 'm.in_reply_to': { event_id: '$old' } }): RawEvent =>
    post('reply', {
      sender: '@ben:here',
      content: { msgtype: 'm.text', body: 'reader, please', 'm.relates_to': relation },
      unsigned: { age: 20 },
    });
  const inThread = (repliedTo: string) =>
    reply({ rel_type: 'm.thread', event_id: '$root', is_falling_back: true, 'm.in_reply_to': { event_id: repliedTo } });
  const ask = (event: RawEvent, events: Given['events'] = {}) => translate(inRoom({ events: [event] }), { events });

  test('gives the upload that it replies to, asked for now and by whoever replied', async () => {
    const { incoming } = await ask(reply(), { $old: post('old', { unsigned: { age: 9_000_000 } }) });
    expect(incoming).toEqual([
      {
        kind: 'upload',
        upload: expect.objectContaining({ eventId: '$old', sender: '@anna:here', threadRootId: '$old', isAsked: true }),
        ageMs: 20,
        askedBy: { sender: '@ben:here', eventId: '$reply' },
      },
    ]);
  });

  test('in a thread gives the last upload there, else the one that the thread hangs on', async () => {
    const text = post('talk', { content: { msgtype: 'm.text', body: 'hm' } });
    const first = await ask(inThread('$new'), { $new: post('new'), $root: post('root') });
    expect([told(first.incoming), first.lookedUp]).toEqual([['$new'], ['$new']]);
    const second = await ask(inThread('$talk'), { $talk: text, $root: post('root') });
    expect([told(second.incoming), second.lookedUp]).toEqual([['$root'], ['$talk', '$root']]);
  });

  test.each<[string, RawEvent | undefined]>([
    ['the homeserver does not show', undefined],
    ['was redacted', post('old', { content: {} })],
    ['is the bot’s own', post('old', { sender: SELF })],
    ['is a text', post('old', { content: { msgtype: 'm.text', body: 'lector' } })],
    ['is an edit', post('old', { content: { ...FILE, 'm.relates_to': { rel_type: 'm.replace' } } })],
    ['replies to something as well', reply()],
  ])('to what %s gives nothing', async (_what, event) => {
    const { incoming } = await ask(reply(), event ? { $old: event } : {});
    expect(incoming).toEqual([]);
  });

  test('makes the whole sync come again when the homeserver is away', async () => {
    const away = new AppError('homeserver_unavailable', '502');
    await expect(ask(reply(), { $old: away })).rejects.toBe(away);
  });
});

describe('a command', () => {
  const said = (body: string) => translate(inRoom({ events: [post('c', { content: { msgtype: 'm.text', body } })] }));

  test.each(['!lector mode mention', '!lector PROFILE invoice'])(
    'such as %s comes with its sender’s rights',
    async (body) => {
      const { incoming, rightsOf } = await said(body);
      expect(incoming).toMatchObject([{ kind: 'command', command: { isRoomAdmin: 'yes' } }]);
      expect(rightsOf).toEqual([`@anna:here in ${ROOM}`]);
    },
  );

  test.each(['!lector', '!lector help', '!lector mode', '!lector profile '])(
    'such as %s asks for no rights',
    async (body) => {
      const { incoming, rightsOf } = await said(body);
      expect(incoming).toMatchObject([{ kind: 'command', command: { isRoomAdmin: 'unknown' } }]);
      expect(rightsOf).toEqual([]);
    },
  );
});

test('when the bot is renamed its name is asked for anew', async () => {
  let renamed = 0;
  const onRename = () => {
    renamed += 1;
  };
  await translate(inRoom({ events: [post(1), member('join', 'join')] }), { onRename });
  await translate(inRoom({ events: [post(1)] }), { onRename });
  expect(renamed).toBe(1);
});
