// Owns the signs of life that health and metrics are made of: what holds at this moment, asked when somebody looks.
import type { ErrorCode } from './errors.ts';
import type { JobCounts } from './ledger.ts';
import type { ModelLoad } from './model.ts';

export type Vitals = {
  /** Jobs fetched and in line. */
  queueDepth: number;
  /** Jobs that a consumer has. */
  activeJobs: number;
  /** Jobs in the ledger that are not in memory: not claimed yet, or backing off. */
  waitingJobs: number;
  jobs: JobCounts;
  /** Bytes of downloaded files on disk. */
  spoolBytes: number;
  /** When the last sync was stored, in milliseconds since 1970; null: none in this life of the process. */
  lastSyncAtMs: number | null;
  isHomeserverUp: boolean;
  /** Why the ledger could not store something just now; null: it can. */
  storageTrouble: ErrorCode | null;
  threads: { read: number; ocr: number };
  /** Null: there is no model. */
  model: ModelLoad | null;
};
