// Owns the folders of the store's tests: made for one, removed after it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type CryptoStore, type CryptoStoreOptions, openCryptoStore } from '../../src/store/cryptoStore.ts';

/** The path of a store file in a folder that goes with the test. */
export function storePath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'crypto-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'crypto.sqlite3');
}

/** An open store that is closed with the test, if it was not before. */
export function openStore(path: string, options?: CryptoStoreOptions): CryptoStore {
  const store = openCryptoStore(path, options);
  onTestFinished(() => store.close());
  return store;
}
