// Owns the chance of a chaos run: the same seed gives the same choices.

export type Random = {
  /** 0 ≤ value < 1. */
  share(): number;
  /** A whole number, 0 ≤ value < `below`. */
  whole(below: number): number;
  between(from: number, to: number): number;
  pick<T>(list: readonly T[]): T;
  chance(share: number): boolean;
};

/** Mulberry32 (Tommy Ettinger): 32 bits of state are plenty for some thousand choices. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const share = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (below: number) => Math.floor(share() * below);
  return {
    share,
    whole,
    between: (from, to) => from + share() * (to - from),
    pick: <T>(list: readonly T[]) => list[whole(list.length)] as T,
    chance: (of) => share() < of,
  };
}
