// How words that were broken at the end of a line are put together again.
import { describe, expect, test } from 'vitest';
import { dehyphenate } from '../../../src/pipeline/dehyphenate.ts';

describe('a word broken at the end of a line', () => {
  test.each([
    ['is whole again, on the first line', 'Die Ver-\nwaltung ist da.', 'Die Verwaltung\nist da.'],
    ['keeps its punctuation', 'a long para-\ngraph, and more', 'a long paragraph,\nand more'],
    ['at a soft hyphen is whole again', 'the para\u00ad\ngraph', 'the paragraph'],
    ['with a capital behind keeps the hyphen', 'per E-\nMail an uns', 'per E-Mail\nan uns'],
    ['keeps the hyphen that the text writes elsewhere', 'well-known, so well-\nknown', 'well-known, so well-known'],
    ['is none after a number', 'pages 12-\nfifteen', 'pages 12-\nfifteen'],
    ['is none for a dash that stands alone', 'here -\nand there', 'here -\nand there'],
    ['is none within a line', 'a well-known fact', 'a well-known fact'],
  ])('%s', (_what, text, expected) => {
    expect(dehyphenate(text)).toBe(expected);
  });

  test('may be broken again and again', () => {
    expect(dehyphenate('one-\ntwo three-\nfour')).toBe('onetwo\nthreefour');
  });
});
