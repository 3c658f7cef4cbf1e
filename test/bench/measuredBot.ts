// Owns the bot under measurement: a process of its own on an account of its own, with its log read line by line.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { registerMember } from '../lab/member.ts';
import { type ProbedProcess, startProbed } from './probedProcess.ts';

export type LogLine = { level: string; msg: string } & Record<string, unknown>;

export type BotAccount = { homeserverUrl: string; userId: string; password: string; dataDir: string };

export type MeasuredBot = Omit<ProbedProcess, 'child'> & {
  userId: string;
  /** The lines with this message, oldest first. */
  logged(message: string): LogLine[];
};

/** A new account with a data folder that outlives restarts; `remove` deletes the folder. */
export async function createBotAccount(homeserverUrl: string): Promise<BotAccount & { remove(): Promise<void> }> {
  const { userId, password } = await registerMember(homeserverUrl, 'lector');
  const dataDir = await mkdtemp(join(tmpdir(), 'lector-bench-'));
  return { homeserverUrl, userId, password, dataDir, remove: () => rm(dataDir, { recursive: true, force: true }) };
}

/** What `npm start` sets before the bot: variables of the C library, which reads them before Node runs. */
function startVariables(): Record<string, string> {
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
  const settings = (scripts.start as string).matchAll(/(\w+)=(\S+) /g);
  return Object.fromEntries([...settings].map(([, name, value]) => [name, value]));
}

/** Starts the bot of this account and waits until its first sync is stored. Throws when it ends before. */
export async function startBot(account: BotAccount, env: Record<string, string> = {}): Promise<MeasuredBot> {
  const variables = {
    MATRIX_HOMESERVER_URL: account.homeserverUrl,
    MATRIX_USER: account.userId,
    MATRIX_PASSWORD: account.password,
    DATA_DIR: account.dataDir,
    LOG_FORMAT: 'json',
    LOG_LEVEL: 'debug',
    // Members of benches post faster than people, and one bot alone can have the port.
    MEMBER_UPLOADS_PER_MINUTE: '0',
    HTTP_PORT: '0',
    // What is measured is reading.
    RESULT_CACHE_DAYS: '0',
    ...startVariables(),
    ...env,
  };
  const { child, ...probed } = startProbed('probedBot.ts', variables, account.dataDir);
  const lines: LogLine[] = [];
  const ready = Promise.withResolvers<void>();
  child.once('exit', (code) => ready.reject(new Error(`the bot ended (${code}) before it was ready`)));
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (text) => {
    const line = JSON.parse(text) as LogLine;
    lines.push(line);
    if (line.msg === 'Lector is ready') ready.resolve();
  });
  await ready.promise;
  return { ...probed, userId: account.userId, logged: (message) => lines.filter(({ msg }) => msg === message) };
}
