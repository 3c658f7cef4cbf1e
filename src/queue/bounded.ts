// Owns the bounded queue: a put waits while it is full, so that memory stays bounded and nothing is dropped.

type Waiting<T> = { item: T; resolve: (outcome: 'put' | 'closed') => void };

/**
 * A first-in first-out queue of at most `maxSize` items between async producers and consumers. Each taken item must be ended with
 * `done()`; `join()` waits for that.
 */
export class BoundedQueue<T> {
  readonly maxSize: number;
  readonly #items: T[] = [];
  readonly #puts: Waiting<T>[] = [];
  readonly #takes: ((item: T | undefined) => void)[] = [];
  readonly #joins: (() => void)[] = [];
  #unfinished = 0;
  #closed = false;

  constructor(maxSize: number) {
    if (!Number.isInteger(maxSize) || maxSize < 1) throw new RangeError('maxSize must be a whole number from 1');
    this.maxSize = maxSize;
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
    const taker = this.#takes.shift();
    if (!taker && this.#items.length >= this.maxSize) return 'full';
    this.#unfinished += 1;
    if (taker) taker(item);
    else this.#items.push(item);
    return 'put';
  }

  /** The oldest item, as soon as there is one; undefined: the queue is closed and empty. */
  take(): Promise<T | undefined> {
    const item = this.#items.shift();
    if (item !== undefined) {
      this.#admitWaiting();
      return Promise.resolve(item);
    }
    if (this.#closed) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#takes.push(resolve));
  }

  /** Takes the waiting items that match, oldest first, at most `limit`; never waits. */
  takeMatching(matches: (item: T) => boolean, limit: number): T[] {
    const taken: T[] = [];
    for (let index = 0; index < this.#items.length && taken.length < limit; ) {
      if (matches(this.#items[index] as T)) taken.push(...this.#items.splice(index, 1));
      else index += 1;
    }
    for (const _ of taken) this.#admitWaiting();
    return taken;
  }

  /** Says that a taken item is finished. */
  done(): void {
    if (this.#unfinished === 0) throw new Error('done() was called more often than items were put');
    this.#unfinished -= 1;
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
    if (this.#items.length === 0) for (const taker of this.#takes.splice(0)) taker(undefined);
    this.#settleJoins();
    return dropped;
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
