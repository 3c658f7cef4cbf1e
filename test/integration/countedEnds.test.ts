// Every job that ends is counted, however it ends, and once.
import { expect, onTestFinished, test, vi } from 'vitest';
import { createOpenAiDouble } from '../fixtures/openaiServer.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';
import type { LogRecord } from '../fixtures/recordingLog.ts';
import { freePort } from '../lab/freePort.ts';
import { createRig, type Rig } from './botRig.ts';

const letter = (about: string) => ({
  name: `${about}.pdf`,
  bytes: writePdf({ pages: [{ lines: [`The ${about} was opened by the mayor on the second of May.`] }] }),
});

/** What a bot on that port has counted, by kind and end. */
async function counted(port: number): Promise<string[]> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return [...text.matchAll(/^lector_jobs_total\{kind="(\w+)",outcome="(\w+)"\} ([1-9]\d*)$/gm)]
    .map(([, kind, outcome, count]) => `${count} ${kind} ${outcome}`)
    .sort();
}
const expectCounted = (port: number, ends: string[]) =>
  vi.waitFor(async () => expect(await counted(port)).toEqual(ends), { timeout: 10_000, interval: 100 });

/** A bot of one reading thread, whose model answers when `answer` is called, and its port. */
async function startRig(): Promise<{ rig: Rig; port: number; answer(): void; asked(): number }> {
  const model = await createOpenAiDouble({ models: ['double-1'] });
  onTestFinished(() => model.close());
  const { promise: after, resolve } = Promise.withResolvers<void>();
  onTestFinished(() => resolve());
  model.script(() => ({ kind: 'answer', text: 'The bridge was opened (p. 1).', after }));
  const port = await freePort();
  const settings = { LLM_BASE_URL: model.url, LLM_MODEL: 'double-1', MAX_CONCURRENT_WORKERS: '1' };
  const rig = await createRig({ ...settings, MATRIX_ADMINS: '@anna:playground', HTTP_PORT: String(port) });
  return { rig, port, answer: resolve, asked: () => model.chats.length };
}

test('uploads redacted at work and in line are cancelled, and one redacted after its answer has ended before', async () => {
  const { rig, port, answer, asked } = await startRig();
  const [atWork = ''] = await rig.post([letter('bridge')]);
  await expect.poll(asked).toBe(1);
  const [inLine = '', answered = ''] = await rig.post([letter('tunnel'), letter('ferry')]);
  await rig.anna.redact(rig.roomId, inLine);
  await rig.anna.redact(rig.roomId, atWork);
  await expectCounted(port, ['2 unknown cancelled']);
  answer();
  await rig.ended([answered]);
  await expectCounted(port, ['1 pdf done', '2 unknown cancelled']);
  await rig.anna.redact(rig.roomId, answered);
  await rig.ended(await rig.post([letter('gate')]));
  await expectCounted(port, ['2 pdf done', '2 unknown cancelled']);
});

test('what is forgotten with its room is cancelled', async () => {
  const { rig, port, asked } = await startRig();
  await rig.post([letter('bridge')]);
  await expect.poll(asked).toBe(1);
  await rig.anna.sendText(rig.roomId, '!lector forget');
  await expectCounted(port, ['1 unknown cancelled']);
});

test('an answer that the life before could not send is counted by the one that sends it', async () => {
  const { rig, port, answer } = await startRig();
  answer();
  const mend = rig.playground.faults.on(({ endpoint, user, path }) =>
    endpoint === 'send' && user === rig.botId && path.includes('m.room.message')
      ? { kind: 'status', status: 500 }
      : null,
  );
  const posted = await rig.post([letter('bridge')]);
  const isPutOff = ({ message, part }: LogRecord) => message === 'send put off' && part === 'answer';
  await expect.poll(() => rig.records.some(isPutOff), { timeout: 10_000 }).toBe(true);
  await rig.app.stop();
  mend();
  await rig.startBot();
  await rig.ended(posted);
  await expectCounted(port, ['1 pdf done']);
});
