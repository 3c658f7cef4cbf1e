// Owns the proof that rooms have modes: what is read unasked, how members ask, and who may change it by Synapse's power levels.
import { expect, onTestFinished, test } from 'vitest';
import { createMember, type Member } from '../../src/playground/member.ts';
import { expectAllAnswered } from './expectAnswer.ts';
import { type Paper, paper, papers } from './paper.ts';
import { marked, type Posted, post } from './posting.ts';
import { answersTo, everythingIn, reactionsTo } from './said.ts';
import { createBotAccount, createGuest, greeted, openScene, startBotOf } from './scene.ts';

/** Says the command and waits for the bot's words on it. */
async function answerTo(member: Member, roomId: string, botId: string, command: string): Promise<string> {
  const { eventId } = await member.sendText(roomId, command);
  const isAnswer = (event: Parameters<typeof answersTo>[0][number]) => answersTo([event], botId, eventId).length > 0;
  const event = await member.waitFor(roomId, isAnswer, { timeoutMs: 30_000, description: `an answer to ${command}` });
  return String(event.content.body);
}

async function bring(guest: string, anna: Member, roomId: string): Promise<Member> {
  const member = await createGuest(guest);
  await anna.invite(roomId, member.userId);
  await member.joinRoom(roomId);
  return member;
}

const MAY_NOT = 'Only those who may change the settings of this room';
const CHANGED = 'From now on';

test('in mode mention only what a caption or a reply asks for is read, each once, over a kill and a restart', async () => {
  const { account, bot, anna, roomId } = await openScene();
  const botId = account.userId;
  expect(await answerTo(anna, roomId, botId, '!lector mode mention')).toContain(CHANGED);
  const [first, second, third] = (await post(anna, roomId, papers(3))) as [Posted<Paper>, Posted<Paper>, Posted<Paper>];
  await bot.kill('SIGKILL');
  const again = await startBotOf(account);

  const document = paper(10);
  const caption = `${botId}: this one`;
  const captioned = { document, ...(await anna.postFile(roomId, { ...document, caption, mentions: [botId] })) };
  await anna.sendText(roomId, 'what does it say?', { replyTo: first.eventId, mentions: [botId] });
  await anna.sendText(roomId, `> <${anna.userId}> report\n\n${botId} please`, { replyTo: first.eventId });
  await anna.sendText(roomId, 'and here?', { threadRootId: second.eventId, mentions: [botId] });
  await anna.sendText(roomId, `${botId} this`, { replyTo: '$there-is-no-such-event-in-this-room' });
  const asked = [first, second, captioned];
  await marked(anna, roomId, botId, asked);
  expect(await answerTo(anna, roomId, botId, '!lector status')).toContain('3 answered');

  await again.kill('SIGTERM');
  const events = await everythingIn(anna, roomId);
  expectAllAnswered(events, botId, asked);
  expect(answersTo(events, botId, third.eventId)).toEqual([]);
  expect(reactionsTo(events, botId, third.eventId)).toEqual([]);
});

test('a file from before the bot came is read when a member asks for it, by the display name that the bot has', async () => {
  const account = await createBotAccount();
  const [anna, bot] = await Promise.all([createGuest('anna'), startBotOf(account)]);
  await bot.ready();
  const owner = await createMember({ ...account, user: account.userId });
  onTestFinished(owner.close);
  await owner.setDisplayName('The Archivist');
  const roomId = await anna.createRoom();
  const posted = await post(anna, roomId, papers(1));
  await anna.invite(roomId, account.userId);
  await greeted(anna, roomId, account.userId);

  await anna.sendText(roomId, 'the archivist: what does this say?', { replyTo: posted[0]?.eventId as string });

  await marked(anna, roomId, account.userId, posted);
  expectAllAnswered(await everythingIn(anna, roomId), account.userId, posted);
});

test('in mode documents a picture is left alone and a PDF is answered', async () => {
  const { account, bot, anna, roomId } = await openScene({ env: { DEFAULT_MODE: 'documents' } });
  const picture = { name: 'board.png', bytes: Buffer.from('none'), mime: 'image/png', type: 'm.image' as const };
  const [unread] = await post(anna, roomId, [picture]);
  const posted = await post(anna, roomId, papers(2));
  await marked(anna, roomId, account.userId, posted);
  expect(await answerTo(anna, roomId, account.userId, '!lector mode')).toContain('This room is in mode documents');

  await bot.kill('SIGTERM');
  const events = await everythingIn(anna, roomId);
  expectAllAnswered(events, account.userId, posted);
  expect(answersTo(events, account.userId, (unread as Posted).eventId)).toEqual([]);
});

test('who may change the mode goes by the power levels, as they are at that moment', async () => {
  const { account, anna, roomId } = await openScene();
  const ben = await bring('ben', anna, roomId);
  const say = (member: Member, command: string) => answerTo(member, roomId, account.userId, command);
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/state/m.room.power_levels`;
  const levels = await anna.api.call({ method: 'GET', path });
  const give = (level: number, more: object = {}) => {
    const users = { ...(levels.users as object), [ben.userId]: level };
    return anna.setState(roomId, 'm.room.power_levels', { ...levels, ...more, users });
  };

  expect(await say(ben, '!lector mode mention')).toContain(MAY_NOT);
  await give(50);
  expect(await say(ben, '!lector mode mention')).toContain(CHANGED);
  await give(50, { state_default: 75 });
  expect(await say(ben, '!lector mode auto')).toContain(MAY_NOT);
  expect(await say(anna, '!lector mode')).toContain('This room is in mode mention');
});

test('in a room of version 12 those who made it may, though no level says so', async () => {
  const account = await createBotAccount();
  const [anna, cara, bot] = await Promise.all([createGuest('anna'), createGuest('cara'), startBotOf(account)]);
  await bot.ready();
  const { room_id: id } = await anna.api.call({
    method: 'POST',
    path: '/_matrix/client/v3/createRoom',
    json: {
      room_version: '12',
      preset: 'private_chat',
      invite: [account.userId, cara.userId],
      creation_content: { additional_creators: [cara.userId] },
    },
  });
  const roomId = String(id);
  await greeted(anna, roomId, account.userId);
  await cara.joinRoom(roomId);
  const ben = await bring('ben', anna, roomId);
  const say = (member: Member, command: string) => answerTo(member, roomId, account.userId, command);

  expect(await say(anna, '!lector mode documents')).toContain(CHANGED);
  expect(await say(cara, '!lector mode mention')).toContain(CHANGED);
  expect(await say(ben, '!lector mode auto')).toContain(MAY_NOT);
  expect(await say(ben, '!lector profile')).toContain('This room’s profile is');
});
