// What requests that change a room promise: the same reply is one event however often it is sent, and all of them can be stopped.
import { beforeEach, describe, expect, test } from 'vitest';
import { createClient } from '../../../src/matrix/client.ts';
import { createTransport, type Transport } from '../../../src/matrix/transport.ts';
import type { Member } from '../../../src/playground/member.ts';
import type { Playground } from '../../../src/playground/playground.ts';
import { join, openPlayground } from '../playground/support.ts';
import { aReply } from './sendingSupport.ts';

let playground: Playground;
let bot: Member;
let anna: Member;
let room: string;
let stopping: AbortController;
let transport: Transport;
beforeEach(async () => {
  playground = await openPlayground();
  bot = await join(playground, 'lector');
  anna = await join(playground, 'anna');
  room = await anna.createRoom({ invite: [bot.userId] });
  stopping = new AbortController();
  transport = createTransport(createClient(playground.url, bot.accessToken), bot.userId, stopping.signal);
  await transport.join(room);
});

const answer = () => aReply('$upload', 'answer', room);
const bodies = () => anna.timeline(room).flatMap(({ content }) => content.body ?? []);

describe('a reply', () => {
  test('that is sent twice is one event with one id', async () => {
    const first = await transport.put(answer(), 0);
    expect(await transport.put(answer(), 0)).toBe(first);
    await anna.waitFor(room, ({ event_id }) => event_id === first);
    expect(bodies()).toEqual(['answer to $upload']);
  });

  test('whose answer was lost is found by sending it again', async () => {
    const clear = playground.faults.on(({ endpoint }) => (endpoint === 'send' ? { kind: 'lostAnswer' } : null));
    await expect(transport.put(answer(), 0)).rejects.toMatchObject({ code: 'homeserver_unavailable' });
    clear();
    const eventId = await transport.put(answer(), 0);
    await anna.waitFor(room, ({ event_id }) => event_id === eventId);
    expect(bodies()).toEqual(['answer to $upload']);
  });

  test('with another part or revision is another event', async () => {
    const ids = new Set<string>();
    ids.add(await transport.put(answer(), 0));
    ids.add(await transport.put(answer(), 1));
    ids.add(await transport.put(aReply('$upload', 'text', room), 0));
    expect(ids.size).toBe(3);
  });

  test('may be a reaction or take something back', async () => {
    const eventId = await transport.put(answer(), 0);
    const relation = { rel_type: 'm.annotation', event_id: eventId, key: '✅' };
    const content = { 'm.relates_to': relation };
    await transport.put({ ...aReply('$upload', 'mark', room), body: { kind: 'reaction', content } }, 0);
    const reaction = await anna.waitFor(room, ({ type }) => type === 'm.reaction');
    expect(reaction.content).toEqual(content);
    await transport.put({ ...answer(), part: 'retracted', body: { kind: 'redaction', redactedEventId: eventId } }, 0);
    const redaction = await anna.waitFor(room, ({ type }) => type === 'm.room.redaction');
    expect(redaction.redacts ?? redaction.content.redacts).toBe(eventId);
  });

  test('to a room that the bot was thrown out of is refused', async () => {
    await anna.kick(room, bot.userId);
    await expect(transport.put(answer(), 0)).rejects.toMatchObject({ code: 'homeserver_refused' });
  });

  test('that hangs ends when the process stops', async () => {
    playground.faults.on(({ endpoint }) => {
      if (endpoint !== 'send') return null;
      stopping.abort(new Error('stopping'));
      return { kind: 'hang' };
    });
    await expect(transport.put(answer(), 0)).rejects.toThrow('stopping');
  });
});

test('a room is left with the reason', async () => {
  await transport.leave(room, 'This room is encrypted.');
  const leave = await anna.waitFor(room, ({ content }) => content.membership === 'leave');
  expect(leave.content.reason).toBe('This room is encrypted.');
});
