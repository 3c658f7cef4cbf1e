// Owns the table of members: when the next upload of each has its turn.
import type { MemberLedger } from '../domain/ledger.ts';
import type { Database } from './database.ts';

/** A turn that was so long ago says no more than none; kept that long for a clock that is set back. */
const FORGET_AFTER_MS = 24 * 3_600_000;
/** Rows that one call forgets at most. */
const FORGET_AT_ONCE = 10;

/** The member part of the ledger; `clock` gives milliseconds since 1970. */
export function createMemberLedger({ db, transact }: Database, clock: () => number): MemberLedger {
  const turn = db.prepare('SELECT turn_at_ms FROM members WHERE user_id = ?');
  const set = db.prepare(
    `INSERT INTO members (user_id, turn_at_ms, updated_at_ms) VALUES (:id, :turn, :now)
     ON CONFLICT (user_id) DO UPDATE SET turn_at_ms = excluded.turn_at_ms, updated_at_ms = excluded.updated_at_ms`,
  );
  const forget = db.prepare(
    `DELETE FROM members WHERE user_id IN (SELECT user_id FROM members WHERE turn_at_ms < ? ORDER BY turn_at_ms LIMIT ${FORGET_AT_ONCE})`,
  );
  return {
    turnAtMs: (userId) => (turn.get(userId)?.turn_at_ms as number | undefined) ?? null,
    setTurn: (userId, turnAtMs) =>
      transact(() => {
        const now = clock();
        forget.run(now - FORGET_AFTER_MS);
        set.run({ id: userId, turn: Math.round(turnAtMs), now });
      }),
  };
}
