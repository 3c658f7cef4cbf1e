// Owns the order of work on one thing: what was asked for first is done first, one at a time.

/** One queue a key; what fails does not keep the next from its turn. */
export class Turns {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Runs `work` when all that was asked for under this key before is done; its result or error is the caller's. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#tails.get(key) ?? Promise.resolve()).then(work);
    // A failure is the caller's to handle, who has it as `turn`.
    const tail = turn.then(noop, noop).then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    this.#tails.set(key, tail);
    return turn;
  }
}

function noop(): void {}
