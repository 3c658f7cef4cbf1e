// Owns the schema of the database: numbered steps, each run once; `user_version` holds the number of the last one.
import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '../domain/errors.ts';
import { FAIR_LINE } from './steps/fairLine.ts';
import { FOUNDATION } from './steps/foundation.ts';
import { KEPT_AND_WIPED } from './steps/keptAndWiped.ts';

/** Steps are never edited after a release: a change of the schema is a further step. */
const STEPS = [...FOUNDATION, FAIR_LINE, KEPT_AND_WIPED];

export const SCHEMA_VERSION = STEPS.length;

/** Brings the database to this version's schema. Throws `database_newer` when a later version of Lector has written it. */
export function migrate(db: DatabaseSync, path: string): void {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > SCHEMA_VERSION) {
    throw new AppError(
      'database_newer',
      `${path} was written by a newer version of Lector (schema ${version}, this one knows ${SCHEMA_VERSION}): install that version again, or use another DATA_DIR`,
    );
  }
  for (const [index, step] of STEPS.entries()) {
    if (index < version) continue;
    db.exec(`BEGIN IMMEDIATE; ${step} PRAGMA user_version = ${index + 1}; COMMIT;`);
  }
}
