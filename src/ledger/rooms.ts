// Owns the table of rooms and the sync token.
import type { RoomLedger, RoomState, SyncLedger } from '../domain/ledger.ts';
import type { RoomSettings } from '../domain/room.ts';
import type { Database } from './database.ts';
import { createMeta } from './meta.ts';

/** The room part of the ledger. */
export function createRoomLedger({ db }: Database, clock: () => number): RoomLedger {
  const state = db.prepare('SELECT state FROM rooms WHERE room_id = ?');
  const set = db.prepare(
    `INSERT INTO rooms (room_id, state, reason, updated_at_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (room_id) DO UPDATE SET state = excluded.state, reason = excluded.reason, updated_at_ms = excluded.updated_at_ms`,
  );
  const pending = db.prepare(`SELECT room_id, state, reason FROM rooms WHERE state IN ('invited', 'unwanted')`);
  const joined = db.prepare(`SELECT room_id FROM rooms WHERE state = 'joined'`);
  const settings = db.prepare('SELECT mode, profile FROM rooms WHERE room_id = ?');
  const setMode = db.prepare('UPDATE rooms SET mode = ? WHERE room_id = ?');
  const setProfile = db.prepare('UPDATE rooms SET profile = ? WHERE room_id = ?');
  const toldHost = createMeta(db, 'told_model_host');
  return {
    state: (roomId) => (state.get(roomId)?.state as RoomState | undefined) ?? null,
    set: (roomId, to, reason) => void set.run(roomId, to, reason ?? null, clock()),
    pending: () =>
      pending.all().map((row) => ({
        roomId: String(row.room_id),
        state: row.state as RoomState,
        reason: row.reason === null ? null : String(row.reason),
      })),
    joined: () => joined.all().map((row) => String(row.room_id)),
    settings(roomId) {
      const row = settings.get(roomId) as RoomSettings | undefined;
      return { mode: row?.mode ?? null, profile: row?.profile ?? null };
    },
    setSettings(roomId, { mode, profile }) {
      if (mode !== undefined) setMode.run(mode, roomId);
      if (profile !== undefined) setProfile.run(profile, roomId);
    },
    toldModelHost: toldHost.get,
    setToldModelHost: toldHost.set,
  };
}

/** The token of the last sync whose events are all in the ledger. */
export function createSyncLedger({ db, mark }: Database): SyncLedger {
  const token = createMeta(db, 'sync_token');
  return { token: token.get, setToken: (value) => mark(() => token.set(value)) };
}
