// Owns the command `demo`: the bot on an embedded playground homeserver, with a member who posts the examples.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../config/env.ts';
import { createApp } from '../app.ts';
import type { Log } from '../domain/log.ts';
import { viewRoom } from '../playground/conversation.ts';
import { createMember, type Member } from '../playground/member.ts';
import { createPlayground, type Playground } from '../playground/playground.ts';
import { printConversation } from '../playground/printConversation.ts';

export type DemoDeps = {
  config: Config;
  log: Log;
  /** Keeps everything up until a signal. */
  serve: boolean;
  compileCacheDir: string;
  stdout: NodeJS.WritableStream;
  onSignal(onFirst: (signal: string) => void): void;
};

const EXAMPLES = new URL('../../examples/', import.meta.url);
const RECEIPT = 'receipt.jpg';
const BOT = { user: 'lector', password: 'only-in-this-playground' };
const ANSWER_TIMEOUT_MS = 180_000;

/** Plays one conversation and prints it; 1 if an upload stayed unanswered. Leaves nothing on disk. */
export async function demo(deps: DemoDeps): Promise<0 | 1> {
  const { stdout } = deps;
  const interrupted = Promise.withResolvers<void>();
  deps.onSignal(() => interrupted.resolve());
  const dataDir = await mkdtemp(join(tmpdir(), 'lector-demo-'));
  const playground = await createPlayground();
  playground.addUser(BOT.user, BOT.password);
  const app = createApp({ config: configOn(playground, dataDir, deps), clock: Date.now, log: deps.log });
  const anna = await createMember({ homeserverUrl: playground.url, user: 'anna', password: 'demo', register: true });
  try {
    await app.start();
    const roomId = await anna.createRoom({ name: 'Papers', invite: [`@${BOT.user}:${playground.serverName}`] });
    await anna.waitFor(roomId, isGreeting, { timeoutMs: ANSWER_TIMEOUT_MS, description: 'the welcome notice' });
    await Promise.race([talk(anna, roomId), interrupted.promise]);
    stdout.write(`${printConversation(viewRoom(anna.timeline(roomId)))}\n`);
    if (!deps.serve) return 0;
    stdout.write(`\nThe playground is up at ${playground.url}: user anna, password demo. Ctrl-C ends it.\n`);
    await interrupted.promise;
    return 0;
  } finally {
    await anna.close();
    await app.stop();
    await playground.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function configOn(playground: Playground, dataDir: string, { config, compileCacheDir }: DemoDeps): Config {
  const matrix: Config['matrix'] = {
    homeserverUrl: playground.url,
    login: { kind: 'password', ...BOT },
    allowedUsers: null,
    allowedRooms: null,
  };
  return {
    ...config,
    matrix,
    storage: { ...config.storage, dataDir, compileCacheDir },
    // One member posts all examples at once, and a bot beside it may have the port.
    work: { ...config.work, memberUploadsPerMinute: null },
    http: { ...config.http, port: null },
  };
}

/** All examples, and then the receipt in a room that wants the fields of receipts. */
async function talk(anna: Member, roomId: string): Promise<void> {
  const names = (await readdir(EXAMPLES)).filter((name) => typeOf(name) !== null && name !== RECEIPT).sort();
  const posted: string[] = [];
  for (const name of names) posted.push(await post(anna, roomId, name));
  await Promise.all(posted.map((eventId) => waitForMark(anna, roomId, eventId)));
  const { eventId } = await anna.sendText(roomId, '!lector profile receipt');
  await anna.waitFor(roomId, isReplyTo(eventId), {
    timeoutMs: ANSWER_TIMEOUT_MS,
    description: 'the change of profile',
  });
  await waitForMark(anna, roomId, await post(anna, roomId, RECEIPT));
}

type FileType = { mime: string; type: 'm.file' | 'm.image' };

/** Null: no example. */
function typeOf(name: string): FileType | null {
  if (name.endsWith('.pdf')) return { mime: 'application/pdf', type: 'm.file' };
  if (name.endsWith('.png')) return { mime: 'image/png', type: 'm.image' };
  return name.endsWith('.jpg') ? { mime: 'image/jpeg', type: 'm.image' } : null;
}

async function post(anna: Member, roomId: string, name: string): Promise<string> {
  const bytes = await readFile(new URL(name, EXAMPLES));
  const { eventId } = await anna.postFile(roomId, { name, bytes, ...(typeOf(name) as FileType) });
  return eventId;
}

function isReplyTo(eventId: string): (event: { content: Record<string, unknown> }) => boolean {
  return ({ content }) => {
    const relation = content['m.relates_to'] as { 'm.in_reply_to'?: { event_id?: string } } | undefined;
    return relation?.['m.in_reply_to']?.event_id === eventId;
  };
}

function isGreeting(event: { content: Record<string, unknown> }): boolean {
  return event.content.msgtype === 'm.notice';
}

/** The bot's ✅ or ❌ comes after everything else it has to say to an upload. */
async function waitForMark(anna: Member, roomId: string, eventId: string): Promise<void> {
  const isMark = (event: { type: string; content: Record<string, unknown> }): boolean => {
    const relation = event.content['m.relates_to'] as { event_id?: string; key?: string } | undefined;
    return event.type === 'm.reaction' && relation?.event_id === eventId && /✅|❌|➖/.test(relation.key ?? '');
  };
  await anna.waitFor(roomId, isMark, { timeoutMs: ANSWER_TIMEOUT_MS, description: `the answer to ${eventId}` });
}
