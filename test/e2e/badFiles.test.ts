// Owns the proof that bad files are told from good ones, each in one sentence, and that nothing of them stays.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyFile, headerOnlyPdf, htmlNamedPdf, passwordPdf, truncatedPdf } from '../fixtures/hostilePdfs.ts';
import { expectAllAnswered, expectOneAnswer, expectOneRefusal } from './expectAnswer.ts';
import { papers } from './paper.ts';
import { type Document, marked, post } from './posting.ts';
import { everythingIn } from './said.ts';
import { openScene } from './scene.ts';

const pdf = (name: string, bytes: Buffer): Document => ({ name, bytes, mime: 'application/pdf' });

const REFUSED: [document: Document, sentence: string][] = [
  [
    pdf('header.pdf', headerOnlyPdf()),
    'the file is damaged beyond reading. Please save or export it anew and send it again.',
  ],
  [pdf('empty.pdf', emptyFile()), 'the file is empty. Please send it again.'],
  [pdf('locked.pdf', passwordPdf()), 'the PDF is protected by a password. Please send a copy without one.'],
  [
    pdf('web.pdf', htmlNamedPdf()),
    'this is called a PDF or a picture, but its content is neither. Please send the file itself.',
  ],
];

/** An empty archive. */
const ZIP = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);

test('among good ones, bad files get ❌ and a sentence, a zip nothing at all, and the spool is empty afterwards', async () => {
  const { account, bot, anna, roomId } = await openScene();
  const botId = account.userId;

  const [good, bad, cut, zip] = await Promise.all([
    post(anna, roomId, papers(4)),
    post(
      anna,
      roomId,
      REFUSED.map(([document]) => document),
    ),
    post(anna, roomId, [pdf('cut.pdf', truncatedPdf())]),
    post(anna, roomId, [{ name: 'photos.zip', bytes: ZIP, mime: 'application/zip' }]),
  ]);
  await marked(anna, roomId, botId, [...good, ...bad, ...cut]);
  await bot.kill('SIGTERM');

  const events = await everythingIn(anna, roomId);
  expectAllAnswered(events, botId, good);
  for (const [index, one] of bad.entries()) expectOneRefusal(events, botId, one, String(REFUSED[index]?.[1]));
  const [repaired] = cut.map((one) => expectOneAnswer(events, botId, one).body);
  expect(repaired).toMatch(/Page 1, line \d+ of the ordinary document\. \(p\. 1\)/);
  expect(repaired).toContain('The file is damaged; what could be repaired was read.');
  const aboutZip = events.filter(
    ({ sender, content }) => sender === botId && JSON.stringify(content).includes(String(zip[0]?.eventId)),
  );
  expect(aboutZip).toEqual([]);
  expect(await readdir(join(account.dataDir, 'spool'))).toEqual([]);
});

test('a file over MAX_FILE_MB is refused with the limit', async () => {
  const { account, bot, anna, roomId } = await openScene({ env: { MAX_FILE_MB: '1' } });

  const posted = await post(anna, roomId, [pdf('large.pdf', Buffer.alloc(1_100_000, '%PDF-1.7\n'))]);
  await marked(anna, roomId, account.userId, posted);
  await bot.kill('SIGTERM');

  const events = await everythingIn(anna, roomId);
  const sentence =
    'the file is larger than 1 MB, or what it unpacks to is more than is safe here. Please send a smaller one, or its parts.';
  for (const one of posted) expectOneRefusal(events, account.userId, one, sentence);
});
