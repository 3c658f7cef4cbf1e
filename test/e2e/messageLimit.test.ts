// Owns the proof that Synapse's default message limit (10 at once, then one in 5 s) delays answers by itself only.
import { expect, inject, test } from 'vitest';
import type { SeenEvent } from '../../src/playground/member.ts';
import { expectQuotes } from './expectAnswer.ts';
import { papers } from './paper.ts';
import { marked, postPrepared } from './posting.ts';
import { answersTo, everythingIn } from './said.ts';
import { createGuest, openScene } from './scene.ts';

const BURST = 12;
/** Of the ten that go at once the join and the welcome took one each, and the first 👀 may go before the burst is known. */
const AT_ONCE = 10 - 3;
const PAUSE_MS = 5_000;

test('a burst of 12 is answered as fast as the limit allows: what is not an answer waits', async () => {
  const { account, bot, anna, roomId } = await openScene({ homeserverUrl: inject('lab').limitedSynapseUrl });
  const botId = account.userId;
  const ben = await createGuest('ben', account.homeserverUrl);
  await anna.invite(roomId, ben.userId);
  await ben.joinRoom(roomId);

  // Six each: the limit holds for members, too.
  const posted = await postPrepared([anna, ben], roomId, papers(BURST));
  const isAnswer = (event: SeenEvent) => posted.some(({ eventId }) => answersTo([event], botId, eventId).length > 0);
  const answers = await Promise.all(
    posted.map(({ eventId }) =>
      anna.waitFor(roomId, (event) => answersTo([event], botId, eventId).length > 0, { timeoutMs: 60_000 }),
    ),
  );
  await marked(anna, roomId, botId, posted.slice(0, 1));
  await bot.kill('SIGTERM');

  const events = await everythingIn(anna, roomId);
  for (const { eventId, document } of posted) {
    const said = answersTo(events, botId, eventId);
    expect(said).toHaveLength(1);
    expectQuotes(String(said[0]?.body), document);
  }
  const afterWelcome = events.filter(({ sender, type }) => sender === botId && type !== 'm.room.member').slice(1);
  const lastAnswer = afterWelcome.findLastIndex(isAnswer);
  const others = afterWelcome.slice(0, lastAnswer).filter((event) => !isAnswer(event));
  expect(others.map(({ type }) => type)).toEqual(others.length === 0 ? [] : ['m.reaction']);
  expect(afterWelcome.slice(lastAnswer + 1).map(({ type }) => type)).toContain('m.reaction');

  const postedAt = events.find(({ event_id }) => event_id === posted[0]?.eventId)?.origin_server_ts ?? 0;
  const answeredAt = Math.max(...answers.map(({ origin_server_ts }) => origin_server_ts));
  expect(answeredAt - postedAt).toBeLessThan((BURST - AT_ONCE) * PAUSE_MS + 3_000);
  const refused = bot.logs().filter(({ code }) => code === 'homeserver_rate_limited');
  expect(refused.length).toBeLessThanOrEqual(BURST - AT_ONCE + 1);
});
