// Owns the proof that a bot that is killed at any moment loses nothing, says nothing twice, and leaves no file behind.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BotProcess } from './botProcess.ts';
import { createChance } from './chance.ts';
import { expectAllAnswered } from './expectAnswer.ts';
import { papers } from './paper.ts';
import { marked, post } from './posting.ts';
import { everythingIn } from './said.ts';
import { openScene, startBotOf } from './scene.ts';

/** A burst of 25 writes more than 100 lines: all lives together see less of it. */
const FIRST_LIFE_LINES = 40;
const LATER_LIFE_LINES = 20;

/** Kills the bot when it has logged so many lines more: moments that lie close when much happens. */
async function killAfter(bot: BotProcess, lines: number): Promise<void> {
  const until = bot.logs().length + lines;
  await bot.waitForLog((_, index) => index + 1 >= until);
  expect(await bot.kill('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
}

test.each([1, 2, 3])('kill -9 four times in a burst of 25, at moments of chance (seed %i)', async (seed) => {
  const chance = createChance(seed);
  const { account, bot, anna, roomId } = await openScene();

  const posting = post(anna, roomId, papers(25));
  await killAfter(bot, chance(1, FIRST_LIFE_LINES));
  const posted = await posting;
  for (let round = 2; round <= 4; round++) {
    await killAfter(await startBotOf(account), chance(2, LATER_LIFE_LINES));
  }
  const last = await startBotOf(account);
  await marked(anna, roomId, account.userId, posted);

  expect(await last.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  expectAllAnswered(await everythingIn(anna, roomId), account.userId, posted);
  expect(await readdir(join(account.dataDir, 'spool'))).toEqual([]);
});
