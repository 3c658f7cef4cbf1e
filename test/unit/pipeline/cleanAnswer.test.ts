// Owns the tests of making plain words of what a model wrote.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanAnswer } from '../../../src/pipeline/cleanAnswer.ts';
import { anyCharacters } from '../../fixtures/anyCharacters.ts';

describe('cleanAnswer', () => {
  it.each([
    ['bold and code', 'The **plan** has `two` __parts__.', 'The plan has two parts.'],
    ['italics', 'The *plan* is *very good*.', 'The plan is very good.'],
    ['headings', '## Summary\nText', 'Summary\nText'],
    ['quotes', '> Text\n>> more', 'Text\nmore'],
    ['code fences', '```text\nText\n```', 'Text'],
    ['rules', 'A\n---\nB\n***\nC', 'A\nB\nC'],
    ['links', 'See [the site](https://example.org/x) and ![pic](https://example.org/y).', 'See the site and pic.'],
  ])('drops Markdown: %s', (_name, answer, text) => {
    expect(cleanAnswer(answer)).toBe(text);
  });

  it('leaves what only looks like Markdown', () => {
    const text = '2 * 3 * 4 = 24, file_name_here, [1] (p. 3), a - b, # 5';
    expect(cleanAnswer(text)).toBe(text);
  });

  it.each([
    ['<think>Let me see.\nKey points: none.</think>\nText.', 'Text.'],
    ['<thinking>hm</thinking>Text.', 'Text.'],
    ['Let me see.</think>Text.', 'Text.'],
    ['<think>a</think><think>b</think>Text.', 'Text.'],
    ['Text.<think>and then', 'Text.'],
    ['<think>never said a word', ''],
  ])('drops thoughts: %j', (answer, text) => {
    expect(cleanAnswer(answer)).toBe(text);
  });

  it('drops what terminals and renderers obey', () => {
    expect(cleanAnswer('\u001b[1;31mRed\u001b[0m \u001b]8;;http://evil\u0007link')).toBe('Red link');
    expect(cleanAnswer('pay \u202e001\u202c \u2066to\u2069 me\u200b\ufeff\u0000')).toBe('pay 001 to me');
    expect(cleanAnswer('a\u{e0041}b')).toBe('ab');
  });

  it('drops the marks of chat templates', () => {
    expect(cleanAnswer('<|im_start|>Text.<|im_end|></s><end_of_turn>')).toBe('Text.');
  });

  it('keeps joiners, accents and emoji', () => {
    const text = 'می‌خواهم Żółć 👩‍👩‍👧';
    expect(cleanAnswer(text)).toBe(text);
  });

  it('gives well-formed text without control characters, whatever comes', () => {
    fc.assert(
      fc.property(anyCharacters(300), (answer) => {
        const text = cleanAnswer(answer);
        expect(text.isWellFormed()).toBe(true);
        expect(text).not.toMatch(/(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});
