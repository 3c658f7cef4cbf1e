// The data folder: private, for one process at a time, and never opened by an older version.
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockDataDir, prepareDataDir } from '../../../src/ledger/dataDir.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { SCHEMA_VERSION } from '../../../src/ledger/migrations.ts';
import { anUpload } from '../../fixtures/uploads.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'lector-test-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const modeOf = (path: string) => statSync(path).mode & 0o777;

test('a new data folder is readable by its owner only, and so is the database', () => {
  const dir = prepareDataDir(join(base, 'data'));
  openLedger(dir.database).close();
  expect([modeOf(dir.path), modeOf(dir.spool), modeOf(dir.database)]).toEqual([0o700, 0o700, 0o600]);
});

test('a folder that nothing can make is named, and not tried for ever', () => {
  expect(() => prepareDataDir('/proc/nowhere/data')).toThrow(expect.objectContaining({ code: 'data_dir_unusable' }));
});

test('an existing data folder that others can read is tightened', () => {
  chmodSync(base, 0o755);
  prepareDataDir(base);
  expect(modeOf(base)).toBe(0o700);
});

test('a folder that cannot be made is named', () => {
  writeFileSync(join(base, 'file'), '');
  expect(() => prepareDataDir(join(base, 'file', 'data'))).toThrow(
    expect.objectContaining({ code: 'data_dir_unusable' }),
  );
});

test('a file in its place is named, and keeps its permissions', () => {
  const file = join(base, 'file');
  writeFileSync(file, '');
  chmodSync(file, 0o666);
  expect(() => prepareDataDir(file)).toThrow(`DATA_DIR ${file} cannot be used: ${file} is no folder`);
  expect(modeOf(file)).toBe(0o666);
});

test('a second process on the same folder is told so, until the first lets go', () => {
  const dir = prepareDataDir(base);
  const first = lockDataDir(dir);
  expect(() => lockDataDir(dir)).toThrow(expect.objectContaining({ code: 'data_dir_in_use' }));
  first.release();
  lockDataDir(dir).release();
});

test('a database of a newer version is refused and not touched', () => {
  const dir = prepareDataDir(base);
  const db = new DatabaseSync(dir.database);
  db.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
  db.close();
  expect(() => openLedger(dir.database)).toThrow(expect.objectContaining({ code: 'database_newer' }));
});

test('a file that is no database is refused with its path', () => {
  const dir = prepareDataDir(base);
  const db = new DatabaseSync(dir.database);
  db.exec('CREATE TABLE jobs (something TEXT)');
  db.close();
  expect(() => openLedger(dir.database)).toThrow(dir.database);
});

test('what was stored is there after the database is closed and opened again', () => {
  const dir = prepareDataDir(base);
  const first = openLedger(dir.database);
  first.jobs.insert(anUpload(), { postedAtMs: 1, receivedAtMs: 2 });
  first.close();
  const second = openLedger(dir.database);
  expect(second.jobs.get('$upload')).toMatchObject({ state: 'received', postedAtMs: 1, receivedAtMs: 2 });
  second.close();
});
