// Owns the proof that a redacted upload takes everything along that the bot said about it.
import { expect, inject, onTestFinished, test } from 'vitest';
import { createSlowProxy } from '../lab/slowProxy.ts';
import { expectOneAnswer } from './expectAnswer.ts';
import { paper, papers } from './paper.ts';
import { marked, post } from './posting.ts';
import { everythingIn, messagesTo } from './said.ts';
import { openScene } from './scene.ts';

test('redacting an upload takes its answer back and leaves the others', async () => {
  const { account, bot, anna, roomId } = await openScene();
  const posted = await post(anna, roomId, papers(2));
  await marked(anna, roomId, account.userId, posted);
  const [taken, kept] = posted as [(typeof posted)[0], (typeof posted)[0]];
  const answer = expectOneAnswer(anna.timeline(roomId), account.userId, taken);

  await anna.redact(roomId, taken.eventId);
  await anna.waitFor(roomId, ({ sender, type, redacts, content }) => {
    return sender === account.userId && type === 'm.room.redaction' && (redacts ?? content.redacts) === answer.eventId;
  });

  await bot.kill('SIGTERM');
  const events = await everythingIn(anna, roomId);
  expect(messagesTo(events, account.userId, taken.eventId)).toEqual([]);
  expectOneAnswer(events, account.userId, kept);
});

test('redacting an upload that is being summed up ends the work without a word', async () => {
  const { llmUrl, llmModel } = inject('lab');
  const proxy = await createSlowProxy({ targetUrl: llmUrl, delayMs: 0 });
  proxy.setMode('hang');
  onTestFinished(proxy.close);
  const { account, bot, anna, roomId } = await openScene({ env: { LLM_BASE_URL: proxy.url, LLM_MODEL: llmModel } });

  const [upload] = await post(anna, roomId, [paper(1)]);
  const uploadId = String(upload?.eventId);
  await proxy.received(1);
  await anna.redact(roomId, uploadId);
  await bot.waitForLog('job left the consumer');

  expect(await bot.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  const events = await everythingIn(anna, roomId);
  expect(messagesTo(events, account.userId, uploadId)).toEqual([]);
});
