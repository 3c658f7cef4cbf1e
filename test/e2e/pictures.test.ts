// Owns the proof that pictures and scans are read in rooms of a real homeserver: recognised, seen by a real model server, each answered once.
import { expect, inject, test } from 'vitest';
import { drawScan, drawScreen } from '../fixtures/drawnText.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';
import { whileAway } from '../lab/outage.ts';
import { expectOneAnswer } from './expectAnswer.ts';
import { marked, post } from './posting.ts';
import { answersTo, everythingIn, filesTo, marksOf } from './said.ts';
import { openScene, type Scene, startBotOf } from './scene.ts';

const { llmUrl, seerUrl, seerModel } = inject('lab');

const screen = (name: string, ...lines: string[]) => ({
  name: `${name}.png`,
  bytes: drawScreen(lines, { px: 15 }),
  mime: 'image/png',
  type: 'm.image' as const,
});
const DISK = screen('disk', 'The disk of server seven is full.', 'Please delete the backups of last year.');
const PAGES = 10;

async function scanOf(pageCount: number) {
  const pages = Array.from({ length: pageCount }, (_, index) => [
    `Minutes of meeting number ${index + 1} of the harbour board.`,
    `The surveyors report that the quay has settled by ${index + 1} inches since the spring.`,
    'The repair of the crane was put off until the sea wall is finished.',
  ]);
  const pictures = await Promise.all(pages.map((lines) => drawScan(lines)));
  const bytes = writePdf({ pages: pictures.map((picture) => ({ picture })) });
  return { name: 'minutes.pdf', bytes, mime: 'application/pdf' };
}

/** Posts one file and gives everything in the room once the bot is done with it. */
async function answerTo({ account, bot, anna, roomId }: Scene, file: Parameters<typeof post>[2][0]) {
  const posted = await post(anna, roomId, [file]);
  await marked(anna, roomId, account.userId, posted, 120_000);
  await bot.kill('SIGTERM');
  const [upload] = posted as [(typeof posted)[0]];
  const events = await everythingIn(anna, roomId);
  return { upload, events, answer: expectOneAnswer(events, account.userId, upload) };
}

test('six screenshots at once, on default message limits: every one is answered once, in its own words', async () => {
  const scene = await openScene({ homeserverUrl: inject('lab').limitedSynapseUrl });
  const { account, anna, roomId, bot } = scene;
  const names = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'];
  const files = names.map((name) => screen(name, `This is the ${name} of six pictures of the harbour.`));

  const posted = await post(anna, roomId, files);
  const answered = (events: Awaited<ReturnType<typeof everythingIn>>) =>
    posted.flatMap(({ eventId }) => answersTo(events, account.userId, eventId).map(({ body }) => body));
  await anna.waitFor(
    roomId,
    () => names.every((name) => answered(anna.timeline(roomId)).some((body) => body.includes(`the ${name} of six`))),
    { timeoutMs: 90_000, description: 'the words of every picture' },
  );
  await bot.kill('SIGTERM');

  const answers = answered(await everythingIn(anna, roomId));
  for (const name of names) {
    expect(answers.filter((body) => body.includes(`This is the ${name} of six pictures`))).toHaveLength(1);
  }
});

test('a scan is read on after kill -9: no finished page is recognised twice, and it is answered once', async () => {
  const scene = await openScene({ env: { LOG_LEVEL: 'debug', WORKER_THREADS: '1' } });
  const { account, anna, roomId } = scene;
  const isScanned = ({ msg }: { msg?: unknown }) => msg === 'page scanned and kept';

  const posted = await post(anna, roomId, [await scanOf(PAGES)]);
  await scene.bot.waitForLog((line) => isScanned(line) && line.page === 4);
  await scene.bot.kill('SIGKILL');
  const second = await startBotOf(account, { LOG_LEVEL: 'debug', WORKER_THREADS: '1' });
  await marked(anna, roomId, account.userId, posted, 120_000);
  await second.kill('SIGTERM');

  const pagesOf = (logs: { msg?: unknown; page?: unknown }[]) => logs.filter(isScanned).map(({ page }) => Number(page));
  const before = pagesOf(scene.bot.logs());
  const after = pagesOf(second.logs());
  // One more may have been kept without its line being written.
  expect(after.filter((page) => before.includes(page))).toEqual([]);
  expect(new Set([...before, ...after]).size).toBeGreaterThanOrEqual(PAGES - 1);
  const [upload] = posted as [(typeof posted)[0]];
  const events = await everythingIn(anna, roomId);
  const answer = expectOneAnswer(events, account.userId, upload);
  expect(answer.body).toContain(`All ${PAGES} pages were read.`);
  expect(answer.body).toMatch(/the quay has settled by \d+ inches since the spring\. \(p\. \d+\)/);
});

test('a model that sees answers to a picture, and its tokens are logged', async () => {
  const scene = await openScene({ env: { LLM_BASE_URL: seerUrl } });
  const { answer } = await answerTo(scene, DISK);
  expect(answer.body).toMatch(/^disk\.png — Picture, English\n\nThe document .+/);
  expect(answer.body).toContain(`Summary by ${seerModel}`);
  const [used] = scene.bot.logs().filter(({ msg }) => msg === 'model used');
  expect(used).toMatchObject({ pictures: 1, calls: 1 });
  expect(Number(used?.inputTokens)).toBeGreaterThan(0);
});

test('a model without eyes leaves the picture to text recognition, without a word of failure', async () => {
  const scene = await openScene({ env: { LLM_BASE_URL: llmUrl } });
  const { answer } = await answerTo(scene, DISK);
  expect(answer.body).toContain('The disk of server seven is full.\nPlease delete the backups of last year.');
  expect(answer.body).not.toMatch(/could not|away|failed/);
});

test('while the model that sees is away, recognised text is answered, and that is said', async () => {
  const scene = await openScene({ env: { LLM_BASE_URL: seerUrl } });
  await whileAway('seer', async () => {
    const { answer } = await answerTo(scene, DISK);
    expect(answer.body).toContain('The disk of server seven is full.');
    expect(answer.body).toContain('could not be asked (it is away): this is what text recognition read.');
  });
});

test('a room that wants receipts gets their fields as a table and as a file, by the rules of the profile', async () => {
  const scene = await openScene();
  const { account, anna, roomId } = scene;
  const { eventId } = await anna.sendText(roomId, '!lector profile receipt');
  await anna.waitFor(roomId, ({ sender, content }) => {
    const relation = content['m.relates_to'] as { 'm.in_reply_to'?: { event_id?: string } } | undefined;
    return sender === account.userId && relation?.['m.in_reply_to']?.event_id === eventId;
  });
  const receipt = screen('till', 'CAFE MORGENROT', 'Date: 2026-03-14', '2 x Cappuccino 7.60', 'TOTAL EUR 7.60');
  const { answer, events, upload } = await answerTo(scene, receipt);
  expect(answer.content.formatted_body).toMatch(/<table>.*Total.*7\.60.*<\/table>/s);
  const [file] = filesTo(events, account.userId, upload.eventId);
  const fields = JSON.parse((await anna.downloadMedia(String(file?.content.url))).toString('utf8'));
  expect(fields).toMatchObject({ profile: 'receipt', by: 'rules', values: { date: '2026-03-14', total: 7.6 } });
  expect(marksOf(events, account.userId, upload.eventId)).toEqual(['✅']);
});
