// Owns keeping what is used of a server below so much a minute, whichever way the server counts.
// Not rate-limiter-flexible: its windows begin with the first call, and with 60 a minute allowed 119 went out within 60 s (115 with
// `execEvenly`); it cannot take back what was reserved and not used, and who waits in its queue cannot leave.

/**
 * A minute, and what calls may be faster or slower than each other on their way: N of them in 61.2 s here are never more than N in any 60 s
 * there. That is 98 % of what is allowed.
 */
const SPAN_MS = 61_200;
const MINUTE_MS = 60_000;

/** Ahead of an even pace by so much at most: late timers are made up for, and after a rest a few calls go at once. */
const AHEAD_MS = 0.015 * SPAN_MS;

/** What one call counts for; changed by `correct` alone. */
export type Use = { readonly atMs: number; units: number };

/**
 * Two rules at once: never more than the limit within any `SPAN_MS`, which holds for servers that count by fixed or sliding minutes as
 * well as for token buckets; and an even pace (GCRA, ITU-T I.371), so that a minute's worth does not go in its first second.
 * A call of more than the whole limit counts as the limit: it goes alone.
 */
export class MinuteLimit {
  readonly max: number | null;
  readonly #msPerUnit: number;
  readonly #aheadMs: number;
  readonly #uses: Use[] = [];
  /** Of all uses. */
  #units = 0;
  /** When all that was used would be used up at an even pace. */
  #pacedUntilMs = 0;

  /** `max`: units a minute; null: no limit, it is counted only. */
  constructor(max: number | null) {
    this.max = max;
    this.#msPerUnit = max === null ? 0 : SPAN_MS / max;
    this.#aheadMs = Math.max(AHEAD_MS, this.#msPerUnit);
  }

  /** How long a call of so many units has to wait; 0: it may go. */
  waitMs(units: number, nowMs: number): number {
    if (this.max === null) return 0;
    const pacedMs = this.#pacedUntilMs - this.#aheadMs - nowMs;
    return Math.max(0, pacedMs, this.#roomAtMs(this.#clip(units), this.max, nowMs) - nowMs);
  }

  /** Counts a call that goes now. */
  take(units: number, nowMs: number): Use {
    this.#forget(nowMs);
    const use = { atMs: nowMs, units: this.#clip(units) };
    this.#uses.push(use);
    this.#units += use.units;
    this.#pacedUntilMs = Math.max(this.#pacedUntilMs, nowMs) + use.units * this.#msPerUnit;
    return use;
  }

  /** Puts what a call really used in place of what was reserved for it. */
  correct(use: Use, units: number): void {
    const more = this.#clip(units) - use.units;
    this.#pacedUntilMs += more * this.#msPerUnit;
    if (this.#uses.includes(use)) this.#units += more;
    use.units += more;
  }

  usedLastMinute(nowMs: number): number {
    return this.#uses.reduce((sum, use) => (nowMs - use.atMs < MINUTE_MS ? sum + use.units : sum), 0);
  }

  #clip(units: number): number {
    return Math.min(units, this.max ?? units);
  }

  #forget(nowMs: number): void {
    for (let oldest = this.#uses[0]; oldest && nowMs - oldest.atMs >= SPAN_MS; oldest = this.#uses[0]) {
      this.#units -= oldest.units;
      this.#uses.shift();
    }
  }

  /** When so much has left the span that `units` have room in it. */
  #roomAtMs(units: number, max: number, nowMs: number): number {
    this.#forget(nowMs);
    let used = this.#units;
    for (const use of this.#uses) {
      if (used + units <= max) break;
      used -= use.units;
      if (used + units <= max) return use.atMs + SPAN_MS;
    }
    return nowMs;
  }
}
