// Owns the interfaces of the ledger: what is stored durably, with atomicity and result stated per method.
import type { ErrorCode } from './errors.ts';
import type { JobState } from './job.ts';
import type { Upload } from './media.ts';
import type { PageScan } from './reading.ts';
import type { Reply } from './reply.ts';
import type { RoomSettings } from './room.ts';

/** A job as the ledger keeps it. */
export type JobRow = {
  upload: Upload;
  state: JobState;
  /** Counts from 1. */
  attempt: number;
  /** When the member posted it, by the bot's own clock. */
  postedAtMs: number;
  receivedAtMs: number;
  /** Since when the model or the homeserver has been away for this job; null: not at all. */
  outageSinceMs: number | null;
  errorCode: ErrorCode | null;
};

/** How a job ends once its replies are out. */
export type JobEnd = 'done' | 'refused' | 'failed';

export type JobCounts = Record<JobState, number>;

/** Every method is one transaction of its own unless it is called inside `Ledger.transaction`. */
export interface JobLedger {
  /** Adds a job in state `received`; `known`: its event id is there already and nothing changed. */
  insert(upload: Upload, times: { postedAtMs: number; receivedAtMs: number }): 'inserted' | 'known';
  /**
   * Like `insert` for an upload that somebody asks for: one that was set aside, or cancelled because the bot left its room, becomes a
   * new job; an open one is asked for from now on. `known`: there is nothing new to do, or its upload was redacted.
   */
  ask(upload: Upload, times: { postedAtMs: number; receivedAtMs: number }): 'inserted' | 'known';
  /** Ends a job that its room wants only when asked, without any reply; `false`: it was asked for, or has ended. */
  setAside(eventId: string): boolean;
  get(eventId: string): JobRow | null;
  /** Moves the oldest job that is `received`, or `waiting` and due, to `queued` and returns it; null: there is none. */
  claim(nowMs: number): JobRow | null;
  /** When the next `waiting` job is due; null: none waits. */
  nextDueMs(): number | null;
  /** Moves a job that has not ended; `false`: it is not there or has ended (a redaction came in between). */
  move(eventId: string, state: 'queued' | 'reading' | 'thinking'): boolean;
  /** Backs a job off until `untilMs`. */
  wait(
    eventId: string,
    back: { untilMs: number; attempt: number; outageSinceMs: number | null; errorCode: ErrorCode },
  ): void;
  /** Saves the replies and moves the job to `replying` in one transaction; `false`: it has ended, nothing saved. */
  saveReplies(eventId: string, replies: Reply[], end: { state: JobEnd; errorCode: ErrorCode | null }): boolean;
  /** Ends a `replying` job in the state that `saveReplies` named. */
  finish(eventId: string): void;
  /** Ends a job without any reply, for good: asking for it changes nothing. */
  cancel(eventId: string): void;
  /** Makes a job that was answered or is being answered begin anew: its answer was taken back with that of another upload. */
  again(eventId: string): void;
  /** Ends every open job of a room without any reply; returns their ids. They can be asked for when the bot is back. */
  cancelRoom(roomId: string): string[];
  /** At start: jobs that a crash caught in `queued`, `reading` or `thinking` become `received` again; returns their number. */
  resume(): number;
  /** Ids of jobs in `replying`, oldest first. */
  replying(): string[];
  /** Jobs that nothing has been done for yet, counted up to `limit`. */
  untaken(limit: number): number;
  /** Jobs before this one that have not ended. */
  placeInLine(eventId: string): number;
  counts(): JobCounts;
}

export type StoredReply = { reply: Reply; sentEventId: string | null };

export interface ReplyLedger {
  /** Keeps a reply to be sent; `known`: there is one for the same source and part, and nothing changed. */
  save(reply: Reply): 'saved' | 'known';
  find(sourceEventId: string, part: Reply['part']): StoredReply | null;
  /** Replies not yet sent, in the order they were saved. */
  unsent(): Reply[];
  unsentOf(sourceEventId: string): Reply[];
  /**
   * Keeps the event id and forgets the content: what a document said does not stay in the database. `false`: the reply was
   * dropped before (its upload was redacted while it was under way), and nothing is kept.
   */
  markSent(reply: Reply, sentEventId: string): boolean;
  /** Forgets a reply that is not to be sent any more. */
  drop(reply: Reply): void;
  /** The other uploads whose answer stands in the same message as that of this one, the one that it is sent for first. */
  answeredWith(sourceEventId: string): string[];
  /**
   * Forgets what was said and was to be said for a source, so that it can be said anew; returns the event ids of what was sent and
   * has to be redacted.
   */
  takeBack(sourceEventId: string): string[];
  /** Event ids of everything that was sent for a source and still stands. */
  sentFor(sourceEventId: string): string[];
  /** Forgets all that was to be sent to a room. */
  dropRoom(roomId: string): void;
}

/** `invited`: to be joined; `unwanted`: to be left, with a reason for those in it. */
export type RoomState = 'invited' | 'joined' | 'unwanted' | 'left';
export type RoomRow = { roomId: string; state: RoomState; reason: string | null };

/** Pages of a job that OCR or a model has read, so that a retry reads and pays for none of them again. */
export interface PageLedger {
  /** Keeps a page until its job has ended; the same page again replaces it. */
  save(eventId: string, scan: PageScan): void;
  /** In the order of the pages. */
  of(eventId: string): PageScan[];
}

export interface RoomLedger {
  state(roomId: string): RoomState | null;
  set(roomId: string, state: RoomState, reason?: string): void;
  /** Rooms whose state asks for something to be done: `invited` and `unwanted`. */
  pending(): RoomRow[];
  joined(): string[];
  settings(roomId: string): RoomSettings;
  /** Changes the settings that are given, of a room that the ledger has a state of; null: the operator's default again. */
  setSettings(roomId: string, changed: Partial<RoomSettings>): void;
  /** Where the rooms were told that what they post goes, '' for nowhere; null: no room was told anything yet. */
  toldModelHost(): string | null;
  setToldModelHost(told: string): void;
}

export interface SyncLedger {
  token(): string | null;
  setToken(token: string): void;
}

export interface Ledger {
  readonly jobs: JobLedger;
  readonly replies: ReplyLedger;
  readonly pages: PageLedger;
  readonly rooms: RoomLedger;
  readonly sync: SyncLedger;
  /** Runs `work` in one transaction: all of it is stored, durably, or none. Throws AppError `storage_full` on a full disk. */
  transaction<T>(work: () => T): T;
  close(): void;
}
