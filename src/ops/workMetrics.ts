// Owns the metrics of work done: what the parts tell the meter, counted since the start of the process.
import { Counter, Histogram, type Registry } from 'prom-client';
import type { Meter, MeteredStage } from '../domain/meter.ts';

/** What /health tells of the work since the start. */
export type WorkFacts = {
  /** Answered, refused or failed. */
  jobsProcessed: number;
  jobsFailed: number;
  /** Download, threads, model and sending of a job, without its waiting in line; 0: none has ended. */
  avgProcessingMs: number;
};

/** From a status line to a scan of many pages on a slow machine, in seconds. */
const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

const STAGES_OF_WORK: readonly MeteredStage[] = ['fetch', 'read', 'think', 'send'];

/** A meter that counts into `registry`. */
export function createWorkMetrics(registry: Registry): { meter: Meter; facts(): WorkFacts } {
  const counters = createCounters(registry);
  const stage = new Histogram({
    name: 'lector_stage_seconds',
    help: 'Time that a stage of a job took; total is from its receipt to its last reply',
    labelNames: ['stage'],
    buckets: BUCKETS,
    registers: [registry],
  });
  const call = new Histogram({
    name: 'lector_model_call_seconds',
    help: 'Time that a call of the language model took',
    buckets: BUCKETS,
    registers: [registry],
  });
  const done = { processed: 0, failed: 0, workMs: 0 };

  const meter: Meter = {
    jobEnded(kind, outcome) {
      counters.jobs.inc({ kind: kind ?? 'unknown', outcome });
      if (outcome === 'cancelled') return;
      done.processed += 1;
      if (outcome === 'failed') done.failed += 1;
    },
    attemptFailed: (code, isLast) => counters.attempts.inc({ code, last: String(isLast) }),
    stageTook(name, ms) {
      if (!isAmount(ms)) return;
      stage.observe({ stage: name }, ms / 1000);
      if (STAGES_OF_WORK.includes(name)) done.workMs += ms;
    },
    cacheAsked: (outcome) => counters.cache.inc({ outcome }),
    modelCalled(code, ms, usage) {
      counters.calls.inc({ outcome: code ?? 'ok' });
      if (isAmount(ms)) call.observe(ms / 1000);
      if (isAmount(usage.inputTokens)) counters.inputTokens.inc(usage.inputTokens);
      if (isAmount(usage.outputTokens)) counters.outputTokens.inc(usage.outputTokens);
    },
    homeserverLimited: () => counters.limited.inc(),
    threadEnded: (pool, reason) => counters.threads.inc({ pool, reason }),
  };
  return {
    meter,
    facts: () => ({
      jobsProcessed: done.processed,
      jobsFailed: done.failed,
      avgProcessingMs: done.processed === 0 ? 0 : Math.round(done.workMs / done.processed),
    }),
  };
}

function createCounters(registry: Registry) {
  const counter = <const Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter({ name: `lector_${name}`, help, labelNames, registers: [registry] });
  return {
    jobs: counter('jobs_total', 'Jobs that ended', ['kind', 'outcome']),
    attempts: counter('attempts_failed_total', 'Attempts at a job that came to nothing; last: there is no other', [
      'code',
      'last',
    ]),
    cache: counter('cache_requests_total', 'Files looked for among what was read before', ['outcome']),
    calls: counter('model_calls_total', 'Calls of the language model', ['outcome']),
    inputTokens: counter('model_input_tokens_total', 'Tokens of prompts'),
    outputTokens: counter('model_output_tokens_total', "Tokens of the model's answers"),
    limited: counter('homeserver_limited_total', 'Requests that the homeserver answered with 429'),
    threads: counter('thread_restarts_total', 'Threads that were ended before their time and replaced', [
      'pool',
      'reason',
    ]),
  };
}

/** prom-client throws for a negative amount and for one that is no number, which a clock or a server's answer may come to. */
function isAmount(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}
