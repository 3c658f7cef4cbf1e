// Owns how a server says when to come back.

/** Longer waits than a day are a server's mistake, and would not fit a timer. */
const MAX_WAIT_MS = 24 * 3_600_000;

/**
 * The wait that `retry-after-ms` (OpenAI) or `Retry-After` (seconds or an HTTP date, RFC 9110 §10.2.3) asks for, in
 * milliseconds from `nowMs`; undefined when neither is there or readable.
 */
export function parseRetryAfter(headers: Headers, nowMs: number): number | undefined {
  const exact = toNumber(headers.get('retry-after-ms'));
  if (exact !== undefined) return clamp(exact);

  const text = headers.get('retry-after');
  const seconds = toNumber(text);
  if (seconds !== undefined) return clamp(seconds * 1000);

  const date = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(date) ? undefined : clamp(date - nowMs);
}

function toNumber(text: string | null): number | undefined {
  return text !== null && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

function clamp(ms: number): number {
  return Math.round(Math.min(Math.max(ms, 0), MAX_WAIT_MS));
}
