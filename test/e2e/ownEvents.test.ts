// Owns the proof that a real homeserver tells what the search for own replies and the sweep of a redacted upload rely on.
import { beforeEach, describe, expect, inject, test } from 'vitest';
import type { Reply, ReplyPart } from '../../src/domain/reply.ts';
import { createClient } from '../../src/matrix/client.ts';
import { createOwnEvents } from '../../src/matrix/ownEvents.ts';
import { createTransport, type Transport } from '../../src/matrix/transport.ts';
import { callMatrix, type Member, registerMember } from '../lab/member.ts';

const { signal } = new AbortController();
let bot: Member;
let anna: Member;
let roomId: string;
let uploadId: string;
let transport: Transport;
beforeEach(async () => {
  const { synapseUrl } = inject('lab');
  [bot, anna] = await Promise.all([registerMember(synapseUrl, 'lector'), registerMember(synapseUrl, 'anna')]);
  const { body } = await callMatrix(anna, 'POST', '/_matrix/client/v3/createRoom', { invite: [bot.userId] });
  roomId = String(body.room_id);
  transport = createTransport(createClient(bot.homeserverUrl, bot.accessToken), bot.userId, signal);
  await transport.join(roomId);
  const said = await callMatrix(anna, 'PUT', `${inRoom()}/send/m.room.message/1`, {
    msgtype: 'm.text',
    body: 'upload',
  });
  uploadId = String(said.body.event_id);
});

const inRoom = () => `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}`;
const ownOf = ({ homeserverUrl, accessToken }: Pick<Member, 'homeserverUrl' | 'accessToken'>) =>
  createOwnEvents(createClient(homeserverUrl, accessToken), bot.userId, signal);
/** The same account on a device that is told no transaction ids. */
async function onNewDevice() {
  const identifier = { type: 'm.id.user', user: bot.userId };
  const login = { type: 'm.login.password', identifier, password: bot.password };
  const { body } = await callMatrix(bot, 'POST', '/_matrix/client/v3/login', login);
  return ownOf({ ...bot, accessToken: String(body.access_token) });
}
const redact = (member: Member, eventId: string) =>
  callMatrix(member, 'PUT', `${inRoom()}/redact/${encodeURIComponent(eventId)}/${Date.now()}`, {});

function saying(part: ReplyPart, relation?: object): Reply {
  const content = { msgtype: 'm.notice', body: `secret ${part}`, ...(relation && { 'm.relates_to': relation }) };
  return { roomId, sourceEventId: uploadId, part, body: { kind: 'message', content }, optional: false };
}
const inThread = () => ({
  rel_type: 'm.thread',
  event_id: uploadId,
  is_falling_back: true,
  'm.in_reply_to': { event_id: uploadId },
});
function reacting(key: string): Reply {
  const content = { 'm.relates_to': { rel_type: 'm.annotation', event_id: uploadId, key } };
  return { ...saying('taken'), body: { kind: 'reaction', content } };
}

describe('what was sent long ago', () => {
  test.each<[string, () => Reply]>([
    ['an answer in a thread', () => saying('answer', inThread())],
    ['a word of welcome', () => saying('welcome')],
    ['a reaction', () => reacting('✅')],
  ])('%s is found by the device that sent it and by a new one', async (_what, make) => {
    expect(await ownOf(bot).findSent(make())).toBeNull();
    const eventId = await transport.put(make(), 0);
    expect(await ownOf(bot).findSent(make())).toBe(eventId);
    expect(await (await onNewDevice()).findSent(make())).toBe(eventId);
    await redact(bot, eventId);
    expect(await ownOf(bot).findSent(make())).toBeNull();
  });

  test('the answer to an upload is known by it, also when it took the place of a notice', async () => {
    const upload = { eventId: uploadId, roomId, threadRootId: uploadId };
    const content = { msgtype: 'm.notice', body: '⏳ reading', 'm.relates_to': inThread() };
    const notice = await transport.put({ ...saying('status'), body: { kind: 'message', content } }, 0);
    expect(await ownOf(bot).answerTo(upload)).toBeNull();
    const edit = {
      msgtype: 'm.notice',
      body: '* the answer',
      'm.new_content': { msgtype: 'm.notice', body: 'the answer' },
      'm.relates_to': { rel_type: 'm.replace', event_id: notice },
    };
    await transport.put({ ...saying('answer'), body: { kind: 'message', content: edit } }, 0);
    expect(await (await onNewDevice()).answerTo(upload)).toBe(notice);
  });
});

test('a sweep leaves nothing of what was said of a redacted upload, edits of a redacted notice included', async () => {
  await transport.put(reacting('👀'), 0);
  const notice = await transport.put(saying('status', inThread()), 0);
  for (let n = 1; n <= 3; n += 1) {
    await transport.put(saying('status', { rel_type: 'm.replace', event_id: notice }), n);
  }
  await redact(bot, notice);
  await transport.put(saying('answer', inThread()), 0);
  await redact(anna, uploadId);

  await transport.put({ ...saying('retracted'), body: { kind: 'sweep', relatedEventId: uploadId } }, 0);

  const { body } = await callMatrix(anna, 'GET', `${inRoom()}/messages?dir=b&limit=100`);
  const own = (body.chunk as { sender: string; type: string; content: object }[]).filter(
    ({ sender, type }) => sender === bot.userId && /m\.room\.message|m\.reaction/.test(type),
  );
  expect(own.map(({ content }) => content)).toEqual([{}, {}, {}, {}, {}, {}]);
});
