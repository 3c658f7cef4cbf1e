// Owns joining and leaving: does what the ledger says is still to be done, again and again until the homeserver lets it.
import { setTimeout as sleep } from 'node:timers/promises';
import { toAppError } from '../domain/errors.ts';
import type { RoomLedger, RoomRow } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import type { Transport } from './transport.ts';

export type MembershipDeps = {
  transport: Pick<Transport, 'join' | 'leave'>;
  rooms: Pick<RoomLedger, 'pending' | 'set'>;
  signal: AbortSignal;
  log: Log;
};

const RETRY_MS = 10_000;

/** Returns `wake`, which starts on every room that waits to be joined or left. */
export function createMembership(deps: MembershipDeps): { wake(): void } {
  // A joined room stays `invited` in the ledger until a sync shows it.
  const settled = new Map<string, RoomRow['state']>();

  const settle = async (row: RoomRow): Promise<void> => {
    while (!deps.signal.aborted) {
      try {
        await settleOnce(row, deps);
        return;
      } catch (thrown) {
        if (deps.signal.aborted) return;
        const error = toAppError(thrown);
        deps.log.warn(
          { code: error.code, reason: error.message, room: row.roomId },
          `${row.state} room: the homeserver said no`,
        );
        if (error.code === 'homeserver_refused') {
          deps.rooms.set(row.roomId, 'left');
          return;
        }
        await sleep(error.retryAfterMs ?? RETRY_MS, undefined, { signal: deps.signal }).catch(() => undefined);
      }
    }
  };

  return {
    wake() {
      for (const row of deps.rooms.pending()) {
        if (settled.get(row.roomId) === row.state) continue;
        settled.set(row.roomId, row.state);
        void settle(row);
      }
    },
  };
}

async function settleOnce(
  { roomId, state, reason }: RoomRow,
  { transport, rooms, log }: MembershipDeps,
): Promise<void> {
  if (state === 'invited') {
    await transport.join(roomId);
    log.info({ room: roomId }, 'joined a room');
    return;
  }
  await transport.leave(roomId, reason ?? '');
  rooms.set(roomId, 'left');
  log.info({ room: roomId, reason }, 'left a room');
}
