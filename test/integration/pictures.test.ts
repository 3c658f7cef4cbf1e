// Pictures in a room: read by text recognition in threads of its own, seen by a model where there is one, answered together.
import { expect, onTestFinished, test } from 'vitest';
import type { ViewedMessage } from '../../src/playground/conversation.ts';
import { drawScan, drawScreen } from '../fixtures/drawnText.ts';
import { createOpenAiDouble, type OpenAiDouble } from '../fixtures/openaiServer.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';
import { drawPhoto, drawSheet } from '../fixtures/pictures.ts';
import { createRig, type PostedPdf } from './botRig.ts';

const screen = (name: string, ...lines: string[]): PostedPdf => ({
  name: `${name}.png`,
  bytes: drawScreen(lines),
  mime: 'image/png',
  type: 'm.image',
});
const DISK = screen('disk', 'The disk of server seven is full.', 'Please delete old backups.');
const QUOTA = screen('quota', 'The mailbox of Anna has reached its quota.');
const RECEIPT = screen('receipt', 'CAFE MORGENROT', 'Date: 2026-03-14', '2 x Cappuccino 7.60', 'TOTAL EUR 7.60');

const marksOf = (message: ViewedMessage | undefined) => message?.reactions.map(({ key }) => key).sort();
/** What the bot says in the thread of an upload, without what it has taken back. */
const wordsOf = (message: ViewedMessage | undefined) =>
  message?.replies.filter(({ redacted }) => !redacted).map(({ body }) => body) ?? [];

async function createSeer(description: object | string): Promise<OpenAiDouble> {
  const model = await createOpenAiDouble({ models: ['eyes-1'] });
  onTestFinished(() => model.close());
  const text = typeof description === 'string' ? description : JSON.stringify(description);
  model.script(() => ({ kind: 'answer', text }));
  return model;
}
const seenBy = (model: OpenAiDouble) => ({ LLM_BASE_URL: model.url, LLM_MODEL: 'eyes-1' });

test('a screenshot is answered with the words on it', async () => {
  const rig = await createRig();
  const [upload] = await rig.ended(await rig.post([DISK]));
  expect(wordsOf(upload)).toEqual([
    expect.stringMatching(
      /^disk\.png — Picture\n\nThe disk of server seven is full\.\nPlease delete old backups\.\n\nRead by text recognition \(confidence \d\d %\)\.$/,
    ),
  ]);
  expect(marksOf(upload)).toContain('✅');
  expect(rig.spool()).toEqual([]);
});

test('a scanned PDF is read page by page, between the pages that have text', async () => {
  const rig = await createRig();
  const scanned = await drawScan(['The heating will be renewed in May.', 'There will be no warm water for two days.']);
  const bytes = writePdf({ pages: [{ lines: ['A letter to all tenants of the house.'] }, { picture: scanned }] });
  const [upload] = await rig.ended(await rig.post([{ name: 'letter.pdf', bytes }]));
  const [answer] = wordsOf(upload);
  expect(answer).toContain('The heating will be renewed in May. (p. 2)');
  expect(answer).toContain('All 2 pages were read.');
  expect(answer).toMatch(/Read by text recognition \(confidence \d\d %\)/);
});

test('a blank picture is refused with the reason, and costs no call of a model', async () => {
  const model = await createSeer({ description: 'Nothing.' });
  const rig = await createRig(seenBy(model));
  const [upload] = await rig.ended(
    await rig.post([{ name: 'blank.png', bytes: await drawSheet(), mime: 'image/png', type: 'm.image' }]),
  );
  expect(wordsOf(upload)).toEqual([
    'blank.png: there is nothing on the picture to read. If there should be, please send it again.',
  ]);
  expect(marksOf(upload)).toContain('❌');
  expect(model.chats).toEqual([]);
});

test('a photo without text gets ➖ and no word where no model sees', async () => {
  const rig = await createRig();
  const [upload] = await rig.ended(
    await rig.post([{ name: 'cat.jpg', bytes: await drawPhoto(), mime: 'image/jpeg', type: 'm.image' }]),
  );
  expect(marksOf(upload)?.filter((key) => key !== '👀')).toEqual(['➖']);
  expect(wordsOf(upload)).toEqual([]);
});

test('pictures of one member that wait together are answered together, a part for each; the first waits for none', async () => {
  const rig = await createRig({ MAX_CONCURRENT_WORKERS: '1' });
  const names = ['one', 'two', 'three', 'four'];
  const ids = await rig.post(names.map((name) => screen(name, `This is the picture number ${name} of four.`)));
  const uploads = await rig.ended(ids);
  const answers = uploads.flatMap(wordsOf);
  expect(answers.length).toBeLessThan(4);
  for (const name of names) {
    const naming = answers.filter((answer) => answer.includes(`This is the picture number ${name} of four.`));
    expect(naming).toHaveLength(1);
  }
  for (const upload of uploads) expect(marksOf(upload)).toContain('✅');
});

test('a model that sees describes the picture, and is given the words that were recognised as data', async () => {
  const model = await createSeer({ description: 'A warning that a disk is full.', transcription: '' });
  const rig = await createRig(seenBy(model));
  const [upload] = await rig.ended(await rig.post([DISK]));
  expect(wordsOf(upload)[0]).toContain('A warning that a disk is full.');
  expect(wordsOf(upload)[0]).toMatch(/Summary by .*eyes-1.*; check what matters in the picture\./);
  expect(model.chats).toHaveLength(1);
  expect(model.chats[0]?.images).toHaveLength(1);
  expect(model.chats[0]?.user).toContain('The disk of server seven is full.');
});

test('while the model that sees is away, what was recognised is answered, and that is said', async () => {
  const model = await createSeer('');
  model.script(() => ({ kind: 'status', status: 503 }));
  const rig = await createRig(seenBy(model));
  const [upload] = await rig.ended(await rig.post([DISK]));
  expect(wordsOf(upload)[0]).toContain('The disk of server seven is full.');
  expect(wordsOf(upload)[0]).toContain('could not be asked (it is away): this is what text recognition read.');
  expect(marksOf(upload)).toContain('✅');
});

test('a room with the profile “receipt” gets its fields as a table and as a file', async () => {
  const rig = await createRig({ DEFAULT_PROFILE: 'receipt' });
  const [upload] = await rig.ended(await rig.post([RECEIPT]));
  const [answer, file] = upload?.replies ?? [];
  expect(answer?.body).toContain('Date: 2026-03-14');
  expect(answer?.formattedBody).toMatch(/<table>.*7\.6.*<\/table>/s);
  expect(file?.body).toBe('receipt.json');
});

test('two different pictures at once are both answered with their own words', async () => {
  const rig = await createRig();
  const uploads = await rig.ended(await rig.post([DISK, QUOTA]));
  const answers = uploads.flatMap(wordsOf).join('\n');
  expect(answers).toContain('The disk of server seven is full.');
  expect(answers).toContain('The mailbox of Anna has reached its quota.');
});
