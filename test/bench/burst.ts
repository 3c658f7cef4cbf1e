// Owns the bench of a burst: twelve small documents posted at once, three jobs in flight, a simulated model of one second.
import { createFixedModel } from '../lab/fixedModel.ts';
import { openRoom } from './benchRoom.ts';
import type { Figure } from './figure.ts';
import { type LogLine, startBot } from './measuredBot.ts';
import { PEAK_MEMORY_BAR_MB } from './memory.ts';
import { smallDocument } from './smallDocuments.ts';
import { createUsedAccount } from './usedAccount.ts';

const DOCUMENTS = 12;
const WORKERS = 3;
const MODEL_MS = 1_000;
/** Three models' answers at a time and nothing else that takes time. */
const IDEAL_MS = (DOCUMENTS / WORKERS) * MODEL_MS;
const GIVE_UP_MS = 60_000;

/** From before the first upload of a file to the last answer at the member's sync. */
export async function benchBurst(homeserverUrl: string): Promise<Figure[]> {
  const account = await createUsedAccount(homeserverUrl);
  const model = await createFixedModel({ delayMs: MODEL_MS });
  const bot = await startBot(account, {
    LLM_BASE_URL: model.url,
    LLM_MODEL: 'simulated',
    MAX_CONCURRENT_WORKERS: String(WORKERS),
  });
  const room = await openRoom(homeserverUrl, account.userId);
  const startedAtMs = performance.now();
  const startedAt = Date.now();
  const answers = await Promise.all(
    Array.from({ length: DOCUMENTS }, async (_, index) =>
      room.answeredAtMs(await room.post(smallDocument(index)), GIVE_UP_MS),
    ),
  );
  const answered = answers.filter((atMs) => atMs !== null);
  const starts = bot.logged('job started');
  const waits = starts.map(({ queueWaitMs }) => Number(queueWaitMs));
  const { peakMb } = await bot.memory();
  await Promise.all([room.close(), bot.end(), model.close()]);
  await account.remove();
  return [
    { name: 'burst: answered of 12', unit: 'answers', measured: answered.length, bar: DOCUMENTS, rule: 'at least' },
    {
      name: 'burst: first post to last answer',
      unit: 'ms',
      measured: Math.max(...answered) - startedAtMs,
      bar: IDEAL_MS * 1.25,
    },
    { name: 'burst: first post to first job started', unit: 'ms', measured: firstOf(starts) - startedAt, bar: null },
    { name: 'burst: calls of the model at one time', unit: 'answers', measured: model.maxConcurrent(), bar: null },
    { name: 'burst: longest wait in line', unit: 'ms', measured: Math.max(...waits), bar: null },
    { name: 'burst: peak memory', unit: 'MB', measured: peakMb, bar: PEAK_MEMORY_BAR_MB },
  ];
}

/** Milliseconds since 1970 at which the first of these lines was logged. */
function firstOf(lines: LogLine[]): number {
  return Math.min(...lines.map(({ time }) => Date.parse(String(time))));
}
