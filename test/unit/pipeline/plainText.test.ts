// Which characters of a page become others: typographic forms and control codes, nothing that carries meaning.
import { describe, expect, test } from 'vitest';
import { plainText } from '../../../src/pipeline/plainText.ts';

describe('the text of a page', () => {
  test.each([
    ['ligatures are letters', 'oﬃce ﬁnds ﬂow', 'office finds flow'],
    ['no-break and thin spaces are spaces', '10\u00a0000\u2009km', '10 000 km'],
    ['Arabic forms are letters', 'ﻉﺮﺑ', 'عرب'],
    ['an accent painted before its letter is joined', 'Universit´e f¨ur M¨unster', 'Université für Münster'],
    ['superscripts and fractions stay', 'm² ½ ™ …', 'm² ½ ™ …'],
    ['line breaks and tabs stay', 'one\ttwo\nthree', 'one\ttwo\nthree'],
  ])('%s', (_what, text, expected) => {
    expect(plainText(text)).toBe(expected);
  });

  test('codes of a TeX font without a map become what they stand for', () => {
    const text = `\u0010Workers\u0011 su\u001ece to signify, says a text that is otherwise quite ordinary and long enough.`;
    expect(plainText(text)).toMatch(/^“Workers” suffice to signify/);
  });

  test('where all is control codes, they only part the words', () => {
    expect(plainText('Overview\u0002of\u0002the\u0002model\u0003')).toBe('Overview of the model ');
  });
});
