// Owns which threads of a Piscina are idle and which at work: it tells nobody but who chooses a thread for a job.
import type { Worker } from 'node:worker_threads';
import type { Piscina } from 'piscina';

type Balancer = NonNullable<ConstructorParameters<typeof Piscina>[0]>['loadBalancer'] & {};

/** One for each Piscina. A thread that starts is neither: Piscina forgets the jobs in its queue when the thread that they wait for ends. */
export class IdleThreads {
  readonly #ready = new Map<number, Parameters<Balancer>[1][number]>();

  /** Piscina's option of this name: an idle thread, or none. */
  readonly loadBalancer: Balancer = (_task, workers) => {
    for (const worker of workers) this.#ready.set(worker.id, worker);
    return workers.find(({ currentUsage }) => currentUsage === 0) ?? null;
  };

  /** Of these threads those without a job. */
  of(threads: readonly Worker[]): Worker[] {
    return this.#those(threads, ({ currentUsage }) => currentUsage === 0);
  }

  atWork(threads: readonly Worker[]): Worker[] {
    return this.#those(threads, ({ currentUsage }) => currentUsage > 0);
  }

  #those(threads: readonly Worker[], are: (worker: Parameters<Balancer>[1][number]) => boolean): Worker[] {
    for (const [id, { destroyed }] of this.#ready) if (destroyed) this.#ready.delete(id);
    return threads.filter(({ threadId }) => {
      const worker = this.#ready.get(threadId);
      return worker !== undefined && are(worker);
    });
  }
}
