// Owns the tests of cutting a document into chunks.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  beginningOf,
  estimateTokens,
  type PagePart,
  pageRange,
  renderChunk,
  splitIntoChunks,
} from '../../../src/pipeline/chunk.ts';
import { anyCharacters } from '../../fixtures/anyCharacters.ts';

const pages = (...texts: string[]): PagePart[] => texts.map((text, index) => ({ page: index + 1, text }));
const texts = (parts: PagePart[], maxTokens: number) =>
  splitIntoChunks(parts, maxTokens).map((chunk) => chunk.parts.map((part) => part.text));

/** Any text, with many borders, many bytes a character, and halves of surrogate pairs. */
const anyText = fc.oneof(
  anyCharacters(400),
  fc
    .array(fc.constantFrom('word', ' ', '. ', '\n', '\n\n', '漢字。', '😀', 'ü', '\ud83d'), { maxLength: 200 })
    .map((bits) => bits.join('')),
);
const anyPages = fc.array(anyText, { maxLength: 12 }).map((all) => pages(...all));
const anyBudget = fc.integer({ min: 16, max: 300 });

describe('estimateTokens', () => {
  it('counts three bytes as a token, so that a Chinese character is one', () => {
    expect([estimateTokens(''), estimateTokens('word'), estimateTokens('漢字')]).toEqual([0, 2, 2]);
  });
});

describe('splitIntoChunks', () => {
  it('loses nothing and keeps the order of pages with text', () => {
    fc.assert(
      fc.property(anyPages, anyBudget, (parts, maxTokens) => {
        const joined = new Map<number, string>();
        const order: number[] = [];
        for (const { page, text } of splitIntoChunks(parts, maxTokens).flatMap((chunk) => chunk.parts)) {
          joined.set(page, (joined.get(page) ?? '') + text);
          order.push(page);
        }
        const withText = parts.filter((part) => part.text.trim() !== '');
        expect([...joined]).toEqual(withText.map((part) => [part.page, part.text]));
        expect(order).toEqual([...order].sort((a, b) => a - b));
      }),
    );
  });

  it('keeps every chunk within the budget', () => {
    fc.assert(
      fc.property(anyPages, anyBudget, (parts, maxTokens) => {
        for (const chunk of splitIntoChunks(parts, maxTokens)) {
          expect(estimateTokens(renderChunk(chunk))).toBeLessThanOrEqual(maxTokens);
        }
      }),
    );
  });

  it('never cuts a character in two', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 50, maxLength: 400 }), anyBudget, (text, maxTokens) => {
        for (const piece of texts(pages(text), maxTokens).flat()) expect(piece.isWellFormed()).toBe(true);
      }),
    );
  });

  it('can be cut smaller again without a loss', () => {
    fc.assert(
      fc.property(anyPages, anyBudget, (parts, maxTokens) => {
        const again = splitIntoChunks(
          splitIntoChunks(parts, maxTokens).flatMap((chunk) => chunk.parts),
          16,
        );
        const text = (all: PagePart[]) => all.map((part) => part.text).join('');
        expect(text(again.flatMap((chunk) => chunk.parts))).toBe(text(parts.filter((part) => part.text.trim() !== '')));
      }),
    );
  });

  it('keeps pages whole that fit into a chunk', () => {
    const page = 'x'.repeat(100);
    expect(texts(pages(page, page, page), 80)).toEqual([[page, page], [page]]);
  });

  it('cuts a large page after a paragraph, else a sentence, else a line, else a word', () => {
    const cutAfter = (start: string) => texts(pages(`${start}${'y'.repeat(40)}`), 26)[0]?.[0];
    const half = 'x'.repeat(40);
    expect(cutAfter(`${half}. z z\nz\n\nz`)).toBe(`${half}. z z\nz\n\n`);
    expect(cutAfter(`${half}. z z\nz`)).toBe(`${half}. `);
    expect(cutAfter(`${half}z z\nz`)).toBe(`${half}z z\n`);
    expect(cutAfter(`${half}z z`)).toBe(`${half}z `);
  });

  it('fills what is left of a chunk with a page that must be cut anyway', () => {
    const chunks = splitIntoChunks(pages('First page.', 'w '.repeat(200)), 100);
    expect(pageRange(chunks[0] as (typeof chunks)[0])).toEqual({ from: 1, to: 2 });
    expect(chunks).toHaveLength(2);
  });

  it('marks each page, and joins pieces of one page that meet again', () => {
    const parts = [
      { page: 3, text: 'Third, ' },
      { page: 3, text: 'goes on.' },
      { page: 4, text: 'Fourth.' },
    ];
    const [chunk] = splitIntoChunks(parts, 100);
    expect(chunk && renderChunk(chunk)).toBe('[page 3]\nThird, goes on.\n[page 4]\nFourth.\n');
    expect(chunk && pageRange(chunk)).toEqual({ from: 3, to: 4 });
  });

  it('makes no chunk of pages without text', () => {
    expect(splitIntoChunks(pages('', ' \n'), 100)).toEqual([]);
  });
});

describe('beginningOf', () => {
  it('leaves a text that fits as it is, and ends a longer one well', () => {
    expect(beginningOf('One. Two. Three.', 100)).toBe('One. Two. Three.');
    expect(beginningOf('One. Two. Three.', 4)).toBe('One. Two. ');
  });
});
