// What the ledger says when it cannot store: which trouble it is, that nothing is half-stored, and that it is over when it is.
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../../src/domain/ledger.ts';
import { type Database, openDatabase, withStorageErrors } from '../../../src/ledger/database.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { createSyncLedger } from '../../../src/ledger/rooms.ts';
import { anUpload } from '../../fixtures/uploads.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lector-trouble-'));
  path = join(folder, 'lector.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const insert = (ledger: Ledger, eventId: string, caption?: string) =>
  ledger.jobs.insert(anUpload({ eventId, caption }), { postedAtMs: 0, receivedAtMs: 0 });
const withCode = (code: string) => expect.objectContaining({ name: 'AppError', code });

describe('a database that another process holds', () => {
  let ledger: Ledger;
  let other: DatabaseSync;
  beforeEach(() => {
    ledger = openLedger(path);
    other = new DatabaseSync(path);
    other.exec('BEGIN EXCLUSIVE');
  });
  afterEach(() => {
    other.close();
    ledger.close();
  });

  test('is told as locked, by single writes and whole transactions', () => {
    expect(() => insert(ledger, '$a')).toThrow(withCode('storage_locked'));
    expect(() => ledger.transaction(() => insert(ledger, '$a'))).toThrow(withCode('storage_locked'));
    expect(ledger.trouble()).toBe('storage_locked');
  });

  test('is written again when it is let go, and a read alone does not say so', () => {
    expect(() => insert(ledger, '$a')).toThrow();
    other.exec('ROLLBACK');
    expect(ledger.jobs.get('$a')).toBeNull();
    expect(ledger.trouble()).toBe('storage_locked');
    insert(ledger, '$a');
    expect(ledger.trouble()).toBeNull();
  });

  test('is well again after a transaction, too, but not before it is over', () => {
    expect(() => insert(ledger, '$a')).toThrow();
    other.exec('ROLLBACK');
    ledger.transaction(() => {
      insert(ledger, '$a');
      expect(ledger.trouble()).toBe('storage_locked');
    });
    expect(ledger.trouble()).toBeNull();
  });
});

describe('a connection that may write no more', () => {
  let database: Database;
  beforeEach(() => {
    database = openDatabase(path);
  });
  afterEach(() => database.db.close());
  const sync = () => withStorageErrors(createSyncLedger(database), database.storage);

  test('is told as unwritable, and keeps what it had', () => {
    sync().setToken('s1');
    database.db.exec('PRAGMA query_only = ON');
    expect(() => sync().setToken('s2')).toThrow(withCode('storage_unwritable'));
    expect(database.storage.trouble()).toBe('storage_unwritable');
    database.db.exec('PRAGMA query_only = OFF');
    expect(sync().token()).toBe('s1');
    sync().setToken('s2');
    expect(database.storage.trouble()).toBeNull();
  });

  test('is told as full when there is no page left, and is well when there is', () => {
    const pages = Number(database.db.prepare('PRAGMA page_count').get()?.page_count);
    database.db.exec(`PRAGMA max_page_count = ${pages}`);
    expect(() => sync().setToken('s'.repeat(100_000))).toThrow(withCode('storage_full'));
    expect(database.storage.trouble()).toBe('storage_full');
    database.db.exec('PRAGMA max_page_count = 100000');
    sync().setToken('s'.repeat(100_000));
    expect(database.storage.trouble()).toBeNull();
  });

  test('waits for another process half a second at most: the event loop waits with it', () => {
    const waitMs = () => database.db.prepare('PRAGMA busy_timeout').get()?.timeout;
    expect(waitMs()).toBe(500);
    database.transact(() => database.emptyLog());
    expect(waitMs()).toBe(500);
  });

  test('tells an error that is none of the disk’s as what it is', () => {
    const failing = withStorageErrors({ fail: () => database.db.exec('SELECT nonsense') }, database.storage);
    expect(() => failing.fail()).toThrow('no such column: nonsense');
    expect(database.storage.trouble()).toBeNull();
  });
});

const canLimit = spawnSync('prlimit', ['--version']).status === 0;
test.skipIf(!canLimit)(
  'a disk that refuses writes is told as unwritable, and work goes on when it takes them again',
  () => {
    const child = resolve('test/fixtures/fullFileChild.ts');
    // Of 512 or of 1,024 bytes each, by the shell: 2 or 4 MB a file.
    const shell = `ulimit -S -f 4000; exec "${process.execPath}" "${child}" "${path}"`;
    const { before, after } = JSON.parse(execFileSync('sh', ['-c', shell], { encoding: 'utf8' }));
    expect(before).toMatchObject({ failedWith: 'storage_unwritable', trouble: 'storage_unwritable' });
    expect(before.stored).toBeGreaterThan(0);
    expect(before.counted).toBe(before.stored);
    expect(after).toEqual({ trouble: null, counted: before.stored + 1 });
  },
);

test('a database that is damaged while the bot runs is told so from the first damaged page on, until it is opened anew', () => {
  const first = openLedger(path);
  // More than is held in memory.
  first.transaction(() => {
    for (let n = 0; n < 3_000; n += 1) insert(first, `$${n}`, 'x'.repeat(3_000));
  });
  first.close();
  const ledger = openLedger(path);
  damage(path);
  const readAll = () => {
    for (let n = 0; n < 3_000; n += 1) ledger.jobs.get(`$${n}`);
  };
  expect(readAll).toThrow(withCode('database_corrupt'));
  ledger.sync.setToken('s1');
  expect(ledger.trouble()).toBe('database_corrupt');
  ledger.close();
});

/** The middle third of the file becomes garbage, page headers included. */
function damage(file: string): void {
  const { size } = statSync(file);
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(Math.floor(size / 3), 0xa5), 0, Math.floor(size / 3), Math.floor(size / 3));
  closeSync(handle);
}
