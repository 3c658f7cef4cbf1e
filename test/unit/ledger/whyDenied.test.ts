// What an operator is told to do when the system denies Lector its data folder.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { lockDataDir, prepareDataDir } from '../../../src/ledger/dataDir.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { whyDenied } from '../../../src/ledger/whyDenied.ts';

let base: string;
let dir: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'lector-test-'));
  dir = join(base, 'data');
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(base, { recursive: true, force: true });
});

const denied = { code: 'EACCES' };
const runsAs = (uid: number) => vi.spyOn(process, 'geteuid').mockReturnValue(uid);
const owner = () => statSync(base).uid;

test('a folder of another user: whose it is, as whom Lector runs, and the command that mends it', () => {
  mkdirSync(dir);
  chmodSync(dir, 0o755);
  runsAs(4711);
  const { uid, gid } = statSync(dir);
  expect(whyDenied(denied, dir, dir)).toBe(
    `Lector runs as user id 4711 and may not write ${dir}, which belongs to user id ${uid} (group ${gid}, mode 0755): ` +
      `\`chown -R 4711 ${dir}\`, or set DATA_DIR to a folder that it may write`,
  );
});

test('a folder of its own without the permission: how to give it', () => {
  mkdirSync(dir);
  runsAs(owner());
  expect(whyDenied(denied, dir, dir)).toContain(`\`chmod -R u+rwX ${dir}\``);
});

test('one that cannot be made: the folder above is named, and nobody is told to change that', () => {
  runsAs(4711);
  const advice = whyDenied(denied, join(dir, 'spool'), dir);
  expect(advice).toContain(`may not write ${base}, which belongs to`);
  expect(advice).toContain(`\`mkdir -p ${dir} && chown 4711 ${dir}\``);
});

test('a read-only disk: mount it for writing', () => {
  expect(whyDenied({ code: 'EROFS' }, dir, dir)).toBe(
    'the disk is read-only: mount it for writing, or set DATA_DIR to a folder that it may write',
  );
});

test('what has nothing to do with permissions is left to others', () => {
  expect(whyDenied({ code: 'ENOSPC' }, dir, dir)).toBeNull();
  expect(whyDenied(new Error('is no folder'), dir, dir)).toBeNull();
  expect(whyDenied({ errcode: 11 }, dir, dir)).toBeNull();
});

test('a lock that cannot be opened is not taken for another Lector', () => {
  const made = prepareDataDir(dir);
  mkdirSync(made.lock);
  runsAs(4711);
  expect(() => lockDataDir(made)).toThrow(
    expect.objectContaining({ code: 'data_dir_unusable', message: expect.stringContaining(`chown -R 4711 ${dir}`) }),
  );
});

test('a database that cannot be opened says whose it is', () => {
  const made = prepareDataDir(dir);
  mkdirSync(made.database);
  runsAs(4711);
  expect(() => openLedger(made.database)).toThrow(
    expect.objectContaining({ code: 'data_dir_unusable', message: expect.stringContaining(`chown -R 4711 ${dir}`) }),
  );
});

test('a file in the way of the folder is told with what to set', () => {
  writeFileSync(dir, '');
  expect(() => prepareDataDir(dir)).toThrow(
    `DATA_DIR ${dir} cannot be used: ${dir} is no folder; set DATA_DIR to a folder that Lector may make and write`,
  );
});
