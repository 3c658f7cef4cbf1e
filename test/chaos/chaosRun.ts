// Owns a chaos run from the empty homeserver to the verdict.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPlayground } from '../../src/playground/playground.ts';
import type { BotAccount } from '../fixtures/botLife.ts';
import { checkIntegrity, lookAtLedger } from './ledgerLook.ts';
import { endLife, type LifeReport, lastWords, liveAndDie, pause, startChaosLife } from './lives.ts';
import { createRandom, type Random } from './random.ts';
import { createStorm, type Storm } from './storm.ts';
import { buildTown, type Town, type Townsman } from './town.ts';
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
const FIRST_EVENTS = 30;
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
    const storm = await createStorm(town, createRandom(seed));
    await liveInPeace(account, town, storm, botId, lives);
    const joinMs = watch();
    const weather = createWeather(botId, createRandom(seed + 1));
    playground.faults.on(weather.rule);
    await stormAndKills(account, storm, lives, {
      events: events - FIRST_EVENTS,
      kills,
      random: createRandom(seed + 2),
      sends: () => weather.counts.sends,
      onProgress,
    });
    const stormMs = watch();
    onProgress('the storm is over');
    const leftOver = await untilQuiet(account, weather, lives);
    const quietMs = watch();
    const verdict = await judge(town, storm, botId);
    const judgeMs = watch();
    const problems = [...lives.problems, ...leftOver, ...verdict.problems];
    return { problems, verdict, lives, faults: weather.counts, times: { joinMs, stormMs, quietMs, judgeMs } };
  } finally {
    await playground.close();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * The bot comes into all rooms undisturbed, since what is posted before is not its business; and it reads a few papers, since only a
 * process that ends in peace keeps what its threads have compiled.
 */
async function liveInPeace(
  account: BotAccount,
  town: Town,
  storm: Storm,
  botId: string,
  lives: LifeReport,
): Promise<void> {
  const life = startChaosLife(account);
  if (!(await life.ready)) throw new Error(`the bot does not start: ${life.stderr()} ${lastWords(life)}`);
  for (const { roomId, members } of town.rooms) {
    while (!(await isGreeted(members[0] as Townsman, roomId, botId))) await pause(LOOK_EVERY_MS);
  }
  await storm.blow(FIRST_EVENTS);
  // One that is redacted before the bot sees it is none.
  const { length } = storm.uploads.filter(({ fate, isRedacted }) => fate.kind !== 'ignored' && !isRedacted);
  while (endedIn(account) < length) await pause(LOOK_EVERY_MS);
  await endLife(life, 'SIGTERM', lives);
}

async function isGreeted(member: Townsman, roomId: string, botId: string): Promise<boolean> {
  const events = await member.history(roomId);
  return events.some(({ sender, type }) => sender === botId && type === 'm.room.message');
}

function endedIn(account: BotAccount): number {
  const { done = 0, refused = 0, cancelled = 0 } = lookAtLedger(databaseOf(account)).states;
  return done + refused + cancelled;
}

type Blow = Pick<Required<ChaosOptions>, 'events' | 'kills' | 'onProgress'> & { random: Random; sends(): number };

/** Each life has its share of the events. */
async function stormAndKills(account: BotAccount, storm: Storm, lives: LifeReport, blow: Blow): Promise<void> {
  const { events, kills, random, sends, onProgress } = blow;
  let posted = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const due = Math.round((events * (kill + 1)) / kills) - posted;
    posted += due;
    await Promise.all([liveAndDie(account, random, lives, sends), storm.blow(due)]);
    if ((kill + 1) % 10 === 0) onProgress(`${kill + 1} kills, ${posted} events: ${statesOf(account)}`);
  }
}

/**
 * One life under losses until all jobs have ended, and one in peace, which sends what an outage kept from being sent; what is left
 * over after all is returned.
 */
async function untilQuiet(account: BotAccount, weather: Weather, lives: LifeReport): Promise<string[]> {
  const path = databaseOf(account);
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

const databaseOf = ({ dataDir }: BotAccount) => join(dataDir, 'lector.db');
const statesOf = (account: BotAccount) => JSON.stringify(lookAtLedger(databaseOf(account)).states);

function createStopwatch(): () => number {
  let last = performance.now();
  return () => {
    const passed = performance.now() - last;
    last += passed;
    return passed;
  };
}
