// Owns who gets a thread next, and when one more thread is worth its start.

/** The threads that turns are given on. */
export type Threads = {
  max: number;
  /** Threads that run or start. */
  count(): number;
  /** Starts one; resolves when it can be used, or rejects. */
  start(): Promise<unknown>;
  /** While threads are at work, one more is started only for a line that lasts so long: a start slows down those at work. */
  growAfterMs: number;
  /** A line of so many is worth one at once; absent: none is by its length. */
  growAtWaiting?: number | undefined;
  /** Whether there may be one more beside those that are there. */
  mayGrow?(): boolean;
};

type Waiter = { enter(): void; growAfterMs: number };

/** First come, first served; whoever waits may leave. One thread starts at a time. */
export class Turns {
  readonly #threads: Threads;
  readonly #waiting: Waiter[] = [];
  #running = 0;
  #isStarting = false;
  #isClosed = false;
  #growTimer: { afterMs: number; timer: NodeJS.Timeout } | undefined;

  constructor(threads: Threads) {
    this.#threads = threads;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Resolves with the end of the turn, to be called once; rejects with the signal's reason if it aborts first. `growAfterMs`: for
   * whoever is worth one more thread sooner, or later, than others are.
   */
  acquire(signal: AbortSignal, growAfterMs: number = this.#threads.growAfterMs): Promise<() => void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(signal.reason);
      };
      const enter = (): void => {
        signal.removeEventListener('abort', leave);
        this.#running += 1;
        resolve(() => this.#end());
      };
      const waiter = { enter, growAfterMs };
      this.#waiting.push(waiter);
      signal.addEventListener('abort', leave, { once: true });
      this.#next();
    });
  }

  /** Starts the first thread before anybody needs it. */
  warm(): void {
    if (this.#threads.count() === 0) this.#start();
  }

  /** Threads have ended that nobody used, or there is room for more. */
  look(): void {
    this.#next();
  }

  /** No thread is started any more. */
  close(): void {
    this.#isClosed = true;
    this.#stopGrowing();
  }

  #end(): void {
    this.#running -= 1;
    this.#next();
  }

  #next(): void {
    const ready = this.#threads.count() - (this.#isStarting ? 1 : 0);
    while (this.#running < ready && this.#waiting.length > 0) this.#waiting.shift()?.enter();
    if (this.#waiting.length === 0) this.#stopGrowing();
    else this.#grow();
  }

  #grow(): void {
    const { max, count, growAtWaiting = Number.POSITIVE_INFINITY } = this.#threads;
    if (this.#isStarting || count() >= max) return;
    if (count() === 0) {
      this.#start();
      return;
    }
    const isLong = this.#waiting.length >= growAtWaiting;
    const afterMs = isLong ? 0 : Math.min(...this.#waiting.map(({ growAfterMs }) => growAfterMs));
    if (this.#growTimer && this.#growTimer.afterMs <= afterMs) return;
    this.#stopGrowing();
    this.#growTimer = { afterMs, timer: setTimeout(() => this.#start(), afterMs) };
  }

  #stopGrowing(): void {
    clearTimeout(this.#growTimer?.timer);
    this.#growTimer = undefined;
  }

  #start(): void {
    this.#stopGrowing();
    if (this.#isStarting || this.#isClosed) return;
    const { count, mayGrow = () => true } = this.#threads;
    if (count() > 0 && !mayGrow()) return;
    this.#isStarting = true;
    this.#threads.start().then(
      () => {
        this.#isStarting = false;
        this.#next();
      },
      () => {
        this.#isStarting = false;
        // Whoever waits finds the same reason when the thread is asked to read, and can tell it.
        this.#waiting.shift()?.enter();
      },
    );
  }
}
