// What the ledger promises after a crash or a change of the clock: everything goes on in its order, and a file that kills is slowed down.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../../src/domain/ledger.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { anUpload } from '../../fixtures/uploads.ts';

const NOBODY_FULL: ReadonlySet<string> = new Set();
const HOUR = 3_600_000;
const START = 1_700_000_000_000;

let nowMs: number;
let ledger: Ledger;
beforeEach(() => {
  nowMs = START;
  ledger = openLedger(':memory:', () => nowMs);
});
afterEach(() => ledger.close());

function post(...ids: string[]): void {
  for (const eventId of ids) ledger.jobs.insert(anUpload({ eventId }), { postedAtMs: nowMs, receivedAtMs: nowMs });
}

const claim = () => ledger.jobs.claim(nowMs, NOBODY_FULL);

/** Claims the upload, begins to read it, and dies; when the process is there again. */
function dieReading(eventId: string): void {
  nowMs = Math.max(nowMs, ledger.jobs.nextDueMs() ?? 0);
  expect(claim()?.upload.eventId).toBe(eventId);
  ledger.jobs.move(eventId, 'reading');
  ledger.jobs.resume(nowMs);
}

describe('after a crash', () => {
  test('all that was at work is taken again in its old order, before what came later', () => {
    post('$a', '$b', '$c', '$d');
    for (let count = 0; count < 3; count += 1) claim();
    ledger.jobs.move('$b', 'reading');
    ledger.jobs.move('$c', 'reading');
    ledger.jobs.move('$c', 'thinking');
    expect(ledger.jobs.resume(nowMs)).toBe(3);
    expect([claim(), claim(), claim(), claim()].map((row) => row?.upload.eventId)).toEqual(['$a', '$b', '$c', '$d']);
  });

  test('a file that was being read has one death, and nothing else has', () => {
    post('$a', '$b', '$c');
    for (let count = 0; count < 3; count += 1) claim();
    ledger.jobs.move('$b', 'reading');
    ledger.jobs.move('$c', 'reading');
    ledger.jobs.move('$c', 'thinking');
    ledger.jobs.resume(nowMs);
    expect(['$a', '$b', '$c'].map((id) => ledger.jobs.get(id)?.deaths)).toEqual([0, 1, 0]);
  });

  test('one death keeps nobody waiting', () => {
    post('$a');
    dieReading('$a');
    expect(ledger.jobs.get('$a')).toMatchObject({ state: 'received', deaths: 1 });
  });

  test('from the second death on the file waits, twice as long each time, a minute at most', () => {
    post('$a');
    dieReading('$a');
    const pauses = Array.from({ length: 9 }, () => {
      dieReading('$a');
      return (ledger.jobs.nextDueMs() ?? 0) - nowMs;
    });
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  test('a file that waits so lets the others go first, and is read when its time has come', () => {
    post('$a', '$b');
    dieReading('$a');
    dieReading('$a');
    expect(claim()?.upload.eventId).toBe('$b');
    expect(claim()).toBeNull();
    nowMs += 1_000;
    expect(claim()).toMatchObject({ upload: { eventId: '$a' }, deaths: 2, attempt: 1 });
  });

  test('what was backing off goes on doing so', () => {
    post('$a');
    claim();
    ledger.jobs.wait('$a', { untilMs: nowMs + 500, attempt: 2, outageSinceMs: null, errorCode: 'internal' });
    expect(ledger.jobs.resume(nowMs)).toBe(0);
    expect(ledger.jobs.nextDueMs()).toBe(nowMs + 500);
  });
});

describe('a file that has killed often', () => {
  test('and is wanted once more is still read alone, and has its chances anew', () => {
    post('$a');
    for (let death = 0; death < 10; death += 1) dieReading('$a');
    expect(ledger.jobs.get('$a')?.deaths).toBe(10);
    ledger.jobs.saveReplies('$a', [], { state: 'failed', errorCode: 'reader_died' });
    ledger.jobs.finish('$a');
    ledger.jobs.retry('$a');
    expect(claim()).toMatchObject({ deaths: 2, attempt: 1 });
  });
});

describe('a clock that was set back', () => {
  beforeEach(() => {
    post('$a');
    claim();
    ledger.jobs.wait('$a', {
      untilMs: nowMs + 2_000,
      attempt: 2,
      outageSinceMs: nowMs - 500,
      errorCode: 'model_unavailable',
    });
    ledger.members.setTurn('@anna:here', nowMs + 6_000);
  });

  test('while the bot was down makes no back-off longer, and no outage shorter', () => {
    nowMs -= HOUR;
    ledger.jobs.resume(nowMs);
    expect(ledger.jobs.nextDueMs()).toBe(nowMs + 2_000);
    expect(ledger.jobs.get('$a')?.outageSinceMs).toBe(nowMs - 500);
    expect(ledger.members.turnAtMs('@anna:here')).toBe(nowMs + 6_000);
  });

  test('while the bot works makes no back-off longer', () => {
    expect(claim()).toBeNull();
    nowMs -= HOUR;
    expect(claim()).toBeNull();
    expect(ledger.jobs.nextDueMs()).toBe(nowMs + 2_000);
    nowMs += 2_000;
    expect(claim()?.upload.eventId).toBe('$a');
  });

  test('twice is no more than once', () => {
    nowMs -= HOUR;
    ledger.jobs.resume(nowMs);
    ledger.jobs.resume(nowMs);
    expect(ledger.jobs.nextDueMs()).toBe(nowMs + 2_000);
  });
});

test('a clock that was set forward ends back-offs early and loses nothing', () => {
  post('$a');
  claim();
  ledger.jobs.wait('$a', { untilMs: nowMs + 2_000, attempt: 2, outageSinceMs: null, errorCode: 'internal' });
  nowMs += HOUR;
  ledger.jobs.resume(nowMs);
  expect(claim()).toMatchObject({ upload: { eventId: '$a' }, attempt: 2 });
});
