// What an operator sees of a backup: one line of what was written, or why it was not.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { backup } from '../../../src/cli/backup.ts';
import { dataDirAt, lockDataDir } from '../../../src/ledger/dataDir.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { anUpload } from '../../fixtures/uploads.ts';
import { createSaid } from './said.ts';

let folder: string;
let dataDir: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lector-backup-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  dataDir = join(folder, 'data');
});

/** A ledger with two uploads in it. */
function ledgerHere() {
  mkdirSync(dataDir);
  const ledger = openLedger(dataDirAt(dataDir).database);
  onTestFinished(() => ledger.close());
  for (const eventId of ['$a', '$b']) ledger.jobs.insert(anUpload({ eventId }), { postedAtMs: 1, receivedAtMs: 1 });
  return ledger;
}

async function run(file: string) {
  const out = createSaid();
  const err = createSaid();
  const storage = { dataDir } as Parameters<typeof backup>[0]['config']['storage'];
  const code = await backup({ config: { storage }, file, stdout: out.stream, stderr: err.stream });
  return { code, stdout: out.text(), stderr: err.text() };
}

test('a backup of a bot that runs is told in one line, and holds its uploads', async () => {
  ledgerHere();
  const lock = lockDataDir(dataDirAt(dataDir));
  onTestFinished(() => lock.release());
  const file = join(folder, 'copy.db');
  const { code, stdout, stderr } = await run(file);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^\/.*\/copy\.db: \d+\.\d MiB, 2 uploads\n$/);
  const copy = openLedger(file);
  onTestFinished(() => copy.close());
  expect(copy.jobs.get('$b')?.upload.fileName).toBe('minutes.pdf');
});

describe('no backup is written', () => {
  test('where there is no database yet, and none is made', async () => {
    const { code, stdout, stderr } = await run(join(folder, 'copy.db'));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      `There is no database in ${dataDir} yet: nothing to back up. Is DATA_DIR the one of the bot?\n`,
    );
    expect([existsSync(dataDir), existsSync(join(folder, 'copy.db'))]).toEqual([false, false]);
  });

  test('into a folder that is not there', async () => {
    ledgerHere();
    const { code, stderr } = await run(join(folder, 'none', 'copy.db'));
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `There is no folder ${join(folder, 'none')}: create it first.\n`,
    });
  });

  test('over a file', async () => {
    ledgerHere();
    const file = join(folder, 'copy.db');
    writeFileSync(file, 'of yesterday');
    const { code, stderr } = await run(file);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `${file} is there already, and is not overwritten: name another file.\n`,
    });
  });

  test('as a folder', async () => {
    ledgerHere();
    const { code, stderr } = await run(folder);
    expect({ code, stderr }).toEqual({ code: 1, stderr: `${folder} is a folder: name a file in it.\n` });
  });

  test('below a file', async () => {
    ledgerHere();
    writeFileSync(join(folder, 'file'), '');
    const { code, stderr } = await run(join(folder, 'file', 'copy.db'));
    expect({ code, stderr }).toEqual({ code: 1, stderr: `${join(folder, 'file')} is no folder.\n` });
  });
});
