// Owns the look into the bot's database from outside, while it runs and after.
import { DatabaseSync } from 'node:sqlite';

export type LedgerLook = { openJobs: number; unsentReplies: number; states: Record<string, number> };

const OPEN = ['received', 'queued', 'reading', 'thinking', 'waiting', 'replying'];

/** What is still to be done. */
export function lookAtLedger(path: string): LedgerLook {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  try {
    const rows = db.prepare('SELECT state, count(*) AS n FROM jobs GROUP BY state').all();
    const states = Object.fromEntries(rows.map(({ state, n }) => [String(state), Number(n)]));
    const { n } = db
      .prepare(`SELECT count(*) AS n FROM replies WHERE sent_event_id IS NULL AND part <> 'status'`)
      .get() as {
      n: number;
    };
    return { openJobs: OPEN.reduce((sum, state) => sum + (states[state] ?? 0), 0), unsentReplies: n, states };
  } finally {
    db.close();
  }
}

/** SQLite's own judgement: `ok`, or what is wrong. */
export function checkIntegrity(path: string): string {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    return db
      .prepare('PRAGMA integrity_check')
      .all()
      .map((row) => String(row.integrity_check))
      .join('; ');
  } finally {
    db.close();
  }
}
