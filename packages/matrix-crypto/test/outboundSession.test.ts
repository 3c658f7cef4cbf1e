// When a room's session ends: never past its limits, which would end the process, whatever is asked in which order.
import * as fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { goesOn, type OutboundSession, sessionAfter } from '../src/outboundSession.ts';
import { type Member, ROOM, type RoomEvent, settings } from './support/member.ts';
import { createRig, temporaryFolder } from './support/rig.ts';

const ALICE = '@alice:example.org';
const BOT = '@bot:example.org';
const DAY_MS = 86_400_000;

afterEach(() => void vi.useRealTimers());

const limits = { periodMs: 7 * DAY_MS, messages: 100 };
const session = (changes: Partial<OutboundSession> = {}): OutboundSession => ({
  id: 'a',
  messages: 5,
  start: { atMs: Date.now(), limits },
  ...changes,
});
/** Version, tag and index as they stand at the start of a ciphertext. */
const content = (id: string, ...index: number[]) =>
  JSON.stringify({ session_id: id, ciphertext: Buffer.from([3, 8, ...index, 0x12]).toString('base64') });

describe('what is known of a session', () => {
  test.each([
    [[0], 1],
    [[9], 10],
    [[0x7f], 128],
    [[0x80, 1], 129],
    [[0x8f, 0x4e], 10_000],
  ])('from the first bytes %j of its last event: %i events', (index, messages) => {
    const start = { atMs: 0, limits };
    expect(sessionAfter(content('a', ...index), start, undefined)).toEqual({
      id: 'a',
      messages,
      start: messages === 1 ? start : null,
    });
  });

  test('keeps the limits that it was made with', () => {
    const first = sessionAfter(content('a', 0), { atMs: 5, limits }, undefined);
    const second = sessionAfter(content('a', 1), { atMs: 9, limits: { periodMs: 1, messages: 1000 } }, first);
    expect(second).toEqual({ id: 'a', messages: 2, start: { atMs: 5, limits } });
  });

  test('is enough to go on until its last event, and until a minute before its time is over', () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    expect([goesOn(session({ messages: 99 })), goesOn(session({ messages: 100 }))]).toEqual([true, false]);
    const young = session();
    vi.advanceTimersByTime(7 * DAY_MS - 60_001);
    expect(goesOn(young)).toBe(true);
    vi.advanceTimersByTime(1);
    expect(goesOn(young)).toBe(false);
  });

  test('is not enough where its first event was not seen, or there was none', () => {
    expect([goesOn(undefined), goesOn(session({ start: null }))]).toEqual([false, false]);
  });
});

type Step = { do: 'say'; limit: number; times: number } | { do: 'race'; limit: number } | { do: 'reopen' | 'discard' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('say'), limit: fc.constantFrom(1, 2, 3, 1000), times: fc.nat(4) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('race'), limit: fc.constantFrom(1, 2, 1000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('reopen', 'discard') }) },
) as fc.Arbitrary<Step>;

describe('a room whose limits change and whose machine is opened again', () => {
  test('goes on, and every event can be read', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const rig = createRig();
        const [alice, storePath] = [await rig.join(ALICE), await temporaryFolder()];
        let bot: Member = await rig.join(BOT, 'BOT', { storePath });
        const events: Promise<RoomEvent>[] = [];
        const say = (limit: number) => {
          const event = bot.say('text', [ALICE], settings({ rotationPeriodMessages: BigInt(limit) }));
          events.push(event);
          return event;
        };
        for (const next of steps) {
          if (next.do === 'say') for (let times = 0; times < next.times; times += 1) await say(next.limit);
          if (next.do === 'race') await Promise.all([say(next.limit), say(next.limit), say(next.limit)]);
          if (next.do === 'discard') await bot.machine.invalidateGroupSession(ROOM);
          if (next.do !== 'reopen') continue;
          await bot.machine.close();
          bot = await rig.join(BOT, 'BOT', { storePath });
        }
        await alice.sync();
        const read = await Promise.all((await Promise.all(events)).map((event) => alice.read(event)));
        expect(read).toEqual(events.map(() => 'text'));
      }),
      { numRuns: 20 },
    );
  }, 30_000);

  test('has as many events in a session as its limit says, over a hundred and twenty-seven too', async () => {
    const rig = createRig();
    const bot = await rig.join(BOT);
    const ids = [];
    for (let index = 0; index < 261; index += 1) {
      ids.push((await bot.say('text', [], settings({ rotationPeriodMessages: 130n }))).content.session_id);
    }
    expect(new Set(ids.slice(0, 130)).size).toBe(1);
    expect(new Set(ids.slice(130, 260)).size).toBe(1);
    expect(new Set(ids).size).toBe(3);
  });
});
