// What joining and leaving promise: each invite is followed, each unwanted room left, through outages, and again after a removal.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Ledger } from '../../../src/domain/ledger.ts';
import { createMembership } from '../../../src/matrix/membership.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { aLedger, away, diskFull, limited, refused } from './sendingSupport.ts';

vi.mock('node:timers/promises', () => import('../../fixtures/globalTimers.ts'));

const ROOM = '!papers:here';
let ledger: Ledger;
let asked: string[];
let failures: Error[];
let stopping: AbortController;
beforeEach(() => {
  vi.useFakeTimers();
  ledger = aLedger();
  asked = [];
  failures = [];
  stopping = new AbortController();
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const ask = async (what: string) => {
  asked.push(what);
  const failure = failures.shift();
  if (failure) throw failure;
};

function startMembership(rooms = ledger.rooms) {
  const transport = {
    join: (roomId: string) => ask(`join ${roomId}`),
    leave: (roomId: string, reason: string) => ask(`leave ${roomId}: ${reason}`),
  };
  return createMembership({ transport, rooms, signal: stopping.signal, log: createRecordingLog().log });
}

describe('an invite', () => {
  test('is followed once, however often the ledger is looked at', async () => {
    ledger.rooms.set(ROOM, 'invited');
    const membership = startMembership();
    membership.wake();
    membership.wake();
    await pass();
    membership.wake();
    await pass();
    expect(asked).toEqual([`join ${ROOM}`]);
    expect(ledger.rooms.state(ROOM)).toBe('invited');
  });

  test('is tried again while the homeserver is away, and as late as it asks', async () => {
    ledger.rooms.set(ROOM, 'invited');
    failures = [away(), limited(60_000)];
    startMembership().wake();
    await pass(10_000);
    expect(asked).toHaveLength(2);
    await pass(59_999);
    expect(asked).toHaveLength(2);
    await pass(1);
    expect(asked).toHaveLength(3);
  });

  test('that the homeserver refuses is given up', async () => {
    ledger.rooms.set(ROOM, 'invited');
    failures = [refused()];
    startMembership().wake();
    await pass(60_000);
    expect(asked).toHaveLength(1);
    expect(ledger.rooms.state(ROOM)).toBe('left');
  });

  test('that was taken back while the homeserver was away is not followed', async () => {
    ledger.rooms.set(ROOM, 'invited');
    failures = [away()];
    startMembership().wake();
    await pass();
    ledger.rooms.set(ROOM, 'left');
    await pass(60_000);
    expect(asked).toHaveLength(1);
  });

  test('after a removal is followed again', async () => {
    const membership = startMembership();
    const see = async (state: 'invited' | 'joined' | 'left') => {
      ledger.rooms.set(ROOM, state);
      membership.wake();
      await pass();
    };
    await see('invited');
    await see('joined');
    await see('left');
    await see('invited');
    expect(asked).toEqual([`join ${ROOM}`, `join ${ROOM}`]);
  });

  test('after a refusal is followed again', async () => {
    const membership = startMembership();
    failures = [refused()];
    ledger.rooms.set(ROOM, 'invited');
    membership.wake();
    await pass();
    ledger.rooms.set(ROOM, 'invited');
    membership.wake();
    await pass();
    expect(asked).toHaveLength(2);
  });
});

describe('an unwanted room', () => {
  test('is left with the reason, and each time that it comes back', async () => {
    const membership = startMembership();
    for (const reason of ['encrypted', 'not allowed']) {
      ledger.rooms.set(ROOM, 'unwanted', reason);
      membership.wake();
      await pass();
    }
    expect(asked).toEqual([`leave ${ROOM}: encrypted`, `leave ${ROOM}: not allowed`]);
    expect(ledger.rooms.state(ROOM)).toBe('left');
  });

  test('is left again when a full disk kept it from being noted', async () => {
    ledger.rooms.set(ROOM, 'unwanted', 'encrypted');
    let isFull = true;
    const rooms = {
      ...ledger.rooms,
      set: (...args: Parameters<Ledger['rooms']['set']>) => {
        if (isFull) throw diskFull();
        ledger.rooms.set(...args);
      },
    };
    startMembership(rooms).wake();
    await pass();
    isFull = false;
    await pass(10_000);
    expect(asked).toHaveLength(2);
    expect(ledger.rooms.state(ROOM)).toBe('left');
  });
});

test('nothing is tried again once the process stops', async () => {
  ledger.rooms.set(ROOM, 'invited');
  failures = [away()];
  startMembership().wake();
  await pass();
  stopping.abort();
  await pass(60_000);
  expect(asked).toHaveLength(1);
});
