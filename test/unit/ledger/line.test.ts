// What members and operators are told of the line: how many go first, how many wait, and when a member's next upload has its turn.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../../src/domain/ledger.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { anUpload } from '../../fixtures/uploads.ts';

const NOBODY_FULL: ReadonlySet<string> = new Set();

let nowMs: number;
let ledger: Ledger;
beforeEach(() => {
  nowMs = 1_000;
  ledger = openLedger(':memory:', () => nowMs);
});
afterEach(() => ledger.close());

function post(eventId: string, { room = '!a:here', sender = '@anna:here', isAsked = false, dueAtMs = 0 } = {}): void {
  const times = { postedAtMs: nowMs, receivedAtMs: nowMs, ...(dueAtMs ? { dueAtMs } : {}) };
  ledger.jobs.insert(anUpload({ eventId, roomId: room, sender, isAsked }), times);
}

function postMany(count: number, name: string, where: Parameters<typeof post>[1]): void {
  ledger.transaction(() => {
    for (let index = 0; index < count; index += 1) post(`$${name}${index}`, where);
  });
}

const claim = () => ledger.jobs.claim(nowMs, NOBODY_FULL);

describe('the place in line', () => {
  test('of a quiet room’s upload is not behind the 9,000 of a noisy one', () => {
    postMany(9_000, 'noisy', { room: '!noisy:here' });
    postMany(3, 'quiet', { room: '!quiet:here' });
    expect(ledger.jobs.placeInLine('$quiet0')).toBe(0);
    expect(ledger.jobs.placeInLine('$quiet2')).toBe(4);
    expect(ledger.jobs.placeInLine('$noisy8999')).toBe(9_002);
  });

  test('is not behind all that another member of the room has posted', () => {
    postMany(50, 'much', { sender: '@much:here' });
    postMany(2, 'few', { sender: '@few:here' });
    expect(ledger.jobs.placeInLine('$few1')).toBe(2);
  });

  test('is behind what is asked for, wherever, and before the backlog', () => {
    post('$fresh');
    post('$asked', { room: '!b:here', isAsked: true });
    expect(ledger.jobs.placeInLine('$fresh')).toBe(1);
    expect(ledger.jobs.placeInLine('$asked')).toBe(0);
  });

  test('counts what is at work, and falls as it is done', () => {
    postMany(3, 'a', {});
    claim();
    claim();
    ledger.jobs.move('$a0', 'reading');
    expect(ledger.jobs.placeInLine('$a2')).toBe(2);
    expect(ledger.jobs.placeInLine('$a1')).toBe(1);
    ledger.jobs.cancel('$a0');
    expect(ledger.jobs.placeInLine('$a2')).toBe(1);
    expect(ledger.jobs.placeInLine('$a1')).toBe(0);
  });

  test('of what is being read, has ended or is not known is none', () => {
    postMany(2, 'a', {});
    claim();
    ledger.jobs.move('$a0', 'reading');
    ledger.jobs.cancel('$a1');
    expect(['$a0', '$a1', '$nowhere'].map((id) => ledger.jobs.placeInLine(id))).toEqual([0, 0, 0]);
  });
});

describe('an upload over what a minute allows', () => {
  beforeEach(() => {
    post('$first');
    post('$over', { dueAtMs: 7_000.5 });
  });

  test('waits until it is due, and is read then', () => {
    expect(ledger.jobs.get('$over')?.state).toBe('waiting');
    expect(claim()?.upload.eventId).toBe('$first');
    expect(claim()).toBeNull();
    expect(ledger.jobs.nextDueMs()).toBe(7_001);
    nowMs = 7_001;
    expect(claim()).toMatchObject({ upload: { eventId: '$over' }, attempt: 1, errorCode: null, priority: 'fresh' });
  });

  test('is no work to be done now', () => {
    expect(ledger.jobs.untaken(10)).toBe(1);
    expect(ledger.jobs.counts()).toMatchObject({ received: 1, waiting: 1 });
  });

  test('is there once, even if the event comes again', () => {
    post('$over');
    expect(ledger.jobs.get('$over')?.state).toBe('waiting');
  });

  test('can be redacted while it waits', () => {
    ledger.jobs.cancel('$over');
    nowMs = 8_000;
    claim();
    expect(claim()).toBeNull();
    expect(ledger.jobs.nextDueMs()).toBeNull();
  });
});

test('what nobody has begun is counted up to the limit', () => {
  postMany(5, 'a', {});
  claim();
  expect([ledger.jobs.untaken(3), ledger.jobs.untaken(10)]).toEqual([3, 4]);
});

describe('a member’s next turn', () => {
  test('is none before the first, and what was set last after that, each member’s own', () => {
    ledger.members.setTurn('@anna:here', 2_000);
    ledger.members.setTurn('@anna:here', 8_000.4);
    ledger.members.setTurn('@ben:here', 3_000);
    expect(['@anna:here', '@ben:here', '@none:here'].map((id) => ledger.members.turnAtMs(id))).toEqual([
      8_000,
      3_000,
      null,
    ]);
  });

  test('of long ago is forgotten', () => {
    ledger.members.setTurn('@anna:here', 2_000);
    nowMs = 2_000 + 25 * 3_600_000;
    ledger.members.setTurn('@ben:here', nowMs);
    expect(ledger.members.turnAtMs('@anna:here')).toBeNull();
  });
});
