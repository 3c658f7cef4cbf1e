// Owns the waiting of tests for IndexedDB: requests, transactions and openings as promises, on this store and on its model alike.
import { IDBKeyRange as ModelRange } from 'fake-indexeddb';
import type { IDBDatabase } from '../../src/store/database.ts';
import type { IdbVersionChangeEvent } from '../../src/store/events.ts';
import type { IDBFactory } from '../../src/store/factory.ts';
import type { IDBRequest } from '../../src/store/request.ts';
import type { IDBTransaction } from '../../src/store/transaction.ts';

/** fake-indexeddb in the types of the store that it is the model of; it declares those of the browser. */
export const modelRange = ModelRange as unknown as typeof import('../../src/store/keyRange.ts').IDBKeyRange;

/** A request's result; rejects with its error. With `isHandled` the transaction survives the error. */
export function result<T = unknown>(request: IDBRequest, isHandled = false): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result as T);
    request.onerror = (event) => {
      if (isHandled) event.preventDefault();
      reject(request.error);
    };
  });
}

/** How a transaction ends. */
export function ending(transaction: IDBTransaction): Promise<{ type: string; error: string | null }> {
  return new Promise((resolve) => {
    transaction.oncomplete = () => resolve({ type: 'complete', error: null });
    transaction.onabort = () => resolve({ type: 'abort', error: transaction.error?.name ?? null });
  });
}

/** Opens a database, upgraded by `upgrade` when the version is new. */
export function openDatabase(
  factory: IDBFactory,
  name: string,
  version?: number,
  upgrade?: (db: IDBDatabase, transaction: IDBTransaction, event: IdbVersionChangeEvent) => void,
): Promise<IDBDatabase> {
  const request = factory.open(name, version);
  request.onupgradeneeded = (event) =>
    upgrade?.(request.result as IDBDatabase, request.transaction as IDBTransaction, event as IdbVersionChangeEvent);
  return result<IDBDatabase>(request);
}

/** The name of the DOMException that a call throws at once, or `nothing`. */
export function thrownName(call: () => unknown): string {
  try {
    call();
    return 'nothing';
  } catch (error) {
    return (error as Error).name;
  }
}
