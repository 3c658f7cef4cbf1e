// Owns the table of pages that were read by OCR or a model: what a retry need not read again.
import type { PageLedger } from '../domain/ledger.ts';
import type { PageScan } from '../domain/reading.ts';
import type { Database } from './database.ts';
import { IS_OPEN } from './openJob.ts';

/** The page part of the ledger; a trigger empties it when a job's answer is saved or the job ends. */
export function createPageLedger({ db, mark }: Database): PageLedger {
  const save = db.prepare(
    `INSERT OR REPLACE INTO pages (event_id, page, text, source, confidence)
     SELECT :eventId, :page, :text, :source, :confidence WHERE ${IS_OPEN}`,
  );
  const of = db.prepare('SELECT page, text, source, confidence FROM pages WHERE event_id = ? ORDER BY page');
  return {
    save: (eventId, { page, text, source, confidence }) =>
      mark(() => void save.run({ eventId, page, text, source, confidence })),
    of: (eventId) => of.all(eventId).map((row) => ({ ...row }) as PageScan),
  };
}
