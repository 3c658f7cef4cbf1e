// What is put on globalThis, and when it is taken away.
import { afterEach, expect, test, vi } from 'vitest';
import { installClasses, withFactory } from '../src/globals.ts';

afterEach(() => vi.unstubAllGlobals());

test('a factory stands there while a machine is opened, and what was there before comes back', async () => {
  const seen: unknown[] = [];
  await withFactory('ours', async () => seen.push(Reflect.get(globalThis, 'indexedDB')));
  expect(globalThis).not.toHaveProperty('indexedDB');
  vi.stubGlobal('indexedDB', 'theirs');
  await expect(withFactory('ours', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect([...seen, Reflect.get(globalThis, 'indexedDB')]).toEqual(['ours', 'theirs']);
});

test('classes of another IndexedDB are not replaced: that is an error', () => {
  vi.stubGlobal('IDBRequest', class {});
  expect(() => installClasses({ IDBRequest: class {} })).toThrow(expect.objectContaining({ code: 'globals_taken' }));
});
