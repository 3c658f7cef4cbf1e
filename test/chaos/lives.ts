// Owns the lives of the bot in a chaos run: started, killed at a moment that chance picks, started again at once.
import { type BotAccount, type BotLife, startLife } from '../fixtures/botLife.ts';
import type { Random } from './random.ts';

export type LifeReport = {
  kills: { starting: number; fresh: number; working: number };
  /** Milliseconds from the start of the process to its first sync, of the lives that came so far. */
  startMs: number[];
  /** Ends that nobody asked for, and words on stderr. */
  problems: string[];
};

/** Members post here faster than people do. */
const ENV = { MEMBER_UPLOADS_PER_MINUTE: '0' };

export const startChaosLife = (account: BotAccount): BotLife => startLife(account, { env: ENV });

type Moment = { when: keyof LifeReport['kills']; afterMs: number };

/** What a start takes at most before it is killed anyway: it may be waiting for a homeserver that limits it. */
const START_PATIENCE_MS = 2_500;

/** A third of the kills each: while it starts, right after, under load. */
function pickMoment(random: Random): Moment {
  const when = random.pick(['starting', 'fresh', 'working'] as const);
  if (when === 'starting') return { when, afterMs: random.between(20, 600) };
  return { when, afterMs: when === 'fresh' ? random.between(0, 150) : random.between(150, 900) };
}

/** One life that ends by SIGKILL. */
export async function liveAndDie(account: BotAccount, random: Random, report: LifeReport): Promise<void> {
  const moment = pickMoment(random);
  const startedAt = performance.now();
  const life = startChaosLife(account);
  if (moment.when !== 'starting') {
    const isReady = await Promise.race([life.ready, pause(START_PATIENCE_MS)]);
    if (isReady === true) report.startMs.push(performance.now() - startedAt);
  }
  await Promise.race([pause(moment.afterMs), life.exited]);
  report.kills[moment.when] += 1;
  await endLife(life, 'SIGKILL', report);
}

/** Ends a life and looks whether it was still there, and silent. */
export async function endLife(life: BotLife, signal: 'SIGKILL' | 'SIGTERM', report: LifeReport): Promise<void> {
  const exit = await life.end(signal);
  const isWanted = signal === 'SIGKILL' ? exit.signal === signal : exit.code === 0;
  if (!isWanted) report.problems.push(`a life ended with ${exit.code ?? exit.signal}: ${lastWords(life)}`);
  if (life.stderr() !== '') report.problems.push(`on stderr: ${life.stderr().slice(0, 500)}`);
  for (const { msg, err } of life.lines.filter(({ level }) => level === 'error' || level === 'fatal')) {
    report.problems.push(`logged as an error: ${msg} ${JSON.stringify(err ?? '').slice(0, 300)}`);
  }
}

const lastWords = (life: BotLife) =>
  life.lines
    .slice(-3)
    .map((line) => JSON.stringify(line).slice(0, 300))
    .join(' ');

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
