// What a sweep takes away: all that Lector said of an event, down to edits that clients do not show, and nothing else.
import { beforeEach, expect, test } from 'vitest';
import { type Reply, transactionId } from '../../../src/domain/reply.ts';
import { createClient } from '../../../src/matrix/client.ts';
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
beforeEach(async () => {
  playground = await openPlayground();
  bot = await join(playground, 'lector');
  anna = await join(playground, 'anna');
  room = await anna.createRoom({ invite: [bot.userId] });
  transport = createTransport(createClient(playground.url, bot.accessToken), bot.userId, new AbortController().signal);
  await transport.join(room);
  uploadId = (await anna.sendText(room, 'an upload')).eventId;
});

const inThread = (rootId: string, repliesTo: string) => ({
  'm.relates_to': { rel_type: 'm.thread', event_id: rootId, 'm.in_reply_to': { event_id: repliesTo } },
});
const onto = (rel_type: string, event_id: string, key?: string) => ({
  'm.relates_to': { rel_type, event_id, ...(key && { key }) },
});
function reply(part: Reply['part'], content: object): Reply {
  const kind = part === 'taken' ? 'reaction' : 'message';
  const body = { kind, content: { msgtype: 'm.notice', body: `secret ${part}`, ...content } } as const;
  return { roomId: room, sourceEventId: uploadId, part, body, optional: true };
}
const put = (part: Reply['part'], content: object, revision = 0) => transport.put(reply(part, content), revision);
const sweep = () => transport.put({ ...reply('retracted', {}), body: { kind: 'sweep', relatedEventId: uploadId } }, 0);

/** What of the bot's words still stands in the room. */
async function stands(): Promise<string[]> {
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/messages?dir=b&limit=1000`;
  const { chunk } = (await anna.api.call({ method: 'GET', path })) as {
    chunk: { event_id: string; sender: string; type: string; content: object }[];
  };
  const own = chunk.filter(({ sender, type }) => sender === bot.userId && /message|reaction/.test(type));
  return own.filter(({ content }) => Object.keys(content).length > 0).map(({ event_id: id }) => id);
}

/** 👀, and a notice that was edited twice. */
async function workInHand(): Promise<string> {
  await put('taken', onto('m.annotation', uploadId, '👀'));
  const notice = await put('status', inThread(uploadId, uploadId));
  await put('status', onto('m.replace', notice), 1);
  await put('status', onto('m.replace', notice), 2);
  return notice;
}

test('takes away 👀, the notice and its edits when the upload is redacted', async () => {
  await workInHand();
  await anna.redact(room, uploadId);
  await sweep();
  expect(await stands()).toEqual([]);
});

test('has an id of its own, always the same, so that nobody takes the upload for something that Lector said', async () => {
  const id = await sweep();
  expect(id).not.toBe(uploadId);
  expect(await sweep()).toBe(id);
});

test('takes away the edits of a notice that was redacted before', async () => {
  await bot.redact(room, await workInHand());
  await anna.redact(room, uploadId);
  expect(await stands()).toHaveLength(3);
  await sweep();
  expect(await stands()).toEqual([]);
});

test('takes away the edits of the notice of a second try', async () => {
  const again = { ...reply('status', inThread(uploadId, uploadId)), takenBack: 1 };
  const notice = await transport.put(again, 0);
  await put('status', onto('m.replace', notice), 1);
  await bot.redact(room, notice);
  await sweep();
  expect(await stands()).toEqual([]);
});

test('takes away the answer to an upload in the thread of another, and leaves that of the other', async () => {
  const rootId = uploadId;
  const other = await put('answer', inThread(rootId, rootId));
  uploadId = (await anna.sendText(room, 'in the thread')).eventId;
  await put('answer', inThread(rootId, uploadId));
  await sweep();
  expect(await stands()).toEqual([other]);
});

test('leaves what is about the root of the thread when the root stays, and the answers to others when it goes', async () => {
  const inside = (await anna.sendText(room, 'in the thread')).eventId;
  const toOther = await put('text', inThread(uploadId, inside));
  await put('answer', inThread(uploadId, uploadId));
  await sweep();
  expect(await stands()).toEqual([toOther]);
});

test('leaves what others said', async () => {
  const { eventId } = await anna.react(room, uploadId, '👀');
  await sweep();
  expect(playground.stats.count('redact')).toBe(0);
  expect(eventId).toBeDefined();
});

test('that a 429 cuts off goes on when it is repeated, and redacts nothing twice', async () => {
  await workInHand();
  let redactions = 0;
  playground.faults.on(({ endpoint }) => {
    if (endpoint !== 'redact') return null;
    redactions += 1;
    return redactions === 3 ? { kind: 'status', status: 429 } : null;
  });
  await expect(sweep()).rejects.toMatchObject({ code: 'homeserver_rate_limited' });
  await sweep();
  expect(redactions).toBe(5);
  expect(await stands()).toEqual([]);
});

test.each([403, 404])('passes over what cannot be redacted for good (%i)', async (status) => {
  await workInHand();
  playground.faults.on(({ endpoint }) =>
    endpoint === 'redact' ? { kind: 'status', status, body: { errcode: 'M_X', error: '' } } : null,
  );
  await expect(sweep()).resolves.toBeDefined();
});

test('in a room that the bot is not in any more ends without an error', async () => {
  await workInHand();
  await anna.kick(room, bot.userId);
  await expect(sweep()).resolves.toBeDefined();
});

test('of one notice alone takes away that and its edits', async () => {
  const notice = await workInHand();
  const answer = await put('answer', inThread(uploadId, uploadId));
  const onlyTransactionId = transactionId(reply('status', {}));
  const body = { kind: 'sweep', relatedEventId: uploadId, onlyTransactionId } as const;
  await transport.put({ ...reply('retracted', {}), body }, 0);
  const left = await stands();
  expect(left).toHaveLength(2);
  expect(left).toContain(answer);
  expect(left).not.toContain(notice);
});
