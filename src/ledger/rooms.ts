// Owns the table of rooms and the sync token.
import type { RoomLedger, RoomState, SyncLedger } from '../domain/ledger.ts';
import type { Database } from './database.ts';

/** The room part of the ledger. */
export function createRoomLedger({ db }: Database, clock: () => number): RoomLedger {
  const state = db.prepare('SELECT state FROM rooms WHERE room_id = ?');
  const set = db.prepare(
    `INSERT INTO rooms (room_id, state, reason, updated_at_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (room_id) DO UPDATE SET state = excluded.state, reason = excluded.reason, updated_at_ms = excluded.updated_at_ms`,
  );
  const pending = db.prepare(`SELECT room_id, state, reason FROM rooms WHERE state IN ('invited', 'unwanted')`);
  const joined = db.prepare(`SELECT count(*) AS n FROM rooms WHERE state = 'joined'`);
  return {
    state: (roomId) => (state.get(roomId)?.state as RoomState | undefined) ?? null,
    set: (roomId, to, reason) => void set.run(roomId, to, reason ?? null, clock()),
    pending: () =>
      pending.all().map((row) => ({
        roomId: String(row.room_id),
        state: row.state as RoomState,
        reason: row.reason === null ? null : String(row.reason),
      })),
    joinedCount: () => Number(joined.get()?.n ?? 0),
  };
}

/** The token of the last sync whose events are all in the ledger. */
export function createSyncLedger({ db, mark }: Database): SyncLedger {
  const get = db.prepare(`SELECT value FROM meta WHERE key = 'sync_token'`);
  const set = db.prepare(
    `INSERT INTO meta (key, value) VALUES ('sync_token', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
  );
  return {
    token: () => (get.get()?.value as string | undefined) ?? null,
    setToken: (token) => mark(() => void set.run(token)),
  };
}
