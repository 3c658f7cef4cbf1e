// Owns the rig of the integration tests: the whole bot on a playground homeserver, with real threads and a member.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Config, parseConfig } from '../../config/env.ts';
import { type App, createApp } from '../../src/app.ts';
import { type ViewedMessage, viewRoom } from '../../src/playground/conversation.ts';
import { createMember, type Member } from '../../src/playground/member.ts';
import { createPlayground, type Playground, type PlaygroundOptions } from '../../src/playground/playground.ts';
import { createRecordingLog, type LogRecord } from '../fixtures/recordingLog.ts';

export type Rig = {
  playground: Playground;
  anna: Member;
  roomId: string;
  botId: string;
  dataDir: string;
  /** The first bot, running. */
  app: App;
  records: LogRecord[];
  /** A bot on the same account and data folder; the one before must have been stopped. */
  startBot(env?: Record<string, string>): Promise<App>;
  /** Posts the files at once and returns their event ids in order. */
  post(files: PostedPdf[]): Promise<string[]>;
  /** Waits for ✅, ❌ or ➖ on each upload and returns the messages of the uploads as members see them then. */
  ended(eventIds: string[], timeoutMs?: number): Promise<ViewedMessage[]>;
  spool(): string[];
};
export type PostedPdf = { name: string; bytes: Uint8Array; mime?: string; type?: 'm.file' | 'm.image' };

const BOT = { user: 'lector', password: 'secret-of-lector' };

/** A room with a member and the running bot in it, all of it gone when the test ends. */
export async function createRig(env: Record<string, string> = {}, options: PlaygroundOptions = {}): Promise<Rig> {
  const playground = await createPlayground(options);
  onTestFinished(() => playground.close());
  const dataDir = mkdtempSync(join(tmpdir(), 'lector-rig-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const botId = playground.addUser(BOT.user, BOT.password);
  const { log, records } = createRecordingLog();

  const startBot = async (more: Record<string, string> = {}): Promise<App> => {
    const config = configFor(playground, dataDir, { ...env, ...more });
    const app = createApp({ config, clock: Date.now, log });
    onTestFinished(() => app.stop());
    await app.start();
    return app;
  };
  const app = await startBot();
  const anna = await createMember({ homeserverUrl: playground.url, user: 'anna', password: 'anna', register: true });
  onTestFinished(() => anna.close());
  const roomId = await anna.createRoom({ invite: [botId] });
  await anna.waitFor(roomId, (event) => event.sender === botId && event.type === 'm.room.message', {
    description: 'the welcome notice',
  });

  return {
    playground,
    anna,
    roomId,
    botId,
    dataDir,
    app,
    records,
    startBot,
    post: (files) => postAll(anna, roomId, files),
    async ended(eventIds, timeoutMs = 30_000) {
      await Promise.all(eventIds.map((eventId) => waitForMark(anna, roomId, eventId, timeoutMs)));
      const view = viewRoom(anna.timeline(roomId));
      return eventIds.map((eventId) => view.find((message) => message.eventId === eventId) as ViewedMessage);
    },
    spool: () => readdirSync(join(dataDir, 'spool')),
  };
}

function configFor(playground: Playground, dataDir: string, env: Record<string, string>): Config {
  const all = {
    MATRIX_HOMESERVER_URL: playground.url,
    MATRIX_USER: BOT.user,
    MATRIX_PASSWORD: BOT.password,
    DATA_DIR: dataDir,
    SHUTDOWN_TIMEOUT_SECONDS: '0',
    // Members of tests post faster than people, and one bot alone can have the port.
    MEMBER_UPLOADS_PER_MINUTE: '0',
    HTTP_PORT: '0',
    ...env,
  };
  return parseConfig(all, 'matrix', () => '').config;
}

async function postAll(member: Member, roomId: string, files: PostedPdf[]): Promise<string[]> {
  const posted = files.map(({ mime = 'application/pdf', ...file }) => member.postFile(roomId, { ...file, mime }));
  return (await Promise.all(posted)).map(({ eventId }) => eventId);
}

async function waitForMark(member: Member, roomId: string, eventId: string, timeoutMs: number): Promise<void> {
  const isMark = (event: { type: string; content: Record<string, unknown> }): boolean => {
    const relation = event.content['m.relates_to'] as { event_id?: string; key?: string } | undefined;
    return (
      event.type === 'm.reaction' && relation?.event_id === eventId && ['✅', '❌', '➖'].includes(relation.key ?? '')
    );
  };
  await member.waitFor(roomId, isMark, { timeoutMs, description: `✅, ❌ or ➖ on ${eventId}` });
}
