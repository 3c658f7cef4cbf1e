// How many uploads of a member have their turn at once, what the member is told, and what takes no turn.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../../src/domain/ledger.ts';
import type { ReceiveDeps } from '../../../src/pipeline/receive.ts';
import { anUpload } from '../../fixtures/uploads.ts';
import { contentOf, createReceiveRig, NOW, posted, type ReceiveRig, ROOM, said } from './receiveRig.ts';

let ledger: Ledger;
let deps: ReceiveDeps;
let get: ReceiveRig['get'];
beforeEach(() => {
  ({ ledger, deps, get } = createReceiveRig());
  deps.memberUploadsPerMinute = 2;
});

const states = (...ids: string[]) => ids.map((id) => ledger.jobs.get(id)?.state);
const upload = (eventId: string, more: object = {}) => posted({ eventId, ...more });

describe('more uploads than a minute allows', () => {
  test('wait for their turn, and their member is told once a day and room', () => {
    const { replies } = get(upload('$1'), upload('$2'), upload('$3'), upload('$4'));
    expect(states('$1', '$2', '$3', '$4')).toEqual(['received', 'received', 'waiting', 'waiting']);
    expect(replies.map((reply) => contentOf(reply).body)).toEqual([
      'That is more than 2 files in a minute: nothing is lost, I read the others one after the other.',
    ]);
    expect(ledger.jobs.nextDueMs()).toBe(NOW + 30_000);
    expect(get(upload('$5')).replies).toEqual([]);
  });

  test('are those of one member: another has turns of its own', () => {
    get(upload('$1'), upload('$2'), upload('$3'));
    get(upload('$4', { sender: '@ben:here' }));
    expect(states('$3', '$4')).toEqual(['waiting', 'received']);
  });

  test('do not count a sync that comes twice', () => {
    get(upload('$1'));
    get(upload('$1'));
    get(upload('$2'));
    expect(states('$1', '$2')).toEqual(['received', 'received']);
  });

  test('do not count files that call themselves neither document nor picture', () => {
    const zip = { fileName: 'a.zip', declaredMime: 'application/zip' };
    const { replies } = get(upload('$1', zip), upload('$2', zip), upload('$3', zip), upload('$4'));
    expect(replies).toEqual([]);
    expect(states('$3', '$4')).toEqual(['received', 'received']);
  });
});

describe('!lector retry', () => {
  const fail = (eventId: string) => {
    ledger.jobs.insert(anUpload({ eventId }), { postedAtMs: 0, receivedAtMs: 0 });
    ledger.jobs.saveReplies(eventId, [], { state: 'failed', errorCode: 'internal' });
    ledger.jobs.finish(eventId);
  };

  test('takes as many turns as it tries uploads, and says what is left', () => {
    for (const id of ['$1', '$2', '$3']) fail(id);
    expect(contentOf(get(said('retry')).replies.at(-1)).body).toBe(
      'I try 2 uploads again. 1 more failed: say it again in a minute.',
    );
    expect(states('$1', '$2', '$3')).toEqual(['received', 'received', 'failed']);
  });

  test('tries 20 at most where there is no limit', () => {
    deps.memberUploadsPerMinute = null;
    for (let n = 0; n < 25; n++) fail(`$${n}`);
    expect(contentOf(get(said('retry')).replies.at(-1)).body).toContain('I try 20 uploads again. 5 more failed');
  });

  test('in a room where nothing failed says so', () => {
    expect(contentOf(get(said('retry')).replies[0]).body).toContain('There is nothing here that failed');
    expect(ledger.jobs.failures({ postedSinceMs: 0, roomId: ROOM })).toEqual([]);
  });
});
