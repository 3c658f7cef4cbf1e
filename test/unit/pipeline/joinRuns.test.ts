// How the runs of a page become its text: lines, paragraphs, columns, form values beside their labels.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joinRuns, type Run } from '../../../src/pipeline/joinRuns.ts';

type Place = { x?: number; y?: number; size?: number; end?: boolean; dir?: string };

function run(str: string, { x = 50, y = 700, size = 10, end = false, dir = 'ltr' }: Place = {}): Run {
  return { str, dir, transform: [size, 0, 0, size, x, y], width: str.length * size * 0.5, height: size, hasEOL: end };
}

/** Lines of text from the top down, each at its own height above the page's foot. */
function lines(...given: [text: string, y: number, size?: number][]): Run[] {
  return given.map(([text, y, size]) => run(text, { y, end: true, ...(size ? { size } : {}) }));
}

describe('the text of a page', () => {
  test('has a line for each line', () => {
    expect(joinRuns(lines(['one', 700], ['two', 688], ['three', 676]))).toBe('one\ntwo\nthree');
  });

  test('has an empty line where the gap is wider than usual', () => {
    const runs = lines(['a', 700], ['b', 688], ['c', 676], ['d', 650], ['e', 638], ['f', 626]);
    expect(joinRuns(runs)).toBe('a\nb\nc\n\nd\ne\nf');
  });

  test('has none in a page with double spacing', () => {
    const runs = lines(['a', 700], ['b', 676], ['c', 652], ['d', 628], ['e', 604], ['f', 580]);
    expect(joinRuns(runs)).toBe('a\nb\nc\nd\ne\nf');
  });

  test('parts a heading from the text below by its size', () => {
    const runs = lines(['Heading', 700, 16], ['a', 686], ['b', 674], ['c', 662], ['d', 650]);
    expect(joinRuns(runs)).toBe('Heading\n\na\nb\nc\nd');
  });

  test('has a tab between the columns of a table', () => {
    const gap = { ...run(' ', { x: 80 }), width: 120 };
    expect(joinRuns([run('Total'), gap, run('754.20', { x: 300 })])).toBe('Total\t754.20');
  });

  test('keeps words apart that pdf.js gives without a space', () => {
    expect(joinRuns([run('Staat', { x: 50 }), run('PLZ', { x: 200 })])).toBe('Staat PLZ');
    expect(joinRuns([run('Staat', { x: 200 }), run('PLZ', { x: 50 })])).toBe('Staat PLZ');
  });

  test('keeps a word together that is painted in pieces', () => {
    expect(joinRuns([run('Over', { x: 50 }), run('view', { x: 70 })])).toBe('Overview');
  });

  test('reads right-to-left lines from the right, numbers within them from the left', () => {
    const painted = [
      run('2025', { x: 50 }),
      run('العام', { x: 90, dir: 'rtl' }),
      run('تقرير', { x: 140, dir: 'rtl', end: true }),
    ];
    expect(joinRuns(painted)).toBe('تقرير العام 2025');
  });
});

describe('form values', () => {
  const rect = (left: number, bottom: number) => [left, bottom, left + 100, bottom + 16];

  test('stand beside the label on their line', () => {
    const form = [run('Name', { y: 700, end: true }), run('Town', { y: 670, end: true })];
    const values = [
      { text: 'Oslo', rect: rect(120, 666), isMark: false },
      { text: 'Ada', rect: rect(120, 696), isMark: false },
    ];
    expect(joinRuns(form, values)).toMatch(/^Name Ada\n+Town Oslo$/);
  });

  test('of ticked boxes stand before the label to their right', () => {
    const boxes = [run('Agree?', { x: 50 }), run('Yes', { x: 160 }), run('No', { x: 260, end: true })];
    const ticked = { text: '☒', rect: [145, 698, 157, 710], isMark: true };
    expect(joinRuns(boxes, [ticked])).toBe('Agree? ☒ Yes No');
  });

  test('without a label stand at the end', () => {
    const value = { text: 'left over', rect: rect(50, 100), isMark: false };
    expect(joinRuns(lines(['one', 700], ['two', 688]), [value])).toBe('one\ntwo\nleft over');
  });
});

test('no letter of any run is lost', () => {
  const anyRun = fc.record({
    str: fc.stringMatching(/^[a-z ]{0,8}$/),
    dir: fc.constantFrom('ltr', 'rtl'),
    transform: fc.tuple(fc.constant(10), fc.constant(0), fc.constant(0), fc.constant(10), fc.nat(600), fc.nat(800)),
    width: fc.nat(200),
    height: fc.constantFrom(0, 8, 10, 14),
    hasEOL: fc.boolean(),
  });
  const lettersOf = (text: string): string[] => Array.from(text.replaceAll(/\s/g, '')).sort();
  fc.assert(
    fc.property(fc.array(anyRun), (runs) => {
      expect(lettersOf(joinRuns(runs))).toEqual(lettersOf(runs.map((each) => each.str).join('')));
    }),
  );
});
