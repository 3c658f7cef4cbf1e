// Answers are sent beside the consumers, but never without bound.
import { expect, test } from 'vitest';
import { createOutgoing } from '../../../src/queue/outgoing.ts';

const never = () => {
  throw new Error('nothing was to fail');
};

test('a consumer does not wait for an answer to be sent while few are under way', async () => {
  const outgoing = createOutgoing(2, never);
  const latch = Promise.withResolvers<void>();
  await outgoing.run(() => latch.promise);
  latch.resolve();
  await outgoing.settled();
});

test('when as many are under way as may be, the next consumer waits for one of them', async () => {
  const outgoing = createOutgoing(2, never);
  const latches = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  await outgoing.run(() => latches[0].promise);
  let isOver = false;
  const second = outgoing
    .run(() => latches[1].promise)
    .then(() => {
      isOver = true;
    });
  await Promise.resolve();
  expect(isOver).toBe(false);
  latches[0].resolve();
  await second;
  latches[1].resolve();
  await outgoing.settled();
});

test('what fails is told and holds nothing up', async () => {
  const told: unknown[] = [];
  const outgoing = createOutgoing(1, (error) => told.push(error));
  await outgoing.run(() => Promise.reject(new Error('stopped')));
  await outgoing.settled();
  expect(told).toEqual([new Error('stopped')]);
});
