// Owns which job is taken next: by priority, made up for by waiting, and in turn within one priority.
import type { JobLedger } from '../domain/ledger.ts';
import type { Database } from './database.ts';
import { LEVEL, toJobRow } from './jobRow.ts';
import { createTimeMending } from './mendedTimes.ts';
import { stateChange } from './stateChange.ts';
import { type Turn, Turns } from './turns.ts';

const LEVELS = Object.values(LEVEL).sort((a, b) => a - b);
/** Waiting so long makes up for one level of priority. */
const AGE_MS = 10 * 60_000;
/** One claim in so many goes to a lower priority of which some job has waited long: the higher ones keep the most of the work. */
const AGED_EVERY = 4;
/** Jobs whose back-off is over that come back into line with one claim, so that none takes long. */
const MAX_DUE = 25;
/** Clocks are put right by less all the time. */
const SET_BACK_MS = 60_000;

/**
 * The claim of the job ledger. All priorities are looked at with a few seeks each; a change of the order is one more seek on every
 * fourth claim. Only `took` moves the turns on, so that a claim that could not be stored costs nobody a turn.
 */
export function createClaim({ db, transact, mark }: Database, clock: () => number): JobLedger['claim'] {
  const due = db.prepare(
    stateChange('due', {
      set: 'since_ms = due_at_ms, due_at_ms = NULL',
      where: `seq IN (SELECT seq FROM jobs INDEXED BY jobs_by_due WHERE state = 'waiting' AND due_at_ms <= :due
        ORDER BY due_at_ms LIMIT ${MAX_DUE})`,
    }),
  );
  const take = db.prepare(stateChange('claim', { where: 'seq = :seq', returning: '*' }));
  const oldest = db.prepare(
    `SELECT since_ms FROM jobs INDEXED BY jobs_by_wait WHERE state = 'received' AND priority = ? ORDER BY since_ms LIMIT 1`,
  );
  const mendTimes = createTimeMending(db);
  const turns = new Turns(db);
  let claims = 0;
  let lastNowMs = Number.NEGATIVE_INFINITY;

  const agedTurn = (first: Turn, nowMs: number, fullRooms: ReadonlySet<string>): Turn | null => {
    const lower = LEVELS.filter((level) => level > first.level);
    // When two priorities have waited long, each has the other's turn next time.
    if ((claims / AGED_EVERY) & 1) lower.reverse();
    for (const level of lower) {
      const sinceMs = oldest.get(level)?.since_ms;
      if (sinceMs === undefined || nowMs - Number(sinceMs) < AGE_MS * (level - first.level)) continue;
      const turn = turns.next(level, fullRooms);
      if (turn) return turn;
    }
    return null;
  };
  const nextTurn = (nowMs: number, fullRooms: ReadonlySet<string>): Turn | null => {
    for (const level of LEVELS) {
      const first = turns.next(level, fullRooms);
      if (!first) continue;
      const isForAged = claims % AGED_EVERY === AGED_EVERY - 1;
      return (isForAged ? agedTurn(first, nowMs, fullRooms) : null) ?? first;
    }
    return null;
  };
  const claimNext = (nowMs: number, fullRooms: ReadonlySet<string>) => {
    if (nowMs < lastNowMs - SET_BACK_MS) mendTimes(nowMs);
    due.run({ due: nowMs, now: clock() });
    const turn = nextTurn(nowMs, fullRooms);
    return turn && { turn, row: take.get({ seq: turn.seq, now: clock() }) };
  };

  return (nowMs, fullRooms) => {
    const claimed = mark(() => transact(() => claimNext(nowMs, fullRooms)));
    lastNowMs = nowMs;
    if (!claimed) return null;
    turns.took(claimed.turn);
    claims += 1;
    return toJobRow(claimed.row);
  };
}
