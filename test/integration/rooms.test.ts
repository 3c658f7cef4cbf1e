// Rooms: who is let in, what is said there, commands, redactions, and moving on to a new room.
import { expect, test } from 'vitest';
import { viewRoom } from '../../src/playground/conversation.ts';
import { createMember } from '../../src/playground/member.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';
import { createRig, type Rig } from './botRig.ts';

const note = {
  name: 'note.pdf',
  bytes: writePdf({ pages: [{ lines: ['The keys are with the neighbour on the second floor.'] }] }),
};
const bodies = (rig: Rig, roomId = rig.roomId) =>
  rig.anna
    .timeline(roomId)
    .filter((event) => event.sender === rig.botId && event.type === 'm.room.message')
    .map((event) => String(event.content.body));

async function reasonOfLeaving(rig: Rig, roomId: string): Promise<string> {
  const left = await rig.anna.waitFor(
    roomId,
    (event) => event.type === 'm.room.member' && event.sender === rig.botId && event.content.membership === 'leave',
    { description: 'the bot leaving' },
  );
  return String(left.content.reason);
}

test('the one welcome notice says what it reads, where the text goes and how to switch it off', async () => {
  const rig = await createRig();
  expect(bodies(rig)).toHaveLength(1);
  expect(bodies(rig)[0]).toMatch(
    /PDF and picture[\s\S]*stays on this machine[\s\S]*deleted once it is answered[\s\S]*remove me/,
  );
});

test('with a model the welcome names the host that the text goes to', async () => {
  const rig = await createRig({ LLM_BASE_URL: 'http://127.0.0.1:9/v1', LLM_MODEL: 'any' });
  expect(bodies(rig)[0]).toContain('goes to the language model at 127.0.0.1');
});

test('an invite to an encrypted room is declined with a reason', async () => {
  const rig = await createRig();
  const roomId = await rig.anna.createRoom({ encrypted: true, invite: [rig.botId] });
  expect(await reasonOfLeaving(rig, roomId)).toContain('encrypted');
});

test('a room that becomes encrypted is left with a reason, and nothing is said there in clear', async () => {
  const rig = await createRig();
  await rig.anna.setState(rig.roomId, 'm.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2' });
  expect(await reasonOfLeaving(rig, rig.roomId)).toContain('encrypted');
  expect(bodies(rig)).toHaveLength(1);
});

test('an invite by somebody who is not allowed is declined with a reason', async () => {
  const rig = await createRig({ MATRIX_ALLOWED_USERS: '@anna:playground' });
  const eve = await createMember({ homeserverUrl: rig.playground.url, user: 'eve', password: 'eve', register: true });
  const roomId = await eve.createRoom({ invite: [rig.botId] });
  const left = await eve.waitFor(
    roomId,
    (event) => event.type === 'm.room.member' && event.content.membership === 'leave',
  );
  await eve.close();
  expect(left.content.reason).toContain('has not allowed you');
});

test('a member who may not use it is told once a room and nothing of theirs is read', async () => {
  const rig = await createRig({ MATRIX_ALLOWED_USERS: '@anna:playground' });
  const eve = await createMember({ homeserverUrl: rig.playground.url, user: 'eve', password: 'eve', register: true });
  await rig.anna.invite(rig.roomId, eve.userId);
  await eve.joinRoom(rig.roomId);
  for (let n = 0; n < 3; n += 1) await eve.postFile(rig.roomId, { ...note, mime: 'application/pdf' });
  const [own] = await rig.post([note]);
  await rig.ended([own as string]);
  await eve.close();
  expect(bodies(rig).filter((body) => body.includes('may not read documents for you'))).toHaveLength(1);
  expect(rig.playground.stats.count('download')).toBe(1);
});

test('!lector help and !lector status are answered, another word is told so', async () => {
  const rig = await createRig();
  const [eventId] = await rig.post([note]);
  await rig.ended([eventId as string]);
  for (const [command, words] of [
    ['!lector help', 'Redact your upload'],
    ['!lector status', '1 answered'],
    ['!lector dance', 'I do not know “dance”'],
  ]) {
    await rig.anna.sendText(rig.roomId, command as string);
    await rig.anna.waitFor(
      rig.roomId,
      (event) => event.sender === rig.botId && String(event.content.body).includes(words as string),
    );
  }
});

test('a redacted upload loses its answer, too', async () => {
  const rig = await createRig();
  const [eventId] = await rig.post([note]);
  await rig.ended([eventId as string]);
  const [answer] = rig.anna.answersTo(eventId as string);
  await rig.anna.redact(rig.roomId, eventId as string);
  await rig.anna.waitFor(
    rig.roomId,
    (event) => event.type === 'm.room.redaction' && event.sender === rig.botId && event.redacts === answer?.event_id,
  );
  expect(JSON.stringify(viewRoom(rig.anna.timeline(rig.roomId)))).not.toContain('neighbour');
});

test('notices of other bots, edits and texts are not answered', async () => {
  const rig = await createRig();
  await rig.anna.sendEvent(rig.roomId, 'm.room.message', { msgtype: 'm.notice', body: '!lector help' });
  const { eventId } = await rig.anna.sendText(rig.roomId, 'hello');
  await rig.anna.editText(rig.roomId, eventId, '!lector help');
  const [upload] = await rig.post([note]);
  await rig.ended([upload as string]);
  expect(bodies(rig)).toHaveLength(2);
});

test('an upload inside a thread is answered in that thread', async () => {
  const rig = await createRig();
  const { eventId: rootId } = await rig.anna.sendText(rig.roomId, 'about the keys');
  const { eventId } = await rig.anna.postFile(rig.roomId, { ...note, mime: 'application/pdf', threadRootId: rootId });
  const answer = await rig.anna.waitFor(
    rig.roomId,
    (event) => event.sender === rig.botId && String(event.content.body).startsWith('note.pdf'),
  );
  expect(answer.content['m.relates_to']).toMatchObject({
    rel_type: 'm.thread',
    event_id: rootId,
    'm.in_reply_to': { event_id: eventId },
  });
});

test('a room that was replaced is followed', async () => {
  const rig = await createRig();
  const next = await rig.anna.createRoom({ preset: 'public_chat' });
  await rig.anna.setState(rig.roomId, 'm.room.tombstone', { body: 'moved', replacement_room: next });
  await rig.anna.waitFor(next, (event) => event.type === 'm.room.member' && event.sender === rig.botId);
});
