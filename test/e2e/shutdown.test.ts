// Owns the proof that the bot stops in good order: in time, with what runs finished, and what is left answered later.
import { expect, inject, onTestFinished, test } from 'vitest';
import { createSlowProxy } from '../lab/slowProxy.ts';
import { expectAllAnswered, expectOneAnswer } from './expectAnswer.ts';
import { papers } from './paper.ts';
import { marked, post } from './posting.ts';
import { answersTo, everythingIn } from './said.ts';
import { openScene, startBotOf } from './scene.ts';

/** A model that never answers, so that jobs are at work for as long as the bot lives. */
async function deafModel(): Promise<string> {
  const proxy = await createSlowProxy({ targetUrl: inject('lab').llmUrl, delayMs: 0 });
  proxy.setMode('hang');
  onTestFinished(proxy.close);
  return proxy.url;
}

test('SIGTERM in a burst: what is at work is finished, the rest is answered after the next start', async () => {
  const { account, bot, anna, roomId } = await openScene();

  const posted = await post(anna, roomId, papers(25));
  await bot.waitForLog('job left the consumer');
  expect(await bot.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  const logs = bot.logs();
  const started = logs.filter(({ msg }) => msg === 'job started').length;
  const answeredBefore = await everythingIn(anna, roomId);
  const answered = posted.filter(({ eventId }) => answersTo(answeredBefore, account.userId, eventId).length > 0);
  expect(answered.length).toBe(started);
  expect(logs.at(-1)?.msg).toBe('stopped');

  const again = await startBotOf(account);
  await marked(anna, roomId, account.userId, posted);
  await again.kill('SIGTERM');
  expectAllAnswered(await everythingIn(anna, roomId), account.userId, posted);
});

test('a job that outlasts SHUTDOWN_TIMEOUT_SECONDS is left to the next start', async () => {
  const env = { SHUTDOWN_TIMEOUT_SECONDS: '2', LLM_BASE_URL: await deafModel() };
  const { account, bot: first, anna, roomId } = await openScene({ env });
  // The first life on a data folder ends with writing the compiled code into it, once: up to 1.5 s on a busy machine.
  await first.kill('SIGTERM');
  const bot = await startBotOf(account, env);

  const posted = await post(anna, roomId, papers(5));
  await bot.waitForLog('read');
  const askedAtMs = Date.now();
  expect(await bot.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(Date.now() - askedAtMs).toBeLessThan(3_000);

  const again = await startBotOf(account);
  await marked(anna, roomId, account.userId, posted);
  await again.kill('SIGTERM');
  const events = await everythingIn(anna, roomId);
  for (const one of posted) expectOneAnswer(events, account.userId, one);
});

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('a second %s ends it at once', async (signal, code) => {
  const { bot, anna, roomId } = await openScene({ env: { LLM_BASE_URL: await deafModel() } });

  await post(anna, roomId, papers(1));
  await bot.waitForLog('read');
  bot.signal(signal);
  await bot.waitForLog(({ msg }) => msg.startsWith('stopping'));
  expect(await bot.kill(signal)).toEqual({ code, signal: null });
});
