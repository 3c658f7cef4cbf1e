// Who may use Lector, and where: globs as operators write them.
import { describe, expect, test } from 'vitest';
import { createAccess } from '../../../src/pipeline/access.ts';

const SELF = '@lector:example.org';
const user = (globs: string[] | null, userId: string) => createAccess(SELF, globs, null).isAllowedUser(userId);
const room = (globs: string[] | null, roomId: string) => createAccess(SELF, null, globs).isAllowedRoom(roomId);

describe('without a setting', () => {
  test.each([
    ['@anna:example.org', true],
    ['@anna:other.org', false],
    ['@anna:sub.example.org', false],
    ['@anna:exampleXorg', false],
    ['@anna:example.org.evil.net', false],
    ['anna:example.org', false],
  ])('%s may use it: %s', (userId, may) => {
    expect(user(null, userId)).toBe(may);
  });

  test("the bot's own server may have a port", () => {
    expect(createAccess('@lector:host:8448', null, null).isAllowedUser('@anna:host:8448')).toBe(true);
    expect(createAccess('@lector:host:8448', null, null).isAllowedUser('@anna:host')).toBe(false);
  });

  test('any room is allowed', () => {
    expect(room(null, '!any:where')).toBe(true);
  });
});

describe('globs', () => {
  test.each([
    ['@anna:here', '@anna:here', true],
    ['@anna:here', '@Anna:here', false],
    ['@anna:here', '@anna:here2', false],
    ['@*:here', '@anna:here', true],
    ['@a?na:here', '@anna:here', true],
    ['@a?na:here', '@ana:here', false],
    ['*', '@anna:here', true],
    ['@an.a:here', '@anna:here', false],
    ['@(anna|ben):here', '@anna:here', false],
    ['@anna[1]:here', '@anna[1]:here', true],
    ['@anna+x:here', '@anna+x:here', true],
    ['@a\\b:here', '@a\\b:here', true],
  ])('%s and %s: %s', (glob, userId, may) => {
    expect(user([glob], userId)).toBe(may);
  });

  test('any one of several is enough', () => {
    expect(user(['@anna:here', '@ben:here'], '@ben:here')).toBe(true);
  });

  test('none at all allow nobody and nowhere', () => {
    expect(user([], '@anna:example.org')).toBe(false);
    expect(room([], '!any:where')).toBe(false);
  });

  test('count for rooms as well', () => {
    expect(room(['!papers:*'], '!papers:here')).toBe(true);
    expect(room(['!papers:*'], '!other:here')).toBe(false);
  });
});
