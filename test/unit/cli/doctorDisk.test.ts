// What doctor says of the data folder: whether it can be used, whether a Lector is using it, and nothing in it changes.
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { lockDataDir, prepareDataDir } from '../../../src/ledger/dataDir.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { anUpload } from '../../fixtures/uploads.ts';
import { runDoctor, temporaryFolder } from './doctorRig.ts';

describe('a data folder that a Lector is running on', () => {
  test('is well, and nobody is told to start a second one', async () => {
    const dir = prepareDataDir(temporaryFolder());
    const lock = lockDataDir(dir);
    onTestFinished(() => lock.release());
    const { code, said } = await runDoctor({ DATA_DIR: dir.path });
    expect(said).toContain(`✓ Data folder: a Lector is running on ${dir.path}\n`);
    expect(said).toMatch(/\nAll is well: a Lector is running on this data folder\.\n$/);
    expect(code).toBe(0);
  });

  test('is free again once that one has stopped', async () => {
    const dir = prepareDataDir(temporaryFolder());
    lockDataDir(dir).release();
    const { said } = await runDoctor({ DATA_DIR: dir.path });
    expect(said).toContain(`✓ Data folder: ${dir.path} can be written\n`);
    expect(said).toMatch(/\nAll is well: `npm start` runs the bot\.\n$/);
  });
});

describe('doctor changes nothing', () => {
  test('a folder that is not there is not made', async () => {
    const path = join(temporaryFolder(), 'new', 'data');
    const { said } = await runDoctor({ DATA_DIR: path });
    expect(said).toContain(`✓ Data folder: ${path} does not exist yet; the first start creates it\n`);
    expect(existsSync(path)).toBe(false);
  });

  test('an empty folder stays empty', async () => {
    const path = temporaryFolder();
    await runDoctor({ DATA_DIR: path });
    expect(readdirSync(path)).toEqual([]);
  });

  test('the database of an older version is not migrated', async () => {
    const dir = prepareDataDir(temporaryFolder());
    openLedger(dir.database).close();
    const db = new DatabaseSync(dir.database);
    db.exec('PRAGMA user_version = 4');
    db.close();
    const before = readFileSync(dir.database);
    const { said } = await runDoctor({ DATA_DIR: dir.path });
    expect(said).toContain('✓ Data folder');
    expect(readFileSync(dir.database).equals(before)).toBe(true);
    expect(readdirSync(dir.path).sort()).toEqual(['lector.db', 'spool']);
  });
});

describe('a database that this version cannot use', () => {
  test('is told from a folder that cannot be written', async () => {
    const dir = prepareDataDir(temporaryFolder());
    const db = new DatabaseSync(dir.database);
    db.exec('PRAGMA user_version = 9999');
    db.close();
    const { code, said } = await runDoctor({ DATA_DIR: dir.path });
    expect(said).toContain(
      `✗ Data folder: ${dir.database} was written by a newer version of Lector\n    → install that version again, or set DATA_DIR to another folder\n`,
    );
    expect(code).toBe(1);
  });

  test('is named when it is no database at all', async () => {
    const dir = prepareDataDir(temporaryFolder());
    writeFileSync(dir.database, 'a text that somebody has left here, longer than the header of a database: '.repeat(9));
    const { said } = await runDoctor({ DATA_DIR: dir.path });
    expect(said).toContain(
      `✗ Data folder: ${dir.database} cannot be read: file is not a database\n    → put a backup of it in its place, or set DATA_DIR to another folder\n`,
    );
  });
});

describe('a folder that cannot be used', () => {
  const failure = (path: string, reason: string) =>
    `✗ Data folder: ${path} cannot be used: ${reason}\n    → let it belong to the user that runs Lector, or set DATA_DIR to a folder that does\n`;

  test.runIf(process.platform === 'linux').each([
    ['/proc/nowhere', '/proc'],
    ['/proc/nowhere/data', '/proc'],
    ['/proc/self', '/proc/self'],
    ['/sys/nowhere', '/sys'],
  ])('%s, whose permissions promise root more than the kernel keeps', async (path, parent) => {
    const { code, said } = await runDoctor({ DATA_DIR: path });
    expect(said).toContain(`${failure(path, `${parent} holds files of the kernel only`)}– Disk: not looked at\n`);
    expect(code).toBe(1);
  });

  test('a file', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const { said } = await runDoctor({ DATA_DIR: file });
    expect(said).toContain(failure(file, `${file} is no folder`));
  });

  test('below a file', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const { said } = await runDoctor({ DATA_DIR: join(file, 'data') });
    expect(said).toContain(failure(join(file, 'data'), `${file} is no folder`));
  });

  // Root may write everywhere.
  if (process.getuid?.() !== 0) {
    test('below a folder of somebody else', async () => {
      const folder = temporaryFolder();
      chmodSync(folder, 0o500);
      onTestFinished(() => chmodSync(folder, 0o700));
      const { said } = await runDoctor({ DATA_DIR: join(folder, 'data') });
      const data = join(folder, 'data');
      expect(said).toContain(
        `✗ Data folder: ${data} cannot be used: ${folder} may not be read and written\n    → Lector runs as`,
      );
      expect(said).toContain(`\`mkdir -p ${data} && chown ${process.getuid?.()} ${data}\``);
    });
  }
});

test('a database that is damaged in its middle is told, as the start would tell it', async () => {
  const dir = prepareDataDir(temporaryFolder());
  const ledger = openLedger(dir.database);
  for (let n = 0; n < 200; n++) {
    ledger.jobs.insert(anUpload({ eventId: `$${n}` }), { postedAtMs: 0, receivedAtMs: 0 });
  }
  ledger.close();
  const bytes = readFileSync(dir.database);
  bytes.fill(0x5a, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 40_000);
  writeFileSync(dir.database, bytes);
  const { code, said } = await runDoctor({ DATA_DIR: dir.path });
  expect(said).toContain('is damaged');
  expect(said).toContain('README, "Backup and restore"');
  expect(code).toBe(1);
});
