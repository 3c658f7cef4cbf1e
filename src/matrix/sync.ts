// Owns the sync loop: fetch, translate, hand over, and only then go on from the new token.
import { setTimeout as sleep } from 'node:timers/promises';
import type { MatrixClient } from 'matrix-bot-sdk';
import { AppError, type ErrorCode, toAppError } from '../domain/errors.ts';
import type { SyncBatch } from '../domain/incoming.ts';
import type { Log } from '../domain/log.ts';
import { PAGE_LIMIT, TIMELINE_TYPES } from './gap.ts';
import { refusalOf, withSignal } from './http.ts';
import { createLookups, type Lookups } from './lookups.ts';
import { askWhetherAdmin } from './powerLevels.ts';
import { translateSync } from './translate.ts';

export type SyncDeps = {
  client: MatrixClient;
  selfId: string;
  backfillMs: number;
  /** The token of the last sync whose events are in the ledger. */
  token(): string | null;
  isJoined(roomId: string): boolean;
  /** Stores the batch and its token in one transaction. Where it throws, the same sync comes again. */
  handle(batch: SyncBatch): void;
  /** `storedAtMs`: when this sync was stored, by `clock`; `code`: whose fault it is that none was. */
  onState(state: SyncState): void;
  clock(): number;
  log: Log;
};

export type SyncState =
  | { up: true; storedAtMs: number }
  | { up: false; code: ErrorCode; reason: string; retryMs: number };

const LONG_POLL_MS = 30_000;
/** Over the long poll: a homeserver may take its time for a first sync. */
const REQUEST_TIMEOUT_MS = 90_000;
/** Most often it is a connection that was closed while it was idle. */
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 30_000;

const FILTER = JSON.stringify({
  presence: { types: [] },
  account_data: { types: [] },
  room: {
    timeline: { limit: PAGE_LIMIT, types: TIMELINE_TYPES },
    state: { types: ['m.room.encryption'], lazy_load_members: true },
    ephemeral: { types: [] },
    account_data: { types: [] },
  },
});

/**
 * Syncs until `signal` aborts; resolves then. Whatever fails is tried again with the same token, but for a login that was ended:
 * that throws `login_failed`.
 */
export function runSync(deps: SyncDeps, signal: AbortSignal): Promise<void> {
  return withSignal(signal, async () => {
    const lookups = createLookups(deps.client, deps.selfId, deps.log);
    let failures = 0;
    let isUp = false;
    while (!signal.aborted) {
      try {
        await syncOnce(deps, lookups, !isUp);
        isUp = true;
        failures = 0;
        deps.onState({ up: true, storedAtMs: deps.clock() });
      } catch (thrown) {
        if (signal.aborted) return;
        const error = toAppError(thrown);
        if (refusalOf(error)?.status === 401) {
          throw new AppError('login_failed', 'the homeserver has ended this login: start Lector again to log in anew', {
            cause: error,
          });
        }
        const retryMs = Math.max(error.retryAfterMs ?? 0, Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** failures));
        failures += 1;
        isUp = false;
        deps.log.warn({ code: error.code, reason: error.message, retryMs }, 'sync failed; it is tried again');
        deps.onState({ up: false, code: error.code, reason: error.message, retryMs });
        await sleep(retryMs, undefined, { signal }).catch(() => signal.aborted);
      }
    }
  });
}

/** At the start and after a failure the sync returns at once, so that the first sign of life is not half a minute late. */
async function syncOnce(deps: SyncDeps, lookups: Lookups, returnsAtOnce: boolean): Promise<void> {
  const since = deps.token();
  const timeout = since === null || returnsAtOnce ? 0 : LONG_POLL_MS;
  const query = { filter: FILTER, timeout, ...(since !== null && { since }) };
  const raw = await deps.client.doRequest('GET', '/_matrix/client/v3/sync', query, null, REQUEST_TIMEOUT_MS);
  const { client, selfId, backfillMs, isJoined } = deps;
  const batch = await translateSync(raw, {
    client,
    selfId,
    lookups,
    isRoomAdmin: (roomId, userId) => askWhetherAdmin(client, roomId, userId),
    since,
    backfillMs,
    isJoined,
    nowMs: deps.clock(),
    log: deps.log,
  });
  deps.handle(batch);
}
