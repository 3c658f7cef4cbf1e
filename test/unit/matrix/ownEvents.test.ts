// What Lector finds of its own in a room: a reply that it sent long ago, and the answer to an upload, whatever clients show of them.
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Reply } from '../../../src/domain/reply.ts';
import { createClient } from '../../../src/matrix/client.ts';
import { createOwnEvents, type OwnEvents } from '../../../src/matrix/ownEvents.ts';
import { createTransport, type Transport } from '../../../src/matrix/transport.ts';
import type { Member } from '../../../src/playground/member.ts';
import type { Playground } from '../../../src/playground/playground.ts';
import { join, openPlayground } from '../playground/support.ts';

let playground: Playground;
let bot: Member;
let anna: Member;
let room: string;
let uploadId: string;
let transport: Transport;
let own: OwnEvents;
const life = new AbortController();
beforeEach(async () => {
  playground = await openPlayground();
  bot = await join(playground, 'lector');
  anna = await join(playground, 'anna');
  room = await anna.createRoom({ invite: [bot.userId] });
  const client = createClient(playground.url, bot.accessToken);
  transport = createTransport(client, bot.userId, life.signal);
  own = createOwnEvents(client, bot.userId, life.signal);
  await transport.join(room);
  uploadId = (await anna.sendText(room, 'stands for an upload')).eventId;
});

/** The searches of the same account with another device, which is told no transaction ids. */
async function onNewDevice(): Promise<OwnEvents> {
  const other = await join(playground, 'lector', { register: false });
  onTestFinished(() => other.close());
  return createOwnEvents(createClient(playground.url, other.accessToken), bot.userId, life.signal);
}

const inThread = (rootId = uploadId, repliesTo = uploadId) => ({
  rel_type: 'm.thread',
  event_id: rootId,
  is_falling_back: true,
  'm.in_reply_to': { event_id: repliesTo },
});
const edits = (eventId: string) => ({ rel_type: 'm.replace', event_id: eventId });
function saying(body: string, relation?: object, part: Reply['part'] = 'answer'): Reply {
  const content = { msgtype: 'm.notice', body, ...(relation && { 'm.relates_to': relation }) };
  return { roomId: room, sourceEventId: uploadId, part, body: { kind: 'message', content }, optional: false };
}
const editing = (noticeId: string, body: string, part: Reply['part'] = 'answer') => {
  const reply = saying(`* ${body}`, edits(noticeId), part);
  const content = { ...(reply.body as { content: object }).content, 'm.new_content': { msgtype: 'm.notice', body } };
  return { ...reply, body: { kind: 'message' as const, content } };
};
function reacting(key: string): Reply {
  const content = { 'm.relates_to': { rel_type: 'm.annotation', event_id: uploadId, key } };
  return { ...saying(''), part: 'mark', body: { kind: 'reaction', content } };
}
const put = (reply: Reply) => transport.put(reply, 0);
const asUpload = (threadRootId = uploadId) => ({ eventId: uploadId, roomId: room, threadRootId });

describe('a reply that was sent long ago', () => {
  const kinds: [string, () => Reply][] = [
    ['in the thread of its upload', () => saying('the answer', inThread())],
    ['that is a reaction', () => reacting('✅')],
    ['in the room itself', () => saying('welcome')],
    ['that replies outside of any thread', () => saying('help', { 'm.in_reply_to': { event_id: uploadId } })],
  ];

  test.each(kinds)('%s is found, by its id and on a new device by its content', async (_what, make) => {
    const eventId = await put(make());
    await put(saying('something later', inThread(), 'text'));
    expect(await own.findSent(make())).toBe(eventId);
    expect(await (await onNewDevice()).findSent(make())).toBe(eventId);
  });

  test.each(kinds)('%s and was not sent is not', async (_what, make) => {
    await put(saying('something else', inThread(), 'text'));
    const { kind, content } = make().body as Extract<Reply['body'], { kind: 'message' | 'reaction' }>;
    await anna.sendEvent(room, kind === 'reaction' ? 'm.reaction' : 'm.room.message', content);
    expect(await own.findSent(make())).toBeNull();
  });

  test('as an edit of a notice is found', async () => {
    const notice = await put(saying('⏳ reading', inThread(), 'status'));
    const eventId = await put(editing(notice, 'the answer'));
    expect(await own.findSent(editing(notice, 'the answer'))).toBe(eventId);
    expect(await own.findSent(editing(notice, 'another answer', 'text'))).toBeNull();
  });

  test('and redacted since is not there any more', async () => {
    const eventId = await put(saying('welcome'));
    await bot.redact(room, eventId);
    expect(await own.findSent(saying('welcome'))).toBeNull();
  });

  test('is found behind 150 others', async () => {
    const eventId = await put(saying('the answer', inThread()));
    for (let n = 0; n < 150; n += 1) {
      const content = { msgtype: 'm.notice', body: `${n}`, 'm.relates_to': inThread() };
      await bot.sendEvent(room, 'm.room.message', content);
    }
    const asked = playground.stats.count('relations');
    expect(await own.findSent(saying('the answer', inThread()))).toBe(eventId);
    expect(playground.stats.count('relations') - asked).toBe(2);
  });

  test('is not looked for before the time that it was saved at', async () => {
    await put(saying('welcome'));
    const later = { ...saying('welcome'), savedAtMs: Date.now() + 3 * 3_600_000 };
    expect(await own.findSent(later)).toBeNull();
  });

  test('to an event that is not there, or to a room that the bot is not in, is not there', async () => {
    expect(await own.findSent(saying('the answer', inThread('$gone')))).toBeNull();
    await anna.kick(room, bot.userId);
    expect(await own.findSent(saying('the answer', inThread()))).toBeNull();
  });

  test('cannot be looked for while the homeserver limits or fails', async () => {
    playground.faults.on(({ endpoint }) => (endpoint === 'relations' ? { kind: 'status', status: 429 } : null));
    await expect(own.findSent(saying('x', inThread()))).rejects.toMatchObject({ code: 'homeserver_rate_limited' });
    playground.faults.clear();
    playground.faults.on(({ endpoint }) => (endpoint === 'messages' ? { kind: 'status', status: 502 } : null));
    await expect(own.findSent(saying('x'))).rejects.toMatchObject({ code: 'homeserver_unavailable' });
  });

  test.each(['redaction', 'sweep'] as const)('that is a %s is not looked for: it may be sent again', async (kind) => {
    const body = kind === 'sweep' ? { kind, relatedEventId: uploadId } : { kind, redactedEventId: uploadId };
    expect(await own.findSent({ ...saying(''), body })).toBeNull();
  });
});

describe('the answer to an upload', () => {
  test('is the message in its thread that replies to it', async () => {
    const eventId = await put(saying('the answer', inThread()));
    const file = { msgtype: 'm.file', body: 'text.md', url: 'mxc://here/abc', 'm.relates_to': inThread() };
    await bot.sendEvent(room, 'm.room.message', file);
    await put(reacting('✅'));
    expect(await own.answerTo(asUpload())).toBe(eventId);
    expect(await (await onNewDevice()).answerTo(asUpload())).toBe(eventId);
  });

  test('in the thread of another event is that which names the upload', async () => {
    const rootId = (await anna.sendText(room, 'look at these')).eventId;
    await put(saying('to another upload', inThread(rootId, rootId), 'text'));
    expect(await own.answerTo(asUpload(rootId))).toBeNull();
    const eventId = await put(saying('the answer', inThread(rootId)));
    expect(await own.answerTo(asUpload(rootId))).toBe(eventId);
  });

  test('is none as long as only the work in hand is shown, and the notice once it was edited into the answer', async () => {
    const notice = await put(saying('⏳ reading', inThread(), 'status'));
    await put(editing(notice, '⏳ page 2 of 9', 'status_gone'));
    await put(reacting('👀'));
    expect(await own.answerTo(asUpload())).toBeNull();
    await put(editing(notice, 'the answer'));
    expect(await own.answerTo(asUpload())).toBe(notice);
  });

  test.each(['✅', '➖', '❌'])('is the mark %s where there is no message', async (key) => {
    const eventId = await put(reacting(key));
    expect(await own.answerTo(asUpload())).toBe(eventId);
  });

  test('is none when it was redacted, and when somebody else replied', async () => {
    await bot.redact(room, await put(saying('the answer', inThread())));
    await anna.sendEvent(room, 'm.room.message', { msgtype: 'm.notice', body: 'x', 'm.relates_to': inThread() });
    await anna.react(room, uploadId, '✅');
    expect(await own.answerTo(asUpload())).toBeNull();
  });

  test('is none when the upload is not there', async () => {
    expect(await own.answerTo({ eventId: '$gone', roomId: room, threadRootId: '$gone' })).toBeNull();
  });
});
