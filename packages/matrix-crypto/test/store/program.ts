// Owns the programs that this store and its model run alike: databases drawn at random, what is done to them, and what came of it.
import type { IDBDatabase } from '../../src/store/database.ts';
import type { IDBFactory } from '../../src/store/factory.ts';
import type { IDBKeyRange } from '../../src/store/keyRange.ts';
import type { IDBObjectStore } from '../../src/store/objectStore.ts';
import type { IDBTransaction } from '../../src/store/transaction.ts';
import { cursorWalk, type WalkStep } from './cursorWalk.ts';
import { ending, openDatabase, result } from './promises.ts';

/** One variant for each name: a union of literals inside one variant is not told apart by `===`. */
type Each<Names extends string, Rest> = Names extends string ? { kind: Names } & Rest : never;

export type Query =
  | { kind: 'all' }
  | Each<'key' | 'only', { key: unknown }>
  | Each<'lower' | 'upper', { key: unknown; isOpen: boolean }>
  | { kind: 'between'; keys: [unknown, unknown]; open: [boolean, boolean] };

export type Op =
  | Each<'put' | 'add', { key: unknown; value: unknown }>
  | { kind: 'delete'; query: Query }
  | { kind: 'clear' }
  | Each<'get' | 'count', { index: string | null; query: Query }>
  | Each<'getAll' | 'getAllKeys', { index: string | null; query: Query; count: number }>
  | { kind: 'cursor'; index: string | null; query: Query; steps: WalkStep[] };

export type IndexPlan = { name: string; keyPath: string | string[]; unique: boolean };

export type Step =
  | {
      kind: 'upgrade';
      create: string[];
      remove: string[];
      index: [store: string, index: IndexPlan][];
      end: 'auto' | 'abort';
    }
  | {
      kind: 'transaction';
      mode: 'readonly' | 'readwrite';
      ops: [store: string, op: Op][];
      end: 'auto' | 'commit' | 'abort';
      /** Whether errors are handled, so that the transaction goes on. */
      isHandled: boolean;
    };

type Ranges = typeof IDBKeyRange;

/** What a program did, step by step, and what the database holds after it. */
export async function run(factory: IDBFactory, ranges: Ranges, name: string, steps: Step[]): Promise<unknown[]> {
  const told: unknown[] = [];
  for (const step of steps) {
    told.push(
      step.kind === 'upgrade' ? await upgrade(factory, name, step) : await transact(factory, ranges, name, step),
    );
  }
  told.push(await contents(factory, name));
  return told;
}

async function upgrade(factory: IDBFactory, name: string, step: Step & { kind: 'upgrade' }): Promise<unknown> {
  const before = await openDatabase(factory, name);
  const version = before.version + 1;
  before.close();
  const told: unknown[] = [];
  const change = (db: IDBDatabase, transaction: IDBTransaction) => {
    for (const store of step.remove) told.push(attempt(() => db.deleteObjectStore(store)));
    for (const store of step.create) told.push(attempt(() => db.createObjectStore(store).name));
    for (const [store, { name: index, keyPath, unique }] of step.index) {
      told.push(attempt(() => transaction.objectStore(store).createIndex(index, keyPath, { unique }).keyPath));
    }
    if (step.end === 'abort') transaction.abort();
  };
  const opened = await settled(openDatabase(factory, name, version, change));
  if ('ok' in opened) (opened.ok as IDBDatabase).close();
  return [told, 'ok' in opened ? 'upgraded' : opened];
}

async function transact(
  factory: IDBFactory,
  ranges: Ranges,
  name: string,
  step: Step & { kind: 'transaction' },
): Promise<unknown> {
  const db = await openDatabase(factory, name);
  const scope = [...new Set(step.ops.map(([store]) => store))];
  try {
    const transaction = db.transaction(scope, step.mode);
    const ended = ending(transaction);
    const told = await serve(transaction, ranges, step);
    return [told, await ended];
  } catch (error) {
    return { error: (error as Error).name };
  } finally {
    db.close();
  }
}

async function serve(
  transaction: IDBTransaction,
  ranges: Ranges,
  step: Step & { kind: 'transaction' },
): Promise<unknown[]> {
  const told: unknown[] = [];
  for (const [name, op] of step.ops) {
    const store = transaction.objectStore(name);
    const outcome = await settled(request(store, op, ranges, step.isHandled));
    told.push(outcome);
    if (!('ok' in outcome) && !step.isHandled) return told;
  }
  if (step.end === 'commit') transaction.commit();
  if (step.end === 'abort') transaction.abort();
  return told;
}

async function request(store: IDBObjectStore, op: Op, ranges: Ranges, isHandled: boolean): Promise<unknown> {
  if (op.kind === 'put' || op.kind === 'add') return result(store[op.kind](op.value, op.key), isHandled);
  if (op.kind === 'clear') return result(store.clear(), isHandled);
  const query = toQuery(op.query, ranges);
  if (op.kind === 'delete') return result(store.delete(query), isHandled);
  const source = op.index === null ? store : store.index(op.index);
  if (op.kind === 'get' || op.kind === 'count') return result(source[op.kind](query), isHandled);
  if (op.kind === 'cursor') return cursorWalk(source.openCursor(query), op.steps, isHandled);
  return result(source[op.kind](query, op.count), isHandled);
}

function toQuery(query: Query, ranges: Ranges): unknown {
  if (query.kind === 'all') return undefined;
  if (query.kind === 'key') return query.key;
  if (query.kind === 'only') return ranges.only(query.key);
  if (query.kind === 'lower') return ranges.lowerBound(query.key, query.isOpen);
  if (query.kind === 'upper') return ranges.upperBound(query.key, query.isOpen);
  return ranges.bound(...query.keys, ...query.open);
}

/** Everything in the database, by store and by index. */
async function contents(factory: IDBFactory, name: string): Promise<unknown> {
  const db = await openDatabase(factory, name);
  const stores = [...db.objectStoreNames];
  const told: unknown[] = [db.version, stores];
  for (const name of stores) {
    const store = db.transaction(name).objectStore(name);
    const keys = result(store.getAllKeys());
    const values = result(store.getAll());
    const entries = [...store.indexNames].map(async (index) => [index, await result(store.index(index).getAllKeys())]);
    told.push([name, await keys, await values, await Promise.all(entries)]);
  }
  db.close();
  return told;
}

type Outcome = { ok: unknown } | { error: string };

function attempt(call: () => unknown): Outcome {
  try {
    return { ok: call() };
  } catch (error) {
    return { error: (error as Error).name };
  }
}

async function settled(promise: Promise<unknown>): Promise<Outcome> {
  try {
    return { ok: await promise };
  } catch (error) {
    return { error: (error as Error).name };
  }
}
