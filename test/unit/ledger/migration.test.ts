// A database of an earlier version goes on where it stopped: its jobs have their senders, priorities and times.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Ledger } from '../../../src/domain/ledger.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { FOUNDATION } from '../../../src/ledger/steps/foundation.ts';
import { anUpload } from '../../fixtures/uploads.ts';

const NOBODY_FULL: ReadonlySet<string> = new Set();

let folder: string;
let ledger: Ledger;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lector-migration-'));
  const path = join(folder, 'lector.db');
  writeEarlierDatabase(path);
  ledger = openLedger(path, () => 9_000);
});
afterEach(() => {
  ledger.close();
  rmSync(folder, { recursive: true, force: true });
});

function writeEarlierDatabase(path: string): void {
  const db = new DatabaseSync(path);
  db.exec(`${FOUNDATION.join('\n')} PRAGMA user_version = ${FOUNDATION.length}`);
  const insert = db.prepare(
    `INSERT INTO jobs (event_id, room_id, upload, state, error_code, posted_at_ms, received_at_ms, updated_at_ms)
     VALUES (?, '!papers:here', ?, ?, ?, 1000, 1000, 2000)`,
  );
  const add = (eventId: string, state: string, sender: string, isAsked = false, code: string | null = null) =>
    insert.run(eventId, JSON.stringify(anUpload({ eventId, sender, isAsked })), state, code);
  add('$anna1', 'received', '@anna:here');
  add('$anna2', 'received', '@anna:here');
  add('$ben', 'queued', '@ben:here');
  add('$asked', 'received', '@anna:here', true);
  add('$failed', 'failed', '@anna:here', false, 'internal');
  add('$done', 'done', '@anna:here');
  db.close();
}

test('what was asked for comes first, then the members in turn', () => {
  ledger.jobs.resume(9_000);
  const claimed = Array.from({ length: 4 }, () => ledger.jobs.claim(9_000, NOBODY_FULL)?.upload.eventId);
  expect(claimed).toEqual(['$asked', '$ben', '$anna1', '$anna2']);
});

test('what had failed is a dead letter since then, and can be tried again', () => {
  expect(ledger.jobs.failures({ postedSinceMs: 0 })).toMatchObject([
    { upload: { eventId: '$failed' }, errorCode: 'internal', failedAtMs: 2_000, tries: 0 },
  ]);
  expect(ledger.jobs.retry('$failed')).toBe('retried');
});

test('every job is counted', () => {
  expect(ledger.jobs.counts()).toMatchObject({ received: 3, queued: 1, failed: 1, done: 1, waiting: 0 });
});
