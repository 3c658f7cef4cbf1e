// Owns what becomes of the times in the ledger when the clock was set back.
import type { DatabaseSync } from 'node:sqlite';
import { OPEN } from './stateChange.ts';

/**
 * Brings times that were stored by a clock ahead of this one back with it: by how far the last change of a row lies in the future, the
 * time since then being unknown. A back-off then lasts as long again as it was meant to, instead of that much longer.
 */
export function createTimeMending(db: DatabaseSync): (nowMs: number) => void {
  const jobs = db.prepare(
    `UPDATE jobs SET
       due_at_ms = due_at_ms - (updated_at_ms - :now),
       outage_since_ms = outage_since_ms - (updated_at_ms - :now),
       since_ms = min(since_ms, :now),
       updated_at_ms = :now
     WHERE updated_at_ms > :now AND state IN (${OPEN})`,
  );
  const members = db.prepare(
    `UPDATE members SET turn_at_ms = turn_at_ms - (updated_at_ms - :now), updated_at_ms = :now WHERE updated_at_ms > :now`,
  );
  return (nowMs) => {
    const now = Math.round(nowMs);
    jobs.run({ now });
    members.run({ now });
  };
}
