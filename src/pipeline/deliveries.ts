// Owns the deliveries under way: each job once however many wait for it, patient with a full disk, and counted when it has ended.

import { isEnded } from '../domain/job.ts';
import type { JobLedger } from '../domain/ledger.ts';
import { claimedKind } from '../domain/media.ts';
import type { Meter } from '../domain/meter.ts';
import { type DeliverPorts, deliver } from './deliver.ts';
import { untilStored } from './untilStored.ts';

export type DeliveriesDeps = Omit<DeliverPorts, 'jobs' | 'deliverFirst'> & {
  jobs: Pick<JobLedger, 'finish' | 'get'>;
  meter: Pick<Meter, 'jobEnded' | 'stageTook'>;
  signal: AbortSignal;
  clock(): number;
};

/** Sends what was saved for a job and ends it; rejects when `signal` aborts, and then it goes on after the next start. */
export type DeliverJob = (jobId: string) => Promise<void>;

/** The deliveries of one process. */
export function createDeliveries(deps: DeliveriesDeps): DeliverJob {
  const { jobs, meter, signal, clock, log } = deps;
  const underWay = new Map<string, Promise<void>>();
  const ports: DeliverPorts = { ...deps, deliverFirst: deliverOnce };

  async function deliverAndCount(jobId: string): Promise<void> {
    const startedAtMs = clock();
    const onTrouble = (code: string) => log.error({ job: jobId, code }, 'the disk takes nothing: sent, but not ended');
    const hasEnded = await untilStored(() => deliver(jobId, ports), { signal, onTrouble });
    const row = hasEnded ? jobs.get(jobId) : null;
    if (!row) return;
    if (isEnded(row.state)) meter.jobEnded(claimedKind(row.upload), row.state);
    meter.stageTook('send', clock() - startedAtMs);
    meter.stageTook('total', clock() - row.receivedAtMs);
  }

  function deliverOnce(jobId: string): Promise<void> {
    const delivery = underWay.get(jobId) ?? deliverAndCount(jobId).finally(() => underWay.delete(jobId));
    underWay.set(jobId, delivery);
    return delivery;
  }
  return deliverOnce;
}
