// Owns the proof of who may use the bot and where, and of what it says when it is asked or may not.
import { expect, test } from 'vitest';
import type { Member, SeenEvent } from '../../src/playground/member.ts';
import { expectAllAnswered } from './expectAnswer.ts';
import { papers } from './paper.ts';
import { marked, post } from './posting.ts';
import { answersTo, everythingIn } from './said.ts';
import { createBotAccount, createGuest, openScene, startBotOf } from './scene.ts';

/** The bot's refusal of an invite, as those in the room see it. */
function declined(member: Member, roomId: string, botId: string): Promise<SeenEvent> {
  const isLeave = ({ type, state_key, content }: SeenEvent) =>
    type === 'm.room.member' && state_key === botId && content.membership === 'leave';
  return member.waitFor(roomId, isLeave, { timeoutMs: 30_000, description: 'the refusal of the invite' });
}

test('an invite to an encrypted room is declined with the reason', async () => {
  const { account, anna } = await openScene();

  const roomId = await anna.createRoom({ encrypted: true, invite: [account.userId] });

  const { content } = await declined(anna, roomId, account.userId);
  expect(content.reason).toBe(
    'This room is encrypted, and I cannot read encrypted rooms yet. Please invite me to one that is not.',
  );
});

test('an invite by somebody who is not allowed is declined with the reason', async () => {
  const account = await createBotAccount();
  const [ben, bot] = await Promise.all([
    createGuest('ben'),
    startBotOf(account, { MATRIX_ALLOWED_USERS: '@anna-*:lab.test' }),
  ]);
  await bot.ready();

  const roomId = await ben.createRoom({ invite: [account.userId] });

  const { content } = await declined(ben, roomId, account.userId);
  expect(content.reason).toBe('Whoever runs this bot has not allowed you to invite it.');
});

test('a member who may not use the bot is told once, and those who may are answered', async () => {
  const { account, bot, anna, roomId } = await openScene({ env: { MATRIX_ALLOWED_USERS: '@anna-*:lab.test' } });
  const ben = await createGuest('ben');
  await anna.invite(roomId, ben.userId);
  await ben.joinRoom(roomId);

  const denied = await post(ben, roomId, papers(3, 50));
  const posted = await post(anna, roomId, papers(1));
  await marked(anna, roomId, account.userId, posted);

  await bot.kill('SIGTERM');
  const events = await everythingIn(anna, roomId);
  expect(denied.flatMap(({ eventId }) => answersTo(events, account.userId, eventId)).map(({ body }) => body)).toEqual([
    'I may not read documents for you here: whoever runs this bot has not allowed it.',
  ]);
  expectAllAnswered(events, account.userId, posted);
});

test('!lector help and !lector status are answered, and notices of other bots are not', async () => {
  const { account, bot, anna, roomId } = await openScene();
  const posted = await post(anna, roomId, papers(2));
  await marked(anna, roomId, account.userId, posted);

  const notice = await anna.sendEvent(roomId, 'm.room.message', { msgtype: 'm.notice', body: '!lector help' });
  const help = await anna.sendText(roomId, '!lector help');
  const status = await anna.sendText(roomId, '!lector status');
  await anna.waitFor(roomId, (event) => answersTo([event], account.userId, status.eventId).length > 0);

  await bot.kill('SIGTERM');
  const events = await everythingIn(anna, roomId);
  const told = ({ eventId }: { eventId: string }) => answersTo(events, account.userId, eventId).map(({ body }) => body);
  expect(told(notice)).toEqual([]);
  expect(told(help)).toEqual([
    expect.stringContaining('Redact your upload, and I stop reading it and take back my answer.'),
  ]);
  expect(told(status)).toEqual([expect.stringContaining('2 answered, 0 not readable or failed')]);
});
