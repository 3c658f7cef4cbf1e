// Owns a lane of the crash tests: one account whose lives each see the last upload through, and then die over the next one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type ViewedMessage, viewRoom } from '../../src/playground/conversation.ts';
import { createMember } from '../../src/playground/member.ts';
import { createPlayground, type Playground } from '../../src/playground/playground.ts';
import { lookAtLedger } from '../chaos/ledgerLook.ts';
import { type BotAccount, type BotLife, type LifeOptions, startLife } from '../fixtures/botLife.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';

export type CrashLane = {
  playground: Playground;
  botId: string;
  /** Starts a life that is to die at that write; without a point it lives on. */
  start(point?: CrashPoint, more?: Pick<LifeOptions, 'env' | 'preloads'>): BotLife;
  /** From now on the life's writes count. */
  arm(life: BotLife): Promise<void>;
  /** Posts a PDF of its own and returns its event id. */
  post(): Promise<string>;
  /** Waits until all that was posted has ended and nothing is left to be sent; false: the life ended before. */
  settled(life: BotLife): Promise<boolean>;
  /** What is wrong with the uploads so far: nothing, or a line each. */
  wrongs(): string[];
};
/** `sql`: how the write begins; `nth`: which one of those, from 1; counted from `arm`, or from the start of the life. */
export type CrashPoint = { sql: string; nth: number; when: 'before' | 'after'; from?: 'start' };

const BOT = { user: 'lector', password: 'secret-of-lector' };
const PRELOAD = join(import.meta.dirname, '../fixtures/crashAtWrite.ts');
const LOOK_EVERY_MS = 25;
const SETTLES_WITHIN_MS = 30_000;

/** A room with a member and the bot in it, greeted; the bot is down. */
export async function openLane(): Promise<CrashLane> {
  const playground = await createPlayground();
  onTestFinished(() => playground.close());
  const dataDir = mkdtempSync(join(tmpdir(), 'lector-crash-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const botId = playground.addUser(BOT.user, BOT.password);
  const account: BotAccount = { homeserverUrl: playground.url, ...BOT, dataDir };
  const anna = await createMember({ homeserverUrl: playground.url, user: 'anna', password: 'anna', register: true });
  onTestFinished(() => anna.close());
  const posted: string[] = [];

  const start: CrashLane['start'] = (point, { env = {}, preloads = [] } = {}) => {
    const life = startLife(account, {
      preloads: [PRELOAD, ...preloads],
      env: { ...variables(dataDir, point), ...env },
    });
    onTestFinished(async () => void (await life.end('SIGKILL')));
    return life;
  };
  const first = start();
  const roomId = await anna.createRoom({ invite: [botId] });
  await anna.waitFor(roomId, ({ sender, type }) => sender === botId && type === 'm.room.message');
  await first.end('SIGTERM');

  const isSettled = () => {
    const { openJobs, unsentReplies, states } = lookAtLedger(join(dataDir, 'lector.db'));
    const known = Object.values(states).reduce((sum, n) => sum + n, 0);
    return known === posted.length && openJobs + unsentReplies === 0;
  };
  return {
    playground,
    botId,
    start,
    async arm(life) {
      await life.ready;
      const { length } = life.lines;
      life.signal('SIGUSR2');
      await until(life, () => life.lines.slice(length).some(({ msg }) => msg === 'armed'));
    },
    async post() {
      const number = posted.length;
      const bytes = writePdf({ pages: [{ lines: [`Letter number ${number} is about the garden behind the house.`] }] });
      const { eventId } = await anna.postFile(roomId, { name: `${number}.pdf`, bytes, mime: 'application/pdf' });
      posted.push(eventId);
      return eventId;
    },
    settled: async (life) => (await life.ready) && until(life, isSettled),
    wrongs() {
      const messages = new Map(viewRoom(anna.timeline(roomId)).map((message) => [message.eventId, message]));
      return posted.flatMap((eventId, number) => wrongsOf(number, messages.get(eventId), botId));
    },
  };
}

function variables(dataDir: string, point: CrashPoint | undefined): Record<string, string> {
  return {
    MEMBER_UPLOADS_PER_MINUTE: '0',
    NODE_COMPILE_CACHE: join(dataDir, 'compiled'),
    ...(point && { LECTOR_CRASH: JSON.stringify(point) }),
  };
}

/** False: the process ended before. */
async function until(life: BotLife, isTrue: () => boolean): Promise<boolean> {
  let isAlive = true;
  void life.exited.then(() => {
    isAlive = false;
  });
  const deadline = performance.now() + SETTLES_WITHIN_MS;
  while (isAlive && !isTrue()) {
    if (performance.now() > deadline) throw new Error(`nothing came of it; the log:\n${lastLines(life)}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return isAlive;
}

const lastLines = ({ lines }: BotLife) =>
  lines
    .slice(-8)
    .map((line) => JSON.stringify(line).slice(0, 300))
    .join('\n');

function wrongsOf(number: number, upload: ViewedMessage | undefined, botId: string): string[] {
  const answers = upload?.replies.filter(({ sender, redacted }) => sender === botId && !redacted) ?? [];
  const marks = upload?.reactions.filter(({ sender, key }) => sender === botId && key !== '👀').map(({ key }) => key);
  const words = answers.map(({ body }) => /Letter number \d+/.exec(body)?.[0] ?? body);
  const isRight = words.length === 1 && words[0] === `Letter number ${number}` && marks?.join() === '✅';
  return isRight ? [] : [`upload ${number}: answers ${JSON.stringify(words)}, marks ${JSON.stringify(marks)}`];
}
