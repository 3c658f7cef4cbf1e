// Owns the proof of what a transaction does when the disk is full or a listener throws: nothing of it stays, the store goes on.
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Catalogue } from '../../src/store/catalogue.ts';
import type { IDBDatabase } from '../../src/store/database.ts';
import { IDBFactory } from '../../src/store/factory.ts';
import { LAYOUT } from '../../src/store/layout.ts';
import { SqliteFile } from '../../src/store/sqliteFile.ts';
import { Turns } from '../../src/store/turns.ts';
import { ending, openDatabase, result } from './promises.ts';
import { openStore, storePath } from './storeFolder.ts';

const makeStore = (fresh: IDBDatabase) => fresh.createObjectStore('a');
const write = (db: IDBDatabase, values: string[]) => {
  const transaction = db.transaction('a', 'readwrite');
  values.forEach((value, key) => void transaction.objectStore('a').put(value, key));
  return ending(transaction);
};
const allOf = (db: IDBDatabase) => result(db.transaction('a').objectStore('a').getAll());

/** A store on a file that may not grow past 40 pages of 4 KiB. */
function smallStore(): IDBFactory {
  const connection = new DatabaseSync(storePath());
  onTestFinished(() => connection.close());
  connection.exec(`PRAGMA max_page_count = 40; ${LAYOUT}`);
  const file = new SqliteFile(connection);
  return new IDBFactory({ file, turns: new Turns(), catalogue: new Catalogue(file) });
}

/** The next exception that nobody catches, kept from the test runner. */
function nextUncaught(): Promise<unknown> {
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  return new Promise((resolve) => {
    process.once('uncaughtException', (error) => {
      for (const listener of others) process.on('uncaughtException', listener);
      resolve(error);
    });
  });
}

describe('a full disk', () => {
  it('ends the transaction with QuotaExceededError; all before it stays, none of it, and what fits is written after it', async () => {
    const db = await openDatabase(smallStore(), 'db', 1, makeStore);
    expect(await write(db, ['before'])).toEqual({ type: 'complete', error: null });
    expect(await write(db, ['small', 'x'.repeat(200_000), 'small'])).toEqual({
      type: 'abort',
      error: 'QuotaExceededError',
    });
    expect(await allOf(db)).toEqual(['before']);
    expect(await write(db, ['before', 'after'])).toEqual({ type: 'complete', error: null });
    expect(await allOf(db)).toEqual(['before', 'after']);
  });

  it('ends it also when the error is handled: SQLite may have rolled back already', async () => {
    const db = await openDatabase(smallStore(), 'db', 1, makeStore);
    const transaction = db.transaction('a', 'readwrite');
    const ended = ending(transaction);
    transaction.objectStore('a').put('small', 1);
    const tooLarge = result(transaction.objectStore('a').put('x'.repeat(200_000), 2), true);
    await expect(tooLarge).rejects.toMatchObject({ name: 'QuotaExceededError' });
    expect(await ended).toEqual({ type: 'abort', error: 'QuotaExceededError' });
    expect(await allOf(db)).toEqual([]);
  });
});

describe('a listener that throws', () => {
  it('aborts the transaction and is reported to the process', async () => {
    const db = await openDatabase(openStore(storePath()).indexedDB, 'db', 1, makeStore);
    const panic = new Error('unreachable');
    const uncaught = nextUncaught();
    const transaction = db.transaction('a', 'readwrite');
    const ended = ending(transaction);
    transaction.objectStore('a').put('x', 1).onsuccess = () => {
      throw panic;
    };
    expect(await uncaught).toBe(panic);
    expect(await ended).toEqual({ type: 'abort', error: 'AbortError' });
    expect(await allOf(db)).toEqual([]);
  });
});
