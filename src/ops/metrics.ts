// Owns the metrics as a whole: one registry for what the parts tell, how things stand and the process itself.
import { Registry } from 'prom-client';
import type { Meter } from '../domain/meter.ts';
import type { Vitals } from '../domain/vitals.ts';
import { createProcessMetrics } from './processMetrics.ts';
import { createStateMetrics } from './stateMetrics.ts';
import { createWorkMetrics, type WorkFacts } from './workMetrics.ts';

export type Metrics = {
  meter: Meter;
  /** What /health tells of the work since `createMetrics`. */
  facts(): WorkFacts & { startedAtMs: number };
  /** Prometheus' text format 0.0.4. Rejects with what `vitals` throws. */
  expose(): Promise<string>;
  close(): void;
};

/** Metrics with a registry of their own; `vitals` is asked at each `expose`, `clock` is the one of its times. */
export function createMetrics(vitals: () => Vitals, clock: () => number): Metrics {
  const registry = new Registry();
  const startedAtMs = clock();
  const work = createWorkMetrics(registry);
  const showState = createStateMetrics(registry);
  const ofProcess = createProcessMetrics(registry);
  return {
    meter: work.meter,
    facts: () => ({ ...work.facts(), startedAtMs }),
    async expose() {
      showState(vitals(), clock());
      ofProcess.update();
      return await registry.metrics();
    },
    close: () => ofProcess.close(),
  };
}
