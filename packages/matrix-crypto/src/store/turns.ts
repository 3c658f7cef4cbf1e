// Who may run when: transactions of one file that touch the same stores run in the order in which they were made.

/** One live transaction as the others see it. */
export type Turn = {
  readonly database: string;
  /** Names of the object stores; undefined is the whole database (an upgrade). */
  readonly stores: ReadonlySet<string> | undefined;
  readonly writes: boolean;
  /** Called when another one has ended. */
  readonly wake: () => void;
};

/**
 * Readers run together. A writer waits for every earlier one that touches its stores, as do those after it that touch them; and,
 * since the file has one connection and so one SQLite transaction at a time, for every earlier writer. A reader of other stores may
 * run beside a writer: it sees none of what is not committed.
 */
export class Turns {
  readonly #live = new Set<Turn>();
  #whenIdle: (() => void)[] = [];

  enter(turn: Turn): void {
    this.#live.add(turn);
  }

  mayStart(turn: Turn): boolean {
    for (const earlier of this.#live) {
      if (earlier === turn) return true;
      if (isInTheWay(earlier, turn)) return false;
    }
    return false;
  }

  leave(turn: Turn): void {
    this.#live.delete(turn);
    for (const waiting of this.#live) waiting.wake();
    if (this.#live.size > 0) return;
    for (const tell of this.#whenIdle.splice(0)) tell();
  }

  /** Resolves when no transaction is live. */
  idle(): Promise<void> {
    if (this.#live.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }
}

function isInTheWay(earlier: Turn, turn: Turn): boolean {
  if (earlier.writes && turn.writes) return true;
  if (!earlier.writes && !turn.writes) return false;
  if (earlier.database !== turn.database) return false;
  if (earlier.stores === undefined || turn.stores === undefined) return true;
  for (const name of earlier.stores) if (turn.stores.has(name)) return true;
  return false;
}
