// Owns `node test/bench/tenThousand.ts [--uploads N]`: a burst in twenty rooms, one of them with nine tenths of it, and a kill with a thousand waiting.
import { parseArgs } from 'node:util';
import { createFixedModel } from '../lab/fixedModel.ts';
import { type Crowd, gatherCrowd, pause, type RoomOutcome } from './crowd.ts';
import { type Figure, isMet, toTable } from './figure.ts';
import { followMemory } from './residentMemory.ts';

const NOISY = 0;
const NOISY_SHARE = 0.9;
const MODEL_MS = 50;
const WORKERS = 6;
/** The noisy room is under way before the others begin. */
const HEAD_START_MS = 3_000;
const WAITING_AT_KILL = 1_000;

const { values } = parseArgs({ options: { uploads: { type: 'string', default: '10000' } } });
const uploads = Number(values.uploads);

const model = await createFixedModel({ delayMs: MODEL_MS });
const env = { LLM_BASE_URL: model.url, LLM_MODEL: 'simulated', MAX_CONCURRENT_WORKERS: String(WORKERS) };
const say = (line: string) => process.stderr.write(`${line}\n`);

type Run = { outcomes: RoomOutcome[]; figures: Figure[] };

/** The quiet rooms post all at once; the noisy one, if there is one, some seconds before. */
async function burst(noisyUploads: number, quietUploads: number): Promise<Run> {
  const crowd = await gatherCrowd(env);
  const life = crowd.start();
  await crowd.greeted();
  const quietRooms = crowd.rooms.map((_, index) => index).filter((index) => index !== NOISY);
  const all = 1 + noisyUploads + quietUploads * quietRooms.length;
  const papers = await crowd.print(all);
  // The first one starts the threads, with the noise and without.
  await crowd.post(NOISY, papers.splice(0, 1));
  await ended(crowd, 1);
  const memory = followMemory(life.pid);
  const startedAt = performance.now();
  const noise = crowd.post(NOISY, papers.splice(0, noisyUploads));
  if (noisyUploads > 0) await pause(HEAD_START_MS);
  await Promise.all([noise, ...quietRooms.map((room) => crowd.post(room, papers.splice(0, quietUploads)))]);
  say(`posted after ${Math.round(performance.now() - startedAt)} ms; ${crowd.ended()} are answered by now`);
  await ended(crowd, all);
  const seconds = (performance.now() - startedAt) / 1000;
  const [, second, , last] = memory.quarters();
  await life.end('SIGTERM');
  const outcomes = await Promise.all(crowd.rooms.map((_, room) => crowd.outcome(room)));
  await crowd.close();
  const answeredOnce = outcomes.reduce((sum, outcome) => sum + outcome.answeredOnce, 0);
  const figures: Figure[] = [
    { name: `burst of ${all}: answered once`, unit: 'answers', measured: answeredOnce, bar: all, rule: 'at least' },
    { name: `burst of ${all}: from first to last`, unit: 'ms', measured: seconds * 1000, bar: null },
    { name: `burst of ${all}: memory in the last quarter`, unit: 'MB', measured: last, bar: Math.round(second * 1.1) },
  ];
  return { outcomes, figures };
}

async function ended(crowd: Crowd, count: number): Promise<void> {
  for (let before = -1; crowd.ended() < count || crowd.open() + crowd.unsent() > 0; ) {
    await pause(500);
    const now = crowd.ended();
    if (Math.floor(now / 1000) > Math.floor(before / 1000)) say(`${now} answered`);
    before = now;
  }
}

/** The worst of the quiet rooms: its first answer with the noise, and what it took without. */
function fairness(loud: RoomOutcome[], calm: RoomOutcome[]): Figure[] {
  const pairs = loud.map((outcome, room) => ({
    loudMs: outcome.firstAnswerMs,
    calmMs: calm[room]?.firstAnswerMs ?? 0,
  }));
  const quiet = pairs.filter((_, room) => room !== NOISY);
  const worst = quiet.toSorted((a, b) => b.loudMs / b.calmMs - a.loudMs / a.calmMs)[0];
  if (!worst) return [];
  return [
    { name: 'worst quiet room: first answer without the noise', unit: 'ms', measured: worst.calmMs, bar: null },
    { name: 'worst quiet room: first answer with it', unit: 'ms', measured: worst.loudMs, bar: 3 * worst.calmMs },
  ];
}

/** From the start after kill -9 to the first job started. */
async function recovery(): Promise<Figure[]> {
  const crowd = await gatherCrowd(env);
  const first = crowd.start();
  await crowd.greeted();
  const papers = await crowd.print(WAITING_AT_KILL * 1.2);
  await crowd.post(1, papers);
  while (crowd.open() + crowd.ended() < papers.length) await pause(20);
  const waiting = crowd.open();
  await first.end('SIGKILL');
  const startedAt = performance.now();
  const started = Promise.withResolvers<number>();
  const second = crowd.start();
  const look = setInterval(() => {
    if (second.lines.some(({ msg }) => msg === 'job started')) started.resolve(performance.now() - startedAt);
  }, 5);
  const firstJobMs = await started.promise;
  clearInterval(look);
  await second.end('SIGKILL');
  await crowd.close();
  return [
    { name: 'kill -9: jobs waiting', unit: 'answers', measured: waiting, bar: WAITING_AT_KILL, rule: 'at least' },
    { name: 'kill -9: from the start to the first job started', unit: 'ms', measured: firstJobMs, bar: 2_000 },
  ];
}

const quietUploads = Math.round((uploads * (1 - NOISY_SHARE)) / 19);
say('recovery …');
const recovered = await recovery();
say('without the noise …');
const calm = await burst(0, quietUploads);
say('with it …');
const loud = await burst(Math.round(uploads * NOISY_SHARE), quietUploads);
const figures = [...recovered, ...fairness(loud.outcomes, calm.outcomes), ...loud.figures];
process.stdout.write(`${toTable(figures)}\n`);
process.exit(figures.every(isMet) ? 0 : 1);
