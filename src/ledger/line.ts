// Owns how long the line is: how many jobs are in which state, how many go before one, when the next one is due.
import { JOB_STATES, type JobState } from '../domain/job.ts';
import type { JobCounts, JobLedger } from '../domain/ledger.ts';
import type { Database } from './database.ts';

export type Line = Pick<JobLedger, 'placeInLine' | 'untaken' | 'counts' | 'nextDueMs' | 'replying'>;

type Place = { seq: number; state: JobState; priority: number; room_id: string; sender: string; updated_at_ms: number };

const IN_LINE = `FROM jobs INDEXED BY jobs_in_line WHERE state = 'received'`;

/** The part of the job ledger that counts and changes nothing. */
export function createLine({ db }: Database): Line {
  const counts = db.prepare('SELECT state, n FROM job_counts');
  const countOf = db.prepare('SELECT n FROM job_counts WHERE state = ?');
  const nextDue = db.prepare(`SELECT min(due_at_ms) AS due FROM jobs INDEXED BY jobs_by_due WHERE state = 'waiting'`);
  const replying = db.prepare(`SELECT event_id, room_id FROM jobs WHERE state = 'replying' ORDER BY seq`);
  const place = db.prepare('SELECT seq, state, priority, room_id, sender, updated_at_ms FROM jobs WHERE event_id = ?');
  const takenBefore = db.prepare(
    `SELECT count(*) AS n FROM jobs WHERE state IN ('reading', 'thinking')
     OR (state = 'queued' AND (updated_at_ms, seq) < (:updated, :seq))`,
  );
  const higher = db.prepare(`SELECT count(*) AS n ${IN_LINE} AND priority < ?`);
  const ownBefore = db.prepare(
    `SELECT count(*) AS n ${IN_LINE} AND priority = ? AND room_id = ? AND sender = ? AND seq < ?`,
  );
  const otherMembers = db.prepare(
    `SELECT sum(min(n, :most)) AS n FROM (
       SELECT count(*) AS n ${IN_LINE} AND priority = :priority AND room_id = :room AND sender <> :sender GROUP BY sender)`,
  );
  const otherRooms = db.prepare(
    `SELECT sum(min(n, :most)) AS n FROM (
       SELECT count(*) AS n ${IN_LINE} AND priority = :priority AND room_id <> :room GROUP BY room_id)`,
  );

  const inState = (state: JobState) => Number(countOf.get(state)?.n ?? 0);
  const inHand = () => inState('queued') + inState('reading') + inState('thinking');

  /** By the rule of the turns: whoever has k before it in its own line sees at most k from each other member and room. */
  const before = ({ seq, priority, room_id: room, sender }: Place): number => {
    const own = Number(ownBefore.get(priority, room, sender, seq)?.n);
    const inRoom = own === 0 ? 0 : own + Number(otherMembers.get({ most: own, priority, room, sender })?.n ?? 0);
    const elsewhere = inRoom === 0 ? 0 : Number(otherRooms.get({ most: inRoom, priority, room })?.n ?? 0);
    return inRoom + elsewhere + Number(higher.get(priority)?.n);
  };

  return {
    placeInLine(eventId) {
      const job = place.get(eventId) as Place | undefined;
      if (job?.state === 'received' || job?.state === 'waiting') return inHand() + before(job);
      if (job?.state !== 'queued') return 0;
      return Number(takenBefore.get({ updated: job.updated_at_ms, seq: job.seq })?.n);
    },
    untaken: (limit) => Math.min(limit, inState('received')),
    counts() {
      const all = Object.fromEntries(JOB_STATES.map((state) => [state, 0])) as JobCounts;
      for (const row of counts.all()) all[row.state as JobState] = Number(row.n);
      return all;
    },
    nextDueMs: () => (nextDue.get() as { due: number | null }).due,
    replying: () => replying.all().map((row) => ({ eventId: String(row.event_id), roomId: String(row.room_id) })),
  };
}
