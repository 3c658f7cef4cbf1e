// Owns the consumers: a fixed number of loops that each take a job, see it through, and take the next.
import { belongTogether, type Job, MAX_TOGETHER } from '../domain/job.ts';
import type { Log } from '../domain/log.ts';
import { type Meter, NO_METER } from '../domain/meter.ts';
import type { BoundedQueue } from './bounded.ts';
import type { FairOrder } from './fairOrder.ts';

export type ConsumersDeps = {
  count: number;
  /** Its `choose` is that of `order`. */
  queue: BoundedQueue<Job>;
  order: Pick<FairOrder, 'ended'>;
  /** Sees jobs that are answered together (most often one) through to their answer or next attempt; handles its own errors. */
  process(jobs: { job: Job; log: Log }[], signal: AbortSignal): Promise<void>;
  release(job: Job): void;
  meter?: Pick<Meter, 'stageTook'>;
  clock(): number;
  log: Log;
};

export type Consumers = {
  active(): number;
  /** Jobs ended since the start. */
  processed(): number;
  /**
   * Begins nothing more; what runs is waited for until `timeoutMs` is over, then aborted, and waited for to stop.
   * Returns the jobs that were in line; the ledger still has them.
   */
  drain(timeoutMs: number): Promise<Job[]>;
};

/** Starts `count` consumers at once. */
export function startConsumers(deps: ConsumersDeps): Consumers {
  const { queue, order, clock, meter = NO_METER } = deps;
  const abort = new AbortController();
  let active = 0;
  let processed = 0;

  const work = async (consumer: number): Promise<void> => {
    for (let job = await queue.take(); job; job = await queue.take()) {
      const first = job;
      const others = queue.takeMatching((other) => belongTogether(first, other), MAX_TOGETHER - 1);
      const taken = [first, ...others].map((one) => start(one, consumer));
      const startedAtMs = clock();
      active += taken.length;
      try {
        await deps.process(taken, abort.signal).finally(() => {
          active -= taken.length;
          processed += taken.length;
          order.ended(first);
          for (const { job } of taken) {
            queue.done();
            deps.release(job);
          }
        });
      } catch (error) {
        taken[0]?.log.error({ err: error }, 'job failed in a way that nothing handles');
      }
      for (const { log } of taken) log.info({ processingMs: clock() - startedAtMs }, 'job left the consumer');
    }
  };
  const start = (job: Job, consumer: number): { job: Job; log: Log } => {
    const log = deps.log.child({ consumer, job: job.id, room: job.upload.roomId, attempt: job.attempt });
    const nowMs = clock();
    const queueWaitMs = nowMs - job.queuedAtMs;
    const { priority, isSuspect } = job;
    log.info({ queueWaitMs, sinceReceivedMs: nowMs - job.receivedAtMs, priority, isSuspect }, 'job started');
    meter.stageTook('queue', queueWaitMs);
    return { job, log };
  };
  const loops = Array.from({ length: deps.count }, (_, index) => work(index + 1));

  return {
    active: () => active,
    processed: () => processed,
    async drain(timeoutMs) {
      const left = queue.close('drop');
      const timeIsUp = Promise.withResolvers<'late'>();
      const timer = setTimeout(() => timeIsUp.resolve('late'), timeoutMs);
      const ended = await Promise.race([queue.join().then(() => 'empty' as const), timeIsUp.promise]);
      clearTimeout(timer);
      if (ended === 'late') abort.abort(new Error('shutting down'));
      await Promise.all(loops);
      return left;
    },
  };
}
