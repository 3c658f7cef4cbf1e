// Owns the typed job: what the queue carries and the states that the ledger keeps.
import type { MediaKind, Upload } from './media.ts';

/** The way of a job; `waiting` backs off until a time, the last four are ends. */
export const JOB_STATES = [
  'received',
  'queued',
  'reading',
  'thinking',
  'replying',
  'waiting',
  'done',
  'refused',
  'failed',
  'cancelled',
] as const;
export type JobState = (typeof JOB_STATES)[number];

/** States that end a job: nothing is done for it any more. */
export const END_STATES = ['done', 'refused', 'failed', 'cancelled'] as const satisfies readonly JobState[];

/** Whether nothing more comes of a job in that state by itself. */
export function isEnded(state: JobState): state is (typeof END_STATES)[number] {
  return (END_STATES as readonly JobState[]).includes(state);
}

/** Who goes first: what a member asks for, a fresh upload, what the backlog run tries again. Waiting makes up for it, see queue and ledger. */
export const PRIORITIES = ['asked', 'fresh', 'backlog'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** A file that lies complete in the spool. */
export type SpooledFile = { path: string; bytes: number; sha256: string; kind: MediaKind };

/** So many pictures at most are answered together: more are no single answer that anybody reads. */
export const MAX_TOGETHER = 10;

/** Whether two uploads that wait are answered together: pictures of one member in one place, but for those that are tried again. */
export function belongTogether(one: Groupable, other: Groupable): boolean {
  const arePictures = isGroupable(one) && isGroupable(other);
  const { upload: a } = one;
  const { upload: b } = other;
  return arePictures && a.roomId === b.roomId && a.sender === b.sender && threadOf(a) === threadOf(b);
}

type Groupable = Pick<Job, 'upload' | 'file' | 'priority' | 'isSuspect'>;

function isGroupable({ file, priority, isSuspect }: Groupable): boolean {
  return file.kind === 'image' && priority !== 'backlog' && !isSuspect;
}

/** Null: not posted in a thread. */
function threadOf({ eventId, threadRootId }: Upload): string | null {
  return threadRootId === eventId ? null : threadRootId;
}

/** What a consumer takes from the queue: ids and a path, never bytes or keys. */
export type Job = {
  /** The event id of the upload: the key of the job everywhere. */
  id: string;
  upload: Upload;
  file: SpooledFile;
  /** Counts from 1. */
  attempt: number;
  priority: Priority;
  /** It was being read when the process died: it is read alone, in a process of its own. */
  isSuspect: boolean;
  receivedAtMs: number;
  queuedAtMs: number;
};
