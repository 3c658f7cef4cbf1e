// Owns the proof that a disk may fill up, or be read-only: nothing that was taken is lost, the operator is told why, and work goes on.
import { expect, test } from 'vitest';
import { freePort } from '../lab/freePort.ts';
import type { BotProcess } from './botProcess.ts';
import { papers } from './paper.ts';
import { marked, type Posted, post } from './posting.ts';
import { answersTo, everythingIn, marksOf } from './said.ts';
import { createBotAccount, createGuest, greeted, type Scene, startBotOf } from './scene.ts';
import { mountSmallDisk, type SmallDisk } from './smallDisk.ts';

/** Compiled code, database and spool take a third of it. */
const DISK_MB = 48;
const TOLD_WITHIN_MS = 45_000;
const FULL = 'the disk with DATA_DIR is full: nothing new is taken until there is room';

type FullDiskScene = Scene & { disk: SmallDisk; httpPort: number };

/** The bot is up on a disk of its own, in a room with anna, and has answered one paper: what it loads lies there already. */
async function openOnSmallDisk(): Promise<FullDiskScene> {
  const disk = await mountSmallDisk(DISK_MB);
  const account = { ...(await createBotAccount()), dataDir: disk.path };
  const httpPort = await freePort();
  const bot = await startBotOf(account, { HTTP_PORT: String(httpPort) });
  const anna = await createGuest('anna');
  await bot.ready();
  const roomId = await anna.createRoom({ invite: [account.userId] });
  await greeted(anna, roomId, account.userId);
  await marked(anna, roomId, account.userId, await post(anna, roomId, papers(1)));
  return { disk, account, httpPort, bot, anna, roomId };
}

type Health = { status: string; reasons: string[] };

/** Polls: /health is all that tells an operator. */
async function healthBecomes(port: number, status: string): Promise<Health> {
  const deadline = Date.now() + TOLD_WITHIN_MS;
  for (;;) {
    const health = (await (await fetch(`http://127.0.0.1:${port}/health`)).json()) as Health;
    if (health.status === status || Date.now() > deadline) return health;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function expectEachOnce({ anna, roomId, account }: Scene, posted: Posted[]): Promise<void> {
  await marked(anna, roomId, account.userId, posted, 90_000);
  const events = await everythingIn(anna, roomId);
  for (const { eventId, document } of posted) {
    const answers = answersTo(events, account.userId, eventId);
    expect(answers.map(({ body }) => body.includes(document.name))).toEqual([true]);
    expect(marksOf(events, account.userId, eventId)).toEqual(['✅']);
  }
}

async function endInPeace(bot: BotProcess): Promise<void> {
  expect(await bot.kill('SIGTERM')).toEqual({ code: 0, signal: null });
}

test('the disk is full for a while: it is told, and each upload is answered once when there is room', async () => {
  const scene = await openOnSmallDisk();
  const { disk, httpPort, bot, anna, roomId } = scene;
  disk.fill();
  const posted = await post(anna, roomId, papers(6, 10));
  expect(await healthBecomes(httpPort, 'degraded')).toMatchObject({
    status: 'degraded',
    reasons: [FULL],
  });
  disk.empty();
  await expectEachOnce(scene, posted);
  expect(await healthBecomes(httpPort, 'healthy')).toMatchObject({ status: 'healthy', reasons: [] });
  await endInPeace(bot);
});

test('the bot is killed while the disk is full, and starts when there is room', async () => {
  const scene = await openOnSmallDisk();
  const { disk, httpPort, account, bot, anna, roomId } = scene;
  const before = await post(anna, roomId, papers(3, 20));
  disk.fill();
  const meanwhile = await post(anna, roomId, papers(3, 30));
  await healthBecomes(httpPort, 'degraded');
  await bot.kill('SIGKILL');
  disk.empty();
  const next = await startBotOf(account);
  await next.ready();
  await expectEachOnce(scene, [...before, ...meanwhile]);
  await endInPeace(next);
});

test('a disk that is read-only at the start is told, and nothing is lost', async () => {
  const scene = await openOnSmallDisk();
  const { disk, account, bot, anna, roomId } = scene;
  const posted = await post(anna, roomId, papers(3, 40));
  await bot.kill('SIGKILL');
  disk.remount('ro');
  const refused = await startBotOf(account);
  expect((await refused.exited).code).toBe(1);
  expect(`${refused.stderr()}${JSON.stringify(refused.logs())}`).toContain(disk.path);
  disk.remount('rw');
  const next = await startBotOf(account);
  await next.ready();
  await expectEachOnce(scene, posted);
  await endInPeace(next);
});
