// Which amounts, percentages and dates are seen in a line.
import { describe, expect, test } from 'vitest';
import { amountsIn, hasDate, hasShare } from '../../../src/pipeline/amounts.ts';

test.each([
  ['£754.20', [754.2]],
  ['1.234,50 €', [1234.5]],
  ["CHF 12'300", [12300]],
  ['EUR 398,750 and EUR 13,550', [398750, 13550]],
  ['310,000 euros', [310000]],
  ['1,2 Millionen Euro', []],
  ['2,500円', [2500]],
  ['41882207, sort code 20-44-17', []],
  ['no figures at all', []],
])('the amounts in "%s" are %j', (text, amounts) => {
  expect(amountsIn(text)).toEqual(amounts);
});

describe('a percentage', () => {
  test.each([
    ['VAT 20 %', true],
    ['grew by 12%.', true],
    ['printf("%d")', false],
    ['6 %% 3', false],
  ])('in "%s": %s', (text, expected) => {
    expect(hasShare(text)).toBe(expected);
  });
});

describe('a date', () => {
  test.each([
    ['14 April 2026', true],
    ['den 2. Februar 2026', true],
    ['January 5, 2015', true],
    ['2022-11-10', true],
    ['30.09.2026', true],
    ['一九三七年 2024年', true],
    ['version 4.2.2', false],
    ['in 2025', false],
  ])('in "%s": %s', (text, expected) => {
    expect(hasDate(text)).toBe(expected);
  });
});
