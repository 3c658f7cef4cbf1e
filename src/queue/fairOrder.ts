// Owns the memory of the fair order: who went before, and who is at work.
import type { Job } from '../domain/job.ts';
import type { Choose } from './bounded.ts';
import { fairTurn, NO_TURNS } from './fairTurn.ts';

export type FairOrder = {
  /** For the queue: the job that it chooses counts as at work from then on. */
  choose: Choose<Job>;
  /** The job that was chosen is no longer at work, nor what was taken along with it; the queue's `done()` follows. */
  ended(job: Job): void;
};

/** The order of `fairTurn` for one queue that `consumers` consumers take from. */
export function createFairOrder(consumers: number): FairOrder {
  const atWork = new Set<Job>();
  let turns = NO_TURNS;
  return {
    choose(line) {
      const turn = fairTurn(line, [...atWork], consumers, turns);
      if (!turn) return null;
      turns = turn.turns;
      atWork.add(line[turn.index] as Job);
      return turn.index;
    },
    ended: (job) => void atWork.delete(job),
  };
}
