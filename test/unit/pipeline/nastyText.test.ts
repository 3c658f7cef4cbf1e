// Text that is made to take time: the largest body of one pattern must not take minutes (the test's time-out is the proof).
import { expect, test } from 'vitest';
import { makeBody } from '../../../src/pipeline/body.ts';
import { dehyphenate } from '../../../src/pipeline/dehyphenate.ts';
import { extract } from '../../../src/pipeline/extractive.ts';
import { joinRuns } from '../../../src/pipeline/joinRuns.ts';
import { chooseTitle } from '../../../src/pipeline/title.ts';

const MAX_CHARS = 200_000;

const PATTERNS = [
  '1',
  '.',
  '. ',
  'a\n',
  '価\n',
  '価。',
  '-\na',
  'a-\nb ',
  'A. ',
  'Hr. ',
  '€1 ',
  '......4\n',
  '@',
  '\t',
  'A b c d. ',
];

test.each(PATTERNS)('%j, over and over', (pattern) => {
  const text = pattern.repeat(MAX_CHARS / pattern.length);
  const pages = [1, 2, 3].map((page) => ({ page, text, source: 'text' as const }));
  const { body } = makeBody(pages, MAX_CHARS);
  expect(body.reduce((sum, page) => sum + page.text.length, 0)).toBeLessThanOrEqual(MAX_CHARS);
  expect(extract([{ page: 1, text }], 'A Title').summary.length).toBeLessThanOrEqual(8);
  expect(dehyphenate(text).length).toBeLessThanOrEqual(text.length);
});

const aRun = { str: 'a', dir: 'ltr', transform: [10, 0, 0, 10, 50, 700], width: 5, height: 10, hasEOL: true };

test.each([
  ['line breaks without text', { ...aRun, str: '', height: 0 }],
  ['hyphens', { ...aRun, str: 'a-' }],
  ['right-to-left words', { ...aRun, str: 'ا', dir: 'rtl', hasEOL: false }],
])('a page of a hundred thousand %s', (_what, run) => {
  const runs = Array.from({ length: 100_000 }, () => run);
  expect(joinRuns(runs).length).toBeLessThanOrEqual(400_000);
  expect(chooseTitle(null, runs)).toBeNull();
});
