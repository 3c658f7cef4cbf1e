// A full disk, made by SQLite's own page limit: told as such, nothing half-stored, and over when there is room.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase, withStorageErrors } from '../../../src/ledger/database.ts';
import { createJobLedger } from '../../../src/ledger/jobs.ts';
import { createReplyLedger } from '../../../src/ledger/replies.ts';
import { anUpload } from '../../fixtures/uploads.ts';

let database: Database;
beforeEach(() => {
  database = openDatabase(':memory:');
});
afterEach(() => database.db.close());

test('a batch that does not fit is refused whole, and stored when there is room again', () => {
  const jobs = withStorageErrors(
    createJobLedger(
      database,
      createReplyLedger(database, () => 0),
      () => 0,
    ),
    database.storage,
  );
  const { page_count } = database.db.prepare('PRAGMA page_count').get() as { page_count: number };
  database.db.exec(`PRAGMA max_page_count = ${page_count + 4}`);
  const storeBatch = () =>
    database.transact(() => {
      for (let n = 0; n < 50; n += 1) {
        jobs.insert(anUpload({ eventId: `$${n}`, caption: 'x'.repeat(2_000) }), { postedAtMs: 0, receivedAtMs: 0 });
      }
    });
  expect(storeBatch).toThrow(expect.objectContaining({ code: 'storage_full' }));
  expect(jobs.counts().received).toBe(0);
  database.db.exec('PRAGMA max_page_count = 100000');
  storeBatch();
  expect(jobs.counts().received).toBe(50);
});

test('what is promised is on disk before it returns; only marks of progress are not waited for', () => {
  const level = () => database.db.prepare('PRAGMA synchronous').get()?.synchronous;
  const [FULL, NORMAL] = [2, 1];
  expect([level(), database.mark(level), level()]).toEqual([FULL, NORMAL, FULL]);
  expect(database.transact(() => database.mark(level))).toBe(FULL);
});
