// Whose turn it is: nobody's flood holds up the others, and whoever waits gets a turn.
import { describe, expect, test } from 'vitest';
import { fairTurn, type InLine, NO_TURNS, roomShare } from '../../../src/queue/fairTurn.ts';

type Named = InLine & { name: string };

/** 'asked A anna 1' or 'suspect A anna 1': what is in line, of which room and member; the number tells jobs apart. */
function named(name: string): Named {
  const [kind = '', roomId = '', sender = ''] = name.split(' ');
  const priority = kind === 'asked' || kind === 'backlog' ? kind : 'fresh';
  return { name, priority, isSuspect: kind === 'suspect', upload: { roomId, sender } };
}

/** The order in which a single consumer takes everything, when nothing else comes. */
function orderOf(names: string[]): string[] {
  const line = names.map(named);
  const order: string[] = [];
  let turns = NO_TURNS;
  while (line.length > 0) {
    const turn = fairTurn(line, [], 1, turns);
    if (!turn) throw new Error('nobody has a turn');
    turns = turn.turns;
    order.push(...line.splice(turn.index, 1).map(({ name }) => name));
  }
  return order;
}

function nextOf(names: string[], atWork: string[], consumers: number, taken = 0): string | null {
  const turn = fairTurn(names.map(named), atWork.map(named), consumers, { ...NO_TURNS, taken });
  return turn && (names[turn.index] ?? null);
}

describe('the order of jobs in line', () => {
  test('of one member is that of their arrival', () => {
    const line = ['fresh A anna 1', 'fresh A anna 2', 'fresh A anna 3', 'fresh A anna 4', 'fresh A anna 5'];
    expect(orderOf(line)).toEqual(line);
  });

  test('puts what a member asks for first, then fresh uploads, then the backlog', () => {
    expect(orderOf(['backlog A anna', 'fresh A anna', 'asked A anna'])).toEqual([
      'asked A anna',
      'fresh A anna',
      'backlog A anna',
    ]);
  });

  test('gives rooms their turn one after the other, however much one of them has posted', () => {
    expect(orderOf(['fresh A anna 1', 'fresh A anna 2', 'fresh A anna 3', 'fresh B bert 1', 'fresh C cleo 1'])).toEqual(
      ['fresh A anna 1', 'fresh B bert 1', 'fresh C cleo 1', 'fresh A anna 2', 'fresh A anna 3'],
    );
  });

  test('gives the members of a room their turn one after the other', () => {
    expect(orderOf(['fresh A anna 1', 'fresh A anna 2', 'fresh A bert 1', 'fresh B cleo 1'])).toEqual([
      'fresh A anna 1',
      'fresh B cleo 1',
      'fresh A bert 1',
      'fresh A anna 2',
    ]);
  });

  test('lets nobody lose the turn of an upload by having asked for another', () => {
    expect(orderOf(['asked A anna', 'fresh A anna', 'fresh B bert'])).toEqual([
      'asked A anna',
      'fresh A anna',
      'fresh B bert',
    ]);
  });

  test('takes every fourth from those that have waited longest, whatever asks for a turn in front of them', () => {
    const asked = ['asked A anna 1', 'asked A anna 2', 'asked A anna 3', 'asked A anna 4', 'asked A anna 5'];
    expect(orderOf(['backlog B bert', ...asked, 'fresh C cleo'])).toEqual([
      ...asked.slice(0, 3),
      'backlog B bert',
      ...asked.slice(3),
      'fresh C cleo',
    ]);
  });

  test('goes by room on the fourth, too: who floods the line has no right of the oldest', () => {
    const flood = ['fresh A anna 1', 'fresh A anna 2', 'fresh A anna 3'];
    const others = ['fresh B bert', 'fresh C cleo', 'fresh D dora'];
    expect(orderOf([...flood, ...others])).toEqual(['fresh A anna 1', ...others, 'fresh A anna 2', 'fresh A anna 3']);
  });

  test('puts files that may take the process along behind all others, but not for ever', () => {
    const fresh = ['fresh A anna 1', 'fresh A anna 2', 'fresh A anna 3', 'fresh A anna 4'];
    expect(orderOf(['suspect B bert', 'fresh A anna 1', 'backlog A anna'])).toEqual([
      'fresh A anna 1',
      'backlog A anna',
      'suspect B bert',
    ]);
    expect(orderOf(['suspect B bert', ...fresh])).toEqual([...fresh.slice(0, 3), 'suspect B bert', 'fresh A anna 4']);
  });
});

describe('the share of a room', () => {
  test.each([
    [1, 1],
    [2, 1],
    [3, 1],
    [4, 2],
    [5, 2],
    [64, 32],
  ])('of %i consumers is %i', (consumers, share) => {
    expect(roomShare(consumers)).toBe(share);
  });

  test.each<[string, string[], string[], number, string]>([
    ['lets others go first', ['asked A anna 2', 'backlog B bert'], ['fresh A anna 1'], 3, 'backlog B bert'],
    ['is no limit while nobody else waits', ['fresh A anna 2'], ['fresh A anna 1'], 3, 'fresh A anna 2'],
    [
      'leaves no consumer idle when all that wait have theirs',
      ['fresh A anna 2', 'fresh B bert 2'],
      ['fresh A anna 1', 'fresh B bert 1'],
      3,
      'fresh A anna 2',
    ],
    ['is half of four', ['asked A anna 2', 'fresh B bert'], ['fresh A anna 1'], 4, 'asked A anna 2'],
    [
      'is not saved by a suspect that cannot go now',
      ['fresh A anna 2', 'suspect B bert'],
      ['fresh A anna'],
      2,
      'fresh A anna 2',
    ],
  ])('%s', (_what, line, atWork, consumers, next) => {
    expect(nextOf(line, atWork, consumers)).toBe(next);
  });

  test('holds on the fourth, too', () => {
    expect(nextOf(['fresh A anna 2', 'fresh B bert'], ['fresh A anna 1'], 2, 3)).toBe('fresh B bert');
  });
});

describe('a suspect', () => {
  test.each<[string, string[], string[], number, string | null]>([
    ['goes beside others, in a process of its own', ['suspect A anna'], ['fresh B bert'], 0, 'suspect A anna'],
    ['holds up no other while it is at work', ['fresh B bert'], ['suspect A anna'], 0, 'fresh B bert'],
    ['waits until no other suspect is at work', ['suspect A anna'], ['suspect B bert'], 0, null],
    ['is passed by others then', ['suspect A anna', 'fresh C cleo'], ['suspect B bert'], 3, 'fresh C cleo'],
    ['holds nobody up before its turn', ['suspect A anna', 'fresh B bert'], ['fresh C cleo'], 0, 'fresh B bert'],
    ['goes in its turn, whatever waits', ['suspect A anna', 'asked B bert'], [], 3, 'suspect A anna'],
  ])('%s', (_what, line, atWork, taken, next) => {
    expect(nextOf(line, atWork, 2, taken)).toBe(next);
  });
});
