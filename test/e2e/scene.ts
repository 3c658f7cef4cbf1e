// Owns the stage of most tests: a bot with an account of its own, and a member who shares a room with it.
import { inject, onTestFinished } from 'vitest';
import { createMember, type Member } from '../../src/playground/member.ts';
import { registerMember } from '../lab/member.ts';
import { type BotProcess, startBot } from './botProcess.ts';
import type { Variables } from './lectorProcess.ts';
import { temporaryFolder } from './temporaryFolder.ts';

export type BotAccount = { homeserverUrl: string; userId: string; password: string; dataDir: string };

/** A new account for the bot, with a data folder that outlives restarts. */
export async function createBotAccount(homeserverUrl = inject('lab').synapseUrl): Promise<BotAccount> {
  const { userId, password } = await registerMember(homeserverUrl, 'lector');
  return { homeserverUrl, userId, password, dataDir: await temporaryFolder() };
}

/** Starts the bot of this account on its data folder, once more or for the first time; returns before it is ready. */
export function startBotOf(account: BotAccount, env: Variables = {}): Promise<BotProcess> {
  return startBot({ ...account, user: account.userId, env });
}

/** A new member who syncs until the test ends. */
export async function createGuest(name: string, homeserverUrl = inject('lab').synapseUrl): Promise<Member> {
  const { userId, password } = await registerMember(homeserverUrl, name);
  const member = await createMember({ homeserverUrl, user: userId, password });
  onTestFinished(member.close);
  return member;
}

/** Waits for the notice with which the bot greets a room. */
export function greeted(member: Member, roomId: string, botId: string) {
  return member.waitFor(roomId, ({ sender, type }) => sender === botId && type === 'm.room.message', {
    timeoutMs: 30_000,
    description: 'a word of welcome',
  });
}

export type Scene = { account: BotAccount; bot: BotProcess; anna: Member; roomId: string };

/** The bot is up, anna has invited it to a room, and it has said its welcome. */
export async function openScene(options: { homeserverUrl?: string; env?: Variables } = {}): Promise<Scene> {
  const account = await createBotAccount(options.homeserverUrl);
  const [bot, anna] = await Promise.all([startBotOf(account, options.env), createGuest('anna', account.homeserverUrl)]);
  await bot.ready();
  const roomId = await anna.createRoom({ name: 'Papers', invite: [account.userId] });
  await greeted(anna, roomId, account.userId);
  return { account, bot, anna, roomId };
}
