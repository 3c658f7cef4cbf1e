// Owns the account of a bot that has run before: what it keeps from run to run (its compiled code) is there, as it is for operators.
import { openRoom } from './benchRoom.ts';
import { type BotAccount, createBotAccount, startBot } from './measuredBot.ts';
import { smallDocument } from './smallDocuments.ts';

const FIRST_ANSWER_WITHIN_MS = 30_000;

/** `firstMs`: from the upload to the answer of the very first document, with nothing kept yet and no model. */
export type UsedAccount = BotAccount & { firstMs: number; remove(): Promise<void> };

/** A new account whose bot has answered one document and was stopped. */
export async function createUsedAccount(homeserverUrl: string): Promise<UsedAccount> {
  const account = await createBotAccount(homeserverUrl);
  const bot = await startBot(account);
  const room = await openRoom(homeserverUrl, account.userId);
  const posted = await room.post(smallDocument(999));
  const answeredAtMs = await room.answeredAtMs(posted, FIRST_ANSWER_WITHIN_MS);
  await Promise.all([room.close(), bot.end()]);
  if (answeredAtMs === null) throw new Error('the very first document got no answer');
  return { ...account, firstMs: answeredAtMs - posted.postedAtMs };
}
