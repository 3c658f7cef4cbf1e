// Owns the metrics of how things stand: gauges that are set from the vitals when somebody looks.
import { Gauge, type Registry } from 'prom-client';
import type { ModelLoad } from '../domain/model.ts';
import type { Vitals } from '../domain/vitals.ts';

const STORAGE_CODES = ['storage_full', 'storage_unwritable', 'storage_locked', 'database_corrupt'] as const;
const BREAKER_STATES = ['closed', 'open', 'half_open'] as const;

type MakeGauge = <const Label extends string = never>(name: string, help: string, labels?: Label[]) => Gauge<Label>;

/** Returns what sets the gauges of `registry`; `nowMs` is by the clock of the vitals. */
export function createStateMetrics(registry: Registry): (vitals: Vitals, nowMs: number) => void {
  const gauge: MakeGauge = (name, help, labelNames = []) =>
    new Gauge({ name: `lector_${name}`, help, labelNames, registers: [registry] });
  const queueDepth = gauge('queue_depth', 'Jobs fetched and in line');
  const waiting = gauge('waiting_jobs', 'Jobs in the ledger that are not in memory: not claimed yet, or backing off');
  const active = gauge('active_jobs', 'Jobs at work');
  const jobs = gauge('jobs', 'Jobs in the ledger by state', ['state']);
  const spool = gauge('spool_bytes', 'Downloaded files on disk');
  const threads = gauge('threads', 'Threads that are up', ['pool']);
  const isUp = gauge('homeserver_up', '1: the last sync came through');
  const syncAge = gauge('last_sync_age_seconds', 'Time since a sync was stored; absent until the first was');
  const trouble = gauge('storage_trouble', '1: why the ledger could not store something just now', ['code']);
  const setModel = createModelGauges(gauge);
  syncAge.remove();

  return (vitals, nowMs) => {
    queueDepth.set(vitals.queueDepth);
    waiting.set(vitals.waitingJobs);
    active.set(vitals.activeJobs);
    for (const [state, count] of Object.entries(vitals.jobs)) jobs.set({ state }, count);
    spool.set(vitals.spoolBytes);
    for (const [pool, count] of Object.entries(vitals.threads)) threads.set({ pool }, count);
    isUp.set(vitals.isHomeserverUp ? 1 : 0);
    if (vitals.lastSyncAtMs !== null) syncAge.set(Math.max(0, nowMs - vitals.lastSyncAtMs) / 1000);
    trouble.reset();
    for (const code of STORAGE_CODES) trouble.set({ code }, 0);
    if (vitals.storageTrouble !== null) trouble.set({ code: vitals.storageTrouble }, 1);
    if (vitals.model) setModel(vitals.model);
  };
}

/** Without a model none of them has a value. */
function createModelGauges(gauge: MakeGauge): (load: ModelLoad) => void {
  const breaker = gauge('model_breaker_state', '1: open means that the model failed too often and is left alone', [
    'state',
  ]);
  const calls = gauge('model_calls_under_way', 'Calls of the language model that have no answer yet');
  const used = gauge('model_used_last_minute', 'Requests and tokens of the last minute', ['of']);
  const limit = gauge('model_limit_per_minute', 'What is allowed of it in a minute; absent: no limit', ['of']);
  const share = gauge('model_limit_used_ratio', 'How much of the limit the last minute took, from 0 to 1', ['of']);
  calls.remove();

  return (load) => {
    for (const state of BREAKER_STATES) breaker.set({ state }, load.state === state ? 1 : 0);
    calls.set(load.callsUnderWay);
    const uses: ['requests' | 'tokens', number, number | null][] = [
      ['requests', load.requestsLastMinute, load.maxRequestsPerMinute],
      ['tokens', load.tokensLastMinute, load.maxTokensPerMinute],
    ];
    for (const [of, lastMinute, perMinute] of uses) {
      used.set({ of }, lastMinute);
      if (perMinute === null) continue;
      limit.set({ of }, perMinute);
      share.set({ of }, lastMinute / perMinute);
    }
  };
}
