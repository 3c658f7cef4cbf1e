// What Prometheus reads: every figure under its name, and the figures of /health.
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Vitals } from '../../../src/domain/vitals.ts';
import { createMetrics } from '../../../src/ops/metrics.ts';
import { modelLoad, NOW_MS, wellVitals } from './vitals.ts';

function rig(vitals: () => Vitals = wellVitals) {
  const metrics = createMetrics(vitals, () => NOW_MS);
  onTestFinished(() => metrics.close());
  /** The samples whose names begin like that. */
  const samples = async (begin: string) =>
    (await metrics.expose()).split('\n').filter((line) => line.startsWith(`lector_${begin}`));
  return { ...metrics, samples };
}

const NO_TOKENS = { inputTokens: 0, outputTokens: 0 };

describe('work that was done is counted:', () => {
  test('jobs by kind and outcome, of files that were never seen too', async () => {
    const { meter, samples } = rig();
    meter.jobEnded('pdf', 'done');
    meter.jobEnded('pdf', 'done');
    meter.jobEnded('image', 'refused');
    meter.jobEnded(null, 'failed');
    expect(await samples('jobs_total')).toEqual([
      'lector_jobs_total{kind="pdf",outcome="done"} 2',
      'lector_jobs_total{kind="image",outcome="refused"} 1',
      'lector_jobs_total{kind="unknown",outcome="failed"} 1',
    ]);
  });

  test('stages by how long they took, from 10 ms to 5 min', async () => {
    const { meter, samples } = rig();
    meter.stageTook('read', 8);
    meter.stageTook('read', 700);
    const read = await samples('stage_seconds');
    expect(read).toContain('lector_stage_seconds_bucket{le="0.01",stage="read"} 1');
    expect(read).toContain('lector_stage_seconds_bucket{le="0.5",stage="read"} 1');
    expect(read).toContain('lector_stage_seconds_bucket{le="1",stage="read"} 2');
    expect(read).toContain('lector_stage_seconds_bucket{le="300",stage="read"} 2');
    expect(read).toContain('lector_stage_seconds_sum{stage="read"} 0.708');
  });

  test('attempts that failed, by their code and whether there is another', async () => {
    const { meter, samples } = rig();
    meter.attemptFailed('media_unavailable', false);
    meter.attemptFailed('media_unavailable', true);
    expect(await samples('attempts_failed_total')).toEqual([
      'lector_attempts_failed_total{code="media_unavailable",last="false"} 1',
      'lector_attempts_failed_total{code="media_unavailable",last="true"} 1',
    ]);
  });

  test('calls of the model with what they cost', async () => {
    const { meter, samples } = rig();
    meter.modelCalled(null, 1_500, { inputTokens: 900, outputTokens: 80 });
    meter.modelCalled('model_rate_limited', 20, NO_TOKENS);
    expect(await samples('model_calls_total')).toEqual([
      'lector_model_calls_total{outcome="ok"} 1',
      'lector_model_calls_total{outcome="model_rate_limited"} 1',
    ]);
    expect(await samples('model_input_tokens')).toEqual(['lector_model_input_tokens_total 900']);
    expect(await samples('model_output_tokens')).toEqual(['lector_model_output_tokens_total 80']);
    expect(await samples('model_call_seconds_count')).toEqual(['lector_model_call_seconds_count 2']);
  });

  test('cached answers, 429s of the homeserver, threads that were ended', async () => {
    const { meter, samples } = rig();
    meter.cacheAsked('hit');
    meter.homeserverLimited();
    meter.threadEnded('ocr', 'timeout');
    expect(await samples('cache_requests_total')).toEqual(['lector_cache_requests_total{outcome="hit"} 1']);
    expect(await samples('homeserver_limited')).toEqual(['lector_homeserver_limited_total 1']);
    expect(await samples('thread_restarts_total')).toEqual([
      'lector_thread_restarts_total{pool="ocr",reason="timeout"} 1',
    ]);
  });

  test('a figure that cannot be is left out, and never ends the work that it tells of', async () => {
    const { meter, samples } = rig();
    for (const ms of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      meter.stageTook('send', ms);
      meter.modelCalled(null, ms, { inputTokens: ms, outputTokens: ms });
    }
    expect(await samples('stage_seconds')).toEqual([]);
    expect(await samples('model_input_tokens')).toEqual(['lector_model_input_tokens_total 0']);
    expect(await samples('model_calls_total')).toEqual(['lector_model_calls_total{outcome="ok"} 3']);
  });
});

describe('how things stand is looked at when somebody asks:', () => {
  test('the line, the ledger, the disk and the homeserver', async () => {
    const { samples } = rig(() =>
      wellVitals({
        queueDepth: 4,
        waitingJobs: 12,
        activeJobs: 3,
        jobs: { ...wellVitals().jobs, waiting: 12, done: 5 },
        spoolBytes: 4_096,
        threads: { read: 2, ocr: 1 },
      }),
    );
    expect(await samples('queue_depth')).toEqual(['lector_queue_depth 4']);
    expect(await samples('waiting_jobs')).toEqual(['lector_waiting_jobs 12']);
    expect(await samples('active_jobs')).toEqual(['lector_active_jobs 3']);
    expect(await samples('jobs{')).toContain('lector_jobs{state="waiting"} 12');
    expect(await samples('jobs{')).toContain('lector_jobs{state="failed"} 0');
    expect(await samples('spool_bytes')).toEqual(['lector_spool_bytes 4096']);
    expect(await samples('threads')).toEqual(['lector_threads{pool="read"} 2', 'lector_threads{pool="ocr"} 1']);
    expect(await samples('homeserver_up')).toEqual(['lector_homeserver_up 1']);
    expect(await samples('last_sync')).toEqual(['lector_last_sync_age_seconds 10']);
  });

  test('the age of the last sync is absent before the first', async () => {
    const { samples } = rig(() => wellVitals({ lastSyncAtMs: null }));
    expect(await samples('last_sync')).toEqual([]);
  });

  test('trouble with the disk comes and goes', async () => {
    let vitals = wellVitals({ storageTrouble: 'storage_full' });
    const { samples } = rig(() => vitals);
    expect(await samples('storage_trouble')).toContain('lector_storage_trouble{code="storage_full"} 1');
    vitals = wellVitals();
    expect(await samples('storage_trouble')).toEqual([
      'lector_storage_trouble{code="storage_full"} 0',
      'lector_storage_trouble{code="storage_unwritable"} 0',
      'lector_storage_trouble{code="storage_locked"} 0',
      'lector_storage_trouble{code="database_corrupt"} 0',
    ]);
  });

  test('the model: its breaker, and its use of what is allowed', async () => {
    const model = modelLoad({
      state: 'open',
      requestsLastMinute: 57,
      maxRequestsPerMinute: 60,
      tokensLastMinute: 9_000,
      callsUnderWay: 2,
    });
    const { samples } = rig(() => wellVitals({ model }));
    expect(await samples('model_breaker_state')).toEqual([
      'lector_model_breaker_state{state="closed"} 0',
      'lector_model_breaker_state{state="open"} 1',
      'lector_model_breaker_state{state="half_open"} 0',
    ]);
    expect(await samples('model_used')).toEqual([
      'lector_model_used_last_minute{of="requests"} 57',
      'lector_model_used_last_minute{of="tokens"} 9000',
    ]);
    expect(await samples('model_limit')).toEqual([
      'lector_model_limit_per_minute{of="requests"} 60',
      'lector_model_limit_used_ratio{of="requests"} 0.95',
    ]);
    expect(await samples('model_calls_under_way')).toEqual(['lector_model_calls_under_way 2']);
  });

  test('without a model nothing is told of one', async () => {
    const { samples } = rig();
    expect(await samples('model_')).toEqual([
      'lector_model_input_tokens_total 0',
      'lector_model_output_tokens_total 0',
      expect.stringMatching(/^lector_model_call_seconds_bucket/),
      ...Array(14).fill(expect.stringMatching(/^lector_model_call_seconds_bucket/)),
      'lector_model_call_seconds_sum 0',
      'lector_model_call_seconds_count 0',
    ]);
  });

  test('the memory of the process and the lag of its event loop', async () => {
    const { samples } = rig();
    const value = async (name: string) => Number((await samples(name))[0]?.split(' ')[1]);
    expect(await value('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
    expect(await value('nodejs_heap_size_used_bytes')).toBeGreaterThan(1_000_000);
    expect(await value('process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(await value('event_loop_lag_max_seconds')).toBeGreaterThanOrEqual(0);
  });

  test('vitals that cannot be told fail the look', async () => {
    const { expose } = rig(() => {
      throw new Error('the ledger is closed');
    });
    await expect(expose()).rejects.toThrow('the ledger is closed');
  });
});

test('every name has the prefix, a type and a help', async () => {
  const { expose } = rig(() => wellVitals({ model: modelLoad() }));
  const lines = (await expose()).split('\n').filter((line) => line !== '');
  const named = (kind: string) => lines.filter((line) => line.startsWith(`# ${kind} lector_`)).length;
  const families = lines.filter((line) => line.startsWith('# TYPE ')).length;
  expect(families).toBeGreaterThan(25);
  expect([named('TYPE'), named('HELP')]).toEqual([families, families]);
  expect(lines.filter((line) => !line.startsWith('#') && !line.startsWith('lector_'))).toEqual([]);
});

describe('for /health', () => {
  test('there are the jobs since the start and the mean work on one, without its waiting', () => {
    const { meter, facts } = rig();
    for (const outcome of ['done', 'refused', 'failed', 'cancelled'] as const) meter.jobEnded('pdf', outcome);
    meter.stageTook('queue', 60_000);
    meter.stageTook('fetch', 100);
    meter.stageTook('read', 500);
    meter.stageTook('think', 2_300);
    meter.stageTook('send', 100);
    meter.stageTook('total', 63_000);
    expect(facts()).toEqual({ jobsProcessed: 3, jobsFailed: 1, avgProcessingMs: 1_000, startedAtMs: NOW_MS });
  });

  test('nothing is told of work before there was any', () => {
    expect(rig().facts()).toMatchObject({ jobsProcessed: 0, jobsFailed: 0, avgProcessingMs: 0 });
  });
});

test('several bots in one process count for themselves', async () => {
  const one = rig();
  const other = rig();
  one.meter.homeserverLimited();
  expect(await one.samples('homeserver_limited')).toEqual(['lector_homeserver_limited_total 1']);
  expect(await other.samples('homeserver_limited')).toEqual(['lector_homeserver_limited_total 0']);
});
