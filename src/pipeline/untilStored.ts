// Owns the patience with a disk that takes nothing: what was to be stored is tried again until it is.
import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, toAppError } from '../domain/errors.ts';

export const LEDGER_RETRY_MS = 5_000;

/** Does `work`, again every 5 s while the ledger cannot keep anything. Throws what else it throws, or the reason of `signal` when that aborts. */
export async function untilStored<T>(
  work: () => T | Promise<T>,
  { signal, onTrouble }: { signal: AbortSignal; onTrouble(code: ErrorCode): void },
): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (thrown) {
      const { code } = toAppError(thrown);
      if (!isOfStorage(code)) throw thrown;
      onTrouble(code);
      await sleep(LEDGER_RETRY_MS, undefined, { signal });
    }
  }
}

/** The ledger cannot keep anything just now, and may later. */
export function isOfStorage(code: ErrorCode): boolean {
  return code === 'storage_full' || code === 'storage_unwritable' || code === 'storage_locked';
}
