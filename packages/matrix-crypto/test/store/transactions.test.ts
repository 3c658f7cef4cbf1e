// Owns the proof of what a transaction promises: whole or not at all, alive as long as it is used, in turn with the others.
import { beforeEach, describe, expect, it } from 'vitest';
import type { CryptoStore } from '../../src/store/cryptoStore.ts';
import type { IDBDatabase } from '../../src/store/database.ts';
import type { IDBObjectStore } from '../../src/store/objectStore.ts';
import { ending, openDatabase, result, thrownName } from './promises.ts';
import { openStore, storePath } from './storeFolder.ts';

let path: string;
let store: CryptoStore;
let db: IDBDatabase;

const openTwoStores = (from: CryptoStore) =>
  openDatabase(from.indexedDB, 'db', 1, (fresh) => {
    fresh.createObjectStore('a');
    fresh.createObjectStore('b');
  });
const allOf = (name: string) => result(db.transaction(name).objectStore(name).getAll());

beforeEach(async () => {
  path = storePath();
  store = openStore(path);
  db = await openTwoStores(store);
});

describe('a transaction', () => {
  it('lives across awaits as long as each leads to the next request', async () => {
    const transaction = db.transaction(['a', 'b'], 'readwrite');
    const ended = ending(transaction);
    for (let i = 0; i < 5; i++) {
      await result(transaction.objectStore('a').put(i, i));
      await Promise.resolve().then(() => Promise.resolve());
      await result(transaction.objectStore('b').put(i, i));
    }
    expect(await ended).toEqual({ type: 'complete', error: null });
    expect(await allOf('b')).toEqual([0, 1, 2, 3, 4]);
  });

  it('commits by itself when nothing is asked of it any more, and takes no request then', async () => {
    const transaction = db.transaction('a', 'readwrite');
    const inA = transaction.objectStore('a');
    await result(inA.put('x', 1));
    await ending(transaction);
    expect(thrownName(() => inA.put('y', 2))).toBe('TransactionInactiveError');
    expect(thrownName(() => transaction.objectStore('a'))).toBe('InvalidStateError');
    expect(thrownName(() => transaction.abort())).toBe('InvalidStateError');
  });

  it('serves what was placed before commit(), and takes nothing after it', async () => {
    const transaction = db.transaction('a', 'readwrite');
    const inA = transaction.objectStore('a');
    inA.put('x', 1);
    transaction.commit();
    expect(thrownName(() => inA.put('y', 2))).toBe('TransactionInactiveError');
    expect(await ending(transaction)).toEqual({ type: 'complete', error: null });
    expect(await allOf('a')).toEqual(['x']);
  });

  it('is found again after the store was closed and opened, and counted as one commit', async () => {
    const transaction = db.transaction('a', 'readwrite');
    transaction.objectStore('a').put('kept', 1);
    const before = store.commits;
    await ending(transaction);
    expect(store.commits).toBe(before + 1);
    await store.close();
    const again = openStore(path);
    expect(again.commits).toBe(before + 1);
    db = await openTwoStores(again);
    expect(await allOf('a')).toEqual(['kept']);
  });

  it('leaves nothing when it is aborted, and fails the requests that wait', async () => {
    const transaction = db.transaction(['a', 'b'], 'readwrite');
    await result(transaction.objectStore('a').put('x', 1));
    const waiting = result(transaction.objectStore('b').put('y', 1));
    const ended = ending(transaction);
    transaction.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    expect(await ended).toEqual({ type: 'abort', error: null });
    expect([await allOf('a'), await allOf('b')]).toEqual([[], []]);
  });

  it('is aborted by an error that nobody handles, and goes on after one that is', async () => {
    const failing = db.transaction('a', 'readwrite');
    failing.objectStore('a').put('first', 1);
    failing.objectStore('a').add('second', 1);
    expect(await ending(failing)).toEqual({ type: 'abort', error: 'ConstraintError' });
    const handled = db.transaction('a', 'readwrite');
    const ended = ending(handled);
    handled.objectStore('a').put('first', 1);
    await result(handled.objectStore('a').add('second', 1), true).catch(() => undefined);
    handled.objectStore('a').put('third', 3);
    expect(await ended).toEqual({ type: 'complete', error: null });
    expect(await allOf('a')).toEqual(['first', 'third']);
  });

  it('keeps what a value was when it was put', async () => {
    const value = { pickle: 'old' };
    const transaction = db.transaction('a', 'readwrite');
    transaction.objectStore('a').put(value, 1);
    value.pickle = 'new';
    await ending(transaction);
    expect(await allOf('a')).toEqual([{ pickle: 'old' }]);
  });
});

describe('transactions beside each other', () => {
  it('run in the order in which they were made when one writes what the other uses', async () => {
    const order: string[] = [];
    const note = (name: string, mode: string, stores: string[]) => {
      const transaction = db.transaction(stores, mode);
      const done = ending(transaction).then(() => order.push(name));
      return { transaction, done };
    };
    const first = note('write a', 'readwrite', ['a']);
    const second = note('read a', 'readonly', ['a']);
    const third = note('write a again', 'readwrite', ['a', 'b']);
    const seen = result(second.transaction.objectStore('a').get(1));
    third.transaction.objectStore('a').put('later', 1);
    first.transaction.objectStore('a').put('early', 1);
    await Promise.all([first.done, second.done, third.done]);
    expect(order).toEqual(['write a', 'read a', 'write a again']);
    expect(await seen).toBe('early');
  });

  it('let a reader see one state from its first request to its last', async () => {
    await ending(putInto('a', 'before'));
    const reader = db.transaction('a');
    const inA = reader.objectStore('a');
    const first = await result(inA.get(1));
    const writer = putInto('a', 'after');
    const reads = [first];
    for (let i = 0; i < 3; i++) reads.push(await result(inA.get(1)));
    await ending(writer);
    expect(reads).toEqual(['before', 'before', 'before', 'before']);
    expect(await allOf('a')).toEqual(['after']);
  });

  it('let a reader of other stores pass a writer', async () => {
    const writer = db.transaction('a', 'readwrite');
    await result(writer.objectStore('a').put('x', 1));
    let isWriterDone = false;
    const ended = ending(writer).then(() => {
      isWriterDone = true;
    });
    let passed = false;
    const keepAlive = holdOpen(writer.objectStore('a'), () => passed);
    await allOf('b');
    expect(isWriterDone).toBe(false);
    passed = true;
    await Promise.all([keepAlive, ended]);
  });

  const putInto = (name: string, value: unknown) => {
    const transaction = db.transaction(name, 'readwrite');
    transaction.objectStore(name).put(value, 1);
    return transaction;
  };
  const holdOpen = async (inStore: IDBObjectStore, isEnough: () => boolean) => {
    while (!isEnough()) await result(inStore.get(1));
  };
});

describe('an upgrade', () => {
  it('leaves the database as it was when it is aborted', async () => {
    db.close();
    const upgrading = openDatabase(store.indexedDB, 'db', 2, (fresh, transaction) => {
      fresh.deleteObjectStore('a');
      fresh.createObjectStore('c').put(1, 1);
      transaction.abort();
    });
    await expect(upgrading).rejects.toMatchObject({ name: 'AbortError' });
    db = await openDatabase(store.indexedDB, 'db');
    expect([db.version, [...db.objectStoreNames]]).toEqual([1, ['a', 'b']]);
  });

  it('waits until the other connections are closed, and asks them to', async () => {
    const asked: number[] = [];
    db.onversionchange = (event) => {
      asked.push((event as unknown as { newVersion: number }).newVersion);
      setImmediate(() => db.close());
    };
    const upgraded = await openDatabase(store.indexedDB, 'db', 2);
    expect([asked, upgraded.version]).toEqual([[2], 2]);
  });

  it('is refused to a lower version than there is', async () => {
    db.close();
    await openDatabase(store.indexedDB, 'db', 5).then((opened) => opened.close());
    await expect(openDatabase(store.indexedDB, 'db', 4)).rejects.toMatchObject({ name: 'VersionError' });
  });

  it.each([
    ['key paths', (fresh: IDBDatabase) => fresh.createObjectStore('c', { keyPath: 'id' })],
    ['key generators', (fresh: IDBDatabase) => fresh.createObjectStore('c', { autoIncrement: true })],
    ['multiEntry', (fresh: IDBDatabase) => fresh.createObjectStore('c').createIndex('i', 'x', { multiEntry: true })],
  ])('refuses aloud what this store does not keep: %s', async (_name, make) => {
    db.close();
    let thrown = '';
    const opened = await openDatabase(store.indexedDB, 'db', 2, (fresh) => {
      thrown = thrownName(() => make(fresh));
    });
    opened.close();
    expect(thrown).toBe('NotSupportedError');
  });
});

describe('closing the store', () => {
  it('lets live transactions come to their end first', async () => {
    const transaction = db.transaction('a', 'readwrite');
    const ended = ending(transaction);
    transaction.objectStore('a').put('last', 1);
    await Promise.all([store.close(), store.close()]);
    expect(await ended).toEqual({ type: 'complete', error: null });
    db = await openTwoStores(openStore(path));
    expect(await allOf('a')).toEqual(['last']);
  });

  it('takes nothing new', async () => {
    const closing = store.close();
    expect(thrownName(() => db.transaction('a'))).toBe('InvalidStateError');
    await closing;
    await expect(openDatabase(store.indexedDB, 'db')).rejects.toMatchObject({ name: 'InvalidStateError' });
  });
});
