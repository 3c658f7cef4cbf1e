// A short chaos run: kills, a homeserver that limits, loses and repeats. The long one is `npm run test:chaos`.
import { expect, test } from 'vitest';
import { runChaos } from '../chaos/chaosRun.ts';

test('400 events, 15 kills: every upload ends in one answer or one refusal, and nothing is left over', async () => {
  const { problems, verdict } = await runChaos({ events: 400, kills: 15, seed: 20_261_122 });
  expect(problems).toEqual([]);
  expect(verdict.answered).toBeGreaterThan(150);
}, 180_000);
