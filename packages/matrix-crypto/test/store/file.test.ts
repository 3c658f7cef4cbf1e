// Owns the proof of what the file promises: private, for one alone, never older than it was known to be.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openCryptoStore } from '../../src/store/cryptoStore.ts';
import { CryptoStoreError } from '../../src/store/errors.ts';
import { ending, openDatabase } from './promises.ts';
import { openStore, storePath } from './storeFolder.ts';

const opener = join(import.meta.dirname, 'openerChild.ts');
const inAnotherProcess = (path: string) =>
  spawnSync(process.execPath, [opener, path], { encoding: 'utf8' }).stdout.trim();
const modes = (path: string) =>
  readdirSync(dirname(path)).map((name) => (statSync(join(dirname(path), name)).mode & 0o777).toString(8));

/** What opening says: its code, or `opened`. */
function opening(path: string, knownCommits = 0): string {
  try {
    void openCryptoStore(path, { knownCommits }).close();
    return 'opened';
  } catch (error) {
    return error instanceof CryptoStoreError ? error.code : String(error);
  }
}

async function write(path: string, value: string): Promise<number> {
  const store = openStore(path);
  const db = await openDatabase(store.indexedDB, 'db', 1, (fresh) => fresh.createObjectStore('a'));
  const transaction = db.transaction('a', 'readwrite');
  transaction.objectStore('a').put(value, 1);
  await ending(transaction);
  await store.close();
  return store.commits;
}

describe('a store that is open', () => {
  it('is refused to a second process and to a second opening in this one, and is still refused after that', async () => {
    const path = storePath();
    const store = openStore(path);
    for (let i = 0; i < 2; i++) {
      expect(opening(path)).toBe('store_in_use');
      expect(inAnotherProcess(path)).toBe('store_in_use');
    }
    await store.close();
    expect(inAnotherProcess(path)).toBe('opened');
    expect(opening(path)).toBe('opened');
  });

  it('says in one line which file it is', () => {
    const path = storePath();
    openStore(path);
    expect(() => openCryptoStore(path)).toThrow(`crypto store ${path} is in use by another process`);
  });

  it('lets its owner alone read it, with all files beside it, whatever they were before', async () => {
    const path = storePath();
    const before = process.umask(0);
    try {
      const store = openStore(path);
      await openDatabase(store.indexedDB, 'db', 1, (fresh) => fresh.createObjectStore('a'));
      expect(modes(path)).toEqual(['600', '600']);
      await store.close();
      chmodSync(path, 0o644);
      openStore(path);
      expect(new Set(modes(path))).toEqual(new Set(['600']));
    } finally {
      process.umask(before);
    }
  });
});

describe('a file that is no usable store', () => {
  it.each([
    [
      'is not a database',
      (path: string) => writeFileSync(path, 'no database at all, but long enough to be one'.repeat(200)),
    ],
    [
      'was written by a newer version',
      (path: string) => {
        const newer = new DatabaseSync(path);
        newer.exec('PRAGMA user_version = 99');
        newer.close();
      },
    ],
  ])('is refused and left alone when it %s', (_name, make) => {
    const path = storePath();
    make(path);
    const before = statSync(path).size;
    expect(opening(path)).toBe('store_unusable');
    expect(statSync(path).size).toBe(before);
  });

  it('is refused where there is no folder for it', () => {
    expect(opening(join(dirname(storePath()), 'missing', 'crypto.sqlite3'))).toBe('store_unusable');
  });
});

describe('an older copy that was put back', () => {
  it('is noticed by who remembers how many commits there were', async () => {
    const path = storePath();
    await write(path, 'first');
    copyFileSync(path, `${path}.copy`);
    const known = await write(path, 'second');
    copyFileSync(`${path}.copy`, path);
    expect(opening(path, known)).toBe('store_rolled_back');
  });

  it('is not suspected where the count has only grown', async () => {
    const path = storePath();
    const known = await write(path, 'first');
    await write(path, 'second');
    expect(opening(path, known)).toBe('opened');
  });
});
