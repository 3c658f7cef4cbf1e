// Owns what wasm reads from globalThis: the classes of IndexedDB, from the first machine on, and the factory, while one is opened.
import { CryptoError } from './errors.ts';

const define = (name: string, value: unknown) =>
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: false });

/** Puts the classes in place, for good: wasm asks `instanceof` at every event. Throws `globals_taken`. */
export function installClasses(classes: Readonly<Record<string, unknown>>): void {
  const current = globalThis as Record<string, unknown>;
  const taken = Object.keys(classes).find((name) => current[name] !== undefined && current[name] !== classes[name]);
  if (taken) throw new CryptoError('globals_taken', `another IndexedDB stands on globalThis (${taken})`);
  for (const [name, value] of Object.entries(classes)) define(name, value);
}

/** Runs `work` with `factory` as the global indexedDB, which is what it was before afterwards. Not for two at once. */
export async function withFactory<T>(factory: unknown, work: () => Promise<T>): Promise<T> {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'indexedDB');
  define('indexedDB', factory);
  try {
    return await work();
  } finally {
    if (before) Object.defineProperty(globalThis, 'indexedDB', before);
    else Reflect.deleteProperty(globalThis, 'indexedDB');
  }
}
