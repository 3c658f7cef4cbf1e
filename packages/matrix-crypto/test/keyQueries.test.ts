// Which device lists are being asked for, and under which id.
import { describe, expect, test } from 'vitest';
import { RequestType } from '../index.ts';
import { KeyQueries } from '../src/keyQueries.ts';

const query = (id: string, ...users: string[]) => ({
  id,
  type: RequestType.KeysQuery,
  body: JSON.stringify({ device_keys: Object.fromEntries(users.map((user) => [user, []])) }),
});

describe('a question for devices', () => {
  test('keeps its id while nothing has changed, whatever wasm calls it', () => {
    const queries = new KeyQueries();
    expect(queries.seen(queries.mark, [query('one', '@a:b', '@c:d')])[0]?.id).toBe('one');
    expect(queries.seen(queries.mark, [query('two', '@c:d', '@a:b')])[0]?.id).toBe('one');
    expect(queries.wasmIdOf('one')).toBe('two');
  });

  test('has another id once device lists may have changed: an older answer would not do', () => {
    const queries = new KeyQueries();
    queries.seen(queries.mark, [query('one', '@a:b')]);
    queries.changed();
    expect(queries.seen(queries.mark, [query('two', '@a:b')])[0]?.id).toBe('two');
    expect(queries.wasmIdOf('one')).toBe('one');
  });

  test('that asks for others is another question', () => {
    const queries = new KeyQueries();
    queries.seen(queries.mark, [query('one', '@a:b')]);
    expect(queries.seen(queries.mark, [query('two', '@a:b', '@c:d')])[0]?.id).toBe('two');
  });

  test('is open until it is answered', () => {
    const queries = new KeyQueries();
    queries.seen(queries.mark, [query('one', '@a:b')]);
    expect([queries.isOpen('@a:b'), queries.isOpen('@c:d')]).toEqual([true, false]);
    queries.answered('one');
    expect(queries.isOpen('@a:b')).toBe(false);
  });

  test('may be missing from what is known when something changed while wasm was asked', () => {
    const queries = new KeyQueries();
    const { mark } = queries;
    queries.changed();
    queries.seen(mark, []);
    expect(queries.isKnown).toBe(false);
    queries.seen(queries.mark, []);
    expect(queries.isKnown).toBe(true);
  });
});
