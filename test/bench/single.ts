// Owns the bench of a single document on an idle bot: with its threads ended (cold) and running (warm).
import { createFixedModel, type FixedModel } from '../lab/fixedModel.ts';
import { type BenchRoom, openRoom } from './benchRoom.ts';
import { type Figure, percentile } from './figure.ts';
import { type BotAccount, type MeasuredBot, startBot } from './measuredBot.ts';
import { PEAK_MEMORY_BAR_MB } from './memory.ts';
import { smallDocument } from './smallDocuments.ts';
import { createUsedAccount } from './usedAccount.ts';

const ANSWER_BAR_MS = 500;
const STARTED_BAR_MS = 100;
const KNOWN_BAR_MS = 100;
const COLD_STARTS = 3;
const WARM_POSTS = 10;
const GIVE_UP_MS = 30_000;

/** From before the upload of the file to the answer at the member's sync; a model without delay. */
export async function benchSingle(homeserverUrl: string): Promise<Figure[]> {
  const account = await createUsedAccount(homeserverUrl);
  const model = await createFixedModel({ delayMs: 0 });
  const cold: number[] = [];
  let bot = await start(account, model);
  const room = await openRoom(homeserverUrl, account.userId);
  const started: number[] = [];
  for (let round = 0; round < COLD_STARTS; round += 1) {
    if (round > 0) bot = await start(account, model);
    cold.push(await answerMs(room, round));
    if (round === COLD_STARTS - 1) break;
    started.push(...startsOf(bot));
    await bot.end();
  }
  const warm: number[] = [];
  for (let post = 0; post < WARM_POSTS; post += 1) warm.push(await answerMs(room, 100 + post));
  started.push(...startsOf(bot));
  const { peakMb } = await bot.memory();
  await bot.end();
  bot = await start(account, model, { RESULT_CACHE_DAYS: '1' });
  const known = await knownMs(room, bot);
  await Promise.all([room.close(), bot.end(), model.close()]);
  await account.remove();
  return [
    { name: 'single: very first document of a new bot, no model', unit: 'ms', measured: account.firstMs, bar: null },
    { name: `single: cold, slowest of ${COLD_STARTS}`, unit: 'ms', measured: Math.max(...cold), bar: ANSWER_BAR_MS },
    { name: `single: warm, median of ${WARM_POSTS}`, unit: 'ms', measured: percentile(warm, 0.5), bar: ANSWER_BAR_MS },
    { name: 'single: warm, slowest', unit: 'ms', measured: Math.max(...warm), bar: ANSWER_BAR_MS },
    {
      name: 'single: event to reading started, slowest',
      unit: 'ms',
      measured: Math.max(...started),
      bar: STARTED_BAR_MS,
    },
    {
      name: 'single: read before, event to answer saved, slowest',
      unit: 'ms',
      measured: Math.max(...known.inside),
      bar: KNOWN_BAR_MS,
    },
    {
      name: `single: read before, as the member sees it, median of ${WARM_POSTS}`,
      unit: 'ms',
      measured: percentile(known.seen, 0.5),
      bar: KNOWN_BAR_MS,
    },
    { name: 'single: peak memory', unit: 'MB', measured: peakMb, bar: PEAK_MEMORY_BAR_MB },
  ];
}

function start(account: BotAccount, model: FixedModel, env: Record<string, string> = {}): Promise<MeasuredBot> {
  return startBot(account, { LLM_BASE_URL: model.url, LLM_MODEL: 'simulated', ...env });
}

function startsOf(bot: MeasuredBot): number[] {
  return bot.logged('job started').map(({ sinceReceivedMs }) => Number(sinceReceivedMs));
}

async function answerMs(room: BenchRoom, number: number): Promise<number> {
  const posted = await room.post(smallDocument(number));
  const answeredAtMs = await room.answeredAtMs(posted, GIVE_UP_MS);
  if (answeredAtMs === null) throw new Error(`no answer to document ${number} within ${GIVE_UP_MS} ms`);
  return answeredAtMs - posted.postedAtMs;
}

/** The same file again and again: in the bot, from the sync to the answer saved and being sent; and as the member sees it. */
async function knownMs(room: BenchRoom, bot: MeasuredBot): Promise<{ inside: number[]; seen: number[] }> {
  await answerMs(room, 999);
  const before = startsOf(bot).length;
  const seen: number[] = [];
  for (let post = 0; post < WARM_POSTS; post += 1) seen.push(await answerMs(room, 999));
  const took = bot.logged('job left the consumer').map(({ processingMs }) => Number(processingMs));
  const inside = startsOf(bot).map((startedMs, index) => startedMs + (took[index] ?? 0));
  return { inside: inside.slice(before), seen };
}
