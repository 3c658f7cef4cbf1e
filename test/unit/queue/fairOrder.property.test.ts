// What holds for the order of jobs whatever comes and goes: nothing lost, nothing twice, nobody starved, no room with more than its share.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Job, PRIORITIES } from '../../../src/domain/job.ts';
import { BoundedQueue } from '../../../src/queue/bounded.ts';
import { createFairOrder } from '../../../src/queue/fairOrder.ts';
import { AGED_EVERY, fairTurn, NO_TURNS, roomShare } from '../../../src/queue/fairTurn.ts';
import { aJob } from './jobs.ts';

const ROOMS = ['A', 'B', 'C', 'D'];
const MEMBERS = ['anna', 'bert', 'cleo'];

const arrival = fc.record({
  roomId: fc.constantFrom(...ROOMS),
  sender: fc.constantFrom(...MEMBERS),
  priority: fc.constantFrom(...PRIORITIES),
  isSuspect: fc.integer({ max: 9, min: 0 }).map((n) => n === 0),
});
type Arrival = typeof arrival extends fc.Arbitrary<infer A> ? A : never;
const jobOf = ({ roomId, sender, priority, isSuspect }: Arrival, n: number): Job =>
  aJob(`$${n}`, { priority, isSuspect }, { roomId, sender });

const step = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), arrival }),
  fc.record({ kind: fc.constant('end' as const), which: fc.nat(63) }),
);

/** A queue with its consumers, in steps; `onTaken` hears of each job that is taken, with what is at work and in line beside it. */
async function run(
  consumers: number,
  steps: (typeof step extends fc.Arbitrary<infer S> ? S : never)[],
  onTaken: (job: Job, atWork: Job[], line: readonly Job[]) => void,
) {
  const order = createFairOrder(consumers);
  const atWork: Job[] = [];
  const queue = new BoundedQueue<Job>(12, (line) => {
    const index = order.choose(line);
    const job = index === null ? undefined : line[index];
    if (job) onTaken(job, [...atWork], line);
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
  return { accepted, left: queue.size };
}

const manySteps = fc.array(step, { maxLength: 120 });
const someConsumers = fc.integer({ min: 1, max: 6 });

test('every job that came is taken, once', async () => {
  await fc.assert(
    fc.asyncProperty(someConsumers, manySteps, async (consumers, steps) => {
      const taken: string[] = [];
      const { accepted, left } = await run(consumers, steps, ({ id }) => taken.push(id));
      expect(taken.toSorted()).toEqual(accepted.toSorted());
      expect(left).toBe(0);
    }),
  );
});

test('no room gets more than its share of the consumers while a job of another may be taken', async () => {
  await fc.assert(
    fc.asyncProperty(someConsumers, manySteps, async (consumers, steps) => {
      await run(consumers, steps, (job, atWork, line) => {
        const isFull = ({ upload }: Job) =>
          atWork.filter((other) => other.upload.roomId === upload.roomId).length >= roomShare(consumers);
        if (!job.isSuspect && isFull(job))
          expect(line.filter((other) => !other.isSuspect && !isFull(other))).toEqual([]);
      });
    }),
  );
});

test('a suspect is always alone at work', async () => {
  await fc.assert(
    fc.asyncProperty(someConsumers, manySteps, async (consumers, steps) => {
      await run(consumers, steps, (job, atWork) => {
        if (job.isSuspect) expect(atWork).toEqual([]);
        expect(atWork.filter(({ isSuspect }) => isSuspect)).toEqual([]);
      });
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
    { maxLength: 100 },
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

test('whatever goes before it, a job is taken after a number of turns that only those ahead of it, the rooms and the members make', () => {
  const turnsForOne = AGED_EVERY * ROOMS.length * MEMBERS.length;
  fc.assert(
    fc.property(fc.array(arrival, { maxLength: 300 }), lineLength, (arrivals, length) => {
      const cameIn = new Map<Job, { turn: number; ahead: number }>();
      for (const [turn, { taken, waiting }] of takeTurns(arrivals, length).entries()) {
        for (const [ahead, job] of waiting.entries()) if (!cameIn.has(job)) cameIn.set(job, { turn, ahead });
        const came = cameIn.get(taken);
        if (came) expect(turn - came.turn).toBeLessThanOrEqual(turnsForOne * (came.ahead + 1));
      }
    }),
  );
});
