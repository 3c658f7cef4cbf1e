// What rooms are told when that which they post goes elsewhere than they were told before.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../../src/domain/ledger.ts';
import type { ReceiveDeps } from '../../../src/pipeline/receive.ts';
import type { RoomFacts } from '../../../src/pipeline/renderRoom.ts';
import { tellModelChange } from '../../../src/pipeline/roomNotices.ts';
import { contentOf, createReceiveRig, FACTS, ROOM } from './receiveRig.ts';

let ledger: Ledger;
let deps: ReceiveDeps;
beforeEach(() => {
  ({ ledger, deps } = createReceiveRig());
});

describe('a model that was set, changed or taken away between two starts', () => {
  const startWith = (modelHost: string | null, vision: RoomFacts['vision'] = 'no') =>
    tellModelChange({ ...deps, roomFacts: () => ({ ...FACTS, modelHost, vision }) });
  const told = () => ledger.replies.unsent().map((reply) => contentOf(reply).body);

  test('is told to each room once, with the host that the text goes to from now on', () => {
    startWith(null);
    expect(told()).toEqual([]);
    startWith('model.example.org');
    startWith('model.example.org');
    expect(told()).toEqual([expect.stringContaining('goes to the language model at model.example.org')]);
  });

  test('is told when pictures go to the same host from now on, and not again once it is known that they can', () => {
    startWith('model.example.org', 'no');
    startWith('model.example.org', 'unknown');
    startWith('model.example.org', 'yes');
    expect(told()).toEqual([expect.stringContaining('Pictures go there, too, if it can see them.')]);
  });

  test('is not told to rooms that the bot has left', () => {
    startWith(null);
    ledger.rooms.set(ROOM, 'left');
    startWith('model.example.org');
    expect(told()).toEqual([]);
  });
});
