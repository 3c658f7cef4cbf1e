// Owns joining and leaving: does what the ledger says is still to be done, again and again until the homeserver lets it.
import { setTimeout as sleep } from 'node:timers/promises';
import { toAppError } from '../domain/errors.ts';
import type { RoomLedger, RoomRow } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import { refusalOf } from './http.ts';
import type { Transport } from './transport.ts';

export type MembershipDeps = {
  transport: Pick<Transport, 'join' | 'leave'>;
  rooms: Pick<RoomLedger, 'pending' | 'state' | 'set'>;
  signal: AbortSignal;
  log: Log;
};

const RETRY_MS = 10_000;

/** Returns `wake`, which starts on every room that waits to be joined or left. */
export function createMembership(deps: MembershipDeps): { wake(): void } {
  const { rooms, signal, log } = deps;
  /** Rooms that are being joined or left; a joined one stays `invited` in the ledger, and here, until a sync shows it. */
  const atWork = new Map<string, RoomRow['state']>();

  const settle = async (row: RoomRow): Promise<void> => {
    while (!signal.aborted) {
      try {
        if ((await settleOnce(row, deps)) !== 'joined') atWork.delete(row.roomId);
        return;
      } catch (thrown) {
        if (signal.aborted) return;
        const error = toAppError(thrown);
        log.warn({ code: error.code, reason: error.message, room: row.roomId }, `${row.state} room: tried again`);
        await sleep(Math.max(RETRY_MS, error.retryAfterMs ?? 0), undefined, { signal }).catch(() => undefined);
      }
    }
  };

  return {
    wake() {
      const pending = rooms.pending();
      const open = new Set(pending.map(({ roomId }) => roomId));
      for (const roomId of atWork.keys()) if (!open.has(roomId)) atWork.delete(roomId);
      for (const row of pending) {
        if (atWork.get(row.roomId) === row.state) continue;
        atWork.set(row.roomId, row.state);
        void settle(row);
      }
    },
  };
}

async function settleOnce(
  row: RoomRow,
  { transport, rooms, log }: MembershipDeps,
): Promise<'joined' | 'left' | 'moot'> {
  const { roomId, state, reason } = row;
  if (rooms.state(roomId) !== state) return 'moot';
  try {
    if (state === 'invited') {
      await transport.join(roomId);
      log.info({ room: roomId }, 'joined a room');
      return 'joined';
    }
    await transport.leave(roomId, reason ?? '');
    log.info({ room: roomId, reason }, 'left a room');
  } catch (thrown) {
    const error = toAppError(thrown);
    // A login that was ended says nothing of the room.
    if (error.code !== 'homeserver_refused' || refusalOf(error)?.status === 401) throw error;
    log.warn({ reason: error.message, room: roomId }, `${state} room: the homeserver refused`);
  }
  if (rooms.state(roomId) === state) rooms.set(roomId, 'left');
  return 'left';
}
