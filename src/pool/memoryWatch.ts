// Owns the watch over what threads hold at work: their heap, and the byte arrays beside it.
import type { HeapInfo } from 'node:v8';
import type { Worker } from 'node:worker_threads';

/** A thread fills some 50 MB in this time. */
const LOOK_EVERY_MS = 50;

export type MemoryWatchDeps = {
  threads(): readonly Worker[];
  /** Heap and byte arrays of one thread together. */
  maxBytes: number;
};

/** Looks while there are jobs; a thread that holds too much ends as one whose heap is full does. */
export class MemoryWatch {
  readonly #deps: MemoryWatchDeps;
  readonly #asked = new WeakSet<Worker>();
  #jobs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: MemoryWatchDeps) {
    this.#deps = deps;
  }

  /** A job begins; to be followed by one `end`. */
  begin(): void {
    this.#jobs += 1;
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  end(): void {
    this.#jobs -= 1;
    if (this.#jobs > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    for (const thread of this.#deps.threads()) {
      // A thread with nothing to do answers with its next job.
      if (this.#asked.has(thread)) continue;
      this.#asked.add(thread);
      this.#lookAt(thread).finally(() => this.#asked.delete(thread));
    }
  }

  async #lookAt(thread: Worker): Promise<void> {
    const heap = await heapOf(thread);
    if (!heap) return;
    const heldBytes = heap.used_heap_size + heap.external_memory;
    // Piscina then ends the thread, and its job with this error.
    if (heldBytes > this.#deps.maxBytes) thread.emit('error', outOfMemory(heldBytes));
  }
}

/** What Node ends a thread with whose heap is full. */
export function outOfMemory(heldBytes: number): Error {
  const held = Math.round(heldBytes / 1024 / 1024);
  return Object.assign(new Error(`the thread holds ${held} MB`), { code: 'ERR_WORKER_OUT_OF_MEMORY' });
}

/** A thread in the hands of a decoder answers when it is through; an idle one with its next job. */
const ANSWER_WITHIN_MS = 500;

/** Null: the thread has ended, or is idle, or does not answer in time. */
export async function heapOf(thread: Worker): Promise<HeapInfo | null> {
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), ANSWER_WITHIN_MS);
  return Promise.race([thread.getHeapStatistics(), late])
    .catch(() => null)
    .finally(() => clearTimeout(timer));
}
