// Owns the crowd of a burst bench: twenty rooms on a playground, one of them noisy, and what became of their uploads.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { viewRoom } from '../../src/playground/conversation.ts';
import type { RoomEvent } from '../../src/playground/events.ts';
import { createPlayground } from '../../src/playground/playground.ts';
import { lookAtLedger } from '../chaos/ledgerLook.ts';
import { buildTown, type Town } from '../chaos/town.ts';
import { type BotAccount, type BotLife, startLife } from '../fixtures/botLife.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';

export type Crowd = {
  botId: string;
  rooms: Town['rooms'];
  /** Starts the bot; every life has the same account. */
  start(): BotLife;
  /** Waits until the bot has greeted every room. */
  greeted(): Promise<void>;
  /** Puts up so many different papers, to be posted later. */
  print(count: number): Promise<Paper[]>;
  /** Posts papers in a room, its members in turn; resolves when all stand there. */
  post(room: number, papers: Paper[]): Promise<void>;
  ended(): number;
  open(): number;
  unsent(): number;
  /** Judged by the rooms' own events. */
  outcome(room: number): Promise<RoomOutcome>;
  close(): Promise<void>;
};
export type Paper = { name: string; url: string; bytes: number };
export type RoomOutcome = {
  uploads: number;
  /** With one standing answer that names the file, and one ✅. */
  answeredOnce: number;
  /** From the room's first upload to its first answer. */
  firstAnswerMs: number;
};

const ROOMS = 20;
const BOT = { user: 'lector', password: 'secret-of-lector' };
const PRINTERS = 8;

/** An empty homeserver with twenty rooms, the bot invited to all of them. */
export async function gatherCrowd(env: Record<string, string>): Promise<Crowd> {
  const playground = await createPlayground();
  const botId = playground.addUser(BOT.user, BOT.password);
  const dataDir = await mkdtemp(join(tmpdir(), 'lector-crowd-'));
  const account: BotAccount = { homeserverUrl: playground.url, ...BOT, dataDir };
  const { rooms } = await buildTown(playground.url, ROOMS, botId);
  const history = (room: number) => rooms[room]?.members[0]?.history(rooms[room]?.roomId ?? '') ?? Promise.resolve([]);
  const look = () => lookAtLedger(join(dataDir, 'lector.db'));

  return {
    botId,
    rooms,
    start: () => startLife(account, { env: { MEMBER_UPLOADS_PER_MINUTE: '0', ...env } }),
    async greeted() {
      for (let room = 0; room < rooms.length; room += 1) {
        const isGreeting = ({ sender, type }: RoomEvent) => sender === botId && type === 'm.room.message';
        while (!(await history(room)).some(isGreeting)) await pause(100);
      }
    },
    async print(count) {
      const papers: Paper[] = [];
      const one = async (): Promise<void> => {
        while (papers.length < count) {
          const paper = { name: `${papers.length}.pdf`, url: '', bytes: 0 };
          papers.push(paper);
          const bytes = writePdf({
            pages: [{ lines: [`Letter ${paper.name} is about the garden behind the house.`] }],
          });
          paper.bytes = bytes.length;
          paper.url = (await rooms[0]?.members[0]?.upload(bytes, 'application/pdf', paper.name)) ?? '';
        }
      };
      await Promise.all(Array.from({ length: PRINTERS }, one));
      return papers;
    },
    async post(room, papers) {
      const { roomId, members } = rooms[room] as Town['rooms'][number];
      const lanes = members.map(async (member, lane) => {
        for (let at = lane; at < papers.length; at += members.length) {
          const { name, url, bytes } = papers[at] as Paper;
          const info = { mimetype: 'application/pdf', size: bytes };
          await member.send(roomId, 'm.room.message', { msgtype: 'm.file', body: name, filename: name, url, info });
        }
      });
      await Promise.all(lanes);
    },
    ended: () => look().states.done ?? 0,
    open: () => look().openJobs,
    unsent: () => look().unsentReplies,
    outcome: async (room) => outcomeOf(await history(room), botId),
    async close() {
      await playground.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function outcomeOf(events: RoomEvent[], botId: string): RoomOutcome {
  const uploads = viewRoom(events).filter(({ file }) => file !== null);
  const isOnce = uploads.filter(({ file, replies, reactions }) => {
    const standing = replies.filter(({ redacted }) => !redacted);
    const marks = reactions.filter(({ sender, key }) => sender === botId && key !== '👀');
    return standing.length === 1 && standing[0]?.body.startsWith(file?.name ?? '?') && marks.length === 1;
  });
  const firstUpload = events.find(({ content }) => content.msgtype === 'm.file');
  const firstAnswer = events.find(({ sender, content }) => sender === botId && isAnswer(content));
  return {
    uploads: uploads.length,
    answeredOnce: isOnce.length,
    firstAnswerMs: (firstAnswer?.origin_server_ts ?? Number.NaN) - (firstUpload?.origin_server_ts ?? 0),
  };
}

/** A greeting names no PDF, and a notice that work goes on begins with ⏳. */
function isAnswer(content: RoomEvent['content']): boolean {
  const shown = (content['m.new_content'] ?? content) as { body?: unknown };
  return /^\d+\.pdf — /.test(String(shown.body));
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
