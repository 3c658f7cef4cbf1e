// Owns a chaos run from the empty homeserver to the verdict.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPlayground, type Playground } from '../../src/playground/playground.ts';
import type { BotAccount } from '../fixtures/botLife.ts';
import { checkIntegrity, lookAtLedger } from './ledgerLook.ts';
import { endLife, type LifeReport, liveAndDie, pause, startChaosLife } from './lives.ts';
import { createRandom, type Random } from './random.ts';
import { createStorm, type Storm } from './storm.ts';
import { buildTown, type Town } from './town.ts';
import { judge, type Verdict } from './verdict.ts';
import { createWeather, type Weather } from './weather.ts';

export type ChaosOptions = { events: number; kills: number; seed: number; onProgress?: (line: string) => void };
export type ChaosOutcome = {
  /** Empty: nothing was lost, nothing doubled, nothing left over. */
  problems: string[];
  verdict: Verdict;
  lives: LifeReport;
  faults: Weather['counts'];
  times: { joinMs: number; stormMs: number; quietMs: number; judgeMs: number };
};

const ROOMS = 20;
const BOT = { user: 'lector', password: 'secret-of-lector' };
const QUIET_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 100;

/** Runs it; the same seed posts the same events and draws the same faults and moments, though not to the same millisecond. */
export async function runChaos({ events, kills, seed, onProgress = () => {} }: ChaosOptions): Promise<ChaosOutcome> {
  const dataDir = await mkdtemp(join(tmpdir(), 'lector-chaos-'));
  const playground = await createPlayground();
  const botId = playground.addUser(BOT.user, BOT.password);
  const account: BotAccount = { homeserverUrl: playground.url, ...BOT, dataDir };
  const lives: LifeReport = { kills: { starting: 0, fresh: 0, working: 0 }, startMs: [], cpuMs: 0, problems: [] };
  const watch = createStopwatch();
  try {
    const town = await buildTown(playground.url, ROOMS, botId);
    await joinRooms(account, playground, town, botId, lives);
    const joinMs = watch();
    const storm = await createStorm(town, createRandom(seed));
    const weather = createWeather(botId, createRandom(seed + 1));
    playground.faults.on(weather.rule);
    await stormAndKills(account, storm, lives, {
      events,
      kills,
      random: createRandom(seed + 2),
      sends: () => playground.stats.count('send'),
      onProgress,
    });
    const stormMs = watch();
    onProgress(`the storm is over: ${JSON.stringify(lookAtLedger(join(dataDir, 'lector.db')).states)}`);
    const leftOver = await untilQuiet(account, weather, lives);
    const quietMs = watch();
    const verdict = await judge(town, storm, botId);
    const judgeMs = watch();
    const problems = [...lives.problems, ...leftOver, ...verdict.problems];
    return { problems, verdict, lives, faults: weather.counts, times: { joinMs, stormMs, quietMs, judgeMs } };
  } finally {
    await playground.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** The bot comes into all rooms undisturbed: what is posted before is not its business. */
async function joinRooms(
  account: BotAccount,
  playground: Playground,
  town: Town,
  botId: string,
  lives: LifeReport,
): Promise<void> {
  const life = startChaosLife(account);
  const isGreeted = async () => {
    for (const { roomId, members } of town.rooms) {
      const events = (await members[0]?.history(roomId)) ?? [];
      if (!events.some(({ sender, type }) => sender === botId && type === 'm.room.message')) return false;
    }
    return true;
  };
  while (playground.stats.count('send') < town.rooms.length || !(await isGreeted())) await pause(LOOK_EVERY_MS);
  await endLife(life, 'SIGKILL', lives);
}

type Blow = Pick<Required<ChaosOptions>, 'events' | 'kills' | 'onProgress'> & {
  random: ReturnType<typeof createRandom>;
};

/** Each life has its share of the events. */
async function stormAndKills(account: BotAccount, storm: Storm, lives: LifeReport, blow: Blow): Promise<void> {
  const { events, kills, random, sends, onProgress } = blow;
  let posted = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const due = Math.round((events * (kill + 1)) / kills) - posted;
    posted += due;
    await Promise.all([liveAndDie(account, random, lives, sends), storm.blow(due)]);
    if ((kill + 1) % 10 === 0) onProgress(`${kill + 1} kills, ${posted} events`);
  }
}

/**
 * One life under losses until all jobs have ended, and one in peace, which sends what an outage kept from being sent; what is left
 * over after all is returned.
 */
async function untilQuiet(account: BotAccount, weather: Weather, lives: LifeReport): Promise<string[]> {
  const path = join(account.dataDir, 'lector.db');
  weather.calm();
  await liveUntil(account, lives, () => lookAtLedger(path).openJobs === 0);
  weather.clear();
  await liveUntil(account, lives, () => lookAtLedger(path).unsentReplies === 0);
  const look = lookAtLedger(path);
  const spool = await readdir(join(account.dataDir, 'spool'));
  const integrity = checkIntegrity(path);
  return [
    ...(look.openJobs > 0 ? [`${look.openJobs} jobs are open: ${JSON.stringify(look.states)}`] : []),
    ...(look.unsentReplies > 0 ? [`${look.unsentReplies} replies are unsent`] : []),
    ...(spool.length > 0 ? [`the spool holds ${spool.join(', ')}`] : []),
    ...(integrity !== 'ok' ? [`the database is damaged: ${integrity}`] : []),
  ];
}

async function liveUntil(account: BotAccount, lives: LifeReport, isOver: () => boolean): Promise<void> {
  const deadline = performance.now() + QUIET_WITHIN_MS;
  const life = startChaosLife(account);
  await life.ready;
  do await pause(LOOK_EVERY_MS);
  while (!isOver() && performance.now() < deadline);
  await endLife(life, 'SIGTERM', lives);
}

function createStopwatch(): () => number {
  let last = performance.now();
  return () => {
    const passed = performance.now() - last;
    last += passed;
    return passed;
  };
}
