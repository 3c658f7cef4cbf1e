// Owns the bench of the main thread: its lag while a corpus is read, and the time that it takes to store a sync.
import { tmpdir } from 'node:os';
import { type BenchRoom, openRoom, type Posted } from './benchRoom.ts';
import { CORPUS_FOLDER, readCorpus } from './corpus.ts';
import { type Figure, percentile } from './figure.ts';
import { type MeasuredBot, startBot } from './measuredBot.ts';
import { PEAK_MEMORY_BAR_MB } from './memory.ts';
import { startProbed } from './probedProcess.ts';
import { smallDocument } from './smallDocuments.ts';
import { createUsedAccount } from './usedAccount.ts';

const LAG_P99_BAR_MS = 8;
const LAG_MAX_BAR_MS = 30;
const CALLBACK_BAR_MS = 10;
const LARGE_SYNC_UPLOADS = 100;
const GIVE_UP_MS = 120_000;

/** No model is set: all of the work is the bot's own. */
export async function benchLag(homeserverUrl: string): Promise<Figure[]> {
  const account = await createUsedAccount(homeserverUrl);
  const first = await startBot(account);
  const room = await openRoom(homeserverUrl, account.userId);
  const corpusFigures = await lagOverCorpus(first, room);
  const corpusSyncs = syncsOf(first);
  await first.end();

  // Posted while the bot is away, so that one sync brings them all.
  const copies = await room.postCopies(smallDocument(0), LARGE_SYNC_UPLOADS);
  const second = await startBot(account);
  const answered = await answeredOf(room, copies);
  const syncs = [...corpusSyncs, ...syncsOf(second)];
  const largest = syncs.reduce((most, sync) => (sync.events > most.events ? sync : most));
  const perEvent = syncs.flatMap(({ events, callbackMs }) => Array<number>(events).fill(callbackMs / events));
  const { peakMb } = await second.memory();
  await Promise.all([room.close(), second.end()]);
  await account.remove();
  return [
    ...corpusFigures,
    { name: 'callback: p99 of an event', unit: 'ms', measured: percentile(perEvent, 0.99), bar: CALLBACK_BAR_MS },
    {
      name: 'callback: p99 of a sync with the corpus',
      unit: 'ms',
      measured: percentile(
        corpusSyncs.map(({ callbackMs }) => callbackMs),
        0.99,
      ),
      bar: CALLBACK_BAR_MS,
    },
    {
      name: `callback: one sync with ${largest.events} events`,
      unit: 'ms',
      measured: largest.callbackMs,
      bar: CALLBACK_BAR_MS,
    },
    { name: 'large sync: answered', unit: 'answers', measured: answered, bar: LARGE_SYNC_UPLOADS, rule: 'at least' },
    { name: 'large sync: peak memory', unit: 'MB', measured: peakMb, bar: PEAK_MEMORY_BAR_MB },
  ];
}

async function lagOverCorpus(bot: MeasuredBot, room: BenchRoom): Promise<Figure[]> {
  const documents = readCorpus(CORPUS_FOLDER);
  const idle = startProbed('idleProcess.ts', {}, tmpdir());
  // An answer says that a process is up and measures.
  await Promise.all([idle.lag(), bot.lag()]);
  idle.resetLag();
  bot.resetLag();
  const answered = await answeredOf(room, await Promise.all(documents.map(room.post)));
  const [lag, floor, { peakMb }] = await Promise.all([bot.lag(), idle.lag(), bot.memory()]);
  await idle.end();
  return [
    { name: 'corpus: answered', unit: 'answers', measured: answered, bar: documents.length, rule: 'at least' },
    { name: 'corpus: lag of the main thread, p99', unit: 'ms', measured: lag.p99Ms, bar: LAG_P99_BAR_MS },
    { name: 'corpus: lag of an idle process meanwhile, p99', unit: 'ms', measured: floor.p99Ms, bar: null },
    { name: 'corpus: lag of the main thread, max', unit: 'ms', measured: lag.maxMs, bar: LAG_MAX_BAR_MS },
    { name: 'corpus: lag of an idle process meanwhile, max', unit: 'ms', measured: floor.maxMs, bar: null },
    { name: 'corpus: peak memory', unit: 'MB', measured: peakMb, bar: PEAK_MEMORY_BAR_MB },
  ];
}

async function answeredOf(room: BenchRoom, posted: Posted[]): Promise<number> {
  const answers = await Promise.all(posted.map((one) => room.answeredAtMs(one, GIVE_UP_MS)));
  return answers.filter((atMs) => atMs !== null).length;
}

function syncsOf(bot: MeasuredBot): { events: number; callbackMs: number }[] {
  return bot.logged('sync stored').map(({ events, callbackMs }) => ({
    events: Number(events),
    callbackMs: Number(callbackMs),
  }));
}
