// Owns the bounded queue: a put waits while it is full, so that memory stays bounded and nothing is dropped.

type Waiting<T> = { item: T; resolve: (outcome: 'put' | 'closed') => void };

/**
 * Which item of the line (in the order of their puts, never empty) is taken next; null: none may be taken now. An index that it
 * returns is taken, so that it may note it. It is asked while a take waits: at each put, take and `done`.
 */
export type Choose<T> = (line: readonly T[]) => number | null;

/**
 * A queue of at most `maxSize` items between async producers and consumers, first in first out unless `choose` says otherwise. Each
 * taken item must be ended with `done()`; `join()` waits for that.
 */
export class BoundedQueue<T> {
  readonly maxSize: number;
  readonly #choose: Choose<T>;
  readonly #items: T[] = [];
  readonly #puts: Waiting<T>[] = [];
  readonly #takes: ((item: T | undefined) => void)[] = [];
  readonly #joins: (() => void)[] = [];
  #unfinished = 0;
  #closed = false;

  constructor(maxSize: number, choose: Choose<T> = () => 0) {
    if (!Number.isInteger(maxSize) || maxSize < 1) throw new RangeError('maxSize must be a whole number from 1');
    this.maxSize = maxSize;
    this.#choose = choose;
  }

  /** Items that wait to be taken. */
  get size(): number {
    return this.#items.length;
  }

  /** Items taken or waiting whose `done()` has not come yet. */
  get unfinished(): number {
    return this.#unfinished;
  }

  /** Adds the item as soon as there is room; `closed`: the queue was closed first and the item is not in it. */
  put(item: T): Promise<'put' | 'closed'> {
    const outcome = this.tryPut(item);
    if (outcome !== 'full') return Promise.resolve(outcome);
    return new Promise((resolve) => this.#puts.push({ item, resolve }));
  }

  /** Adds the item if there is room now. */
  tryPut(item: T): 'put' | 'full' | 'closed' {
    if (this.#closed) return 'closed';
    if (this.#items.length >= this.maxSize) return 'full';
    this.#items.push(item);
    this.#unfinished += 1;
    this.#serve();
    return 'put';
  }

  /** The item whose turn it is, as soon as one may be taken; undefined: the queue is closed and empty. */
  take(): Promise<T | undefined> {
    return new Promise((resolve) => {
      this.#takes.push(resolve);
      this.#serve();
    });
  }

  /** Takes the waiting items that match, oldest first, at most `limit`; never waits. */
  takeMatching(matches: (item: T) => boolean, limit: number): T[] {
    const taken: T[] = [];
    for (let index = 0; index < this.#items.length && taken.length < limit; ) {
      if (matches(this.#items[index] as T)) taken.push(...this.#items.splice(index, 1));
      else index += 1;
    }
    for (const _ of taken) this.#admitWaiting();
    if (taken.length > 0) this.#serve();
    return taken;
  }

  /** Says that a taken item is finished. */
  done(): void {
    if (this.#unfinished === 0) throw new Error('done() was called more often than items were put');
    this.#unfinished -= 1;
    this.#serve();
    this.#settleJoins();
  }

  /** Resolves once every item that was put is done. */
  join(): Promise<void> {
    if (this.#unfinished === 0) return Promise.resolve();
    return new Promise((resolve) => this.#joins.push(resolve));
  }

  /** Lets nothing more in: waiting puts end with `closed`; items inside can still be taken. Returns what `drop` takes out. */
  close(drop: 'keep' | 'drop' = 'keep'): T[] {
    this.#closed = true;
    for (const { resolve } of this.#puts.splice(0)) resolve('closed');
    const dropped = drop === 'drop' ? this.#items.splice(0) : [];
    this.#unfinished -= dropped.length;
    this.#serve();
    this.#settleJoins();
    return dropped;
  }

  /** Hands items to the takes that wait, as long as one may be taken. */
  #serve(): void {
    while (this.#takes.length > 0 && this.#items.length > 0) {
      const index = this.#choose(this.#items);
      if (index === null) return;
      const [item] = this.#items.splice(index, 1);
      this.#takes.shift()?.(item);
      this.#admitWaiting();
    }
    if (this.#closed && this.#items.length === 0) for (const take of this.#takes.splice(0)) take(undefined);
  }

  #admitWaiting(): void {
    const waiting = this.#puts.shift();
    if (!waiting) return;
    this.#items.push(waiting.item);
    this.#unfinished += 1;
    waiting.resolve('put');
  }

  #settleJoins(): void {
    if (this.#unfinished === 0) for (const resolve of this.#joins.splice(0)) resolve();
  }
}
