// Owns the proof that what is posted at once is answered, each document once and from its own words.
import { expect, test } from 'vitest';
import { corpusPapers, hasCorpus } from './corpusPapers.ts';
import { citationsIn, expectAllAnswered, expectOneAnswer } from './expectAnswer.ts';
import { papers } from './paper.ts';
import { marked, post } from './posting.ts';
import { everythingIn } from './said.ts';
import { openScene } from './scene.ts';

test('the bot joins when it is invited and says once what it does and where the text stays', async () => {
  const { account, bot, anna, roomId } = await openScene();
  await bot.kill('SIGTERM');

  const said = (await everythingIn(anna, roomId)).filter(
    ({ sender, type }) => sender === account.userId && type !== 'm.room.member',
  );
  expect(said).toHaveLength(1);
  expect(said[0]?.content).toMatchObject({ msgtype: 'm.notice', 'm.mentions': {} });
  expect(said[0]?.content.body).toContain('I read every PDF and picture that is posted here');
  expect(said[0]?.content.body).toContain('The text stays on this machine');
});

test('1, 5 and 25 documents at once are each answered once in their own thread', async () => {
  const { account, bot, anna, roomId } = await openScene();
  const botId = account.userId;

  const one = await post(anna, roomId, papers(1, 1));
  await marked(anna, roomId, botId, one);
  const five = await post(anna, roomId, papers(5, 2));
  await marked(anna, roomId, botId, five);
  const twentyFive = await post(anna, roomId, papers(25, 7));
  await marked(anna, roomId, botId, twentyFive);

  expect(await bot.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  expectAllAnswered(await everythingIn(anna, roomId), botId, [...one, ...five, ...twentyFive]);
});

test.skipIf(!hasCorpus)(
  'documents of strangers are answered with their own words, and name pages that they have',
  async () => {
    const { account, bot, anna, roomId } = await openScene();

    const posted = await post(anna, roomId, corpusPapers());
    await marked(anna, roomId, account.userId, posted);

    await bot.kill('SIGTERM');
    const events = await everythingIn(anna, roomId);
    for (const one of posted) {
      const { body } = expectOneAnswer(events, account.userId, one);
      const { pageCount, says } = one.document;
      expect(body).toContain(pageCount === 1 ? 'PDF, 1 page' : `PDF, ${pageCount} pages`);
      const citations = citationsIn(body);
      expect(citations.map(({ words }) => words).join('\n')).toMatch(says);
      const pages = citations.map(({ page }) => page);
      expect(pages.length).toBeGreaterThan(0);
      expect(Math.max(...pages)).toBeLessThanOrEqual(pageCount);
    }
  },
);
