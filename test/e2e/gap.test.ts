// Owns the proof that nothing is lost that was posted while the bot was away.
import { expect, test } from 'vitest';
import { expectAllAnswered } from './expectAnswer.ts';
import { papers } from './paper.ts';
import { marked, post } from './posting.ts';
import { everythingIn } from './said.ts';
import { openScene, startBotOf } from './scene.ts';

test('25 documents posted while the bot was down are answered when it is back', async () => {
  const { account, bot, anna, roomId } = await openScene();
  await bot.kill('SIGTERM');

  const posted = await post(anna, roomId, papers(25));
  const again = await startBotOf(account);
  await marked(anna, roomId, account.userId, posted);

  await again.kill('SIGTERM');
  expectAllAnswered(await everythingIn(anna, roomId), account.userId, posted);
});

test('130 documents are all found though the homeserver hides that some of them are missing from the sync', async () => {
  const { account, bot, anna, roomId } = await openScene();
  await bot.kill('SIGTERM');

  const posted = await post(anna, roomId, papers(130));
  // Synapse counts it as an event of the sync, hides it, and then says that the timeline is whole.
  await anna.redact(roomId, '$nothingThatWasEverSent:lab.test');
  const again = await startBotOf(account);
  await marked(anna, roomId, account.userId, posted, 120_000);

  expect(await again.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  expectAllAnswered(await everythingIn(anna, roomId), account.userId, posted);
});
