// Owns the queue's line in the log (QUEUE_MONITORING): depth, active, waiting, rate and memory once a minute.
import type { Log } from '../domain/log.ts';

export type QueueFigures = { depth: number; active: number; waiting: number; processed: number };

const EVERY_MS = 60_000;

/** Logs the figures every 60 s until the returned function is called. */
export function startQueueMonitor(figures: () => QueueFigures, log: Log): () => void {
  let before = figures().processed;
  const timer = setInterval(() => {
    const { depth, active, waiting, processed } = figures();
    const memoryMb = Math.round(process.memoryUsage.rss() / 1_048_576);
    log.info({ depth, active, waiting, jobsPerMinute: processed - before, memoryMb }, 'queue');
    before = processed;
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
