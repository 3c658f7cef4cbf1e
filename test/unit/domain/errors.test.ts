// What becomes of thrown values: an AppError stays what it is, everything else keeps its words and its cause.
import { expect, test } from 'vitest';
import { AppError, ERRORS, toAppError } from '../../../src/domain/errors.ts';

test('an AppError stays itself', () => {
  const error = new AppError('timeout', 'late', { retryAfterMs: 5 });
  expect(toAppError(error, 'unreadable')).toBe(error);
  expect(error).toMatchObject({ name: 'AppError', code: 'timeout', message: 'late', retryAfterMs: 5 });
});

test.each([
  [new TypeError('x is undefined'), 'x is undefined'],
  ['a text', 'a text'],
  [undefined, 'undefined'],
  [null, 'null'],
])('%o becomes an AppError of the given code with its words and itself as the cause', (thrown, message) => {
  expect(toAppError(thrown, 'unreadable')).toMatchObject({ code: 'unreadable', message, cause: thrown });
  expect(toAppError(thrown).code).toBe('internal');
});

test('only what is tried again has more than one attempt', () => {
  for (const { action, attempts } of Object.values(ERRORS)) if (attempts !== 1) expect(action).toBe('retry');
});
