// Owns the bench of pictures in a room, with text recognition only: a dialog from upload to answer, lag while four are read, a scan of ten pages.
import { tmpdir } from 'node:os';
import { drawScan, drawScreen } from '../fixtures/drawnText.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';
import { type BenchRoom, type Document, openRoom } from './benchRoom.ts';
import { type Figure, percentile } from './figure.ts';
import { startBot } from './measuredBot.ts';
import { startProbed } from './probedProcess.ts';
import { createUsedAccount } from './usedAccount.ts';

const ANSWER_BAR_MS = 2_500;
const LAG_P99_BAR_MS = 8;
const MEMORY_BAR_MB = 800;
const WARM_POSTS = 5;
const SCREENS = 4;
const SCAN_PAGES = 10;
const GIVE_UP_MS = 120_000;

const SENTENCES = [
  'The disk of server %n is full: 512 GB of 512 GB are used.',
  'Please delete backups of the years 2021 to 2024 first.',
  'Ask Marta or Jan in the office before you touch the archive.',
  'The next check takes place on Monday at 9 in the morning.',
];

/** A dialog of a few lines, as people post it. */
function dialog(number: number): Document {
  const lines = SENTENCES.map((line) => line.replace('%n', String(number)));
  return { name: `dialog-${number}.png`, bytes: drawScreen(lines), mime: 'image/png', type: 'm.image' };
}

/** A screen full of text, 1080p or so. */
function fullScreen(number: number): Document {
  const lines = Array.from({ length: 45 }, (_, index) => `${index + 1}  ${SENTENCES[(index + number) % 4]}`.repeat(2));
  return { name: `screen-${number}.png`, bytes: drawScreen(lines), mime: 'image/png', type: 'm.image' };
}

async function scan(): Promise<Document> {
  const lines = Array.from({ length: 40 }, (_, index) => `${SENTENCES[index % 4]}`.replace('%n', String(index)));
  const pictures = await Promise.all(Array.from({ length: SCAN_PAGES }, () => drawScan(lines)));
  return { name: 'scan.pdf', bytes: writePdf({ pages: pictures.map((picture) => ({ picture })) }) };
}

/** No model is set. */
export async function benchPictures(homeserverUrl: string): Promise<Figure[]> {
  const account = await createUsedAccount(homeserverUrl);
  // As many jobs at a time as there are screens: each is then answered by itself.
  const bot = await startBot(account, { MAX_CONCURRENT_WORKERS: String(SCREENS) });
  const room = await openRoom(homeserverUrl, account.userId);
  const coldMs = await answerMs(room, dialog(0));
  const warm: number[] = [];
  for (let post = 1; post <= WARM_POSTS; post += 1) warm.push(await answerMs(room, dialog(post)));

  const idle = startProbed('idleProcess.ts', {}, tmpdir());
  await Promise.all([idle.lag(), bot.lag()]);
  idle.resetLag();
  bot.resetLag();
  const posted = await Promise.all(Array.from({ length: SCREENS }, (_, number) => room.post(fullScreen(number))));
  await Promise.all(posted.map((one) => room.answeredAtMs(one, GIVE_UP_MS)));
  const [lag, floor] = await Promise.all([bot.lag(), idle.lag()]);
  const scanMs = await answerMs(room, await scan());
  const { peakMb } = await bot.memory();
  await Promise.all([room.close(), bot.end(), idle.end()]);
  await account.remove();
  const figure = (name: string, unit: 'ms' | 'MB', measured: number, bar: number | null): Figure => ({
    name: `pictures: ${name}`,
    unit,
    measured,
    bar,
  });
  return [
    figure('dialog, first of a new process', 'ms', coldMs, ANSWER_BAR_MS),
    figure('dialog, later ones, median', 'ms', percentile(warm, 0.5), ANSWER_BAR_MS),
    figure(`lag of the main thread while ${SCREENS} screens are read, p99`, 'ms', lag.p99Ms, LAG_P99_BAR_MS),
    figure('lag of an idle process meanwhile, p99', 'ms', floor.p99Ms, null),
    figure(`scan of ${SCAN_PAGES} pages at 150 dpi, upload to answer`, 'ms', scanMs, null),
    figure('peak memory', 'MB', peakMb, MEMORY_BAR_MB),
  ];
}

async function answerMs(room: BenchRoom, document: Document): Promise<number> {
  const posted = await room.post(document);
  const answeredAtMs = await room.answeredAtMs(posted, GIVE_UP_MS);
  if (answeredAtMs === null) throw new Error(`no answer to ${document.name} within ${GIVE_UP_MS} ms`);
  return answeredAtMs - posted.postedAtMs;
}
