// Owns the job part of the ledger: its parts on one table, each change of state one transaction along `domain/transitions.ts`.
import type { JobLedger, ReplyLedger } from '../domain/ledger.ts';
import { createArrivals } from './arrivals.ts';
import { createClaim } from './claim.ts';
import type { Database } from './database.ts';
import { toJobRow } from './jobRow.ts';
import { createLine } from './line.ts';
import { createProgress } from './progress.ts';
import { createResume } from './resume.ts';
import { createRetries } from './retries.ts';

/** The job part of the ledger; `clock` gives milliseconds since 1970. */
export function createJobLedger(database: Database, replies: ReplyLedger, clock: () => number): JobLedger {
  const get = database.db.prepare('SELECT * FROM jobs WHERE event_id = ?');
  return {
    ...createArrivals(database, clock),
    get: (eventId) => toJobRow(get.get(eventId)),
    claim: createClaim(database, clock),
    ...createProgress(database, replies, clock),
    ...createRetries(database, clock),
    resume: createResume(database, clock),
    ...createLine(database),
  };
}
