// Owns the proof that a real model server writes the summaries, however long the document and however slow or absent the model.
import { expect, inject, onTestFinished, test } from 'vitest';
import { startLabServer, stopLabServer } from '../lab/outage.ts';
import { createSlowProxy } from '../lab/slowProxy.ts';
import { citationsIn, expectOneAnswer } from './expectAnswer.ts';
import { paper } from './paper.ts';
import { marked, post } from './posting.ts';
import { answersTo, everythingIn, filesTo, marksOf, statusesTo } from './said.ts';
import { openScene, type Scene } from './scene.ts';

const { llmUrl, llmModel } = inject('lab');

async function answerOf({ account, bot, anna, roomId }: Scene, pageCount: number) {
  const posted = await post(anna, roomId, [paper(1, pageCount)]);
  await marked(anna, roomId, account.userId, posted, 120_000);
  await bot.kill('SIGTERM');
  const events = await everythingIn(anna, roomId);
  const [upload] = posted as [(typeof posted)[0]];
  return { answer: expectOneAnswer(events, account.userId, upload), events, upload };
}

const callsIn = ({ bot }: Scene) => bot.logs().filter(({ msg }) => msg === 'model call');

test('the model sums a document up, and the answer says which one', async () => {
  const scene = await openScene({ env: { LLM_BASE_URL: llmUrl, LLM_CONTEXT_TOKENS: '4096' } });

  const { answer } = await answerOf(scene, 2);

  expect(answer.body).toMatch(/\n\nThe document .+ \(p\. 1\)\. It .+ \(p\. 2\)\./);
  expect(answer.body).toContain(`Summary by ${llmModel} (${new URL(llmUrl).host})`);
  const [call] = callsIn(scene);
  expect(call).toMatchObject({ model: expect.stringContaining(llmModel), attempt: 1, finish: 'stop' });
  // A token of the lab's model is about a character.
  expect(call?.inputTokens).toBeGreaterThan(paper(1, 2).pages.flat().join('\n').length);
  expect(call?.outputTokens).toBeGreaterThan(0);
});

test('a document longer than the context is summed up part by part and as a whole, its text attached', async () => {
  expect(paper(1, 110).pages.flat().join('\n').length).toBeGreaterThan(30_000);
  const scene = await openScene({ env: { LLM_BASE_URL: llmUrl, LLM_CONTEXT_TOKENS: '4096' } });

  const { answer, events, upload } = await answerOf(scene, 110);

  expect(callsIn(scene).length).toBeGreaterThan(2);
  expect(answer.body).toContain('All 110 pages were read.');
  expect(answer.body).toContain(`Summary by ${llmModel}`);
  expect(answer.body).not.toContain('no usable answer');
  expect(citationsIn(answer.body).length).toBeGreaterThan(0);

  const files = filesTo(events, scene.account.userId, upload.eventId);
  expect(files.map(({ content }) => content.body)).toEqual(['report-1.md']);
  const text = (await scene.anna.downloadMedia(String(files[0]?.content.url))).toString('utf8');
  expect(upload.document.pages.flat().filter((sentence) => !text.includes(sentence))).toEqual([]);
});

test('while the model is away the member is told so, and the model answers when it is back', async () => {
  const scene = await openScene({ env: { LLM_BASE_URL: llmUrl } });
  const { account, bot, anna, roomId } = scene;
  onTestFinished(() => startLabServer('llm'));
  await stopLabServer('llm');

  const posted = await post(anna, roomId, [paper(3)]);
  const [upload] = posted as [(typeof posted)[0]];
  const isTold = (body: string) => body.startsWith('⏳ report-3.pdf: ') && body.includes('the language model is away');
  await anna.waitFor(
    roomId,
    () => statusesTo(anna.timeline(roomId), account.userId, upload.eventId).some(({ body }) => isTold(body)),
    { timeoutMs: 30_000, description: 'word that the model is away' },
  );
  await startLabServer('llm');
  await marked(anna, roomId, account.userId, posted, 60_000);

  await bot.kill('SIGTERM');
  const answer = expectOneAnswer(await everythingIn(anna, roomId), account.userId, upload);
  expect(answer.body).toContain(`Summary by ${llmModel}`);
  const failures = bot.logs().filter(({ msg }) => msg === 'job failed');
  expect(failures.map(({ code }) => code)).toContain('model_unavailable');
  expect(new Set(failures.map(({ attempt }) => attempt))).toEqual(new Set([1]));
});

test('when the model takes its time, a notice says that it is at work and becomes the answer', async () => {
  const proxy = await createSlowProxy({ targetUrl: llmUrl, delayMs: 5_000 });
  onTestFinished(proxy.close);
  const scene = await openScene({ env: { LLM_BASE_URL: proxy.url, LLM_MODEL: llmModel } });

  const { answer, events, upload } = await answerOf(scene, 2);

  const [first] = statusesTo(events, scene.account.userId, upload.eventId);
  expect(first?.body).toMatch(/^⏳ report-1\.pdf: /);
  expect(first?.relation).toMatchObject({ rel_type: 'm.thread', event_id: upload.eventId });
  expect({ eventId: answer.eventId, isEdit: answer.isEdit }).toEqual({ eventId: first?.eventId, isEdit: true });
});

test('a model that stays away is done without, and when it is back its words take the place of the document’s own', async () => {
  const { account, bot, anna, roomId } = await openScene({ env: { LLM_BASE_URL: llmUrl } });
  onTestFinished(() => startLabServer('llm'));
  await stopLabServer('llm');

  const posted = await post(anna, roomId, [paper(4)]);
  const [upload] = posted as [(typeof posted)[0]];
  await marked(anna, roomId, account.userId, posted, 60_000);
  const first = expectOneAnswer(anna.timeline(roomId), account.userId, upload);
  expect(first.body).toContain('The language model is away just now.');
  expect(first.body).toContain('Summary made of sentences of the document.');

  await startLabServer('llm');
  const summary = `Summary by ${llmModel}`;
  const isBetter = ({ content }: { content: Record<string, unknown> }) => JSON.stringify(content).includes(summary);
  await anna.waitFor(roomId, isBetter, { timeoutMs: 60_000, description: 'the words of the model' });

  await bot.kill('SIGTERM');
  const events = await everythingIn(anna, roomId);
  const answers = answersTo(events, account.userId, upload.eventId);
  expect(answers.map(({ eventId, isEdit }) => ({ eventId, isEdit }))).toEqual([
    { eventId: first.eventId, isEdit: true },
    { eventId: first.eventId, isEdit: true },
  ]);
  expect(answers[1]?.body).toContain(summary);
  expect(answers[1]?.body).not.toContain('is away just now');
  expect(marksOf(events, account.userId, upload.eventId)).toEqual(['✅']);
});
