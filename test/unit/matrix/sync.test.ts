// What the sync loop promises: a sync counts once it is stored, whatever fails is tried again, and a login that ended ends it.
import type { MatrixClient } from 'matrix-bot-sdk';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import type { SyncBatch } from '../../../src/domain/incoming.ts';
import { runSync, type SyncDeps } from '../../../src/matrix/sync.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { away, diskFull, limited } from './sendingSupport.ts';

vi.mock('node:timers/promises', () => import('../../fixtures/globalTimers.ts'));

type Answer = object | Error;
let answers: Answer[];
let asked: { since?: string; timeout: number }[];
let stopping: AbortController;
beforeEach(() => {
  vi.useFakeTimers();
  answers = [];
  asked = [];
  stopping = new AbortController();
});
afterEach(() => {
  stopping.abort();
  vi.useRealTimers();
});

/** Answers what the test lists, then hangs as a long poll does. */
const client = {
  doRequest: (_method: string, _path: string, query: { since?: string; timeout: number }) => {
    asked.push(query);
    const answer = answers.shift();
    if (answer instanceof Error) return Promise.reject(answer);
    if (answer) return Promise.resolve(answer);
    return new Promise((_resolve, reject) => {
      stopping.signal.addEventListener('abort', () => reject(stopping.signal.reason));
    });
  },
} as unknown as MatrixClient;

function start(changes: Partial<SyncDeps> = {}) {
  let token: string | null = 's0';
  const stored: string[] = [];
  const states: { up: boolean; retryMs?: number }[] = [];
  const { log, records } = createRecordingLog();
  const ended = runSync(
    {
      client,
      selfId: '@lector:here',
      backfillMs: 0,
      token: () => token,
      isJoined: () => true,
      handle(batch: SyncBatch) {
        stored.push(batch.nextBatch);
        token = batch.nextBatch;
      },
      onState: (state) => states.push(state),
      clock: Date.now,
      log,
      ...changes,
    },
    stopping.signal,
  );
  ended.catch(() => undefined);
  return { ended, stored, states, records };
}
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const since = () => asked.map((query) => query.since);

describe('the sync loop', () => {
  test('goes on from the token of the sync that was stored', async () => {
    answers = [{ next_batch: 's1' }, { next_batch: 's2' }];
    const { stored, states } = start();
    await pass();
    expect(stored).toEqual(['s1', 's2']);
    expect(since()).toEqual(['s0', 's1', 's2']);
    expect(states).toMatchObject([{ up: true }, { up: true }]);
  });

  test('with an empty ledger begins without a token and without waiting', async () => {
    let token: string | null = null;
    answers = [{ next_batch: 's1' }];
    start({
      token: () => token,
      handle: (batch) => {
        token = batch.nextBatch;
      },
    });
    await pass();
    expect(asked.map(({ since: from, timeout }) => [from, timeout])).toEqual([
      [undefined, 0],
      ['s1', 30_000],
    ]);
  });

  test('asks for the same sync again when it could not be stored', async () => {
    answers = [{ next_batch: 's1' }, { next_batch: 's1' }];
    const handle = vi.fn().mockImplementationOnce(() => {
      throw diskFull();
    });
    const { states } = start({ handle });
    await pass(1_000);
    expect(since().slice(0, 2)).toEqual(['s0', 's0']);
    expect(handle).toHaveBeenCalledTimes(2);
    expect(states[0]).toMatchObject({ up: false, reason: 'the disk is full' });
  });

  test('tries again ever more rarely while the homeserver is away, and says so', async () => {
    answers = [...Array.from({ length: 9 }, away), { next_batch: 's1' }];
    const { states, records } = start();
    await pass(200_000);
    expect(states.map(({ retryMs }) => retryMs)).toEqual([
      250,
      500,
      1_000,
      2_000,
      4_000,
      8_000,
      16_000,
      30_000,
      30_000,
      undefined,
    ]);
    expect(records.filter(({ level }) => level === 'warn')).toHaveLength(9);
  });

  test('asks for an answer at once at the start and after a failure, and for a long poll while it is up', async () => {
    answers = [{ next_batch: 's1' }, away(), { next_batch: 's2' }];
    start();
    await pass(1_000);
    expect(asked.map(({ timeout }) => timeout)).toEqual([0, 30_000, 0, 30_000]);
  });

  test('waits as long as a 429 says', async () => {
    answers = [limited(45_000), { next_batch: 's1' }];
    const { stored } = start();
    await pass(44_999);
    expect(stored).toEqual([]);
    await pass(1);
    expect(stored).toEqual(['s1']);
  });

  const broken = [{ rooms: 7 }, { rooms: { join: [] } }, { rooms: { join: { '!a:b': { timeline: { events: 7 } } } } }];
  test.each<{ answer: unknown }>([
    ...[[], {}, 'text', { next_batch: 7 }].map((answer) => ({ answer })),
    ...broken.map((part) => ({ answer: { next_batch: 's9', ...part } })),
  ])('takes %o for no sync and tries again', async (answer) => {
    answers = [answer as object, { next_batch: 's1' }];
    const { stored } = start();
    await pass(1_000);
    expect(stored).toEqual(['s1']);
  });

  test('ends with clear words when the homeserver has ended the login', async () => {
    const cause = { status: 401, errcode: 'M_UNKNOWN_TOKEN', error: 'Invalid access token' };
    answers = [new AppError('homeserver_refused', '401', { cause })];
    const { ended } = start();
    await expect(ended).rejects.toMatchObject({
      code: 'login_failed',
      message: 'the homeserver has ended this login: start Lector again to log in anew',
    });
  });

  test('resolves when it is stopped, in a long poll as in a pause', async () => {
    const polling = start();
    await pass();
    stopping.abort();
    await expect(polling.ended).resolves.toBeUndefined();

    stopping = new AbortController();
    answers = [away()];
    const pausing = start();
    await pass();
    stopping.abort();
    await expect(pausing.ended).resolves.toBeUndefined();
    expect(pausing.states).toHaveLength(1);
  });
});
