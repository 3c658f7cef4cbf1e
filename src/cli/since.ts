// Owns how far back a command looks, as an operator writes it: 90m, 24h, 7d.
import { InvalidArgumentError } from 'commander';

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds. Throws commander's `InvalidArgumentError`, which ends the program with 2 and this sentence. */
export function parseSince(text: string): number {
  const [, amount, unit] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? [];
  if (amount === undefined)
    throw new InvalidArgumentError('It must be minutes, hours or days, such as 90m, 24h or 7d.');
  return Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
}
