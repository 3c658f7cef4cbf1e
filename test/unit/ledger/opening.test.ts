// What is looked at before a database is used, and what an operator is told to do when it cannot be.
import {
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { anUpload } from '../../fixtures/uploads.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lector-opening-'));
  path = join(folder, 'lector.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

function fill(): void {
  const ledger = openLedger(path);
  ledger.transaction(() => {
    for (let n = 0; n < 2_000; n += 1) {
      ledger.jobs.insert(anUpload({ eventId: `$${n}` }), { postedAtMs: 0, receivedAtMs: 0 });
    }
  });
  ledger.close();
}

describe('a database that cannot be used is refused with what to do', () => {
  test.each<[string, () => void, string]>([
    ['garbage in its middle', garbageInTheMiddle, 'is damaged'],
    ['its end cut off', cutOff, 'is damaged'],
    ['something else than a database', () => writeFileSync(path, 'Dear diary. '.repeat(500)), 'no SQLite database'],
    ['the database of another program', anotherProgram, 'is the database of another program'],
  ])('%s', (_what, spoil, told) => {
    spoil();
    const before = readFileSync(path);
    expect(() => openLedger(path)).toThrow(
      expect.objectContaining({ code: 'database_corrupt', message: expect.stringContaining(told) }),
    );
    expect(() => openLedger(path)).toThrow(
      /put a backup in its place .* or move it away .* start anew; nothing that was posted before is answered then/,
    );
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

test('a database is whole and of its owner alone when it is opened a second time while the first works', () => {
  fill();
  const first = openLedger(path);
  const second = openLedger(path);
  second.sync.setToken('from the second');
  expect(first.sync.token()).toBe('from the second');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  second.close();
  first.close();
});

test('a log left beside a backup that was copied over its database is refused, so that it spoils nothing', () => {
  fill();
  const backup = join(folder, 'backup.db');
  const copy = new DatabaseSync(path);
  copy.exec(`PRAGMA journal_mode = DELETE; VACUUM INTO '${backup}'`);
  copy.close();
  const killed = openLedger(path);
  killed.sync.setToken('s1');
  copyFileSync(`${path}-wal`, join(folder, 'left'));
  killed.close();
  copyFileSync(backup, path);
  copyFileSync(join(folder, 'left'), `${path}-wal`);
  const before = readFileSync(path);
  expect(() => openLedger(path)).toThrow(
    expect.objectContaining({ code: 'data_dir_unusable', message: expect.stringContaining(`remove ${path}-wal`) }),
  );
  expect(readFileSync(path).equals(before)).toBe(true);
  rmSync(`${path}-wal`);
  openLedger(path).close();
});

function garbageInTheMiddle(): void {
  fill();
  const third = Math.floor(statSync(path).size / 3);
  const handle = openSync(path, 'r+');
  writeSync(handle, Buffer.alloc(third, 0xa5), 0, third, third);
  closeSync(handle);
}

function cutOff(): void {
  fill();
  writeFileSync(path, readFileSync(path).subarray(0, 100_000));
}

function anotherProgram(): void {
  const db = new DatabaseSync(path);
  db.exec('CREATE TABLE recipes (name TEXT); PRAGMA user_version = 3');
  db.close();
}
