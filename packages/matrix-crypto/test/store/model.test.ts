// Owns the proof that the store does what IndexedDB does: the same random programs on it and on fake-indexeddb.
import { IDBFactory as ModelFactory } from 'fake-indexeddb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openCryptoStore } from '../../src/store/cryptoStore.ts';
import type { IDBFactory } from '../../src/store/factory.ts';
import { IDBKeyRange } from '../../src/store/keyRange.ts';
import { fewKeys, noKeys } from './keys.ts';
import { type IndexPlan, type Op, type Query, run, type Step } from './program.ts';
import { modelRange } from './promises.ts';
import { storePath } from './storeFolder.ts';

const stores = fc.constantFrom('sessions', 'core', 'devices');
const indexNames = fc.constantFrom('by a', 'by b', 'unique b', 'by both');
const keys = fc.oneof({ weight: 12, arbitrary: fewKeys }, { weight: 1, arbitrary: noKeys });
// Of what is no key only some in queries: for the rest the model looks for the options of a newer getAll, which wasm does not give.
const asked = fc.oneof(
  { weight: 12, arbitrary: fewKeys },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(undefined, Number.NaN, ['a', undefined], new Date(Number.NaN)) },
);
const fields = fc.oneof(
  { weight: 4, arbitrary: fewKeys },
  { weight: 1, arbitrary: noKeys.filter((key) => !(key instanceof RegExp)) },
);
const values = fc.oneof(
  fc.record({ a: fields, b: fields, deep: fc.record({ c: fewKeys }) }, { requiredKeys: [] }),
  fc.oneof(fc.string(), fc.boolean(), fc.constantFrom(null, 7)),
);

const queries: fc.Arbitrary<Query> = fc.oneof(
  fc.constant<Query>({ kind: 'all' }),
  fc.record({ kind: fc.constantFrom('key' as const, 'only' as const), key: asked }),
  fc.record({ kind: fc.constantFrom('lower' as const, 'upper' as const), key: asked, isOpen: fc.boolean() }),
  fc.record({
    kind: fc.constant('between' as const),
    keys: fc.tuple(asked, asked),
    open: fc.tuple(fc.boolean(), fc.boolean()),
  }),
);
const index = fc.option(indexNames, { freq: 1 });
const count = fc.nat({ max: 3 });
const walk = fc.array(
  fc.oneof(
    fc.record({ do: fc.constantFrom('go' as const, 'delete' as const) }),
    fc.record({ do: fc.constant('update' as const), value: values }),
  ),
  { maxLength: 4 },
);

const ops: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom('put' as const, 'add' as const), key: keys, value: values }),
  },
  fc.record({ kind: fc.constant('delete' as const), query: queries }),
  fc.record({ kind: fc.constant('clear' as const) }),
  fc.record({ kind: fc.constantFrom('get' as const, 'count' as const), index, query: queries }),
  fc.record({ kind: fc.constantFrom('getAll' as const, 'getAllKeys' as const), index, query: queries, count }),
  fc.record({ kind: fc.constant('cursor' as const), index, query: queries, steps: walk }),
);

const indices: fc.Arbitrary<IndexPlan> = fc.constantFrom(
  { name: 'by a', keyPath: 'a', unique: false },
  { name: 'by b', keyPath: 'deep.c', unique: false },
  { name: 'unique b', keyPath: 'b', unique: true },
  { name: 'by both', keyPath: ['a', 'b', 'deep.c'], unique: false },
  { name: 'by both', keyPath: 'not a path', unique: false },
);

const upgrades: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('upgrade' as const),
  create: fc.array(stores, { maxLength: 2 }),
  remove: fc.array(stores, { maxLength: 1 }),
  index: fc.array(fc.tuple(stores, indices), { maxLength: 3 }),
  end: fc.constantFrom('auto' as const, 'auto' as const, 'auto' as const, 'abort' as const),
});
const transactions: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('transaction' as const),
  mode: fc.constantFrom('readwrite' as const, 'readwrite' as const, 'readwrite' as const, 'readonly' as const),
  ops: fc.array(fc.tuple(stores, ops), { minLength: 1, maxLength: 8 }),
  end: fc.constantFrom('auto' as const, 'commit' as const, 'abort' as const),
  isHandled: fc.boolean(),
});
/** All stores and indices, which random upgrades alone would seldom bring together. */
const everything: Step = {
  kind: 'upgrade',
  create: ['sessions', 'core', 'devices'],
  remove: [],
  index: [
    ['sessions', { name: 'by a', keyPath: 'a', unique: false }],
    ['sessions', { name: 'by both', keyPath: ['a', 'b', 'deep.c'], unique: false }],
    ['core', { name: 'unique b', keyPath: 'b', unique: true }],
    ['core', { name: 'by b', keyPath: 'deep.c', unique: false }],
  ],
  end: 'auto',
};
const steps = fc.oneof({ weight: 4, arbitrary: transactions }, { weight: 1, arbitrary: upgrades });
const programs = fc.tuple(fc.constantFrom<Step[]>([everything], []), fc.array(steps, { minLength: 1, maxLength: 8 }));

describe('the store against fake-indexeddb', () => {
  it('answers and ends alike, and holds the same after it was closed and opened again', {
    timeout: 120_000,
  }, async () => {
    const path = storePath();
    let programsRun = 0;
    const program = fc.asyncProperty(programs, async ([begin, rest]) => {
      const name = `program ${programsRun++}`;
      const model = new ModelFactory() as unknown as IDBFactory;
      const expected = await run(model, modelRange, name, [...begin, ...rest]);
      const store = openCryptoStore(path);
      const actual = await run(store.indexedDB, IDBKeyRange, name, [...begin, ...rest]).finally(() => store.close());
      expect(actual).toEqual(expected);
      const reopened = openCryptoStore(path);
      const kept = await run(reopened.indexedDB, IDBKeyRange, name, []).finally(() => reopened.close());
      expect(kept).toEqual(expected.slice(-1));
    });
    await fc.assert(program, { numRuns: 200 });
  });
});
