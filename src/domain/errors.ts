// Owns the errors of Lector: one class, one table of what each code means for a job.

/** What a failure means for the job: tell and end, try again, keep for the backlog, or stop the program at start. */
export type ErrorAction = 'refuse' | 'retry' | 'fail' | 'config';

/** `attempts: null` marks outages and rate limits, which use up none: they may last and say nothing about the document. */
export type ErrorRule = { action: ErrorAction; attempts: number | null };

const refuse: ErrorRule = { action: 'refuse', attempts: 1 };
const retry: ErrorRule = { action: 'retry', attempts: 3 };
/** Once more and no more: a document that takes its thread or process along twice does so each time. */
const onceMore: ErrorRule = { action: 'retry', attempts: 2 };
const outage: ErrorRule = { action: 'retry', attempts: null };
const fail: ErrorRule = { action: 'fail', attempts: 1 };
const config: ErrorRule = { action: 'config', attempts: 1 };

export const ERRORS = {
  not_a_document: refuse,
  empty_file: refuse,
  unreadable: refuse,
  /** A picture in a format that is not read here: SVG may fetch from elsewhere, HEIC needs a decoder that is not there. */
  picture_unsupported: refuse,
  picture_too_small: refuse,
  picture_blank: refuse,
  picture_blurred: refuse,
  password_needed: refuse,
  too_large: refuse,
  media_missing: refuse,
  timeout: refuse,
  out_of_memory: refuse,
  file_not_found: refuse,

  homeserver_unavailable: outage,
  homeserver_rate_limited: outage,
  media_unavailable: retry,
  storage_full: outage,
  /** The disk takes no writes: read-only, failing, or its folder is gone. */
  storage_unwritable: outage,
  /** Another process holds the database for longer than a moment. */
  storage_locked: outage,
  model_unavailable: outage,
  model_rate_limited: outage,
  thread_crashed: onceMore,
  /** The process that read this file alone died of it. */
  reader_died: onceMore,

  homeserver_refused: fail,
  model_failed: fail,
  /** The model takes no pictures; what can be done without is done without. */
  model_cannot_see: fail,
  model_context_exceeded: fail,
  internal: fail,

  config_invalid: config,
  login_failed: config,
  data_dir_unusable: config,
  data_dir_in_use: config,
  database_newer: config,
  database_corrupt: config,
} as const satisfies Record<string, ErrorRule>;

export type ErrorCode = keyof typeof ERRORS;

export type AppErrorOptions = {
  cause?: unknown;
  /** How long the other side asked us to wait, in milliseconds. */
  retryAfterMs?: number | undefined;
};

/** The one error that Lector throws: a code of `ERRORS`, a message for the log (never for the room), and its cause. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Any thrown value as an AppError; what is not one already becomes `fallback` with the value as its cause. */
export function toAppError(thrown: unknown, fallback: ErrorCode = 'internal'): AppError {
  if (thrown instanceof AppError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new AppError(fallback, message, { cause: thrown });
}
