// Owns `node test/bench/hostile.ts`: the bot as a process on the playground, with all files that mean harm posted at once; OCR off, then on.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ViewedMessage, viewRoom } from '../../src/playground/conversation.ts';
import { createMember, type Member, type SeenEvent } from '../../src/playground/member.ts';
import { createPlayground, type Playground } from '../../src/playground/playground.ts';
import { HOSTILE_FILES } from '../fixtures/hostile/catalogue.ts';
import type { Document } from './benchRoom.ts';
import { type Figure, isMet, percentile, toTable } from './figure.ts';
import { type MeasuredBot, startBot } from './measuredBot.ts';
import { smallDocument } from './smallDocuments.ts';

const MEMORY_BAR_MB = 600;
const LATER_BAR_MS = 1_000;
const USUAL_POSTS = 5;
/** Long enough for each bomb to reach its full size, short enough for a bench. */
const JOB_TIMEOUT_SECONDS = 30;
const GIVE_UP_MS = 600_000;
const MARKS = ['✅', '❌', '➖'];
const BOT = { user: 'lector', password: 'secret-of-lector' };

type Room = { playground: Playground; bot: MeasuredBot; anna: Member; roomId: string };

const figures = [...(await measure('OCR off', '')), ...(await measure('OCR on', 'eng'))];
process.stdout.write(`${toTable(figures)}\n`);
process.exitCode = figures.every(isMet) ? 0 : 1;

async function measure(name: string, languages: string): Promise<Figure[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'lector-bench-'));
  const playground = await createPlayground();
  const userId = playground.addUser(BOT.user, BOT.password);
  const account = { homeserverUrl: playground.url, userId, password: BOT.password, dataDir };
  const limits = { JOB_TIMEOUT_SECONDS: String(JOB_TIMEOUT_SECONDS), MEMBER_UPLOADS_PER_MINUTE: '100000' };
  const bot = await startBot(account, { OCR_LANGUAGES: languages, HTTP_PORT: '0', ...limits });
  const anna = await createMember({ homeserverUrl: playground.url, user: 'anna', password: 'anna', register: true });
  try {
    const roomId = await anna.createRoom({ invite: [userId] });
    await anna.waitFor(roomId, ({ sender, type }) => sender === userId && type === 'm.room.message');
    return await measureRoom(name, { playground, bot, anna, roomId });
  } finally {
    await Promise.all([anna.close(), bot.end()]);
    await playground.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measureRoom(name: string, room: Room): Promise<Figure[]> {
  const usual: number[] = [];
  for (let post = 0; post < USUAL_POSTS; post += 1) usual.push(await answerMs(room, post));
  const usualMs = percentile(usual.slice(1), 0.5);
  const posted = new Map<string, string>();
  for (const file of HOSTILE_FILES) {
    const bytes = await file.make();
    posted.set((await post(room, { name: `${file.name}.bin`, bytes, mime: file.mime })).eventId, file.name);
  }
  await Promise.all([...posted.keys()].map((eventId) => ended(room, eventId).catch(() => undefined)));
  const laterMs = (await answerMs(room, USUAL_POSTS)) - usualMs;
  const { peakMb } = await room.bot.memory();
  const odd = oddEndings(room, posted);
  if (odd.length > 0) process.stderr.write(`${name}: not one ending: ${odd.join('; ')}\n`);
  return [
    {
      name: `${name}: uploads with exactly one ending`,
      unit: 'answers',
      measured: posted.size - odd.length,
      bar: posted.size,
      rule: 'at least',
    },
    { name: `${name}: peak memory of the bot`, unit: 'MB', measured: peakMb, bar: MEMORY_BAR_MB },
    { name: `${name}: usual time of an ordinary PDF`, unit: 'ms', measured: usualMs, bar: null },
    {
      name: `${name}: the next ordinary PDF, over that`,
      unit: 'ms',
      measured: Math.max(0, laterMs),
      bar: LATER_BAR_MS,
    },
  ];
}

/** Names of the uploads that have no mark or several, or several answers, and how many. */
function oddEndings({ anna, roomId }: Room, posted: ReadonlyMap<string, string>): string[] {
  const view = viewRoom(anna.timeline(roomId));
  return [...posted].flatMap(([eventId, name]) => {
    const message = view.find((one) => one.eventId === eventId);
    const marks = message?.reactions.filter(({ key }) => MARKS.includes(key)).length ?? 0;
    const replies = message?.replies.filter(isAnswer).length ?? 0;
    return marks === 1 && replies <= 1 ? [] : [`${name} (${marks} marks, ${replies} replies)`];
  });
}

/** A text that comes with its answer as a file is none of its own, nor is a status notice. */
function isAnswer({ file, redacted, body }: ViewedMessage): boolean {
  return file === null && !redacted && !body.startsWith('⏳');
}

async function answerMs(room: Room, number: number): Promise<number> {
  const startMs = performance.now();
  const { eventId } = await post(room, smallDocument(number));
  await ended(room, eventId);
  return performance.now() - startMs;
}

function post(
  { anna, roomId }: Room,
  { mime = 'application/pdf', ...document }: Document,
): Promise<{ eventId: string }> {
  return anna.postFile(roomId, { ...document, mime, type: mime.startsWith('image/') ? 'm.image' : 'm.file' });
}

async function ended({ anna, roomId }: Room, eventId: string): Promise<void> {
  const isMark = ({ type, content }: SeenEvent): boolean => {
    const relation = content['m.relates_to'] as { event_id?: string; key?: string } | undefined;
    return type === 'm.reaction' && relation?.event_id === eventId && MARKS.includes(relation.key ?? '');
  };
  await anna.waitFor(roomId, isMark, { timeoutMs: GIVE_UP_MS });
}
