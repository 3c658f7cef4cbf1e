// Owns the interfaces of the ledger: what is stored durably, with atomicity and result stated per method.
import type { Answer } from './answer.ts';
import type { ErrorCode } from './errors.ts';
import type { JobState, Priority } from './job.ts';
import type { Upload } from './media.ts';
import type { ModelAnswer } from './model.ts';
import type { PageScan } from './reading.ts';
import type { Reply, ReplyKey } from './reply.ts';
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
  priority: Priority;
  /** How often the process died while this file was being read; the file need have nothing to do with it. */
  deaths: number;
  /**
   * Tried again by itself after it had ended so (answered provisionally, or failed): as long as nothing better comes of it, not a word
   * is said. Null: it has never ended, or a member asked for it.
   */
  quietAfter: 'done' | 'failed' | null;
};

/** A job that failed and is kept for another try: a dead letter. */
export type FailedJob = {
  upload: Upload;
  errorCode: ErrorCode | null;
  failedAtMs: number;
  /** Tries of the backlog run so far. */
  tries: number;
};

/** How a job ends once its replies are out. */
export type JobEnd = 'done' | 'refused' | 'failed';
/** `isProvisional`: answered without the model, which is away; `improve` brings it back. */
export type JobEnding = { state: JobEnd; errorCode: ErrorCode | null; isProvisional?: boolean };

export type JobCounts = Record<JobState, number>;

/** `dueAtMs`: its member has posted more than a minute allows, and it waits for its turn until then. */
export type ArrivalTimes = { postedAtMs: number; receivedAtMs: number; dueAtMs?: number | null };

/** Changes of state are those of `domain/transitions.ts`. Every method is one transaction of its own unless it is called inside `Ledger.transaction`. */
export interface JobLedger {
  /** Adds a job in state `received`, or `waiting` until `dueAtMs`; `known`: its event id is there already and nothing changed. */
  insert(upload: Upload, times: ArrivalTimes): 'inserted' | 'known';
  /**
   * Like `insert` for an upload that somebody asks for: one that was set aside, or cancelled because the bot left its room, becomes a
   * new job; an open one is asked for from now on. `known`: there is nothing new to do, or its upload was redacted.
   */
  ask(upload: Upload, times: ArrivalTimes): 'inserted' | 'known';
  /** Ends a job that its room wants only when asked, without any reply; `false`: it was asked for, or has ended. */
  setAside(eventId: string): boolean;
  get(eventId: string): JobRow | null;
  /**
   * Moves the job whose turn it is to `queued` and returns it; null: there is none outside of `fullRooms`. By priority (a job that has
   * waited long goes before fresher ones of a higher one, every fourth time), then rooms in turn, then the members of a room in turn, then by age.
   * Jobs that back off until `nowMs` take part. At most 1 ms with 10,000 jobs waiting.
   */
  claim(nowMs: number, fullRooms: ReadonlySet<string>): JobRow | null;
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
  saveReplies(eventId: string, replies: Reply[], end: JobEnding): boolean;
  /** Ends a `replying` job in the state that `saveReplies` named; `false`: it is in another state, and nothing changed. */
  finish(eventId: string): boolean;
  /** Ends a job without any reply, for good: asking for it changes nothing. */
  cancel(eventId: string): void;
  /** Makes a job that was answered or is being answered begin anew: its answer was taken back with that of another upload. */
  again(eventId: string): void;
  /** Ends every open job of a room without any reply; returns their ids. They can be asked for when the bot is back. */
  cancelRoom(roomId: string): string[];
  /** A quiet retry brought nothing better: the job ends as it had before, with what was said then; what is provisional stays so. */
  leave(eventId: string): void;
  /**
   * A member wants a failed job tried again: new attempts, as asked for. One that is tried again quietly already is from now on tried as
   * asked for. `not_failed`: nothing changed. What was said is the caller's to take back.
   */
  retry(eventId: string): 'retried' | 'not_failed';
  /** The backlog run: failed jobs posted since then that it has tried less than `maxTries` times, quietly; returns their ids. */
  retryBacklog(since: { postedSinceMs: number; maxTries: number }): string[];
  /** Jobs answered provisionally since then are thought over quietly, each a few times at most; returns their ids. */
  improve(endedSinceMs: number): string[];
  /** Jobs that wait for the model are due now: it may be back. */
  modelMayBeBack(): void;
  /** Dead letters, oldest first, of one room or of all. */
  failures(of: { postedSinceMs: number; roomId?: string }): FailedJob[];
  /**
   * At start: jobs that a crash caught in `queued`, `reading` or `thinking` become `received` again, in their old order; those in
   * `reading` have one more death, and from the second on they wait longer each time. Times that lie in the future because the clock
   * was set back are brought back with it. Returns their number.
   */
  resume(nowMs: number): number;
  /** Jobs in `replying`, oldest first. */
  replying(): SavedJob[];
  /** Jobs that nothing has been done for yet, counted up to `limit`. */
  untaken(limit: number): number;
  /** About how many jobs have their turn before this one: those of its room before it, and of each other room at most as many. */
  placeInLine(eventId: string): number;
  counts(): JobCounts;
}

/** A job whose answer is saved and not yet sent. */
export type SavedJob = { eventId: string; roomId: string };

export type StoredReply = { reply: Reply; sentEventId: string | null };

export interface ReplyLedger {
  /** The source of what was sent as this event; null: it is none of Lector's, or long forgotten. */
  sourceOf(sentEventId: string): string | null;
  /** Keeps a reply to be sent; `known`: there is one for the same source and part, and nothing changed. */
  save(reply: Reply): 'saved' | 'known';
  find(sourceEventId: string, part: Reply['part']): StoredReply | null;
  /** Replies not yet sent, in the order they were saved. */
  unsent(): Reply[];
  /** Those of them that no job in `replying` sends, and that are no status notices: few, while answers can be many and long. */
  unsentBeside(): Reply[];
  unsentOf(sourceEventId: string): Reply[];
  /**
   * Keeps the event id and forgets the content: what a document said does not stay in the database. `false`: the reply was
   * dropped before (its upload was redacted while it was under way), and nothing is kept.
   */
  markSent(reply: ReplyKey, sentEventId: string): boolean;
  /** Forgets a reply that is not to be sent any more. */
  drop(reply: ReplyKey): void;
  /** The other uploads whose answer stands in the same message as that of this one, the one that it is sent for first. */
  answeredWith(sourceEventId: string): string[];
  /**
   * Forgets what was said and was to be said for a source, so that it can be said anew; returns the event ids of what was sent and
   * has to be redacted.
   */
  takeBack(sourceEventId: string): string[];
  /** Forgets the status notice of a source, so that the next one is another event. */
  takeBackNotice(sourceEventId: string): void;
  /** Whether something that was said for the source has been taken back, so that it is said anew. */
  wasTakenBack(sourceEventId: string): boolean;
  /** Event ids of everything that was sent for a source and still stands. */
  sentFor(sourceEventId: string): string[];
  /** Status notices of a room's open jobs, as long as nothing else was said of them; some may not have been sent. */
  openNotices(roomId: string): StoredReply[];
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

/** Answers of a model that a job in hand has got and paid for, so that its next attempt does not ask again. They go as pages do. */
export interface ModelAnswerLedger {
  find(eventId: string, key: string): ModelAnswer | null;
  save(eventId: string, key: string, answer: ModelAnswer): void;
}

/** Whole answers by what they depend on, so that a file is not read twice. */
export interface ResultLedger {
  /** The answer that was saved under the key at `savedSinceMs` or later. */
  find(key: string, savedSinceMs: number): Answer | null;
  /** Keeps the answer of a job; a later one under the same key replaces it. */
  save(key: string, eventId: string, answer: Answer): void;
  /** Notes that the job is answered with what the key stands for. */
  use(key: string, eventId: string): void;
  /** When another job of this room was answered with the same; null: none that stands was. */
  usedInRoom(key: string, roomId: string, exceptEventId: string): number | null;
}

/** When each member's next upload has its turn (GCRA's theoretical arrival time). */
export interface MemberLedger {
  turnAtMs(userId: string): number | null;
  setTurn(userId: string, turnAtMs: number): void;
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
  readonly modelAnswers: ModelAnswerLedger;
  readonly results: ResultLedger;
  readonly members: MemberLedger;
  readonly rooms: RoomLedger;
  readonly sync: SyncLedger;
  /**
   * Runs `work` in one transaction: all of it is stored, durably, or none. Throws AppError `storage_full`, `storage_unwritable`,
   * `storage_locked`, `database_corrupt`.
   */
  transaction<T>(work: () => T): T;
  /**
   * Removes what is known of an upload but for its ids: names, caption, text, fields, pages, results that came of it, replies that are
   * not sent. One transaction; its job has been cancelled.
   */
  wipeUpload(eventId: string): void;
  /**
   * Begins to forget a room: all that is known of its uploads, ids included. Its open jobs are cancelled and returned, and from now on none
   * of its uploads is answered, tried again or found; one that is asked for again is a new one. `wipeMore` removes them, after a crash,
   * too; what comes later is not touched. `confirmation` is said when all of it is gone, if the bot is still in the room; null: nothing
   * is, of what was begun before neither. One transaction; nothing for a command that is being carried out.
   */
  wipeRoom(roomId: string, confirmation: Reply | null): string[];
  /**
   * Removes at most `limit` uploads of a room that is being forgotten, in one transaction; returns what has been saved to be said now that
   * all of it is gone. Null: there is no such room.
   */
  wipeMore(limit: number): Reply[] | null;
  /** `wipeUpload` for jobs that ended before `endedBeforeMs`, and results saved before `resultsBeforeMs`, at most `limit` of each in one transaction; returns how many went. */
  sweep(before: { endedBeforeMs: number; resultsBeforeMs: number; limit: number }): number;
  /** Why the last attempt to store something failed; null: it went well. */
  trouble(): ErrorCode | null;
  /** When this ledger was put back from a backup: uploads posted before may have been answered since; null: it was not. */
  restoredAtMs(): number | null;
  close(): void;
}
