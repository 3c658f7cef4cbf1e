// Owns the way from the ledger to the queue: claims jobs as there is room, fetches their files, and puts them in line.
import type { Job, SpooledFile } from '../domain/job.ts';
import type { JobRow } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import type { BoundedQueue } from './bounded.ts';

export type DispatcherDeps = {
  queue: BoundedQueue<Job>;
  claim(nowMs: number): JobRow | null;
  nextDueMs(): number | null;
  /** Downloads the upload to the spool; null: neither document nor picture, the job has been ended. */
  fetch(row: JobRow, signal: AbortSignal): Promise<SpooledFile | null>;
  /** Ends or backs off a job whose file could not be fetched. */
  onFailure(row: JobRow, error: unknown, signal: AbortSignal): Promise<void>;
  /** Soft cap on the bytes on disk: claiming stops above it. */
  spoolMaxBytes: number;
  clock(): number;
  log: Log;
};

/** Downloads at one time: enough to keep the threads busy, few enough for a small homeserver. */
const MAX_DOWNLOADS = 4;
/** Pause after the ledger could not be asked (a full disk, say). */
const LEDGER_RETRY_MS = 5_000;
/** `setTimeout` fires at once for more than 2^31 − 1 ms. */
const MAX_TIMER_MS = 3_600_000;

export class Dispatcher {
  readonly #deps: DispatcherDeps;
  readonly #stop = new AbortController();
  readonly #downloads = new Set<Promise<void>>();
  #spoolBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: DispatcherDeps) {
    this.#deps = deps;
  }

  /** Jobs in memory: being fetched, in line, or at work. */
  get held(): number {
    return this.#downloads.size + this.#deps.queue.unfinished;
  }

  /** Looks for work; called whenever a job arrived, became due, or made room. */
  wake(): void {
    clearTimeout(this.#timer);
    try {
      while (this.#hasRoom()) {
        const row = this.#deps.claim(this.#deps.clock());
        if (!row) break;
        this.#start(row);
      }
      // Without room it is `release` that wakes: a due job would make a timer fire again and again.
      if (this.#hasRoom()) this.#sleepUntilDue();
    } catch (error) {
      this.#deps.log.error({ err: error }, 'the ledger could not be asked for work');
      this.#sleep(LEDGER_RETRY_MS);
    }
  }

  /** A consumer is finished with the job: its file is gone and there is room for another. */
  release(job: Job): void {
    this.#spoolBytes -= job.file.bytes;
    this.wake();
  }

  /** Ends running downloads and claims nothing more; their jobs stay in the ledger. */
  async stop(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await Promise.all(this.#downloads);
  }

  #hasRoom(): boolean {
    const { queue, spoolMaxBytes } = this.#deps;
    if (this.#stop.signal.aborted || this.#downloads.size >= MAX_DOWNLOADS) return false;
    return this.held === 0 || (this.held < queue.maxSize && this.#spoolBytes < spoolMaxBytes);
  }

  #start(row: JobRow): void {
    const download = this.#fetchAndPut(row).finally(() => {
      this.#downloads.delete(download);
      this.wake();
    });
    this.#downloads.add(download);
  }

  async #fetchAndPut(row: JobRow): Promise<void> {
    const { queue, fetch, clock } = this.#deps;
    try {
      const file = await fetch(row, this.#stop.signal);
      if (!file) return;
      this.#spoolBytes += file.bytes;
      const job = { id: row.upload.eventId, upload: row.upload, file, attempt: row.attempt };
      await queue.put({ ...job, receivedAtMs: row.receivedAtMs, queuedAtMs: clock() });
    } catch (error) {
      if (!this.#stop.signal.aborted) await this.#fail(row, error);
    }
  }

  async #fail(row: JobRow, error: unknown): Promise<void> {
    const { onFailure, log } = this.#deps;
    try {
      await onFailure(row, error, this.#stop.signal);
    } catch (thrown) {
      log.error({ err: thrown, job: row.upload.eventId }, 'a job that could not be fetched waits for the next start');
    }
  }

  #sleepUntilDue(): void {
    const dueMs = this.#deps.nextDueMs();
    if (dueMs !== null) this.#sleep(Math.max(0, dueMs - this.#deps.clock()) + 1);
  }

  #sleep(ms: number): void {
    if (this.#stop.signal.aborted) return;
    this.#timer = setTimeout(() => this.wake(), Math.min(ms, MAX_TIMER_MS));
  }
}
