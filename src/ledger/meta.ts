// Owns single values of the ledger, in the table `meta`.
import type { DatabaseSync } from 'node:sqlite';

export type Meta = { get(): string | null; set(value: string): void; remove(): void };

/** One value of the table, by its key. */
export function createMeta(db: DatabaseSync, key: string): Meta {
  const get = db.prepare('SELECT value FROM meta WHERE key = ?');
  const set = db.prepare(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  const remove = db.prepare('DELETE FROM meta WHERE key = ?');
  return {
    get: () => (get.get(key)?.value as string | undefined) ?? null,
    set: (value) => void set.run(key, value),
    remove: () => void remove.run(key),
  };
}
