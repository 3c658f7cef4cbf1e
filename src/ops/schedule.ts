// Owns the running of something by a schedule of cron.
import { Cron } from 'croner';
import { toAppError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';

export type Schedule = {
  /** Null: never again. */
  next(): Date | null;
  /** A run under way goes on to its end. */
  stop(): void;
};

/**
 * Calls `run` whenever `cron` says, by the machine's time zone. A run that lasts into the next one's time is not joined by it, and
 * one that throws is logged; the next comes all the same. Holds no process open. Throws for a `cron` that is none.
 */
export function startSchedule(cron: string, run: () => void | Promise<void>, log: Log): Schedule {
  // Not croner's own `protect`: from the run that it leaves out on, it asks anew every half minute (seen in 11.0.1).
  let isRunning = false;
  const runOnce = async (): Promise<void> => {
    if (isRunning) {
      log.warn({ cron }, 'the last scheduled run is still going on: this one is left out');
      return;
    }
    isRunning = true;
    try {
      await run();
    } catch (thrown) {
      const error = toAppError(thrown);
      log.error({ cron, err: error, errorCode: error.code }, 'the scheduled run failed');
    } finally {
      isRunning = false;
    }
  };
  const job = new Cron(cron, { unref: true }, runOnce);
  return { next: () => job.nextRun(), stop: () => job.stop() };
}
