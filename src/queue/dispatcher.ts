// Owns the way from the ledger to the queue: claims jobs as there is room, fetches their files, and puts them in line.
import { SUSPECT_AFTER_DEATHS } from '../../config/limits.ts';
import type { Job, SpooledFile } from '../domain/job.ts';
import type { JobRow } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import type { BoundedQueue } from './bounded.ts';
import { Holdings, type RoomBounds } from './holdings.ts';

export type DispatcherDeps = {
  queue: BoundedQueue<Job>;
  /** How many take from the queue. */
  consumers: number;
  claim(nowMs: number, fullRooms: ReadonlySet<string>): JobRow | null;
  nextDueMs(): number | null;
  /** Downloads the upload to the spool; null: neither document nor picture, the job has been ended. */
  fetch(row: JobRow, signal: AbortSignal): Promise<SpooledFile | null>;
  /** Ends or backs off a job whose file could not be fetched. */
  onFailure(row: JobRow, error: unknown, signal: AbortSignal): Promise<void>;
  /** What the files on disk never pass together, unless it is a single one. */
  spoolMaxBytes: number;
  /** No download brings more. */
  maxFileBytes: number;
  clock(): number;
  log: Log;
};

/** Downloads at one time: enough to keep the threads busy, few enough for a small homeserver. */
const MAX_DOWNLOADS = 4;
/** Those of one room: when its downloads stall, others still get theirs. */
const MAX_ROOM_DOWNLOADS = MAX_DOWNLOADS - 1;
/** Pause after the ledger could not be asked (a full disk, say). */
const LEDGER_RETRY_MS = 5_000;
/** Another process (the backlog run by hand) may put jobs into the ledger and tells nobody; and the clock may be set. */
const LOOK_EVERY_MS = 10_000;
/** While a due job cannot be taken since its room is full: the next one of another room is not known. */
const BEHIND_FULL_ROOM_MS = 1_000;

export class Dispatcher {
  readonly #deps: DispatcherDeps;
  readonly #roomBounds: RoomBounds;
  readonly #holdings = new Holdings();
  readonly #stop = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: DispatcherDeps) {
    this.#deps = deps;
    // Half of the memory leaves room for the others; fewer jobs than consumers would leave some idle in a room that is alone.
    const jobs = Math.max(Math.floor(deps.queue.maxSize / 2), deps.consumers);
    this.#roomBounds = { jobs, downloads: MAX_ROOM_DOWNLOADS };
  }

  /** Jobs in memory: being fetched, in line, or at work. */
  get held(): number {
    return this.#holdings.downloads + this.#deps.queue.unfinished;
  }

  /** Bytes of the files that lie complete on disk. */
  get spoolBytes(): number {
    return this.#holdings.spoolBytes;
  }

  /** Looks for work; called whenever a job arrived, became due, or made room. */
  wake(): void {
    clearTimeout(this.#timer);
    try {
      const nowMs = this.#deps.clock();
      while (this.#hasRoom()) {
        const row = this.#deps.claim(nowMs, this.#holdings.full(this.#roomBounds));
        if (!row) break;
        this.#start(row);
      }
      // Without room it is `release` that wakes: a due job would make a timer fire again and again.
      if (this.#hasRoom()) this.#sleepUntilDue(nowMs);
    } catch (error) {
      this.#deps.log.error({ err: error }, 'the ledger could not be asked for work');
      this.#sleep(LEDGER_RETRY_MS);
    }
  }

  /** A consumer is finished with the job: its file is gone and there is room for another. */
  release(job: Job): void {
    this.#holdings.leave(job.upload.roomId, job.file.bytes);
    this.wake();
  }

  /** Ends running downloads and claims nothing more; their jobs stay in the ledger. */
  async stop(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await Promise.all(this.#underWay);
  }

  /**
   * A download counts as the largest file there may be, until it lies there: what its event declares is a stranger's word, and which job
   * comes next is known only when it is claimed.
   */
  #hasRoom(): boolean {
    const { queue, spoolMaxBytes, maxFileBytes } = this.#deps;
    const { downloads, spoolBytes } = this.#holdings;
    if (this.#stop.signal.aborted || downloads >= MAX_DOWNLOADS) return false;
    const fits = spoolBytes + (downloads + 1) * maxFileBytes <= spoolMaxBytes;
    return this.held === 0 || (this.held < queue.maxSize && fits);
  }

  #start(row: JobRow): void {
    this.#holdings.begin(row.upload.roomId);
    const way = this.#fetchAndPut(row).finally(() => {
      this.#underWay.delete(way);
      this.wake();
    });
    this.#underWay.add(way);
  }

  async #fetchAndPut(row: JobRow): Promise<void> {
    const { upload, attempt, priority, deaths, receivedAtMs } = row;
    const file = await this.#fetch(row);
    this.#holdings.arrive(upload.roomId, file?.bytes ?? null);
    if (!file) return;
    const isSuspect = deaths >= SUSPECT_AFTER_DEATHS;
    const times = { receivedAtMs, queuedAtMs: this.#deps.clock() };
    await this.#deps.queue.put({ id: upload.eventId, upload, file, attempt, priority, isSuspect, ...times });
  }

  async #fetch(row: JobRow): Promise<SpooledFile | null> {
    try {
      return await this.#deps.fetch(row, this.#stop.signal);
    } catch (error) {
      if (!this.#stop.signal.aborted) await this.#fail(row, error);
      return null;
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

  #sleepUntilDue(nowMs: number): void {
    const dueInMs = (this.#deps.nextDueMs() ?? Number.POSITIVE_INFINITY) - nowMs;
    this.#sleep(dueInMs <= 0 ? BEHIND_FULL_ROOM_MS : Math.min(dueInMs + 1, LOOK_EVERY_MS));
  }

  #sleep(ms: number): void {
    if (this.#stop.signal.aborted) return;
    this.#timer = setTimeout(() => this.wake(), ms);
  }
}
