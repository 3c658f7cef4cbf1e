// Owns the table of rooms and the sync token.
import type { RoomLedger, RoomState, SyncLedger } from '../domain/ledger.ts';
import type { Database } from './database.ts';

/** The room part of the ledger. */
export function createRoomLedger({ db }: Database): RoomLedger {
  const state = db.prepare('SELECT state FROM rooms WHERE room_id = ?');
  const set = db.prepare(
    `INSERT INTO rooms (room_id, state, invited_by, updated_at_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (room_id) DO UPDATE SET state = excluded.state, invited_by = coalesce(excluded.invited_by, invited_by),
       updated_at_ms = excluded.updated_at_ms`,
  );
  const invited = db.prepare(`SELECT room_id, invited_by FROM rooms WHERE state = 'invited'`);
  const joined = db.prepare(`SELECT count(*) AS n FROM rooms WHERE state = 'joined'`);
  return {
    state: (roomId) => (state.get(roomId)?.state as RoomState | undefined) ?? null,
    set: (roomId, to, nowMs, invitedBy) => void set.run(roomId, to, invitedBy ?? null, nowMs),
    invited: () =>
      invited.all().map((row) => ({ roomId: String(row.room_id), invitedBy: String(row.invited_by ?? '') })),
    joinedCount: () => Number(joined.get()?.n ?? 0),
  };
}

/** The token of the last sync whose events are all in the ledger. */
export function createSyncLedger({ db }: Database): SyncLedger {
  const get = db.prepare(`SELECT value FROM meta WHERE key = 'sync_token'`);
  const set = db.prepare(
    `INSERT INTO meta (key, value) VALUES ('sync_token', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
  );
  return {
    token: () => (get.get()?.value as string | undefined) ?? null,
    setToken: (token) => void set.run(token),
  };
}
