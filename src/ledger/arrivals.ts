// Owns how uploads come into the table of jobs: each event once, asked for or not, or set aside until somebody asks.
import type { ArrivalTimes, JobLedger } from '../domain/ledger.ts';
import type { Upload } from '../domain/media.ts';
import type { Database } from './database.ts';
import { createForgottenRooms } from './forgottenRooms.ts';
import { LEVEL } from './jobRow.ts';
import { ENDED, stateChange } from './stateChange.ts';

export type Arrivals = Pick<JobLedger, 'insert' | 'ask' | 'setAside'>;

/** The part of the job ledger that takes uploads in; `clock` gives milliseconds since 1970. */
export function createArrivals({ db, transact }: Database, clock: () => number): Arrivals {
  const forgotten = createForgottenRooms(db);
  const add = db.prepare(
    `INSERT INTO jobs (event_id, room_id, sender, upload, state, due_at_ms, priority, posted_at_ms, received_at_ms, since_ms, updated_at_ms)
     VALUES (:id, :room, :sender, :upload, CASE WHEN :due IS NULL THEN 'received' ELSE 'waiting' END, :due, :priority, :posted, :received, :received, :now)
     ON CONFLICT (event_id) DO NOTHING`,
  );
  const forgetAskable = db.prepare(`DELETE FROM jobs WHERE event_id = ? AND state = 'cancelled' AND askable = 1`);
  const markAsked = db.prepare(
    `UPDATE jobs SET upload = json_set(upload, '$.isAsked', json('true')), priority = ${LEVEL.asked}, updated_at_ms = ?
     WHERE event_id = ? AND state NOT IN (${ENDED})`,
  );
  const setAside = db.prepare(
    stateChange('setAside', {
      set: 'askable = 1, ended_at_ms = :now',
      where: `event_id = :id AND json_extract(upload, '$.isAsked') IS NOT 1`,
    }),
  );

  const insert: JobLedger['insert'] = (upload, times) => {
    const { changes } = add.run({ ...columnsOf(upload, times), now: clock() });
    return Number(changes) === 1 ? 'inserted' : 'known';
  };
  return {
    insert,
    ask: (upload, times) =>
      transact(() => {
        const asked = { ...upload, isAsked: true };
        forgotten.makeWay(asked);
        forgetAskable.run(asked.eventId);
        if (insert(asked, times) === 'inserted') return 'inserted';
        markAsked.run(clock(), asked.eventId);
        return 'known';
      }),
    setAside: (eventId) => Number(setAside.run({ id: eventId, now: clock() }).changes) === 1,
  };
}

function columnsOf(upload: Upload, { postedAtMs, receivedAtMs, dueAtMs }: ArrivalTimes) {
  const received = Math.round(receivedAtMs);
  return {
    id: upload.eventId,
    room: upload.roomId,
    sender: upload.sender,
    upload: JSON.stringify(upload),
    due: dueAtMs === undefined || dueAtMs === null ? null : Math.ceil(dueAtMs),
    priority: upload.isAsked ? LEVEL.asked : LEVEL.fresh,
    posted: wholeMs(postedAtMs) ?? received,
    received,
  };
}

/**
 * Undefined: SQLite would not store it, or node:sqlite not read it back. A row that cannot be read would stop every claim, and a throw
 * would bring its sync again for ever.
 */
function wholeMs(ms: number): number | undefined {
  const whole = Math.round(ms);
  return Number.isSafeInteger(whole) ? whole : undefined;
}
