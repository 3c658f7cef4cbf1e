// Answers are sent beside the consumers: none of them waits for a room, and a room with many is known.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
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
  await outgoing.drain();
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
  await outgoing.drain();
  expect(outgoing.full(1)).toEqual(new Set());
});

test('each end is told once the room has place for another', async () => {
  const seen: number[] = [];
  const outgoing = createOutgoing({ onError: () => undefined, onEnd: () => seen.push(outgoing.full(1).size) });
  outgoing.run(HERE, async () => undefined);
  outgoing.run(THERE, () => Promise.reject(new Error('stopped')));
  await outgoing.drain();
  expect(seen).toEqual([1, 0]);
});

test('what fails is told and holds nothing up', async () => {
  const { outgoing, told, ended } = startOutgoing();
  outgoing.run(HERE, () => Promise.reject(new Error('stopped')));
  await outgoing.drain();
  expect([told, ended()]).toEqual([[new Error('stopped')], 1]);
});

describe('what an earlier life left behind', () => {
  /** Work of one room or the other, by number; `begun` names what has been begun, `end` ends one of it. */
  function leave(numbers: number[], max: number) {
    const started = startOutgoing();
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const workOf = (roomId: string, n: number) => ({
      roomId,
      work() {
        begun.push(`${roomId} ${n}`);
        const { promise, resolve } = Promise.withResolvers<void>();
        ends.set(`${roomId} ${n}`, resolve);
        return promise;
      },
    });
    started.outgoing.runInTurn(
      numbers.flatMap((n) => [workOf(HERE, n), workOf(THERE, n)]),
      max,
    );
    const end = async (name: string) => {
      ends.get(name)?.();
      await nextTurn();
    };
    return { ...started, begun, end };
  }

  test('is begun a few of a room at a time, in its order, and fills its rooms', async () => {
    const { outgoing, begun, end } = leave([1, 2, 3, 4], 2);
    expect(begun).toEqual([`${HERE} 1`, `${HERE} 2`, `${THERE} 1`, `${THERE} 2`]);
    expect(outgoing.full(2)).toEqual(new Set([HERE, THERE]));
    for (const name of [`${HERE} 2`, `${HERE} 1`, `${HERE} 3`]) await end(name);
    expect(begun.slice(4)).toEqual([`${HERE} 3`, `${HERE} 4`]);
    expect(outgoing.full(2)).toEqual(new Set([THERE]));
    await end(`${HERE} 4`);
    expect(outgoing.full(1)).toEqual(new Set([THERE]));
  });

  test('keeps its room full from one to the next: nothing new goes in between', async () => {
    const seen: boolean[] = [];
    const outgoing = createOutgoing({ onError: () => undefined, onEnd: () => seen.push(outgoing.full(1).has(HERE)) });
    const all = [1, 2, 3].map(() => ({ roomId: HERE, work: async () => undefined }));
    outgoing.runInTurn(all, 1);
    await nextTurn();
    expect(seen).toEqual([true, true, false]);
  });

  test('goes on after one that fails', async () => {
    const done: number[] = [];
    const { outgoing, told } = startOutgoing();
    const work = (n: number) => ({
      roomId: HERE,
      work: () => (n === 1 ? Promise.reject(new Error('stopped')) : Promise.resolve(void done.push(n))),
    });
    outgoing.runInTurn([work(1), work(2)], 1);
    await nextTurn();
    expect([told, done]).toEqual([[new Error('stopped')], [2]]);
  });

  test('holds no stop up, and none of it is begun after that', async () => {
    const { outgoing, begun, end } = leave([1, 2], 1);
    await outgoing.drain();
    await end(`${HERE} 1`);
    expect(begun).toEqual([`${HERE} 1`, `${THERE} 1`]);
  });
});
