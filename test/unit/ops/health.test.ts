// What an operator reads in /health and /ready: how the bot is, and why.
import { describe, expect, test } from 'vitest';
import type { Vitals } from '../../../src/domain/vitals.ts';
import { type HealthFacts, healthOf, readinessOf } from '../../../src/ops/health.ts';
import { modelLoad, NOW_MS, wellVitals } from './vitals.ts';

const FACTS: HealthFacts = { jobsProcessed: 0, jobsFailed: 0, avgProcessingMs: 0, startedAtMs: NOW_MS - 3_600_000 };
const MINUTE_MS = 60_000;

test('a bot that is well says so, with all its figures', () => {
  const vitals = wellVitals({
    queueDepth: 4,
    activeJobs: 3,
    waitingJobs: 12,
    model: modelLoad({ requestsLastMinute: 7, maxRequestsPerMinute: 60 }),
  });
  const facts = { ...FACTS, jobsProcessed: 90, jobsFailed: 2, avgProcessingMs: 1_234 };
  expect(healthOf(vitals, facts, NOW_MS)).toEqual({
    status: 'healthy',
    reasons: [],
    queueDepth: 4,
    activeJobs: 3,
    waitingJobs: 12,
    jobsProcessed: 90,
    jobsFailed: 2,
    avgProcessingMs: 1_234,
    lastSync: '2026-01-15T11:59:50.000Z',
    llm: { state: 'closed', requestsLastMinute: 7, maxPerMinute: 60 },
  });
});

test('without a model there is none to be asked', () => {
  const { llm, status } = healthOf(wellVitals(), FACTS, NOW_MS);
  expect({ llm, status }).toEqual({
    llm: { state: 'none', requestsLastMinute: 0, maxPerMinute: null },
    status: 'healthy',
  });
});

const COMPLAINTS: [string, Partial<Vitals>, 'degraded' | 'down', string[]][] = [
  [
    'a full disk',
    { storageTrouble: 'storage_full' },
    'degraded',
    ['the disk with DATA_DIR is full: nothing new is taken until there is room'],
  ],
  [
    'a read-only disk',
    { storageTrouble: 'storage_unwritable' },
    'degraded',
    ['DATA_DIR cannot be written: nothing new is taken until it can'],
  ],
  [
    'a locked database',
    { storageTrouble: 'storage_locked' },
    'degraded',
    ['another process holds the database: nothing new is taken until it lets go'],
  ],
  [
    'a damaged database',
    { storageTrouble: 'database_corrupt' },
    'down',
    ['the database is damaged: stop Lector and put a backup in its place'],
  ],
  [
    'a model that is left alone',
    { model: modelLoad({ state: 'open', retryAtMs: NOW_MS + 41_200 }) },
    'degraded',
    ['the language model failed too often and is left alone: it is tried again in 42 s'],
  ],
  [
    'a model that is being tried',
    { model: modelLoad({ state: 'half_open' }) },
    'degraded',
    ['the language model failed too often and is left alone: the next call tries it'],
  ],
  ['a homeserver that just went', { isHomeserverUp: false }, 'degraded', ['the homeserver is away']],
  [
    'a homeserver that went three minutes ago',
    { isHomeserverUp: false, lastSyncAtMs: NOW_MS - 3 * MINUTE_MS },
    'degraded',
    ['no sync for 3 minutes: the homeserver is away'],
  ],
  [
    'a homeserver that went six minutes ago',
    { isHomeserverUp: false, lastSyncAtMs: NOW_MS - 6 * MINUTE_MS },
    'down',
    ['no sync for 6 minutes: the homeserver is away'],
  ],
  ['a sync that never ends', { lastSyncAtMs: NOW_MS - 3 * MINUTE_MS }, 'degraded', ['no sync for 3 minutes']],
  [
    'a full disk while the model is away',
    { storageTrouble: 'storage_full', model: modelLoad({ state: 'open', retryAtMs: NOW_MS }) },
    'degraded',
    [
      'the disk with DATA_DIR is full: nothing new is taken until there is room',
      'the language model failed too often and is left alone: it is tried again in 0 s',
    ],
  ],
];

test.each(COMPLAINTS)('%s is told', (_what, changed, status, reasons) => {
  const health = healthOf(wellVitals(changed), FACTS, NOW_MS);
  expect({ status: health.status, reasons: health.reasons }).toEqual({ status, reasons });
});

describe('before the first sync', () => {
  const starting = wellVitals({ lastSyncAtMs: null, isHomeserverUp: false });

  test('the bot is degraded, and has no last sync', () => {
    const health = healthOf(starting, { ...FACTS, startedAtMs: NOW_MS - 5_000 }, NOW_MS);
    expect(health).toMatchObject({
      status: 'degraded',
      reasons: ['the first sync is not stored yet'],
      lastSync: null,
    });
  });

  test('it is down when none has come for five minutes', () => {
    const health = healthOf(starting, { ...FACTS, startedAtMs: NOW_MS - 7 * MINUTE_MS }, NOW_MS);
    expect(health).toMatchObject({ status: 'down', reasons: ['no sync for 7 minutes: the homeserver is away'] });
  });
});

describe('readiness', () => {
  test('is there when uploads would be taken and answered', () => {
    expect(readinessOf(wellVitals())).toEqual({ ready: true, reasons: [] });
  });

  test.each<[Partial<Vitals>, string[]]>([
    [{ lastSyncAtMs: null }, ['the first sync is not stored yet']],
    [{ isHomeserverUp: false }, ['the homeserver is away']],
    [{ storageTrouble: 'storage_full' }, ['the disk with DATA_DIR is full: nothing new is taken until there is room']],
    [{ lastSyncAtMs: null, isHomeserverUp: false }, ['the first sync is not stored yet', 'the homeserver is away']],
  ])('is missing with %j', (changed, reasons) => {
    expect(readinessOf(wellVitals(changed))).toEqual({ ready: false, reasons });
  });

  test('does not need the model: it is answered without', () => {
    expect(readinessOf(wellVitals({ model: modelLoad({ state: 'open', retryAtMs: NOW_MS }) })).ready).toBe(true);
  });
});
