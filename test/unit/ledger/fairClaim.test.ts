// Whose turn it is: what is asked for first, rooms in turn, the members of a room in turn, and nobody waits for ever.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../../src/domain/ledger.ts';
import type { Upload } from '../../../src/domain/media.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { anUpload } from '../../fixtures/uploads.ts';

const NOBODY_FULL: ReadonlySet<string> = new Set();
const TEN_MINUTES = 600_000;
const START = 1_700_000_000_000;

let nowMs: number;
let posted: number;
let ledger: Ledger;
beforeEach(() => {
  nowMs = START;
  posted = 0;
  ledger = openLedger(':memory:', () => nowMs);
});
afterEach(() => ledger.close());

/** One upload, named after who posted it where. */
function post(roomId: string, sender = '@anna:here', with_: Partial<Upload> = {}): string {
  const eventId = `$${roomId} ${sender} ${posted++}`;
  ledger.jobs.insert(anUpload({ eventId, roomId, sender, ...with_ }), { postedAtMs: nowMs, receivedAtMs: nowMs });
  return eventId;
}

function postMany(count: number, roomId: string, sender?: string, with_?: Partial<Upload>): string[] {
  return ledger.transaction(() => Array.from({ length: count }, () => post(roomId, sender, with_)));
}

/** A failed upload that the backlog run tries again from now on. */
function postBacklog(count: number, roomId: string): string[] {
  const ids = postMany(count, roomId);
  for (const id of ids) {
    ledger.jobs.saveReplies(id, [], { state: 'failed', errorCode: 'internal' });
    ledger.jobs.finish(id);
  }
  ledger.jobs.retryBacklog({ postedSinceMs: 0, maxTries: 7 });
  return ids;
}

const claim = (fullRooms = NOBODY_FULL) => ledger.jobs.claim(nowMs, fullRooms);
const claimIds = (count: number) => Array.from({ length: count }, () => claim()?.upload.eventId);
const claimRooms = (count: number) => Array.from({ length: count }, () => claim()?.upload.roomId);

describe('rooms', () => {
  test('of which one posts 9,000 files are served in turn: each 20 claims serve all 20', () => {
    postMany(9_000, '!noisy:here');
    const quiet = Array.from({ length: 19 }, (_, index) => `!quiet${index}:here`);
    for (const room of quiet) postMany(4, room);
    const all = ['!noisy:here', ...quiet].sort();
    for (let round = 0; round < 4; round += 1) expect(claimRooms(20).sort()).toEqual(all);
    expect(claimRooms(3)).toEqual(['!noisy:here', '!noisy:here', '!noisy:here']);
  });

  test('that were silent are served within one round when they post', () => {
    for (const room of ['!b:here', '!d:here']) postMany(10, room);
    expect(claimRooms(3)).toEqual(['!b:here', '!d:here', '!b:here']);
    post('!a:here');
    post('!c:here');
    expect(claimRooms(4)).toEqual(['!c:here', '!d:here', '!a:here', '!b:here']);
  });

  test('that are full are passed over and keep their uploads', () => {
    postMany(2, '!a:here');
    postMany(2, '!b:here');
    expect(claim(new Set(['!a:here']))?.upload.roomId).toBe('!b:here');
    expect(claim(new Set(['!a:here']))?.upload.roomId).toBe('!b:here');
    expect(claim(new Set(['!a:here']))).toBeNull();
    expect(claimRooms(2)).toEqual(['!a:here', '!a:here']);
  });
});

describe('the members of a room', () => {
  test('have their uploads read by turns, each one’s oldest first', () => {
    const [anna1, anna2, anna3] = postMany(3, '!a:here', '@anna:here');
    const [ben1, ben2] = postMany(2, '!a:here', '@ben:here');
    expect(claimIds(5)).toEqual([anna1, ben1, anna2, ben2, anna3]);
  });

  test('have their turns though other rooms are served in between', () => {
    postMany(4, '!a:here', '@anna:here');
    postMany(4, '!a:here', '@ben:here');
    postMany(4, '!b:here', '@anna:here');
    const served = Array.from({ length: 8 }, () => claim()?.upload);
    expect(served.filter((each) => each?.roomId === '!a:here').map((each) => each?.sender)).toEqual([
      '@anna:here',
      '@ben:here',
      '@anna:here',
      '@ben:here',
    ]);
  });
});

describe('what is asked for', () => {
  test('goes before what was only posted, and that before the backlog', () => {
    const [old] = postBacklog(1, '!a:here');
    const fresh = post('!b:here');
    const asked = post('!c:here', '@anna:here', { isAsked: true });
    expect(claimIds(3)).toEqual([asked, fresh, old]);
  });

  test('while it is in line goes first from then on', () => {
    const [, second] = postMany(2, '!a:here');
    ledger.jobs.ask(anUpload({ eventId: second as string }), { postedAtMs: nowMs, receivedAtMs: nowMs });
    expect(claim()).toMatchObject({ upload: { eventId: second }, priority: 'asked' });
  });

  test('is not held up by 9,000 uploads that have waited for hours: three of four claims are its own', () => {
    postMany(9_000, '!noisy:here');
    nowMs += 20 * TEN_MINUTES;
    postMany(30, '!a:here', '@anna:here', { isAsked: true });
    const served = Array.from({ length: 40 }, () => claim()?.priority);
    expect(served.filter((priority) => priority === 'asked')).toHaveLength(30);
  });

  test('and is in a full room lets the others go on', () => {
    post('!a:here', '@anna:here', { isAsked: true });
    const fresh = post('!b:here');
    expect(claim(new Set(['!a:here']))?.upload.eventId).toBe(fresh);
  });
});

describe('waiting makes up for priority', () => {
  test('so that an endless stream of fresh uploads does not hold up the backlog', () => {
    const backlog = postBacklog(3, '!old:here');
    const serve = (claims: number) =>
      Array.from({ length: claims }, () => {
        post('!a:here');
        return claim()?.upload.eventId;
      }).filter((id) => backlog.includes(id as string));
    expect(serve(40)).toEqual([]);
    nowMs += TEN_MINUTES;
    expect(serve(12)).toEqual(backlog);
  });

  test('twice as long for two levels', () => {
    const [old] = postBacklog(1, '!old:here');
    const askAndClaim = () => {
      post('!a:here', '@anna:here', { isAsked: true });
      return claim()?.upload.eventId;
    };
    nowMs += 1.5 * TEN_MINUTES;
    expect(Array.from({ length: 8 }, askAndClaim)).not.toContain(old);
    nowMs += TEN_MINUTES / 2;
    expect(Array.from({ length: 4 }, askAndClaim)).toContain(old);
  });

  test('and when fresh uploads and the backlog have both waited long, neither holds up the other', () => {
    const backlog = postBacklog(5, '!old:here');
    const fresh = postMany(5, '!b:here');
    nowMs += 5 * TEN_MINUTES;
    const served = Array.from({ length: 16 }, () => {
      post('!a:here', '@anna:here', { isAsked: true });
      return claim()?.upload.eventId as string;
    });
    expect(served.filter((id) => backlog.includes(id))).toHaveLength(2);
    expect(served.filter((id) => fresh.includes(id))).toHaveLength(2);
  });

  test('but not in a full room', () => {
    postBacklog(1, '!old:here');
    nowMs += TEN_MINUTES;
    postMany(8, '!a:here');
    const rooms = Array.from({ length: 8 }, () => claim(new Set(['!old:here']))?.upload.roomId);
    expect(new Set(rooms)).toEqual(new Set(['!a:here']));
  });

  test('and a back-off is no waiting in line', () => {
    const late = post('!old:here');
    const untilMs = nowMs + 3 * TEN_MINUTES;
    ledger.jobs.wait(late, { untilMs, attempt: 1, outageSinceMs: nowMs, errorCode: 'model_unavailable' });
    nowMs = untilMs;
    postMany(8, '!a:here', '@anna:here', { isAsked: true });
    expect(claimIds(8)).not.toContain(late);
  });
});

test('many jobs whose back-off ends at the same time are all served', () => {
  const ids = postMany(300, '!a:here');
  for (const id of ids) {
    ledger.jobs.wait(id, { untilMs: nowMs + 5, attempt: 2, outageSinceMs: null, errorCode: 'media_unavailable' });
  }
  nowMs += 5;
  expect(claimIds(300)).toEqual(ids);
  expect(claim()).toBeNull();
});
