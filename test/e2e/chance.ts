// Owns chance that repeats itself: the same seed gives the same numbers.

/** Whole numbers from `least` to `most`, both included (mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c). */
export function createChance(seed: number): (least: number, most: number) => number {
  let state = seed >>> 0;
  return (least, most) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    const fraction = ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    return least + Math.floor(fraction * (most - least + 1));
  };
}
