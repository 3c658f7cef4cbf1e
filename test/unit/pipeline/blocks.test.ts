// How the lines of a page are told apart: headings, prose, list items, rows of tables, tables of contents.
import { describe, expect, test } from 'vitest';
import { blocksOf } from '../../../src/pipeline/blocks.ts';

const page = (...lines: string[]): string => lines.join('\n');

describe('the blocks of a page', () => {
  test('are paragraphs without their line breaks', () => {
    const text = page(
      'The harbour lies in the north of the town and is',
      'more than four hundred years old. It never freezes.',
    );
    expect(blocksOf(text)).toEqual([{ kind: 'prose', text: text.replace('\n', ' ') }]);
  });

  test('are joined without a space in Chinese and Japanese', () => {
    expect(blocksOf('価格が動いたときには高く\nなっているだろう。')).toEqual([
      { kind: 'prose', text: '価格が動いたときには高くなっているだろう。' },
    ]);
  });

  test('are a heading and the text below, with a gap or without', () => {
    const body = 'The board reported that all flats were let throughout the year.';
    const expected = [
      { kind: 'heading', text: '2. Report of the board' },
      { kind: 'prose', text: body },
    ];
    expect(blocksOf(page('2. Report of the board', '', body))).toEqual(expected);
    expect(blocksOf(page('2. Report of the board', body))).toEqual(expected);
  });

  test('are the lines of an address, one by one', () => {
    const address = ['Harbour Cycles', '14 Quay Street', 'Port Ellery'];
    const text = page(...address, '', 'We thank you for the order that you sent us in the last week of March.');
    expect(
      blocksOf(text)
        .map((block) => block.text)
        .slice(0, 3),
    ).toEqual(address);
  });

  test('are the items of a list, with what belongs to each', () => {
    const text = page(
      '• Obtain two offers for the solar panels on the roof of',
      'house A: the board',
      '• Mark the places',
    );
    expect(blocksOf(text)).toEqual([
      { kind: 'item', text: 'Obtain two offers for the solar panels on the roof of house A: the board' },
      { kind: 'item', text: 'Mark the places' },
    ]);
  });

  test('do not take a date at the beginning of a line for an item', () => {
    const text = page('Wenn Sie am 27. oder am', '28. März einige Stunden Zeit haben, melden Sie sich.');
    expect(blocksOf(text)).toEqual([{ kind: 'prose', text: text.replace('\n', ' ') }]);
  });

  test('are rows where a line has columns', () => {
    expect(blocksOf('Total amount due\t£754.20')).toEqual([{ kind: 'row', text: 'Total amount due\t£754.20' }]);
  });

  test('are entries of a table of contents without their dots and page numbers', () => {
    expect(blocksOf(page('1 The harbour ........... 4', '2 The ferry . . . . . . . . 12'))).toEqual([
      { kind: 'contents', text: '1 The harbour' },
      { kind: 'contents', text: '2 The ferry' },
    ]);
  });

  test('leave out bare page numbers', () => {
    expect(blocksOf(page('– 12 –', '', 'xiv', '', '7'))).toEqual([]);
  });
});
