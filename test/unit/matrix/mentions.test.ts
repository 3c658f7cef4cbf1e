// Who is spoken to: the bot by its mention, its id or one of its names, and not what only looks like it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mentions, type Self, withoutQuote } from '../../../src/matrix/mentions.ts';
import { anyCharacters } from '../../fixtures/anyCharacters.ts';

const SELF: Self = { userId: '@lector:example.org', displayName: 'The Reader (beta)' };
const saying = (words: string, self = SELF) => mentions({}, words, self);

describe('the bot is mentioned', () => {
  test('by m.mentions, whatever the words are', () => {
    expect(mentions({ 'm.mentions': { user_ids: ['@ben:here', SELF.userId] } }, 'this one, please', SELF)).toBe(true);
  });

  test.each([
    'lector: read this',
    'lector:read this',
    'Lector, please',
    'LECTOR',
    '@lector',
    '@Lector read this',
    'could you read this, lector?',
    'please (lector)',
    '“lector”',
    '*lector* please',
    'hello\nlector',
    '@lector: this one',
    '@lector:example.org: this one',
    'this one @lector:example.org.',
    '@LECTOR:EXAMPLE.ORG',
    'the reader (beta): this one',
    'The  Reader\n(beta)',
    '@The Reader (beta)',
  ])('by %o', (words) => {
    expect(saying(words)).toBe(true);
  });
});

describe('the bot is not mentioned', () => {
  test.each([
    '',
    'read this',
    '!lector read this',
    'see !lector help',
    'lectors',
    'collector',
    'lector2',
    'lector.pdf',
    'lector-2.pdf',
    'the-lector',
    'lector_old',
    'anna@lector',
    'lector@example.org',
    'https://example.org/lector',
    'https://lector.example.org',
    '#lector:example.org',
    '@lector:other.org',
    '@lector:example.org.evil.net',
    '@lector:example.organic',
    '@lector:example.org:8448',
    '@collector:example.org',
    'the reader',
    'électeur lectoré',
  ])('by %o', (words) => {
    expect(saying(words)).toBe(false);
  });

  test.each([{}, { user_ids: '@lector:example.org' }, { room: true }, { user_ids: ['@ben:here', 7, null] }, null, 7])(
    'by m.mentions that are %o',
    (given) => {
      expect(mentions({ 'm.mentions': given }, 'this one', SELF)).toBe(false);
    },
  );

  test.each(['', ' ', '📄', '-', 'L'])('by a display name that is %o', (displayName) => {
    expect(saying(`hello ${displayName}!`, { ...SELF, displayName })).toBe(false);
  });
});

test('names that hold signs of their own are taken as they are', () => {
  const self = { userId: '@aa.b=c/d:h', displayName: 'xx.*y' };
  expect(saying('aa.b=c/d: this', self)).toBe(true);
  expect(saying('aaXb=c/d: this', self)).toBe(false);
  expect(saying('xx.*y', self)).toBe(true);
  expect(saying('xxzzy', self)).toBe(false);
});

test('any name and any words are looked at without an error', () => {
  const names = anyCharacters(40);
  fc.assert(
    fc.property(names, names, anyCharacters(200), (localpart, displayName, words) => {
      mentions({}, words, { userId: `@${localpart}:here`, displayName });
    }),
  );
});

describe('a quote before a reply is nothing that its sender said', () => {
  test.each([
    ['> <@anna:here> lector: read\n> this\n\nthanks', '\nthanks'],
    ['> only a quote', ''],
    ['no quote\n> here', 'no quote\n> here'],
    ['', ''],
  ])('%o leaves %o', (body, words) => {
    expect(withoutQuote(body)).toBe(words);
  });
});
