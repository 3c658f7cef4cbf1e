// Owns the guess at the homeserver's message limit, so that reactions and progress never delay an answer.

/** Synapse's default `rc_message`: a burst of 10, then one every 5 s. No API tells the limit in force. */
const DEFAULT_BURST = 10;
const DEFAULT_PER_SECOND = 0.2;
/** Sends beyond the guessed limit that no 429 answered: proof that the real one is higher. */
const PROOF = 3;
/** A 429 that asks for no wait is not to be asked again at once, and again. */
const LEAST_PAUSE_MS = 500;
/** After a 429 the guess is trusted, and not tested, for so long. */
const TRUST_MS = 10 * 60_000;

/**
 * A token bucket that mirrors the homeserver's. It starts at Synapse's default and doubles whenever more went through than it
 * allows; a 429 brings it back. `clock` gives milliseconds.
 */
export class SendBudget {
  readonly #clock: () => number;
  #burst = DEFAULT_BURST;
  #perSecond = DEFAULT_PER_SECOND;
  #tokens = DEFAULT_BURST;
  #filledAtMs: number;
  #pausedUntilMs = 0;
  #trustedUntilMs = 0;

  constructor(clock: () => number) {
    this.#clock = clock;
    this.#filledAtMs = clock();
  }

  /** A send went through. */
  spent(): void {
    this.#refill();
    this.#tokens -= 1;
    if (this.#tokens > -PROOF) return;
    this.#burst *= 2;
    this.#perSecond *= 4;
    this.#tokens = this.#burst;
  }

  /** The homeserver answered 429: nothing goes before `retryAfterMs` is over. */
  limited(retryAfterMs: number): void {
    const nowMs = this.#clock();
    this.#burst = DEFAULT_BURST;
    this.#perSecond = DEFAULT_PER_SECOND;
    this.#tokens = 0;
    this.#filledAtMs = nowMs;
    this.#pausedUntilMs = nowMs + Math.max(LEAST_PAUSE_MS, retryAfterMs);
    this.#trustedUntilMs = nowMs + TRUST_MS;
  }

  /** Milliseconds until an answer may go. */
  pauseMs(): number {
    return Math.max(0, this.#pausedUntilMs - this.#clock());
  }

  /**
   * Milliseconds until an optional send may go while `answersToCome` are still to be sent; 0: now. With nothing to come, an empty
   * bucket may be tested: a homeserver with that limit refuses at no cost, one without shows that it has none.
   */
  optionalPauseMs(answersToCome: number): number {
    this.#refill();
    const pauseMs = this.pauseMs();
    if (pauseMs > 0) return pauseMs;
    const spare = this.#tokens - answersToCome;
    if (spare >= 1) return 0;
    const mayTest = answersToCome === 0 && this.#tokens < 1 && this.#clock() >= this.#trustedUntilMs;
    return mayTest ? 0 : Math.ceil(((1 - spare) / this.#perSecond) * 1000);
  }

  #refill(): void {
    const nowMs = this.#clock();
    const gained = ((nowMs - this.#filledAtMs) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + Math.max(0, gained));
    this.#filledAtMs = nowMs;
  }
}
