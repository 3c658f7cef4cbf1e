// Owns leaving a server alone that fails again and again, and trying with one call whether it is back.
// Not cockatiel's breaker: there an aborted probe closes it, other calls wait for the probe's end in place of being refused, and it
// goes by the wall clock, so that a clock set back by an hour keeps it open for an hour more (each tried with 4.0.0).

const FAILURES_TO_OPEN = 5;
const FIRST_OPEN_MS = 60_000;
const MAX_OPEN_MS = 300_000;

export type BreakerState = 'closed' | 'open' | 'half_open';

/** Leave to make one call, given back with its result. */
export type Pass = { readonly isProbe: boolean };

/** `alive`: the server answered, be it with a refusal; `unknown`: the call was given up, or never reached the server. */
export type PassResult = 'alive' | 'failed' | 'unknown';

export type BreakerOptions = {
  /** A clock that nobody sets, in milliseconds. */
  nowMs(): number;
  onOpen(openMs: number): void;
  onClose(): void;
};

/**
 * Opens after 5 failures in a row for 60 s, then lets one call try; each probe that fails doubles the time, up to 5 minutes. Any sign of
 * life closes it and forgets all that.
 */
export class Breaker {
  readonly #options: BreakerOptions;
  #failures = 0;
  #openings = 0;
  /** Since the last sign of life. */
  #firstFailureAtMs: number | null = null;
  /** Null: closed. */
  #probeAtMs: number | null = null;
  #probe: Pass | null = null;

  constructor(options: BreakerOptions) {
    this.#options = options;
  }

  /** `half_open` as soon as a call may try, and while it does. */
  get state(): BreakerState {
    if (this.#probeAtMs === null) return 'closed';
    return this.remainingMs > 0 ? 'open' : 'half_open';
  }

  /** Until a call may try; 0: one may, or does. */
  get remainingMs(): number {
    return this.#probeAtMs === null ? 0 : Math.max(0, this.#probeAtMs - this.#options.nowMs());
  }

  /** Since the first failure after the last sign of life; null: it is closed. */
  get awayForMs(): number | null {
    if (this.#probeAtMs === null || this.#firstFailureAtMs === null) return null;
    return this.#options.nowMs() - this.#firstFailureAtMs;
  }

  /** Whether a call would be let through at this moment. */
  get isPassable(): boolean {
    return this.state === 'closed' || (this.state === 'half_open' && this.#probe === null);
  }

  /** Something else shows that the server is there again: a call may try before the time is over. */
  letTry(): void {
    if (this.state === 'open') this.#probeAtMs = this.#options.nowMs();
  }

  /** Only when it is passable. */
  enter(): Pass {
    const pass = { isProbe: this.state === 'half_open' };
    if (pass.isProbe) this.#probe = pass;
    return pass;
  }

  leave(pass: Pass, result: PassResult): void {
    const isProbe = this.#probe === pass;
    if (isProbe) this.#probe = null;
    if (result === 'alive') this.#close();
    // What began before it opened and fails late tells nothing new.
    else if (result === 'failed' && (isProbe || this.#probeAtMs === null)) this.#fail(isProbe);
  }

  #fail(isProbe: boolean): void {
    this.#failures++;
    this.#firstFailureAtMs ??= this.#options.nowMs();
    if (!isProbe && this.#failures < FAILURES_TO_OPEN) return;
    const openMs = Math.min(MAX_OPEN_MS, FIRST_OPEN_MS * 2 ** this.#openings);
    this.#openings++;
    this.#probeAtMs = this.#options.nowMs() + openMs;
    this.#options.onOpen(openMs);
  }

  #close(): void {
    const wasOpen = this.#probeAtMs !== null;
    this.#failures = 0;
    this.#openings = 0;
    this.#firstFailureAtMs = null;
    this.#probeAtMs = null;
    if (wasOpen) this.#options.onClose();
  }
}
