// How far back a command looks, as an operator writes it.
import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import { parseSince } from '../../../src/cli/since.ts';

test.each([
  ['90m', 5_400_000],
  ['24h', 86_400_000],
  ['7d', 604_800_000],
])('%s is a time', (text, ms) => {
  expect(parseSince(text)).toBe(ms);
});

test.each(['', '24', 'h', '0h', '-1h', '1.5h', '24 h', '24H', '1w', '999999d', 'yesterday'])('%j is none', (text) => {
  expect(() => parseSince(text)).toThrow(
    new InvalidArgumentError('It must be minutes, hours or days, such as 90m, 24h or 7d.'),
  );
});
