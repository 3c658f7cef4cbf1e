// What a backup is: whole, of its owner alone, never over another file, and known as one when it is put back.
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../../src/domain/ledger.ts';
import { backUpLedger } from '../../../src/ledger/backup.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { anUpload } from '../../fixtures/uploads.ts';

let folder: string;
let path: string;
let file: string;
let ledger: Ledger;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lector-backup-'));
  path = join(folder, 'lector.db');
  file = join(folder, 'backup.db');
  ledger = openLedger(path, () => 5_000);
  for (const eventId of ['$a', '$b']) insert(eventId);
});
afterEach(() => {
  ledger.close();
  rmSync(folder, { recursive: true });
});

const insert = (eventId: string) => ledger.jobs.insert(anUpload({ eventId }), { postedAtMs: 0, receivedAtMs: 0 });
/** What stands in the folder beside the database itself. */
const others = () => readdirSync(folder).filter((name) => !name.startsWith('lector.db'));
const withCode = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

describe('a backup made while the bot runs', () => {
  test('holds all that was stored, in one file of its owner alone', async () => {
    ledger.sync.setToken('s1');
    const made = await backUpLedger(path, file);
    expect(made).toEqual({ bytes: statSync(file).size, jobs: 2 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(others()).toEqual(['backup.db']);
    const restored = openLedger(file);
    expect(restored.sync.token()).toBe('s1');
    expect(restored.jobs.get('$b')?.upload).toEqual(ledger.jobs.get('$b')?.upload);
    restored.close();
  });

  test('is of one moment, and comes to an end, however much is written meanwhile', async () => {
    ledger.transaction(() => {
      for (let n = 0; n < 20_000; n += 1) insert(`$before${n}`);
    });
    let written = 0;
    const writing = setInterval(() => insert(`$meanwhile${written++}`), 0);
    const made = await backUpLedger(path, file).finally(() => clearInterval(writing));
    expect(written).toBeGreaterThan(0);
    expect(made.jobs).toBe(20_002);
  });

  test('can be made of a ledger that nobody has open', async () => {
    const resting = join(folder, 'resting.db');
    openLedger(resting).close();
    expect(await backUpLedger(resting, file)).toMatchObject({ jobs: 0 });
  });
});

describe('a backup that cannot be made', () => {
  test('over a file that is there is refused, and the file stays as it was', async () => {
    writeFileSync(file, 'holiday pictures');
    await expect(backUpLedger(path, file)).rejects.toThrow(withCode('config_invalid', `${file} is there already`));
    expect(readFileSync(file, 'utf8')).toBe('holiday pictures');
  });

  test('of a database that is not there says so, and makes none', async () => {
    const nowhere = join(folder, 'nowhere.db');
    await expect(backUpLedger(nowhere, file)).rejects.toThrow(withCode('data_dir_unusable', nowhere));
    expect(existsSync(nowhere)).toBe(false);
  });

  test('into a folder that is not there says so', async () => {
    const target = join(folder, 'gone', 'backup.db');
    await expect(backUpLedger(path, target)).rejects.toThrow(withCode('storage_unwritable', target));
  });

  test('of a file that is no database leaves nothing behind', async () => {
    const diary = join(folder, 'diary.db');
    writeFileSync(diary, 'Dear diary. '.repeat(500));
    await expect(backUpLedger(diary, file)).rejects.toThrow(expect.objectContaining({ code: 'database_corrupt' }));
    expect(others()).toEqual(['diary.db']);
  });
});

describe('a ledger', () => {
  test('that was never put back knows of no restore, even after it was backed up', async () => {
    await backUpLedger(path, file);
    expect(ledger.restoredAtMs()).toBeNull();
    ledger.close();
    ledger = openLedger(path);
    expect(ledger.restoredAtMs()).toBeNull();
  });

  test('that was put back knows since when, ever after', async () => {
    await backUpLedger(path, file);
    ledger.close();
    for (const ending of ['', '-wal', '-shm']) rmSync(path + ending, { force: true });
    copyFileSync(file, path);
    ledger = openLedger(path, () => 80_000);
    expect(ledger.restoredAtMs()).toBe(80_000);
    ledger.close();
    ledger = openLedger(path, () => 90_000);
    expect(ledger.restoredAtMs()).toBe(80_000);
  });

  test('that was put back twice counts the last time', async () => {
    await backUpLedger(path, file);
    openLedger(file, () => 80_000).close();
    const again = join(folder, 'again.db');
    await backUpLedger(file, again);
    const restored = openLedger(again, () => 95_000);
    expect(restored.restoredAtMs()).toBe(95_000);
    restored.close();
  });
});
