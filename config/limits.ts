// Owns the caps that are no operator's choice, each with its reason.

/** Characters of a document that go into a summary: 50k tokens, several chunks of a small model. The page's own text is never capped. */
export const MAX_SUMMARY_CHARS = 200_000;

/**
 * One decoded stream of a PDF; ordinary streams stay far below. A Flate bomb took 3.2 GB without a cap. With two threads on hostile
 * files at once the process peaked at 673 MB with a cap of 64 MB, and at 473–516 MB with this one (`node test/bench/bot.ts memory`).
 */
export const MAX_STREAM_BYTES = 32 * 1024 * 1024;

/** Answers longer than this carry the whole text as a file. */
export const ATTACH_TEXT_OVER_CHARS = 4_000;

/** A whole Matrix event is at most 65,536 bytes (room version rules); plain body and HTML both carry the text. */
export const MAX_EVENT_BYTES = 60_000;

/** A status notice is worth its send only when the answer takes longer than this. */
export const STATUS_AFTER_MS = 3_000;

/** An answer that took longer than this is a new message that mentions the uploader; notices notify nobody. */
export const MENTION_AFTER_MS = 60_000;

/** How long a job may wait for a model that is away, before it is answered without. */
export const MAX_OUTAGE_MS = 24 * 3_600_000;
