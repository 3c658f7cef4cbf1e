// Owns the bench of memory: the whole process before its first document, and over documents that mean harm.
import * as hostile from '../fixtures/hostilePdfs.ts';
import { type Document, openRoom } from './benchRoom.ts';
import type { Figure } from './figure.ts';
import { startBot } from './measuredBot.ts';
import { createUsedAccount } from './usedAccount.ts';

/** For ordinary documents; the benches of burst, single and lag hold to it, too. */
export const PEAK_MEMORY_BAR_MB = 450;
const HOSTILE_MEMORY_BAR_MB = 600;
const IDLE_MEMORY_BAR_MB = 180;
/** Long enough for each bomb to reach its full size, short enough for a bench. */
const JOB_TIMEOUT_SECONDS = 30;
const GIVE_UP_MS = 240_000;

/** No model is set; the hostile files are posted at once. */
export async function benchMemory(homeserverUrl: string): Promise<Figure[]> {
  const account = await createUsedAccount(homeserverUrl);
  const bot = await startBot(account, { JOB_TIMEOUT_SECONDS: String(JOB_TIMEOUT_SECONDS) });
  const room = await openRoom(homeserverUrl, account.userId);
  const before = await bot.memory();
  const documents = hostileDocuments();
  const posted = await Promise.all(documents.map(room.post));
  const answers = await Promise.all(posted.map((one) => room.answeredAtMs(one, GIVE_UP_MS)));
  const { peakMb } = await bot.memory();
  await Promise.all([room.close(), bot.end()]);
  await account.remove();
  const answered = answers.filter((atMs) => atMs !== null).length;
  return [
    { name: 'memory: before the first document', unit: 'MB', measured: before.peakMb, bar: IDLE_MEMORY_BAR_MB },
    { name: 'hostile: answered or told', unit: 'answers', measured: answered, bar: documents.length, rule: 'at least' },
    { name: 'hostile: peak memory', unit: 'MB', measured: peakMb, bar: HOSTILE_MEMORY_BAR_MB },
  ];
}

function hostileDocuments(): Document[] {
  return Object.entries(hostile).map(([name, write]) => ({ name: `${name}.pdf`, bytes: write() }));
}
