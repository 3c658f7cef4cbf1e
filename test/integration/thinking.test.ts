// The bot with a model: what it writes, what members see while it thinks, and what happens while it is away.
import { expect, onTestFinished, test } from 'vitest';
import type { ViewedMessage } from '../../src/playground/conversation.ts';
import { createOpenAiDouble, type OpenAiDouble } from '../fixtures/openaiServer.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';
import { createRig, type Rig } from './botRig.ts';

const lease = {
  name: 'lease.pdf',
  bytes: writePdf({ title: 'Lease', pages: [{ lines: ['The rent of the flat is 900 crowns a month.'] }] }),
};

async function createModel(): Promise<OpenAiDouble> {
  const model = await createOpenAiDouble({ models: ['double-1'] });
  onTestFinished(() => model.close());
  return model;
}

const withModel = (model: OpenAiDouble) => ({ LLM_BASE_URL: model.url, LLM_MODEL: 'double-1' });

async function postOne(rig: Rig): Promise<string> {
  const [eventId] = await rig.post([lease]);
  return eventId as string;
}

const isStatusOf = (botId: string) => (event: { sender: string; content: Record<string, unknown> }) =>
  event.sender === botId && String(event.content.body).startsWith('⏳');

test("the model's summary and key points are the answer, and the answer names the model", async () => {
  const model = await createModel();
  model.script(() => ({
    kind: 'answer',
    text: 'A lease of a flat for 900 crowns a month (p. 1).\n\nKey points:\n- 900 crowns a month (p. 1)',
  }));
  const rig = await createRig(withModel(model));
  const [upload] = (await rig.ended([await postOne(rig)])) as [ViewedMessage];
  expect(upload.replies).toHaveLength(1);
  expect(upload.replies[0]?.body).toContain('A lease of a flat for 900 crowns a month (p. 1).');
  expect(upload.replies[0]?.body).toContain('• 900 crowns a month (p. 1)');
  expect(upload.replies[0]?.body).toMatch(/Summary by .*double-1/);
  expect(model.chats[0]?.user).toContain('The rent of the flat is 900 crowns a month.');
  expect(rig.records).toContainEqual(expect.objectContaining({ message: 'model used', calls: 1 }));
});

test('a slow answer begins as one status notice and becomes the answer in its place', async () => {
  const model = await createModel();
  const latch = Promise.withResolvers<void>();
  model.script(() => ({ kind: 'answer', text: 'The rent is 900 crowns (p. 1).', after: latch.promise }));
  const rig = await createRig(withModel(model));
  const eventId = await postOne(rig);
  const status = await rig.anna.waitFor(rig.roomId, isStatusOf(rig.botId), { description: 'a status notice' });
  expect(status.content).toMatchObject({
    msgtype: 'm.notice',
    'm.mentions': {},
    body: expect.stringContaining('summarising'),
  });
  latch.resolve();
  const [upload] = (await rig.ended([eventId])) as [ViewedMessage];
  expect(upload.replies).toHaveLength(1);
  expect(upload.replies[0]).toMatchObject({ eventId: status.event_id, edited: true });
  expect(upload.replies[0]?.body).toContain('The rent is 900 crowns (p. 1).');
});

test('an answer that took over a minute is a new message that mentions the member', async () => {
  let offsetMs = 0;
  const rig = await createRig({}, { nowMs: () => Date.now() + offsetMs });
  await rig.app.stop();
  const eventId = await postOne(rig);
  offsetMs = 90_000;
  await rig.startBot();
  await rig.ended([eventId]);
  const [answer] = rig.anna.answersTo(eventId);
  expect(answer?.content).toMatchObject({ msgtype: 'm.text', 'm.mentions': { user_ids: [rig.anna.userId] } });
});

test('a model that is away delays the answer, uses up no attempt, and the member is told', async () => {
  const model = await createModel();
  // One attempt's calls fail; the next one is answered when the member has been told.
  let failuresLeft = 3;
  const told = Promise.withResolvers<void>();
  model.script(() =>
    failuresLeft-- > 0
      ? { kind: 'status', status: 503 }
      : { kind: 'answer', text: 'The rent is 900 crowns (p. 1).', after: told.promise },
  );
  const rig = await createRig(withModel(model));
  const eventId = await postOne(rig);
  const status = await rig.anna.waitFor(
    rig.roomId,
    (event) => event.sender === rig.botId && String(event.content.body).includes('model is away'),
    { timeoutMs: 30_000, description: 'a status notice about the model' },
  );
  expect(status.content.msgtype).toBe('m.notice');
  told.resolve();
  const [upload] = (await rig.ended([eventId], 60_000)) as [ViewedMessage];
  expect(upload.replies.filter(({ redacted }) => !redacted).map(({ body }) => body)).toEqual([
    expect.stringContaining('The rent is 900 crowns'),
  ]);
  const waits = rig.records.filter((record) => record.message === 'job failed');
  expect(waits.map(({ attempt }) => attempt)).toEqual(waits.map(() => 1));
});

test('a model that stays away is done without for now: the member has an answer, and is told that the model’s follows', async () => {
  const model = await createModel();
  model.script(() => ({ kind: 'status', status: 503 }));
  const rig = await createRig(withModel(model));
  const [upload] = (await rig.ended([await postOne(rig)], 60_000)) as [ViewedMessage];
  const [answer, ...others] = upload.replies.filter(({ redacted }) => !redacted);
  expect(others).toEqual([]);
  expect(answer?.body).toContain('The rent of the flat is 900 crowns a month.');
  expect(answer?.body).toContain('The language model is away just now.');
  expect(upload.reactions.map(({ key }) => key)).toContain('✅');
  // Five failures, and it is left alone: the last attempt asked it nothing.
  expect(model.chats).toHaveLength(5);
  await rig.anna.sendText(rig.roomId, '!lector status');
  await rig.anna.waitFor(
    rig.roomId,
    ({ sender, content }) =>
      sender === rig.botId &&
      /double-1.*, which has been away for less than a minute\. Until it is back, answers/.test(String(content.body)),
    { description: 'the status that tells of the model' },
  );
});

test("a model that fails on a document is told of, and the document's own sentences answer", async () => {
  const model = await createModel();
  model.script(() => ({ kind: 'status', status: 400, body: { error: { message: 'cannot' } } }));
  const rig = await createRig(withModel(model));
  const [upload] = (await rig.ended([await postOne(rig)])) as [ViewedMessage];
  expect(upload.replies[0]?.body).toContain('The rent of the flat is 900 crowns a month.');
  expect(upload.replies[0]?.body).toContain('The language model gave no usable answer');
});

test('without LLM_FALLBACK a document that the model fails on ends in one sentence and ❌', async () => {
  const model = await createModel();
  model.script(() => ({ kind: 'status', status: 400, body: { error: { message: 'cannot' } } }));
  const rig = await createRig({ ...withModel(model), LLM_FALLBACK: 'false' });
  const [upload] = (await rig.ended([await postOne(rig)])) as [ViewedMessage];
  expect(upload.replies.map(({ body }) => body)).toEqual([
    'lease.pdf: the language model gave no usable answer. Please tell whoever runs this bot.',
  ]);
  expect(upload.reactions.map(({ key }) => key)).toContain('❌');
});
