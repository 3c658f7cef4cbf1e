// What the bot does by itself: the backlog run at its time, thinking over what was answered without the model, and forgetting.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseConfig } from '../../config/env.ts';
import type { Ledger } from '../../src/domain/ledger.ts';
import type { Model, ModelLoad } from '../../src/domain/model.ts';
import { openLedger } from '../../src/ledger/ledger.ts';
import { startUpkeep, type Upkeep } from '../../src/upkeep.ts';
import { createRecordingLog } from '../fixtures/recordingLog.ts';
import { anUpload } from '../fixtures/uploads.ts';

const DAY_MS = 86_400_000;
const START = Date.parse('2026-03-02T12:00:00Z');

let ledger: Ledger;
let woken: number;
let upkeep: Upkeep | undefined;
beforeEach(() => {
  vi.useFakeTimers({ now: START });
  ledger = openLedger(':memory:', Date.now);
  woken = 0;
});
afterEach(() => {
  upkeep?.stop();
  expect(vi.getTimerCount()).toBe(0);
  ledger.close();
  vi.useRealTimers();
});

function start(env: Record<string, string> = {}, state: ModelLoad['state'] = 'closed'): void {
  const { config } = parseConfig(env, 'nothing', () => '');
  const model = { load: () => ({ state }) } as Partial<Model> as Model;
  const { log } = createRecordingLog();
  upkeep = startUpkeep({ config, ledger, model, wake: () => woken++, clock: Date.now, log });
}

function ended(eventId: string, end: 'failed' | 'provisional', postedAtMs = Date.now()): void {
  ledger.jobs.insert(anUpload({ eventId }), { postedAtMs, receivedAtMs: postedAtMs });
  const provisional = { state: 'done' as const, errorCode: null, isProvisional: true };
  ledger.jobs.saveReplies(eventId, [], end === 'failed' ? { state: 'failed', errorCode: 'internal' } : provisional);
  ledger.jobs.finish(eventId);
}
const stateOf = (eventId: string) => ledger.jobs.get(eventId)?.state;

describe('the backlog run', () => {
  test('tries at its time what failed in the last week, and nothing older', async () => {
    ended('$new', 'failed');
    ended('$old', 'failed', START - 8 * DAY_MS);
    start({ BACKLOG_CRON: '*/10 * * * *' });
    await vi.advanceTimersByTimeAsync(11 * 60_000);
    expect([stateOf('$new'), stateOf('$old')]).toEqual(['received', 'failed']);
    expect(woken).toBe(1);
  });

  test('is none where BACKLOG_CRON is empty', async () => {
    ended('$new', 'failed');
    start({ BACKLOG_CRON: '' });
    await vi.advanceTimersByTimeAsync(2 * DAY_MS);
    expect(stateOf('$new')).toBe('failed');
  });
});

describe('what was answered without the model', () => {
  test.each<[ModelLoad['state'], string]>([
    ['closed', 'received'],
    ['half_open', 'received'],
    ['open', 'done'],
  ])('is looked after while the model is %s: it is %s then', async (state, expected) => {
    ended('$a', 'provisional');
    start({}, state);
    await vi.advanceTimersByTimeAsync(31_000);
    expect(stateOf('$a')).toBe(expected);
  });

  test('is thought over at once when the model is back, and what waits for it is due', () => {
    ended('$a', 'provisional');
    ledger.jobs.insert(anUpload({ eventId: '$b' }), { postedAtMs: 0, receivedAtMs: 0 });
    const back = {
      untilMs: START + 300_000,
      attempt: 1,
      outageSinceMs: START,
      errorCode: 'model_unavailable' as const,
    };
    ledger.jobs.wait('$b', back);
    start();
    upkeep?.modelIsBack();
    expect(stateOf('$a')).toBe('received');
    expect(ledger.jobs.nextDueMs()).toBe(START);
    expect(woken).toBeGreaterThan(0);
  });
});

test('names are forgotten after RETENTION_DAYS', async () => {
  ended('$a', 'failed', START);
  start({ RETENTION_DAYS: '2', BACKLOG_CRON: '' });
  await vi.advanceTimersByTimeAsync(DAY_MS);
  expect(ledger.jobs.get('$a')?.upload.fileName).toBe('minutes.pdf');
  await vi.advanceTimersByTimeAsync(DAY_MS + 7 * 3_600_000);
  expect(ledger.jobs.get('$a')?.upload.fileName).toBe('');
});
