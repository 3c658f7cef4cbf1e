// Answers are sent beside the consumers: none of them waits for a room, and a room with many is known.
import { expect, test } from 'vitest';
import { createOutgoing } from '../../../src/queue/outgoing.ts';

const HERE = '!here:x';
const THERE = '!there:x';
function startOutgoing() {
  const told: unknown[] = [];
  let ended = 0;
  const outgoing = createOutgoing({ onError: (error) => told.push(error), onEnd: () => ended++ });
  const begin = (roomId: string) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    outgoing.run(roomId, () => promise);
    return resolve;
  };
  return { outgoing, begin, told, ended: () => ended };
}

test('no consumer waits for answers, however many cannot be sent', async () => {
  const { begin, outgoing } = startOutgoing();
  const ends = Array.from({ length: 100 }, () => begin(HERE));
  for (const end of ends) end();
  await outgoing.settled();
});

test('a room is full as long as so many of its answers are under way', async () => {
  const { begin, outgoing } = startOutgoing();
  const first = begin(HERE);
  const others = [begin(THERE), begin(HERE)];
  expect(outgoing.full(2)).toEqual(new Set([HERE]));
  expect(outgoing.full(1)).toEqual(new Set([HERE, THERE]));
  expect(outgoing.full(3)).toEqual(new Set());
  first();
  for (const end of others) end();
  await outgoing.settled();
  expect(outgoing.full(1)).toEqual(new Set());
});

test('each end is told once the room has place for another', async () => {
  const seen: number[] = [];
  const outgoing = createOutgoing({ onError: () => undefined, onEnd: () => seen.push(outgoing.full(1).size) });
  outgoing.run(HERE, async () => undefined);
  outgoing.run(THERE, () => Promise.reject(new Error('stopped')));
  await outgoing.settled();
  expect(seen).toEqual([1, 0]);
});

test('what fails is told and holds nothing up', async () => {
  const { outgoing, told, ended } = startOutgoing();
  outgoing.run(HERE, () => Promise.reject(new Error('stopped')));
  await outgoing.settled();
  expect([told, ended()]).toEqual([[new Error('stopped')], 1]);
});
