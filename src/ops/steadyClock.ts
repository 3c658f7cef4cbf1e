// Owns the clock of the bot: the time of day at its start, and from then on a time that nobody sets forward or back.

/**
 * Milliseconds since 1970. Back-offs, time-outs and limits are reckoned with it: a system clock that is corrected by an hour
 * while the process runs would otherwise hold answers back for that hour.
 */
export function createSteadyClock(): () => number {
  const startedAtMs = Date.now() - performance.now();
  return () => Math.round(startedAtMs + performance.now());
}
