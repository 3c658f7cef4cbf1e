// Owns the opening of a machine: its directory, its store, and wasm's machine on it, one at a time in a process.
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { toOpeningError } from './errors.ts';
import { installClasses, withFactory } from './globals.ts';
import { toWasmId } from './identifiers.ts';
import { LiveMachine } from './liveMachine.ts';
import { type CryptoStore, idbClasses, openCryptoStore } from './store/cryptoStore.ts';
import { Turns } from './turns.ts';
import { loadWasm, type Wasm } from './wasmModule.ts';

const STORE_FILE = 'crypto.sqlite3';
/** The name of the database inside the store's file, for which each machine has its own. */
const DATABASE = 'machine';

export type StoreOptions = {
  /** What `storeCommits` was when it was last noted outside the store: with fewer, an older copy was put back. */
  readonly knownCommits?: number;
};
/** Whose machine it is. */
export type Owner = { readonly userId: string; readonly deviceId: string };
/** Where its keys lie. */
export type Place = StoreOptions & { readonly directory: string; readonly passphrase: string | undefined };

/** Wasm takes its factory from globalThis when a machine is opened, so that two at once would share one store. */
const openings = new Turns();

function initialize(module: Wasm, { userId, deviceId }: Owner, ...store: (string | undefined)[]) {
  const [user, device] = [toWasmId(module.UserId, userId), toWasmId(module.DeviceId, deviceId)];
  return module.OlmMachine.initialize(user, device, ...store);
}

async function onStore(module: Wasm, owner: Owner, store: CryptoStore, passphrase?: string): Promise<LiveMachine> {
  try {
    installClasses(idbClasses);
    const machine = await withFactory(store.indexedDB, () => initialize(module, owner, DATABASE, passphrase));
    return new LiveMachine(module, machine, store);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function openNow(module: Wasm, owner: Owner, place?: Place): Promise<LiveMachine> {
  if (!place) return new LiveMachine(module, await initialize(module, owner));
  const { directory, passphrase, ...options } = place;
  await mkdir(resolve(directory), { recursive: true, mode: 0o700 });
  const store = openCryptoStore(join(resolve(directory), STORE_FILE), options);
  return onStore(module, owner, store, passphrase);
}

/** The machine of a device, on the store in a directory or, without a place, in memory. Throws as `OlmMachine.initialize` does. */
export async function openMachine(owner: Owner, place?: Place): Promise<LiveMachine> {
  const module = await loadWasm();
  return openings.run('', async () => {
    try {
      return await openNow(module, owner, place);
    } catch (error) {
      throw toOpeningError(error);
    }
  });
}
