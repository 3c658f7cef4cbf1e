// Owns the proof that what was completed survives kill -9 at any point, and that nothing else does.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { IDBDatabase } from '../../src/store/database.ts';
import { openDatabase, result } from './promises.ts';
import { openStore, storePath } from './storeFolder.ts';

const ROUNDS = 20;
const writer = join(import.meta.dirname, 'writerChild.ts');

/** Lets a process write until it has told of `count` transactions, kills it, and says which was the last it told of. */
async function writeAndDie(path: string, count: number): Promise<number> {
  const child: ChildProcess = spawn(process.execPath, [writer, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  const told: number[] = [];
  // biome-ignore lint/style/noNonNullAssertion: piped above.
  for await (const line of createInterface({ input: child.stdout! })) {
    told.push(Number(line));
    // It writes on while the signal is under way: it dies anywhere in a transaction.
    if (told.length === count) child.kill('SIGKILL');
  }
  expect((await exited)[1]).toBe('SIGKILL');
  return told.at(-1) ?? -1;
}

/** The numbers of the transactions that the store holds, each with the keys of its records, and the last that `core` knows. */
async function held(db: IDBDatabase): Promise<{ last: unknown; rounds: unknown[]; keys: unknown[] }> {
  const transaction = db.transaction(['sessions', 'core']);
  const sessions = transaction.objectStore('sessions');
  const values = result<{ round: number }[]>(sessions.index('by round').getAll());
  const keys = result<unknown[]>(sessions.index('by round').getAllKeys());
  const last = result(transaction.objectStore('core').get('last'));
  return { last: await last, rounds: (await values).map(({ round }) => round), keys: await keys };
}

describe('a process killed at random', () => {
  it(`leaves every transaction that was completed, whole, in ${ROUNDS} rounds`, { timeout: 120_000 }, async () => {
    const path = storePath();
    for (let round = 0; round < ROUNDS; round++) {
      const lastTold = await writeAndDie(path, 1 + Math.floor(Math.random() * 40));
      const store = openStore(path);
      const { last, rounds, keys } = await held(await openDatabase(store.indexedDB, 'db'));
      await store.close();
      // The one after the last it told of may be complete as well: it was killed before it could say so.
      expect([lastTold, lastTold + 1]).toContain(last);
      const numbers = Array.from({ length: Number(last) + 1 }, (_, n) => n);
      expect(rounds).toEqual(numbers.flatMap((n) => [n, n]));
      expect(keys).toEqual(numbers.flatMap((n) => [`${n}/first`, `${n}/second`]));
    }
  });
});
