// A crash at every write and at every send: each upload is answered once, with its own words, and nothing stays open.
import { expect, test } from 'vitest';
import type { BotLife } from '../fixtures/botLife.ts';
import { type CrashLane, type CrashPoint, openLane } from './crashLane.ts';

const MINUTES_MS = 60_000;

type Write = { sql: string; nth: number; isInTransaction: boolean };

/** The writes that an undisturbed upload takes. */
async function writesOf(lane: CrashLane): Promise<Write[]> {
  const life = lane.start();
  expect(await lane.settled(life), life.stderr()).toBe(true);
  await lane.arm(life);
  await lane.post();
  await lane.settled(life);
  await life.end('SIGTERM');
  return writesIn(life);
}

function writesIn(life: BotLife): Write[] {
  const counts = new Map<string, number>();
  return life.lines
    .filter(({ msg }) => msg === 'write')
    .map(({ sql, isInTransaction }) => {
      const nth = (counts.get(String(sql)) ?? 0) + 1;
      counts.set(String(sql), nth);
      return { sql: String(sql), nth, isInTransaction: isInTransaction === true };
    });
}

/** Each life sees through what the one before left, and dies over the next upload; returns where they died. */
async function dieAtEach(lane: CrashLane, points: CrashPoint[]): Promise<string[]> {
  const deaths: string[] = [];
  for (const point of points) {
    const life = lane.start(point);
    expect(await lane.settled(life), life.stderr()).toBe(true);
    await lane.arm(life);
    await lane.post();
    // One that takes another way this time comes through.
    await lane.settled(life);
    deaths.push(await deathOf(life));
  }
  await seeThrough(lane);
  return deaths.filter((death) => death !== '');
}

async function seeThrough(lane: CrashLane): Promise<void> {
  const life = lane.start();
  expect(await lane.settled(life), life.stderr()).toBe(true);
  await life.end('SIGTERM');
}

async function deathOf(life: BotLife): Promise<string> {
  await life.end('SIGKILL');
  return life.stderr().trim();
}

test.each(['before', 'after'] as const)(
  'a crash just %s each write that an upload takes',
  async (when) => {
    const lane = await openLane();
    const writes = await writesOf(lane);
    // A write inside of a transaction leaves nothing behind that the one before did not.
    const crashes = writes.filter(({ isInTransaction }) => when === 'before' || !isInTransaction);
    const deaths = await dieAtEach(
      lane,
      crashes.map(({ sql, nth }) => ({ sql, nth, when })),
    );
    expect(lane.wrongs()).toEqual([]);
    const expected = when === 'before' ? ['INSERT INTO jobs', 'INSERT INTO replies'] : [];
    const kinds = [...expected, 'UPDATE jobs', 'UPDATE replies', 'INSERT INTO meta', 'COMMIT'];
    expect(kinds.filter((kind) => !deaths.some((death) => death.includes(kind)))).toEqual([]);
  },
  3 * MINUTES_MS,
);

/** Writes of the life after a crash that no first life has: those that take up what was left. */
const TAKING_UP = 6;

test.each(['at work', 'with its answer saved'] as const)(
  'a second crash, while the life after a crash %s is taking it up',
  async (where) => {
    const lane = await openLane();
    const first = momentOf(where, await writesOf(lane));
    const dieFirst = async () => {
      const life = lane.start(first);
      expect(await lane.settled(life), life.stderr()).toBe(true);
      await lane.arm(life);
      await lane.post();
      expect((await life.exited).signal).toBe('SIGKILL');
    };
    await dieFirst();
    const survivor = lane.start({ sql: '', nth: 0, when: 'before', from: 'start' });
    expect(await lane.settled(survivor), survivor.stderr()).toBe(true);
    await survivor.end('SIGTERM');
    const points = writesIn(survivor).slice(0, TAKING_UP);
    expect(points.length).toBe(TAKING_UP);
    for (const { sql, nth } of points) {
      await dieFirst();
      const second = lane.start({ sql, nth, when: 'before', from: 'start' });
      await lane.settled(second);
      await second.end('SIGKILL');
    }
    await seeThrough(lane);
    expect(lane.wrongs()).toEqual([]);
  },
  2 * MINUTES_MS,
);

/** The replies are saved in a transaction of their own: the last change of the job before it, and the end of it. */
function momentOf(where: 'at work' | 'with its answer saved', writes: Write[]): CrashPoint {
  const saved = writes.findLastIndex(
    ({ sql, isInTransaction }) => isInTransaction && sql.startsWith('INSERT INTO replies'),
  );
  const found =
    where === 'at work'
      ? writes.slice(0, saved).findLast(({ sql, isInTransaction }) => !isInTransaction && sql.startsWith('UPDATE jobs'))
      : writes.slice(saved).find(({ sql }) => sql === 'COMMIT');
  if (!found) throw new Error(`no such write among ${JSON.stringify(writes)}`);
  return { sql: found.sql, nth: found.nth, when: 'after' };
}

test(
  'a crash just before and just after each send',
  async () => {
    const lane = await openLane();
    for (const isDone of [false, true]) {
      for (let at = 1; at <= 3; at += 1) {
        const life = lane.start();
        expect(await lane.settled(life), life.stderr()).toBe(true);
        let sends = 0;
        const calm = lane.playground.faults.on(({ endpoint, user }) => {
          if (user !== lane.botId || endpoint !== 'send') return null;
          sends += 1;
          if (sends !== at) return null;
          life.signal('SIGKILL');
          return isDone ? { kind: 'lostAnswer' } : { kind: 'hang' };
        });
        await lane.post();
        await life.exited;
        calm();
      }
    }
    await seeThrough(lane);
    expect(lane.wrongs()).toEqual([]);
  },
  MINUTES_MS,
);
