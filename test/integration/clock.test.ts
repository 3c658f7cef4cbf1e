// A system clock that is an hour wrong, or is set right: every upload is answered once, and none is held back for that hour.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BotLife } from '../fixtures/botLife.ts';
import { type CrashLane, openLane } from './crashLane.ts';

const HOUR_MS = 3_600_000;
const PRELOAD = join(import.meta.dirname, '../fixtures/shiftedClock.ts');
/** An upload over it waits for its turn, by the clock: two at once, then one each second. */
const LIMIT = { MEMBER_UPLOADS_PER_MINUTE: '60' };

const withClock = (clock: { offsetMs?: number; jumpMs?: number }) => ({
  preloads: [PRELOAD],
  env: { ...LIMIT, LECTOR_CLOCK: JSON.stringify(clock) },
});

/** By the times of its log. */
function hoursAhead({ lines }: BotLife): number {
  const last = lines.findLast(({ time }) => time !== undefined);
  return Math.round((Date.parse(last?.time ?? '') - Date.now()) / HOUR_MS);
}

/** The next so many downloads are put off by the homeserver, so that their jobs wait for a time. */
function putOffDownloads(lane: CrashLane, count: number): { atLeast(n: number): Promise<void> } {
  let seen = 0;
  const waiters: (() => void)[] = [];
  lane.playground.faults.on(({ endpoint, user }) => {
    if (endpoint !== 'download' || user !== lane.botId || seen === count) return null;
    seen += 1;
    for (const wake of waiters.splice(0)) wake();
    return { kind: 'status', status: 503 };
  });
  return {
    async atLeast(n) {
      while (seen < n) await new Promise<void>((resolve) => waiters.push(resolve));
    },
  };
}

test.each([
  ['forward', HOUR_MS],
  ['back', -HOUR_MS],
])('the clock is set %s by an hour while jobs wait', async (_, jumpMs) => {
  const lane = await openLane();
  const life = lane.start(undefined, withClock({ jumpMs }));
  await life.ready;
  const downloads = putOffDownloads(lane, 3);
  for (let n = 0; n < 3; n += 1) await lane.post();
  await downloads.atLeast(1);
  life.signal('SIGUSR2');
  for (let n = 0; n < 2; n += 1) await lane.post();
  expect(await lane.settled(life), life.stderr()).toBe(true);
  expect(lane.wrongs()).toEqual([]);
  expect((await life.end('SIGTERM')).code).toBe(0);
  expect(hoursAhead(life)).toBe(jumpMs / HOUR_MS);
});

test.each([
  ['forward', HOUR_MS],
  ['back', -HOUR_MS],
])('the clock is set %s by an hour between two lives', async (_, offsetMs) => {
  const lane = await openLane();
  const first = lane.start(undefined, withClock({}));
  await first.ready;
  const downloads = putOffDownloads(lane, 2);
  for (let n = 0; n < 4; n += 1) await lane.post();
  await downloads.atLeast(2);
  await first.end('SIGKILL');
  const second = lane.start(undefined, withClock({ offsetMs }));
  await lane.post();
  expect(await lane.settled(second), second.stderr()).toBe(true);
  expect(lane.wrongs()).toEqual([]);
  expect((await second.end('SIGTERM')).code).toBe(0);
  expect(hoursAhead(second)).toBe(offsetMs / HOUR_MS);
});
