// Owns how a job goes on and ends: read, thought over, backed off, answered, cancelled.
import type { JobLedger, ReplyLedger } from '../domain/ledger.ts';
import type { Database } from './database.ts';
import { ENDED, stateChange } from './stateChange.ts';

export type Progress = Pick<
  JobLedger,
  'move' | 'wait' | 'modelMayBeBack' | 'saveReplies' | 'finish' | 'cancel' | 'cancelRoom'
>;

const MOVES = { queued: 'claim', reading: 'read', thinking: 'think' } as const;

/** The part of the job ledger for jobs in hand; `clock` gives milliseconds since 1970. */
export function createProgress({ db, transact, mark }: Database, replies: ReplyLedger, clock: () => number): Progress {
  const byId = 'event_id = :id';
  const moves = {
    queued: db.prepare(stateChange(MOVES.queued, { where: byId })),
    reading: db.prepare(stateChange(MOVES.reading, { where: byId })),
    thinking: db.prepare(stateChange(MOVES.thinking, { where: byId })),
  };
  const wait = db.prepare(
    stateChange('wait', {
      set: 'due_at_ms = :due, attempt = :attempt, outage_since_ms = :outage, error_code = :code',
      where: byId,
    }),
  );
  const hasten = db.prepare(
    `UPDATE jobs SET due_at_ms = :now WHERE state = 'waiting' AND error_code = 'model_unavailable' AND due_at_ms > :now`,
  );
  const reply = db.prepare(
    stateChange('reply', {
      set: 'end_state = :end, error_code = :code, is_provisional = :provisional, due_at_ms = NULL, before_state = NULL, before_error_code = NULL',
      where: byId,
    }),
  );
  const finish = db.prepare(stateChange('finish', { set: 'ended_at_ms = :now', where: byId, toColumn: 'end_state' }));
  const cancelSet = 'due_at_ms = NULL, is_provisional = 0, ended_at_ms = coalesce(ended_at_ms, :now)';
  const cancel = db.prepare(stateChange('cancel', { set: `askable = 0, ${cancelSet}`, where: byId }));
  const cancelRoom = db.prepare(
    stateChange('cancel', {
      set: `askable = 1, ${cancelSet}`,
      where: `room_id = :room AND state NOT IN (${ENDED})`,
      returning: 'event_id',
    }),
  );

  return {
    move: (eventId, state) => mark(() => Number(moves[state].run({ id: eventId, now: clock() }).changes) === 1),
    wait(eventId, { untilMs, attempt, outageSinceMs, errorCode }) {
      wait.run({ id: eventId, due: Math.ceil(untilMs), attempt, outage: outageSinceMs, code: errorCode, now: clock() });
    },
    modelMayBeBack: () => mark(() => void hasten.run({ now: clock() })),
    saveReplies: (eventId, saved, { state, errorCode, isProvisional }) =>
      transact(() => {
        const ending = { end: state, code: errorCode, provisional: isProvisional ? 1 : 0 };
        if (Number(reply.run({ id: eventId, ...ending, now: clock() }).changes) === 0) return false;
        for (const each of saved) replies.save(each);
        return true;
      }),
    finish: (eventId) => mark(() => Number(finish.run({ id: eventId, now: clock() }).changes) === 1),
    cancel: (eventId) => void cancel.run({ id: eventId, now: clock() }),
    cancelRoom: (roomId) => cancelRoom.all({ room: roomId, now: clock() }).map((row) => String(row.event_id)),
  };
}
