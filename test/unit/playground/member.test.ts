// Owns the tests of the member: waiting for events, missing none, posting files, answers.
import { expect, test } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import type { Member } from '../../../src/playground/member.ts';
import { bodiesOf, join, numbers, openPlayground } from './support.ts';

async function pair(roomWish = {}) {
  const playground = await openPlayground();
  const anna = await join(playground, 'anna');
  const bob = await join(playground, 'bob');
  const roomId = await anna.createRoom({ invite: [bob.userId], ...roomWish });
  await bob.joinRoom(roomId);
  return { playground, anna, bob, roomId };
}

const saying = (body: string) => (event: { content: { body?: unknown } }) => event.content.body === body;

const messages = (member: Member, roomId: string) => bodiesOf(member.timeline(roomId)).map(String);

test('a member waits for an event that is still to come, and finds one that is there already', async () => {
  const { anna, bob, roomId } = await pair();
  const waiting = bob.waitFor(roomId, saying('hello'));
  const { eventId } = await anna.sendText(roomId, 'hello');
  expect((await waiting).event_id).toBe(eventId);
  expect((await bob.waitFor(roomId, saying('hello'))).event_id).toBe(eventId);
});

test('a member that waits in vain says for what, and what it saw instead', async () => {
  const { anna, bob, roomId } = await pair();
  await anna.sendText(roomId, 'something else');
  await bob.waitFor(roomId, saying('something else'));
  const waiting = bob.waitFor(roomId, saying('hello'), { timeoutMs: 20, description: 'greeting' });
  const error = await waiting.catch((thrown) => thrown);
  expect(error).toBeInstanceOf(AppError);
  expect(error.code).toBe('timeout');
  expect(error.message).toContain('no greeting within 20 ms');
  expect(error.message).toContain('something else');
});

test('a member misses nothing of a burst that is longer than a timeline, even if the timeline calls itself whole', async () => {
  const { playground, anna, bob, roomId } = await pair();
  await anna.sendText(roomId, 'first');
  await bob.waitFor(roomId, saying('first'));
  const release = Promise.withResolvers<void>();
  const hold = { kind: 'delay', untilPromise: release.promise } as const;
  playground.faults.on(({ endpoint, user }) => (endpoint === 'sync' && user === bob.userId ? hold : null));
  const texts = numbers(1, 260);
  for (const text of texts) await anna.sendText(roomId, text);
  await anna.redact(roomId, '$nothing');
  release.resolve();
  await bob.waitFor(roomId, saying('260'));
  expect(messages(bob, roomId)).toEqual(['first', ...texts]);
});

test('a member goes on where it was when the homeserver was away', async () => {
  const { playground, anna, bob, roomId } = await pair();
  await playground.stop();
  const sending = anna.sendText(roomId, 'are you back?');
  await playground.start();
  await sending;
  await bob.waitFor(roomId, saying('are you back?'));
  expect(messages(bob, roomId)).toEqual(['are you back?']);
});

test('a member waits out a rate limit', async () => {
  const playground = await openPlayground({ sendLimit: { burst: 2, perSecond: 50 } });
  const anna = await join(playground, 'anna');
  const roomId = await anna.createRoom();
  for (const text of ['1', '2', '3']) await anna.sendText(roomId, text);
  await anna.waitFor(roomId, saying('3'));
  expect(messages(anna, roomId)).toEqual(['1', '2', '3']);
});

test('a posted file names itself, carries its caption, and comes down byte for byte', async () => {
  const { anna, bob, roomId } = await pair();
  const bytes = Buffer.from('%PDF-1.7');
  const file = { name: 'invoice.pdf', bytes, mime: 'application/pdf', caption: 'please read' };
  const { eventId } = await anna.postFile(roomId, file);
  const { content } = await bob.waitFor(roomId, (event) => event.event_id === eventId);
  expect(content).toMatchObject({
    msgtype: 'm.file',
    body: 'please read',
    filename: 'invoice.pdf',
    info: { mimetype: 'application/pdf', size: 8 },
  });
  expect(await bob.downloadMedia(String(content.url))).toEqual(bytes);
});

test('the answers to a file are what others say in its thread, not edits, reactions, own words, or what was taken back', async () => {
  const { anna, bob, roomId } = await pair();
  const { eventId } = await anna.postFile(roomId, { name: 'a.png', bytes: Buffer.from('x'), mime: 'image/png' });
  await anna.sendText(roomId, 'anyone?', { threadRootId: eventId });
  const answer = await bob.sendText(roomId, 'draft', { threadRootId: eventId });
  await bob.editText(roomId, answer.eventId, 'final');
  const status = await bob.sendText(roomId, '⏳', { threadRootId: eventId });
  await bob.redact(roomId, status.eventId);
  await bob.sendText(roomId, 'something else');
  const { eventId: last } = await bob.react(roomId, eventId, '✅');
  await anna.waitFor(roomId, (event) => event.event_id === last);
  expect(anna.answersTo(eventId).map((event) => event.event_id)).toEqual([answer.eventId]);
});

test('a member sees an invite until it is answered, and whether the room is encrypted from its state', async () => {
  const { anna, bob } = await pair();
  const roomId = await anna.createRoom({ encrypted: true, invite: [bob.userId], name: 'Secret' });
  await expect.poll(() => bob.invites()).toContain(roomId);
  await bob.joinRoom(roomId);
  const encryption = await bob.waitFor(roomId, (event) => event.type === 'm.room.encryption');
  expect(encryption.content).toEqual({ algorithm: 'm.megolm.v1.aes-sha2' });
  await expect.poll(() => bob.invites()).toEqual([]);
});

test('who waits when the member is closed is told', async () => {
  const { bob, roomId } = await pair();
  const waiting = bob.waitFor(roomId, saying('never'));
  const told = expect(waiting).rejects.toThrow('the member was closed');
  await bob.close();
  await told;
});

test('a refusal of the homeserver names its code', async () => {
  const { bob, roomId } = await pair();
  await bob.leaveRoom(roomId, 'enough');
  const error = await bob.sendText(roomId, 'one more').catch((thrown) => thrown);
  expect(error.code).toBe('homeserver_refused');
  expect(error.message).toContain('403 M_FORBIDDEN');
});
