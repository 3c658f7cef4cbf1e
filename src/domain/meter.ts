// Owns what the parts tell of their work for the metrics; what they are made into is ops/'s.
import type { ErrorCode } from './errors.ts';
import type { MediaKind } from './media.ts';
import type { TokenUsage } from './model.ts';

/** How a job ended, for the metrics. */
export type JobOutcome = 'done' | 'refused' | 'failed' | 'cancelled';

/** A part of a job's way: waiting in line, download, threads, model or extract, sending; `total`: from its receipt to its last reply. */
export type MeteredStage = 'queue' | 'fetch' | 'read' | 'think' | 'send' | 'total';

/** `hit`: answered from what is known; `joined`: waited for the same file being read; `miss`: read. */
export type CacheOutcome = 'hit' | 'joined' | 'miss';

export type ThreadEnd = 'timeout' | 'out_of_memory' | 'crashed' | 'aborted';

/** None of the methods throws. */
export interface Meter {
  /** `kind` null: its file was never seen, or is forgotten. */
  jobEnded(kind: MediaKind | null, outcome: JobOutcome): void;
  /** An attempt came to nothing; `isLast`: there is no other. */
  attemptFailed(code: ErrorCode, isLast: boolean): void;
  stageTook(stage: MeteredStage, ms: number): void;
  cacheAsked(outcome: CacheOutcome): void;
  /** `code` null: it went well. */
  modelCalled(code: ErrorCode | null, ms: number, usage: TokenUsage): void;
  /** The homeserver answered 429. */
  homeserverLimited(): void;
  /** A thread was ended before its time. */
  threadEnded(pool: 'read' | 'ocr', reason: ThreadEnd): void;
}

/** Where nobody looks at metrics: `read`, `demo`, tests. */
export const NO_METER: Meter = {
  jobEnded: () => undefined,
  attemptFailed: () => undefined,
  stageTook: () => undefined,
  cacheAsked: () => undefined,
  modelCalled: () => undefined,
  homeserverLimited: () => undefined,
  threadEnded: () => undefined,
};
