// What is taken off the pages for a summary: lines that stand on every page, and nothing else.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type TextPage, withoutRunningLines } from '../../../src/pipeline/runningLines.ts';

const chapters = ['The harbour', 'The lighthouse', 'The ferry', 'The market', 'The school', 'The mill'];

function pages(lines: (chapter: string, page: number) => string[], count = chapters.length): TextPage[] {
  return chapters
    .slice(0, count)
    .map((chapter, index) => ({ page: index + 1, text: lines(chapter, index + 1).join('\n') }));
}

const story = (chapter: string): string[] => [
  `${chapter} opens early in the morning.`,
  `People come to ${chapter.toLowerCase()} from all sides.`,
  `Nobody knows how old ${chapter.toLowerCase()} is.`,
  `In winter ${chapter.toLowerCase()} is quiet.`,
];

describe('running lines', () => {
  test('a header and a footer with page numbers go', () => {
    const result = withoutRunningLines(pages((c, n) => ['Annual Report 2025', ...story(c), `Page ${n} of 6`]));
    expect(result[1]).toEqual({ page: 2, text: story('The lighthouse').join('\n') });
  });

  test('a bare page number goes', () => {
    const result = withoutRunningLines(pages((c, n) => [...story(c), String(n)]));
    expect(result[3]?.text).toBe(story('The market').join('\n'));
  });

  test('headers that differ on facing pages go', () => {
    const result = withoutRunningLines(pages((c, n) => [n % 2 ? 'A. Author' : 'A Short History', ...story(c)]));
    expect(result.map((page) => page.text)).toEqual(chapters.map((chapter) => story(chapter).join('\n')));
  });

  test('a watermark in the middle of the pages goes', () => {
    const withMark = (c: string) => [...story(c).slice(0, 2), ...story(c), 'CONFIDENTIAL DRAFT', ...story(c)];
    const result = withoutRunningLines(pages(withMark));
    expect(result.filter((page) => page.text.includes('CONFIDENTIAL'))).toEqual([]);
  });

  test('the head of a table that goes on over the pages stays', () => {
    const rows = (c: string) => [...story(c), 'Date\tItem\tAmount', ...story(c)];
    expect(withoutRunningLines(pages(rows))[2]?.text).toContain('Date\tItem\tAmount');
  });

  test('a header stays with the figure that stands beside it, without its own words', () => {
    const beside = (c: string, n: number) => [
      `The Complete Harbour Manual ${n}${n === 4 ? ' left middle right' : ''}`,
      ...story(c),
    ];
    expect(withoutRunningLines(pages(beside))[3]?.text.split('\n')[0]).toBe('left middle right');
  });

  test('two pages show no habit: all stays', () => {
    const both = pages((c, n) => ['Invoice', ...story(c), `Page ${n}`], 2);
    expect(withoutRunningLines(both)).toEqual(both);
  });

  test('a line on two of six pages stays', () => {
    const some = pages((c, n) => [n < 3 ? 'In the spring' : `Chapter of ${c}`, ...story(c)]);
    expect(withoutRunningLines(some)).toEqual(some);
  });

  test('pages of nothing but the same line are left as they are', () => {
    const same = pages(() => ['This page is intentionally left blank']);
    expect(withoutRunningLines(same)).toEqual(same);
  });
});

describe('for any pages', () => {
  const anyPages = fc
    .array(fc.array(fc.oneof(fc.constantFrom('Head', 'Foot 12', '', 'Row\tof\tcells'), fc.string())), { maxLength: 12 })
    .map((texts) => texts.map((lines, index) => ({ page: index + 1, text: lines.join('\n') })));

  test('no page is lost or emptied', () => {
    fc.assert(
      fc.property(anyPages, (given) => {
        const result = withoutRunningLines(given);
        expect(result.map(({ page }) => page)).toEqual(given.map(({ page }) => page));
        for (const [index, { text }] of result.entries()) {
          if (given[index]?.text.trim() !== '') expect(text.trim()).not.toBe('');
        }
      }),
    );
  });

  test('no line is made up', () => {
    const endings = (text: string) => text.split('\n').map((line) => line.trim());
    fc.assert(
      fc.property(anyPages, (given) => {
        for (const [index, { text }] of withoutRunningLines(given).entries()) {
          const own = endings(given[index]?.text ?? '');
          for (const line of endings(text)) expect(own.some((other) => other.endsWith(line))).toBe(true);
        }
      }),
    );
  });
});
