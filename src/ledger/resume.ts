// Owns what becomes of the jobs that a crash caught at work.
import { SUSPECT_AFTER_DEATHS } from '../../config/limits.ts';
import type { JobLedger } from '../domain/ledger.ts';
import type { Database } from './database.ts';
import { createTimeMending } from './mendedTimes.ts';
import { stateChange } from './stateChange.ts';

const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;
/** 2^6 s is more than the longest pause. */
const MAX_DOUBLINGS = 6;

/**
 * The resume of the job ledger. A file that was being read at two deaths of the process pauses before it is read again, doubling from 1 s
 * to 60 s, so that a process that dies of it gets something else done in between.
 */
export function createResume({ db, transact }: Database, clock: () => number): JobLedger['resume'] {
  const countDeaths = db.prepare(
    `UPDATE jobs SET deaths = deaths + 1, due_at_ms = CASE WHEN deaths + 1 >= ${SUSPECT_AFTER_DEATHS}
       THEN :nowMs + min(${MAX_PAUSE_MS}, ${FIRST_PAUSE_MS} << min(${MAX_DOUBLINGS}, deaths + 1 - ${SUSPECT_AFTER_DEATHS})) END
     WHERE state = 'reading'`,
  );
  const bringBack = db.prepare(stateChange('resume', { where: 'true' }));
  const pause = db.prepare(stateChange('wait', { where: `state = 'received' AND due_at_ms IS NOT NULL` }));
  const mendTimes = createTimeMending(db);
  return (nowMs) =>
    transact(() => {
      mendTimes(nowMs);
      countDeaths.run({ nowMs: Math.round(nowMs) });
      const resumed = Number(bringBack.run({ now: clock() }).changes);
      pause.run({ now: clock() });
      return resumed;
    });
}
