// What a room can set: what is read without being asked, by whom that can be changed, and how members ask for one file.
import { expect, onTestFinished, test } from 'vitest';
import { viewRoom } from '../../src/playground/conversation.ts';
import { createMember, type Member, type PostedFile } from '../../src/playground/member.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';
import { createRig, type Rig } from './botRig.ts';

const paper = (name: string, words: string): PostedFile => ({
  name: `${name}.pdf`,
  bytes: writePdf({ pages: [{ lines: [words] }] }),
  mime: 'application/pdf',
});
const KEYS = paper('keys', 'The keys are with the neighbour on the second floor.');
const BIKES = paper('bikes', 'The bicycles stand in the yard behind the house.');
const PICTURE: PostedFile = {
  name: 'board.png',
  bytes: Buffer.from('no picture at all'),
  mime: 'image/png',
  type: 'm.image',
};

/** Says the command and waits for the bot's words on it. */
async function answerTo({ botId, roomId }: Rig, member: Member, command: string): Promise<string> {
  const { eventId } = await member.sendText(roomId, command);
  const answer = await member.waitFor(
    roomId,
    ({ sender, content }) => {
      const relation = content['m.relates_to'] as { 'm.in_reply_to'?: { event_id?: string } } | undefined;
      return sender === botId && relation?.['m.in_reply_to']?.event_id === eventId;
    },
    { description: `an answer to ${command}` },
  );
  return String(answer.content.body);
}

/** The bot's words in the threads of the uploads, as members see them. */
function wordsOn({ anna, roomId }: Rig, eventIds: string[]): string[][] {
  const view = viewRoom(anna.timeline(roomId));
  const replies = eventIds.map((eventId) => view.find((message) => message.eventId === eventId)?.replies ?? []);
  return replies.map((each) => each.filter(({ sender }) => sender.startsWith('@lector')).map(({ body }) => body));
}

const post = async ({ anna, roomId }: Rig, file: PostedFile) => (await anna.postFile(roomId, file)).eventId;

async function inviteBen(rig: Rig): Promise<Member> {
  const ben = await createMember({ homeserverUrl: rig.playground.url, user: 'ben', password: 'ben', register: true });
  onTestFinished(() => ben.close());
  await rig.anna.invite(rig.roomId, ben.userId);
  await ben.joinRoom(rig.roomId);
  return ben;
}

test('in mode mention a PDF is left alone until a reply mentions the bot, and is answered once then', async () => {
  const rig = await createRig();
  expect(await answerTo(rig, rig.anna, '!lector mode mention')).toContain('when I am asked. To ask me, mention me');
  const [keys, bikes] = [await post(rig, KEYS), await post(rig, { ...BIKES, caption: 'lector: where are they?' })];
  await rig.ended([bikes]);
  expect(rig.playground.stats.count('download')).toBe(1);

  for (const text of ['lector: and this one', '@lector please'])
    await rig.anna.sendText(rig.roomId, text, { replyTo: keys });
  await rig.ended([keys]);
  await rig.anna.sendText(rig.roomId, 'thanks', { replyTo: keys, mentions: [rig.botId] });
  expect(await answerTo(rig, rig.anna, '!lector status')).toContain('2 answered');
  expect(wordsOn(rig, [keys, bikes])).toEqual([
    [expect.stringContaining('with the neighbour')],
    [expect.stringContaining('in the yard')],
  ]);
});

test('a member asks in the thread of a file, too, and one who may use the bot for the file of one who may not', async () => {
  const rig = await createRig({ DEFAULT_MODE: 'mention', MATRIX_ALLOWED_USERS: '@anna:playground' });
  const ben = await inviteBen(rig);
  const { eventId: keys } = await ben.postFile(rig.roomId, { ...KEYS, mentions: [rig.botId] });
  expect(await answerTo(rig, rig.anna, '!lector status')).toContain('0 answered');
  await rig.anna.sendText(rig.roomId, 'what does it say?', { threadRootId: keys, mentions: [rig.botId] });
  await rig.ended([keys]);
  expect(wordsOn(rig, [keys])[0]?.at(-1)).toContain('with the neighbour');
});

test('in mode documents a PDF is answered and a picture not even fetched', async () => {
  const rig = await createRig({ DEFAULT_MODE: 'documents' });
  const [picture, keys] = [await post(rig, PICTURE), await post(rig, KEYS)];
  await rig.ended([keys]);
  expect(await answerTo(rig, rig.anna, '!lector mode')).toContain('This room is in mode documents');
  expect(wordsOn(rig, [picture])).toEqual([[]]);
  expect(rig.playground.stats.count('download')).toBe(1);
});

test('only admins of the room and of the bot change what it has set', async () => {
  const rig = await createRig();
  const ben = await inviteBen(rig);
  expect(await answerTo(rig, ben, '!lector mode mention')).toContain(
    'Only those who may change the settings of this room',
  );
  expect(await answerTo(rig, ben, '!lector mode')).toContain('This room is in mode auto');
  const levels = await rig.anna.api.call({
    method: 'GET',
    path: `/_matrix/client/v3/rooms/${encodeURIComponent(rig.roomId)}/state/m.room.power_levels`,
  });
  await rig.anna.setState(rig.roomId, 'm.room.power_levels', {
    ...levels,
    users: { [rig.anna.userId]: 100, [ben.userId]: 50 },
  });
  expect(await answerTo(rig, ben, '!lector mode mention')).toContain('From now on');
  expect(await answerTo(rig, rig.anna, '!lector mode auto')).toContain('From now on I read every PDF and picture');
});

test('whoever runs the bot changes it in any room', async () => {
  const rig = await createRig({ MATRIX_ADMINS: '@ben:*' });
  expect(await answerTo(rig, await inviteBen(rig), '!lector mode documents')).toContain('From now on');
});

test('a homeserver that does not tell the rights is said to be asked again, and keeps nothing waiting', async () => {
  const rig = await createRig();
  const takeBack = rig.playground.faults.on(({ endpoint }) =>
    endpoint === 'state' ? { kind: 'status', status: 500 } : null,
  );
  expect(await answerTo(rig, rig.anna, '!lector mode mention')).toContain('could not check just now');
  takeBack();
  expect(await answerTo(rig, rig.anna, '!lector mode')).toContain('This room is in mode auto');
});

test('a file that is asked for while the homeserver fails is answered all the same', async () => {
  const rig = await createRig({ DEFAULT_MODE: 'mention' });
  const keys = await post(rig, KEYS);
  let left = 1;
  rig.playground.faults.on(({ endpoint }) => {
    if (endpoint !== 'event' || left === 0) return null;
    left -= 1;
    return { kind: 'status', status: 502, html: '<h1>Bad gateway</h1>' };
  });
  await rig.anna.sendText(rig.roomId, 'lector?', { replyTo: keys });
  await rig.ended([keys]);
  expect(left).toBe(0);
  expect(wordsOn(rig, [keys])).toEqual([[expect.stringContaining('with the neighbour')]]);
});

test('what a room has set survives a restart, and is forgotten when the bot was sent away', async () => {
  const rig = await createRig();
  await answerTo(rig, rig.anna, '!lector mode mention');
  await rig.app.stop();
  await rig.startBot();
  const keys = await post(rig, KEYS);
  expect(await answerTo(rig, rig.anna, '!lector mode')).toContain('This room is in mode mention');
  expect(wordsOn(rig, [keys])).toEqual([[]]);

  await rig.anna.kick(rig.roomId, rig.botId);
  await rig.anna.invite(rig.roomId, rig.botId);
  const greetings = () =>
    rig.anna.timeline(rig.roomId).filter(({ content }) => String(content.body).startsWith('Hello!'));
  await rig.anna.waitFor(rig.roomId, () => greetings().length === 2, { description: 'a second welcome' });
  const bikes = await post(rig, BIKES);
  await rig.ended([bikes]);
  expect(wordsOn(rig, [keys, bikes])).toEqual([[], [expect.stringContaining('in the yard')]]);
});
