// Owns the memory of the process over all its threads: who may begin, which threads end early, and which job has to wait until it is alone.
import type { Worker } from 'node:worker_threads';
import { processMemoryMb } from '../../config/limits.ts';

const MEGABYTE = 1024 * 1024;

/** A thread fills some 20 MB in this time. */
const LOOK_EVERY_MS = 20;

/** One in the hands of a decoder ends when that is through: nobody waits longer for it. */
const END_WITHIN_MS = 5_000;

/** A manual of 500 pages holds 100 MB at most: a thread with less is not what fills the process. */
const MUCH_BYTES = 160 * MEGABYTE;

export type MemoryBounds = {
  /** Over it no further thread is started, and those without a job end for whoever waits for one. */
  tightBytes: number;
  /** Over it the job that holds most is put aside: it begins anew when no other is at work. One alone that holds much is out of memory. */
  fullBytes: number;
};

/** A thread at work, and what it holds: its heap, garbage included, and byte arrays. */
export type Holder = {
  heldBytes: number;
  /** Ends the thread; its job is told `putAside` and may ask to be alone, or that it is out of memory. */
  end(how: 'put_aside' | 'out_of_memory'): void;
};

/** The threads of one kind, as the governor sees them. */
export type GovernedThreads = {
  endIdle(): void;
  /** There may be room for one more thread. */
  look(): void;
  holders(): Promise<Holder[]>;
};

export type GovernorDeps = MemoryBounds & {
  /** Resident memory of the process. */
  rssBytes(): number;
};

type Waiter = { isAlone: boolean; enter(): void };

/** One for all threads of the process: what each may hold says nothing of their sum, nor of what lies outside of their heaps. */
export class MemoryGovernor {
  readonly #deps: GovernorDeps;
  readonly #pools = new Set<GovernedThreads>();
  readonly #waiting: Waiter[] = [];
  #running = 0;
  #ending = 0;
  #isAlone = false;
  #isJudging = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: GovernorDeps) {
    this.#deps = deps;
  }

  /** Returns the way out again. */
  join(pool: GovernedThreads): () => void {
    this.#pools.add(pool);
    return () => this.#pools.delete(pool);
  }

  /** Whether one more thread may start beside others. Where memory is tight, idle threads end for it, and `look` tells when they have. */
  mayGrow(): boolean {
    if (this.#deps.rssBytes() <= this.#deps.tightBytes) return true;
    this.#endIdle();
    return false;
  }

  /**
   * Resolves when a job may begin, with what is to be called once when it has ended; rejects with the signal's reason if that aborts first.
   * `isAlone`: after it was put aside. Nothing begins while one waits to be alone, or is.
   */
  enter(signal: AbortSignal, { isAlone }: { isAlone: boolean }): Promise<() => void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(signal.reason);
        this.#next();
      };
      const enter = (): void => {
        signal.removeEventListener('abort', leave);
        this.#running += 1;
        this.#isAlone = isAlone;
        this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS);
        resolve(() => this.#end());
      };
      const waiter = { isAlone, enter };
      // Who was put aside has begun before all that wait.
      if (isAlone) this.#waiting.unshift(waiter);
      else this.#waiting.push(waiter);
      signal.addEventListener('abort', leave, { once: true });
      this.#next();
    });
  }

  #end(): void {
    this.#running -= 1;
    this.#isAlone = false;
    if (this.#running === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    this.#next();
  }

  #next(): void {
    for (let first = this.#waiting[0]; first && this.#hasRoomFor(first); first = this.#waiting[0]) {
      this.#waiting.shift();
      first.enter();
    }
  }

  #hasRoomFor({ isAlone }: Waiter): boolean {
    if (this.#isAlone) return false;
    if (!isAlone) return true;
    return this.#running === 0 && this.#ending === 0;
  }

  #endIdle(): void {
    for (const pool of this.#pools) pool.endIdle();
  }

  /** A thread is told to end: its memory is there until it has. */
  followEnd(thread: Worker): void {
    this.#ending += 1;
    let timer: NodeJS.Timeout | undefined;
    const onGone = (): void => {
      clearTimeout(timer);
      thread.off('exit', onGone);
      this.#ending -= 1;
      this.#next();
      for (const pool of this.#pools) pool.look();
    };
    timer = setTimeout(onGone, END_WITHIN_MS).unref();
    thread.once('exit', onGone);
  }

  #look(): void {
    const rss = this.#deps.rssBytes();
    if (rss <= this.#deps.fullBytes || this.#isJudging || this.#ending > 0) return;
    this.#endIdle();
    this.#isJudging = true;
    this.#judge().finally(() => {
      this.#isJudging = false;
    });
  }

  async #judge(): Promise<void> {
    const holders = (await Promise.all([...this.#pools].map((pool) => pool.holders()))).flat();
    const most = holders.sort((a, b) => b.heldBytes - a.heldBytes)[0];
    if (!most || this.#ending > 0 || this.#deps.rssBytes() <= this.#deps.fullBytes) return;
    if (holders.length > 1) most.end('put_aside');
    else if (most.heldBytes > MUCH_BYTES) most.end('out_of_memory');
  }
}

/** The governor of this process, for so many threads of each kind with so much memory each; `config/limits.ts` says why. */
export function createMemoryGovernor(work: { threads: number; memoryMb: number }): MemoryGovernor {
  const { tightMb, fullMb } = processMemoryMb(work);
  const rssBytes = (): number => process.memoryUsage.rss();
  return new MemoryGovernor({ rssBytes, tightBytes: tightMb * MEGABYTE, fullBytes: fullMb * MEGABYTE });
}

/** For threads of a process that is measured by nobody. */
export function boundless(): MemoryGovernor {
  return new MemoryGovernor({ rssBytes: () => 0, tightBytes: 0, fullBytes: 0 });
}
