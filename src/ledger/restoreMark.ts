// Owns the mark that a backup carries, by which a ledger that is opened from it knows that it may have forgotten what it answered.
import type { DatabaseSync } from 'node:sqlite';
import type { Database } from './database.ts';
import { createMeta } from './meta.ts';

const BACKED_UP = 'backed_up_at_ms';
const RESTORED = 'restored_at_ms';

/** Marks a copy of a ledger as one. */
export function markAsBackup(copy: DatabaseSync, nowMs: number): void {
  createMeta(copy, BACKED_UP).set(String(Math.round(nowMs)));
}

/** When this ledger was put back from a backup, which is when it was first opened with a backup's mark; null: it was not. */
export function restoredAtMs({ db, transact }: Pick<Database, 'db' | 'transact'>, clock: () => number): number | null {
  const backedUp = createMeta(db, BACKED_UP);
  const restored = createMeta(db, RESTORED);
  if (backedUp.get() !== null) {
    transact(() => {
      restored.set(String(Math.round(clock())));
      backedUp.remove();
    });
  }
  const at = restored.get();
  return at === null ? null : Number(at);
}
