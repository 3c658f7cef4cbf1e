// Owns the lives of the bot in a chaos run: started, killed at a moment that chance picks, started again at once.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BotAccount, type BotLife, startLife } from '../fixtures/botLife.ts';
import type { Random } from './random.ts';

export type LifeReport = {
  kills: { starting: number; fresh: number; working: number };
  /** Milliseconds from the start of the process to its first sync, of the lives that came so far. */
  startMs: number[];
  /** CPU time of all lives; 0 where there is no /proc. */
  cpuMs: number;
  /** Ends that nobody asked for, and words on stderr. */
  problems: string[];
};

/** Members post here faster than people do. */
const ENV = { MEMBER_UPLOADS_PER_MINUTE: '0' };

/** A hundred starts are most of the work of a run: what Node compiled for one life is kept for the next from its first module on. */
export function startChaosLife(account: BotAccount): BotLife {
  return startLife(account, { env: { ...ENV, NODE_COMPILE_CACHE: join(account.dataDir, 'compiled') } });
}

/** Times the usual start that a start may take before it is killed anyway: it may be waiting for a homeserver that limits it. */
const START_PATIENCE = 1.6;
const FIRST_START_MS = 1_500;
/** What a life has for its work, however little the machine has left for it. */
const WORK_PATIENCE_MS = 600;
const MOST_SENDS = 12;
const LOOK_EVERY_MS = 5;

/**
 * One life that ends by SIGKILL: while it starts, right after, or under load, after so many sends of its own; a third of them each. `sends`
 * counts those of all lives.
 */
export async function liveAndDie(
  account: BotAccount,
  random: Random,
  report: LifeReport,
  sends: () => number,
): Promise<void> {
  const when = random.pick(['starting', 'fresh', 'working'] as const);
  const sendsBefore = sends();
  const startedAt = performance.now();
  const life = startChaosLife(account);
  if (when === 'starting') await pause(random.between(20, 450));
  else {
    const isReady = await Promise.race([life.ready, pause(START_PATIENCE * usualStartMs(report))]);
    if (isReady === true) report.startMs.push(performance.now() - startedAt);
  }
  if (when === 'fresh') await pause(random.between(0, 100));
  if (when === 'working') {
    const wanted = sendsBefore + 1 + random.whole(MOST_SENDS);
    const until = performance.now() + WORK_PATIENCE_MS;
    while (sends() < wanted && performance.now() < until) await pause(LOOK_EVERY_MS);
  }
  report.kills[when] += 1;
  await endLife(life, 'SIGKILL', report);
}

/** The median. */
export function usualStartMs({ startMs }: Pick<LifeReport, 'startMs'>): number {
  return startMs.toSorted((a, b) => a - b)[Math.floor(startMs.length / 2)] ?? FIRST_START_MS;
}

/** Ends a life and looks whether it was still there, and silent. */
export async function endLife(life: BotLife, signal: 'SIGKILL' | 'SIGTERM', report: LifeReport): Promise<void> {
  report.cpuMs += cpuMsOf(life.pid);
  const exit = await life.end(signal);
  const isWanted = signal === 'SIGKILL' ? exit.signal === signal : exit.code === 0;
  if (!isWanted) report.problems.push(`a life ended with ${exit.code ?? exit.signal}: ${lastWords(life)}`);
  if (life.stderr() !== '') report.problems.push(`on stderr: ${life.stderr().slice(0, 500)}`);
  for (const { msg, err } of life.lines.filter(({ level }) => level === 'error' || level === 'fatal')) {
    report.problems.push(`logged as an error: ${msg} ${JSON.stringify(err ?? '').slice(0, 300)}`);
  }
}

/** User and system time of a process by its fields 14 and 15, in ticks of 10 ms: proc_pid_stat(5). */
function cpuMsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return 10 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return 0;
  }
}

export const lastWords = (life: BotLife) =>
  life.lines
    .slice(-3)
    .map((line) => JSON.stringify(line).slice(0, 300))
    .join(' ');

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
