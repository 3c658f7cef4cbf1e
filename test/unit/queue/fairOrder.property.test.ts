// What holds for the order of jobs whatever comes and goes: nothing lost, nothing twice, nobody starved, no room with more than its share.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Job, PRIORITIES } from '../../../src/domain/job.ts';
import { BoundedQueue } from '../../../src/queue/bounded.ts';
import { createFairOrder } from '../../../src/queue/fairOrder.ts';
import { AGED_EVERY, fairTurn, NO_TURNS, roomShare } from '../../../src/queue/fairTurn.ts';
import { aJob } from './jobs.ts';

const ROOMS = ['A', 'B', 'C', 'D'] as const;
const MEMBERS = ['anna', 'bert', 'cleo'] as const;

/** The first of them most of the time: a room that floods the line, a member that never stops asking. */
const mostlyFirst = <T>(all: readonly [T, ...T[]]) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(all[0]) }, { weight: 1, arbitrary: fc.constantFrom(...all) });

const arrival = fc.record({
  roomId: mostlyFirst(ROOMS),
  sender: mostlyFirst(MEMBERS),
  priority: mostlyFirst(PRIORITIES),
  isSuspect: fc.integer({ max: 9, min: 0 }).map((n) => n === 0),
});
type Arrival = typeof arrival extends fc.Arbitrary<infer A> ? A : never;
const jobOf = ({ roomId, sender, priority, isSuspect }: Arrival, n: number): Job =>
  aJob(`$${n}`, { priority, isSuspect }, { roomId, sender });

const step = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), arrival }),
  fc.record({ kind: fc.constant('end' as const), which: fc.nat(63) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What was taken, and what was at work and in line at that moment. */
type Take = { job: Job; atWork: Job[]; line: Job[] };

/** A queue and its consumers, step by step until all is done. */
function run(consumers: number, steps: Step[]) {
  const order = createFairOrder(consumers);
  const atWork: Job[] = [];
  const takes: Take[] = [];
  const queue = new BoundedQueue<Job>(12, (line) => {
    const index = order.choose(line);
    const job = index === null ? undefined : line[index];
    if (job) takes.push({ job, atWork: [...atWork], line: [...line] });
    if (job) atWork.push(job);
    return index;
  });
  const end = (which: number) => {
    const [job] = atWork.splice(which % atWork.length, 1) as [Job];
    order.ended(job);
    void queue.take();
    queue.done();
  };
  for (let n = 0; n < consumers; n++) void queue.take();
  const accepted: string[] = [];
  for (const [n, each] of steps.entries()) {
    if (each.kind === 'end') {
      if (atWork.length > 0) end(each.which);
    } else if (queue.tryPut(jobOf(each.arrival, n)) === 'put') {
      accepted.push(`$${n}`);
    }
  }
  while (atWork.length > 0) end(0);
  return { accepted, takes, left: queue.size };
}

const manySteps = fc.array(step, { maxLength: 120, size: 'max' });
const someConsumers = fc.integer({ min: 1, max: 6 });

test('every job that came is taken, once', () => {
  fc.assert(
    fc.property(someConsumers, manySteps, (consumers, steps) => {
      const { accepted, takes, left } = run(consumers, steps);
      expect(takes.map(({ job }) => job.id).toSorted()).toEqual(accepted.toSorted());
      expect(left).toBe(0);
    }),
  );
});

test('no room gets more than its share of the consumers while a job of another may be taken', () => {
  fc.assert(
    fc.property(someConsumers, manySteps, (consumers, steps) => {
      for (const { job, atWork, line } of run(consumers, steps).takes) {
        const ofRoom = ({ upload }: Job) => atWork.filter((other) => other.upload.roomId === upload.roomId).length;
        const mayGo = line.filter((other) => !other.isSuspect && ofRoom(other) < roomShare(consumers));
        if (!job.isSuspect && mayGo.length > 0) expect(mayGo).toContain(job);
      }
    }),
  );
});

test('no two suspects are at work at the same time', () => {
  fc.assert(
    fc.property(someConsumers, manySteps, (consumers, steps) => {
      for (const { job, atWork } of run(consumers, steps).takes) {
        if (job.isSuspect) expect(atWork.filter(({ isSuspect }) => isSuspect)).toEqual([]);
      }
    }),
  );
});

test('no consumer is idle while anything may be taken: without suspects there is always a next one', () => {
  const innocent = arrival.map((each) => ({ ...each, isSuspect: false }));
  const jobs = (minLength: number) =>
    fc.array(innocent, { minLength, maxLength: 8 }).map((all) => all.map((each, n) => jobOf(each, n)));
  fc.assert(
    fc.property(jobs(1), jobs(0), someConsumers, fc.nat(7), (line, atWork, consumers, taken) => {
      expect(fairTurn(line, atWork, consumers, { ...NO_TURNS, taken })).not.toBeNull();
    }),
  );
});

/** A single consumer and a line that is filled up again before each take; returns the jobs as they were taken, and what waited. */
function takeTurns(arrivals: Arrival[], lineLength: number) {
  const coming = arrivals.map(jobOf);
  const line: Job[] = [];
  const history: { taken: Job; waiting: Job[] }[] = [];
  let turns = NO_TURNS;
  for (;;) {
    while (line.length < lineLength && coming.length > 0) line.push(coming.shift() as Job);
    if (line.length === 0) return history;
    const turn = fairTurn(line, [], 1, turns);
    if (!turn) throw new Error('nobody has a turn');
    turns = turn.turns;
    history.push({ waiting: [...line], taken: line.splice(turn.index, 1)[0] as Job });
  }
}

const lineLength = fc.integer({ min: 1, max: 20 });

test.each<[string, (job: Job) => string, Partial<Arrival>]>([
  ['room waits for its turn, no other room', ({ upload }) => upload.roomId, {}],
  ['member waits in a room, no other member of it', ({ upload }) => upload.sender, { roomId: 'A' }],
])('while a %s gets two', (_what, whose, fixed) => {
  const alike = fc.array(
    arrival.map((each): Arrival => ({ ...each, priority: 'fresh', isSuspect: false, ...fixed })),
    { maxLength: 100, size: 'max' },
  );
  fc.assert(
    fc.property(alike, lineLength, (arrivals, length) => {
      const turnsSince = new Map<string, string[]>();
      for (const { taken, waiting } of takeTurns(arrivals, length)) {
        for (const who of new Set(waiting.map(whose))) {
          const others = turnsSince.get(who) ?? [];
          if (who !== whose(taken)) expect(others).not.toContain(whose(taken));
          turnsSince.set(who, who === whose(taken) ? [] : [...others, whose(taken)]);
        }
      }
    }),
  );
});

/** Turns that a job waits at most, whatever comes: `ahead` were in line before it. */
const longestWait = (ahead: number) => AGED_EVERY * ROOMS.length * MEMBERS.length * (ahead + 1);

test('a job is taken after a number of turns that only those ahead of it, the rooms and the members make', () => {
  fc.assert(
    fc.property(fc.array(arrival, { maxLength: 200, size: 'max' }), lineLength, (arrivals, length) => {
      const cameIn = new Map<Job, { turn: number; ahead: number }>();
      for (const [turn, { taken, waiting }] of takeTurns(arrivals, length).entries()) {
        for (const [ahead, job] of waiting.entries()) if (!cameIn.has(job)) cameIn.set(job, { turn, ahead });
        const came = cameIn.get(taken);
        if (came) expect(turn - came.turn).toBeLessThanOrEqual(longestWait(came.ahead));
      }
    }),
  );
});

test('members that never stop asking starve nothing that is in line with what they ask for', () => {
  const asked = arrival.map((each): Arrival => ({ ...each, priority: 'asked', isSuspect: false }));
  const victim = arrival.filter(({ priority, isSuspect }) => priority !== 'asked' || isSuspect);
  const stream = fc.array(asked, { minLength: 250, maxLength: 250 });
  fc.assert(
    fc.property(victim, stream, fc.integer({ min: 1, max: 4 }), (other, arrivals, length) => {
      const takes = takeTurns([other, ...arrivals], length);
      expect(takes.findIndex(({ taken }) => taken.id === '$0')).toBeLessThanOrEqual(longestWait(0));
    }),
  );
});
