// How the words that Tesseract found become the text of a page.
import { describe, expect, test } from 'vitest';
import { ocrText } from '../../../src/pipeline/ocrText.ts';

type Spec = { words: [text: string, left: number, width: number, confidence?: number][]; top: number; block?: number };

/** Lines of 20 pixels in Tesseract's TSV format. */
function tsv(lines: Spec[]): string {
  return lines
    .flatMap(({ words, top, block = 1 }, line) => [
      [4, 1, block, 1, line + 1, 0, 0, top, 900, 20, -1, ''],
      ...words.map(([text, left, width, confidence = 95], word) => [
        5,
        1,
        block,
        1,
        line + 1,
        word + 1,
        left,
        top,
        width,
        20,
        confidence,
        text,
      ]),
    ])
    .map((row) => row.join('\t'))
    .join('\n');
}

function textOf(lines: Spec[]): string {
  return ocrText(tsv(lines)).text;
}

describe('the text', () => {
  test('has a line for each line, and a space between words', () => {
    const text = textOf([
      {
        top: 0,
        words: [
          ['Cannot', 0, 60],
          ['save', 68, 40],
        ],
      },
      { top: 30, words: [['Retry', 0, 50]] },
    ]);
    expect(text).toBe('Cannot save\nRetry');
  });

  test('has a tab between the columns of a table', () => {
    expect(
      textOf([
        {
          top: 0,
          words: [
            ['Desk', 0, 40],
            ['lamp', 46, 40],
            ['12', 200, 20],
            ['24.90', 300, 50],
          ],
        },
      ]),
    ).toBe('Desk lamp\t12\t24.90');
  });

  test('has an empty line where the page leaves one', () => {
    const text = textOf([
      { top: 0, words: [['One', 0, 40]] },
      { top: 30, words: [['two', 0, 40]] },
      { top: 60, words: [['three', 0, 40]] },
      { top: 140, words: [['Four', 0, 40]] },
    ]);
    expect(text).toBe('One\ntwo\nthree\n\nFour');
  });

  test('joins a word that was broken at the end of a line', () => {
    const text = textOf([
      {
        top: 0,
        words: [
          ['the', 0, 30],
          ['connec-', 38, 60],
        ],
      },
      {
        top: 30,
        words: [
          ['tion', 0, 40],
          ['failed', 48, 50],
        ],
      },
    ]);
    expect(text).toBe('the connection\nfailed');
  });

  test('keeps a doubtful word in a line that is sure, and leaves a line out that is a guess as a whole', () => {
    const text = textOf([
      {
        top: 0,
        words: [
          ['drwxr-xr-x', 0, 90, 15],
          ['root', 100, 40],
          ['documents', 148, 90],
          ['November', 245, 90],
        ],
      },
      {
        top: 30,
        words: [
          ['ee', 0, 20, 30],
          ['~', 30, 9, 12],
          ['oo', 45, 20, 25],
        ],
      },
    ]);
    expect(text).toBe('drwxr-xr-x root documents November');
  });

  test('has no specks and frames that were taken for marks', () => {
    expect(
      textOf([
        {
          top: 0,
          words: [
            ['|', 0, 4, 30],
            ['Name', 10, 50],
            ['—', 66, 9, 41],
          ],
        },
      ]),
    ).toBe('Name');
  });
});

describe('a page', () => {
  test('is as sure as its characters on the mean', () => {
    const { confidence } = ocrText(
      tsv([
        {
          top: 0,
          words: [
            ['four', 0, 40, 90],
            ['to', 48, 20, 60],
          ],
        },
      ]),
    );
    expect(confidence).toBe(80);
  });

  test('without one sure word has no text: it is a picture of something', () => {
    const texture = tsv([
      {
        top: 0,
        words: [
          ['a', 0, 9, 92],
          ['Jr', 20, 12, 55],
          ['4', 40, 9, 80],
        ],
      },
    ]);
    expect(ocrText(texture)).toEqual({ text: '', confidence: 0 });
  });

  test('without anything has no text', () => {
    expect(ocrText('')).toEqual({ text: '', confidence: 0 });
  });
});
