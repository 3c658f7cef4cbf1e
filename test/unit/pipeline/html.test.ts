// What escaping promises: text stays text, lines stay lines, and no character is cut in two.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { beginningOf, escapeHtml, oneLine, paragraphs } from '../../../src/pipeline/html.ts';
import { anyCharacters } from '../../fixtures/anyCharacters.ts';

describe('escaping', () => {
  test('leaves no character with which markup begins or an attribute ends', () => {
    expect(escapeHtml(`<a href="x" title='y'>&amp;`)).toBe('&#60;a href=&#34;x&#34; title=&#39;y&#39;&#62;&#38;amp;');
    fc.assert(
      fc.property(anyCharacters(200), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']|&(?!#\d+;)/);
      }),
    );
  });

  test('loses nothing', () => {
    const back = (html: string) => html.replace(/&#(\d+);/g, (_all, code) => String.fromCharCode(Number(code)));
    fc.assert(
      fc.property(anyCharacters(200), (text) => {
        expect(back(escapeHtml(text))).toBe(text);
      }),
    );
  });

  test('keeps paragraphs and line breaks', () => {
    expect(paragraphs('a\nb\n\n\n<c>')).toBe('<p>a<br>b</p><p>&#60;c&#62;</p>');
  });
});

describe('one line', () => {
  test('is one line without control or direction characters, however long its text', () => {
    fc.assert(
      fc.property(anyCharacters(300), fc.integer({ min: 1, max: 100 }), (text, most) => {
        const line = oneLine(text, most);
        expect([...line].length).toBeLessThanOrEqual(most);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  test('that is cut shows it', () => {
    expect(oneLine('abcdef', 4)).toBe('abc…');
    expect(oneLine('abcd', 4)).toBe('abcd');
  });
});

test('the beginning of a text never ends in half a character', () => {
  expect(beginningOf('a🎉b', 2)).toBe('a');
  expect(beginningOf('a🎉b', 3)).toBe('a🎉');
  expect(beginningOf('abc', 10)).toBe('abc');
  expect(beginningOf('', 0)).toBe('');
});
